"""The offers of one account."""

from collections.abc import Mapping
from typing import Any, Final

from hummingbot.connector.exchange.stellar.ledger.amount import to_stroops
from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE, Asset
from hummingbot.connector.exchange.stellar.ledger.results import OfferRecord

from .errors import reading
from .horizon import Horizon
from .ledger_clock import LedgerClock

__all__ = ["read_offers"]

PAGE: Final = 200


async def read_offers(
    horizon: Horizon, account: str, clock: LedgerClock, as_of: int = 0
) -> tuple[dict[int, OfferRecord], int]:
    """Return all offers of an account by id, and the ledger that they are surely as of.

    Parameters
    ----------
    horizon : Horizon
    account : str
    clock : LedgerClock
    as_of : int
        The ledger that the nodes must have reached.

    Raises
    ------
    HorizonUnavailable, HorizonRefused
        If the node does not answer.
    """
    offers: dict[int, OfferRecord] = {}
    ledger, cursor = 0, ""
    while True:
        params: dict[str, str | int] = {"cursor": cursor, "order": "asc", "limit": PAGE}
        answer = await horizon.get(f"/accounts/{account}/offers", params, as_of)
        clock.learn_of(answer.ledger)
        seen = answer.ledger or clock.sequence
        ledger = min(ledger or seen, seen)
        for record in answer.records:
            offer = _offer(record)
            offers[offer.offer_id] = offer
        cursor = str(answer.records[-1].get("paging_token", "")) if answer.records else ""
        if len(answer.records) < PAGE:
            return offers, ledger


def _offer(record: Mapping[str, Any]) -> OfferRecord:
    with reading("an offer"):
        price = record["price_r"]
        return OfferRecord(
            record["seller"],
            int(record["id"]),
            _asset(record["selling"]),
            _asset(record["buying"]),
            to_stroops(record["amount"]),
            int(price["n"]),
            int(price["d"]),
        )


def _asset(entry: Mapping[str, str]) -> Asset:
    if entry["asset_type"] == "native":
        return NATIVE
    return Asset(entry["asset_code"], entry["asset_issuer"])
