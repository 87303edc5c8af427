"""Payments that are sent in one asset and arrive in another, exchanged on their way."""

from dataclasses import dataclass

from .asset import Asset

__all__ = ["PathPaymentStrictReceive", "PathPaymentStrictSend"]


@dataclass(frozen=True, slots=True)
class PathPaymentStrictSend:
    """Send an exact amount of one asset; the destination gets what it is worth of another, or nothing moves.

    Each hop from `send_asset` over the `path` (up to 5 assets) to `dest_asset` exchanges with the book or
    with the pool, whichever gives more; `dest_min` is the least that has to arrive (threshold: medium).
    """

    send_asset: Asset
    send_amount: int
    destination: str
    dest_asset: Asset
    dest_min: int
    path: tuple[Asset, ...] = ()
    source: str | None = None
    source_id: int | None = None
    destination_id: int | None = None


@dataclass(frozen=True, slots=True)
class PathPaymentStrictReceive:
    """Let a destination get an exact amount of one asset for what it costs of another, at most `send_max`.

    The path is the one of `PathPaymentStrictSend` (threshold: medium).
    """

    send_asset: Asset
    send_max: int
    destination: str
    dest_asset: Asset
    dest_amount: int
    path: tuple[Asset, ...] = ()
    source: str | None = None
    source_id: int | None = None
    destination_id: int | None = None
