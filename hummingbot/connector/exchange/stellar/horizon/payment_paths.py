"""The best way from one asset to another over books and pools, as Horizon's ``/paths`` finds it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hummingbot.connector.exchange.stellar.ledger.amount import format_stroops, to_stroops
from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE, Asset

from .errors import reading
from .horizon import Horizon
from .trades import asset_params

__all__ = ["PaymentPath", "best_path_from", "best_path_to"]


@dataclass(frozen=True, slots=True)
class PaymentPath:
    """What a path payment would send and bring, in stroops, by the ledger that Horizon last saw.

    Parameters
    ----------
    source_amount, destination_amount : int
    hops : tuple of Asset
        Those between; empty for a direct exchange.
    """

    source_amount: int
    destination_amount: int
    hops: tuple[Asset, ...]


async def best_path_to(
    horizon: Horizon, source: Asset, destination: Asset, amount: int
) -> PaymentPath | None:
    """Find the path on which an exact amount of `destination` costs least; None if there is none.

    Of paths that cost the same the shortest is taken.

    Raises
    ------
    HorizonUnavailable, HorizonRefused
        If the node does not answer.
    """
    params = {
        **asset_params("destination_asset", destination),
        "destination_amount": format_stroops(amount),
        "source_assets": _canonical(source),
    }
    answer = await horizon.get("/paths/strict-receive", params)
    paths = [_path(record) for record in answer.records]
    return min(paths, key=lambda path: (path.source_amount, len(path.hops)), default=None)


async def best_path_from(
    horizon: Horizon, source: Asset, destination: Asset, amount: int
) -> PaymentPath | None:
    """Find the path on which an exact amount of `source` brings most; None if there is none.

    Raises
    ------
    HorizonUnavailable, HorizonRefused
        If the node does not answer.
    """
    params = {
        **asset_params("source_asset", source),
        "source_amount": format_stroops(amount),
        "destination_assets": _canonical(destination),
    }
    answer = await horizon.get("/paths/strict-send", params)
    paths = [_path(record) for record in answer.records]
    return min(paths, key=lambda path: (-path.destination_amount, len(path.hops)), default=None)


def _path(record: Mapping[str, Any]) -> PaymentPath:
    with reading("a path"):
        return PaymentPath(
            to_stroops(record["source_amount"]),
            to_stroops(record["destination_amount"]),
            tuple(_asset(entry) for entry in record["path"]),
        )


def _asset(entry: Mapping[str, Any]) -> Asset:
    if entry["asset_type"] == "native":
        return NATIVE
    return Asset(entry["asset_code"], entry["asset_issuer"])


def _canonical(asset: Asset) -> str:
    return "native" if asset.is_native else f"{asset.code}:{asset.issuer}"
