"""Trades, as Horizon's ``/trades`` and ``/accounts/{id}/trades`` list them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from hummingbot.connector.exchange.stellar.ledger.amount import to_stroops
from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE, Asset

from .errors import reading
from .ledger_clock import close_time_of
from .read_once import position_of

__all__ = ["LAST", "Trade", "asset_params", "cursor_after", "position_of"]

LAST: Final = 2**31 - 1
"""Beyond the index of any claim of an operation."""


@dataclass(frozen=True, slots=True)
class Trade:
    """One exchange between two accounts (or an account and a pool). Amounts are stroops.

    Parameters
    ----------
    id : str
        ``<TOID of the operation>-<index of the claim>``; also its paging token.
    close_time : int
        Of its ledger, unix seconds.
    base, counter : Asset
    base_amount, counter_amount : int
    maker, taker : str
        Whose offer was resting, and who came; ``""`` where it is a pool.
    maker_offer_id : int
        0 for a pool.
    maker_sold_base : bool
        Whether the maker gave the base asset, so that the taker bought it.
    price_n, price_d : int
        Counter per base: the resting offer's price, of a pool what was exchanged; 0/0 where Horizon has none.
    """

    id: str
    close_time: int
    base: Asset
    counter: Asset
    base_amount: int
    counter_amount: int
    maker: str
    taker: str
    maker_offer_id: int
    maker_sold_base: bool
    price_n: int = 0
    price_d: int = 0

    @classmethod
    def read(cls, record: Mapping[str, Any]) -> "Trade":
        """Read one record. ``base_is_seller`` says that the base party's offer was the resting one."""
        with reading("a trade"):
            position_of(record["id"])
            maker, taker = ("base", "counter") if record["base_is_seller"] else ("counter", "base")
            price = record.get("price") or {}
            return cls(
                record["id"],
                close_time_of(record["ledger_close_time"]),
                _asset(record, "base"),
                _asset(record, "counter"),
                to_stroops(record["base_amount"]),
                to_stroops(record["counter_amount"]),
                record.get(f"{maker}_account", ""),
                record.get(f"{taker}_account", ""),
                int(record.get(f"{maker}_offer_id", 0)),
                bool(record["base_is_seller"]),
                int(price.get("n", 0)),
                int(price.get("d", 0)),
            )

    @property
    def position(self) -> tuple[int, int]:
        """Its place on the ledger: TOID of the operation, index of the claim."""
        return position_of(self.id)


def cursor_after(toid: int) -> str:
    """Return the cursor from which trades of later operations follow."""
    return f"{toid}-{LAST}"


def asset_params(role: str, asset: Asset) -> dict[str, str]:
    """Return Horizon's query parameters for an asset; with `role` ``base_asset``: ``base_asset_type`` …"""
    if asset.is_native:
        return {f"{role}_type": "native"}
    return {f"{role}_type": asset.type, f"{role}_code": asset.code, f"{role}_issuer": asset.issuer}


def _asset(record: Mapping[str, Any], side: str) -> Asset:
    if record[f"{side}_asset_type"] == "native":
        return NATIVE
    return Asset(record[f"{side}_asset_code"], record[f"{side}_asset_issuer"])
