"""Order books, from Horizon's bytes to rows that Hummingbot's OrderBook takes as they are.

Hummingbot's ``OrderBookMessage`` builds its rows anew at every access; here they are built once, straight
from the fractions, so that a book of 200 levels a side costs well under a millisecond.
"""

from collections.abc import Mapping
from typing import Any

from hummingbot.core.data_type.order_book_message import OrderBookMessage, OrderBookMessageType
from hummingbot.core.data_type.order_book_row import OrderBookRow

from .book_rows import ask_rows, bid_rows
from .errors import reading

__all__ = ["BookSnapshot", "read_book"]


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


def read_book(record: Mapping[str, Any], trading_pair: str, update_id: int, timestamp: float) -> BookSnapshot:
    """Read the JSON of ``/order_book``.

    Asks come as amounts of the base asset; bids as amounts of the counter asset, which their price converts.

    Raises
    ------
    HorizonUnavailable
        If it is not an order book.
    """
    with reading("an order book"):
        content = {
            "trading_pair": trading_pair,
            "update_id": update_id,
            "bids": bid_rows(record["bids"], update_id),
            "asks": ask_rows(record["asks"], update_id),
        }
    return BookSnapshot(OrderBookMessageType.SNAPSHOT, content, timestamp)
