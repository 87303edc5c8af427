"""Order books, from Horizon's bytes to rows that Hummingbot's OrderBook takes as they are.

Hummingbot's ``OrderBookMessage`` builds its rows anew at every access; here they are built once, straight
from the fractions, so that a book of 200 levels a side costs well under a millisecond.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from hummingbot.core.data_type.order_book_message import OrderBookMessage, OrderBookMessageType
from hummingbot.core.data_type.order_book_row import OrderBookRow

from .errors import reading

__all__ = ["BookSnapshot", "read_book"]

_row = tuple.__new__  # what a namedtuple's own constructor calls, without its detour


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
        bids: Sequence[Mapping[str, Any]] = record["bids"]
        asks: Sequence[Mapping[str, Any]] = record["asks"]
        content = {
            "trading_pair": trading_pair,
            "update_id": update_id,
            "bids": [
                _row(OrderBookRow, (price := n_d["n"] / n_d["d"], float(level["amount"]) / price, update_id))
                for level in bids
                for n_d in (level["price_r"],)
            ],
            "asks": [
                _row(OrderBookRow, (n_d["n"] / n_d["d"], float(level["amount"]), update_id))
                for level in asks
                for n_d in (level["price_r"],)
            ],
        }
    return BookSnapshot(OrderBookMessageType.SNAPSHOT, content, timestamp)
