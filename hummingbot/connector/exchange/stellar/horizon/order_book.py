"""Order books, from Horizon's bytes to rows that Hummingbot's OrderBook takes as they are.

Hummingbot's ``OrderBookMessage`` builds its rows anew at every access; here they are built once, straight
from the fractions, and those of a stream straight from its bytes: a book of 200 levels a side comes every
ledger, for every pair.
"""

from collections.abc import Mapping
from typing import Any

from hummingbot.core.data_type.order_book_message import OrderBookMessage, OrderBookMessageType
from hummingbot.core.data_type.order_book_row import OrderBookRow

from hummingbot.connector.exchange.stellar.ledger.amount import to_stroops

from .book_rows import ask_rows, bid_rows
from .book_scanner import scan_book
from .errors import reading
from .event_stream import Event

__all__ = ["BookSnapshot", "Level", "read_book", "read_levels"]

Level = tuple[int, int, int]
"""Price as n and d, quote per base, and stroops of what is offered: of quote in a bid, of base in an ask."""


class BookSnapshot(OrderBookMessage):  # type: ignore[misc]
    """A whole order book whose rows are ready."""

    @property
    def bids(self) -> list[OrderBookRow]:
        """Best first."""
        return self.content["bids"]  # type: ignore[no-any-return]

    @property
    def asks(self) -> list[OrderBookRow]:
        """Best first."""
        return self.content["asks"]  # type: ignore[no-any-return]


def read_book(
    source: Event | Mapping[str, Any], trading_pair: str, update_id: int, timestamp: float
) -> BookSnapshot:
    """Read the JSON of ``/order_book``: an answer, or an event of its stream, which takes half the time.

    Asks come as amounts of the base asset; bids as amounts of the counter asset, which their price converts.

    Raises
    ------
    HorizonUnavailable
        If it is not an order book.
    """
    sides = scan_book(source.data, update_id) if isinstance(source, Event) else None
    if sides is None:
        record = source.record() if isinstance(source, Event) else source
        with reading("an order book"):
            sides = bid_rows(record["bids"], update_id), ask_rows(record["asks"], update_id)
    bids, asks = sides
    content = {"trading_pair": trading_pair, "update_id": update_id, "bids": bids, "asks": asks}
    return BookSnapshot(OrderBookMessageType.SNAPSHOT, content, timestamp)


def read_levels(source: Event | Mapping[str, Any], most: int) -> tuple[list[Level], list[Level]]:
    """Read the same to the stroop: the best levels of bids and asks, at most so many of each.

    Raises
    ------
    HorizonUnavailable
        If it is not an order book.
    """
    record = source.record() if isinstance(source, Event) else source
    with reading("an order book"):
        bids, asks = ([_level(level) for level in record[side][:most]] for side in ("bids", "asks"))
    return bids, asks


def _level(level: Mapping[str, Any]) -> Level:
    n, d, amount = int(level["price_r"]["n"]), int(level["price_r"]["d"]), to_stroops(level["amount"])
    if not (0 < n < 2**31 and 0 < d < 2**31 and amount >= 0):
        raise ValueError(f"{amount} stroops at a price of {n}/{d}")
    return n, d, amount
