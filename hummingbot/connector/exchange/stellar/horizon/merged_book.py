"""The offers of ``/order_book`` and the pool of the same pair as one book, exact for path payments."""

from collections.abc import Mapping
from typing import Any, Final

from hummingbot.core.data_type.order_book_message import OrderBookMessageType
from hummingbot.core.data_type.order_book_row import OrderBookRow

from hummingbot.connector.exchange.stellar import stellar_constants as CONSTANTS
from hummingbot.connector.exchange.stellar.ledger.amount import to_stroops
from hummingbot.connector.exchange.stellar.ledger.asset import Asset
from hummingbot.connector.exchange.stellar.ledger.merged_book import merged_levels
from hummingbot.connector.exchange.stellar.ledger.pool_reserves import PoolReserves

from .errors import reading
from .order_book import BookSnapshot

__all__ = ["merge_book", "merged_sides"]

UNIT: Final = 10**7

Level = tuple[int, int]
"""Stroops that a taker sends, and that it receives, beyond those of the levels before."""


def merged_sides(
    record: Mapping[str, Any], pool: PoolReserves | None, base: Asset, quote: Asset
) -> tuple[list[Level], list[Level]]:
    """Return the levels of bids and asks of a pair, best first.

    Asks are what strict receives of the base asset cost, bids what strict sends of it bring; see
    `merged_levels` for what they promise.

    Parameters
    ----------
    record : mapping
        The JSON of ``/order_book``.
    pool : PoolReserves or None
        Of the same ledger; None if there is none.

    Raises
    ------
    HorizonUnavailable
        If the record is no order book.
    """
    with reading("an order book"):
        asks = [_offers(level, "n", "d") for level in record["asks"]]
        bids = [_offers(level, "d", "n") for level in record["bids"]]
        reserves = (pool.reserve_of(base), pool.reserve_of(quote)) if pool else (0, 0)
        return (
            merged_levels(bids, *reserves, True, len(bids) < CONSTANTS.BOOK_LEVELS),
            merged_levels(asks, *reserves[::-1], False, len(asks) < CONSTANTS.BOOK_LEVELS),
        )


def merge_book(
    record: Mapping[str, Any],
    pool: PoolReserves | None,
    pair: tuple[Asset, Asset],
    trading_pair: str,
    update_id: int,
    timestamp: float,
) -> BookSnapshot:
    """Make Hummingbot's snapshot of the merged book.

    Raises
    ------
    HorizonUnavailable
        If the record is no order book.
    """
    bids, asks = merged_sides(record, pool, *pair)
    content = {
        "trading_pair": trading_pair,
        "update_id": update_id,
        "bids": [OrderBookRow(wheat / sheep, sheep / UNIT, update_id) for sheep, wheat in bids],
        "asks": [OrderBookRow(sheep / wheat, wheat / UNIT, update_id) for sheep, wheat in asks],
    }
    return BookSnapshot(OrderBookMessageType.SNAPSHOT, content, timestamp)


def _offers(level: Mapping[str, Any], sheep: str, wheat: str) -> tuple[int, int, int]:
    price = level["price_r"]
    return int(price[sheep]), int(price[wheat]), to_stroops(level["amount"])
