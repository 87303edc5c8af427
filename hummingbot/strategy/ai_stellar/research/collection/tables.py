"""The two tables of a collection, column by column.

Amounts are stroops and prices fractions, as the ledger has them: whoever wants decimals can have them, and
nothing is lost to rounding. A bid's amount is of the quote asset, for that is what the bid offers; in base it
would seldom be whole.
"""

from collections.abc import Sequence
from typing import Any, Final

import pyarrow as pa

from hummingbot.connector.exchange.stellar.horizon.order_book import Level
from hummingbot.connector.exchange.stellar.horizon.trades import Trade

from .manifest import Manifest

__all__ = ["BOOKS", "MICROSECONDS", "TABLES", "TRADES", "book_row", "schema_of", "trade_row"]

BOOKS: Final = "books"
TRADES: Final = "trades"
TIME: Final = pa.timestamp("us", "UTC")
MICROSECONDS: Final = 1_000_000
LEVEL: Final = pa.struct(
    [
        pa.field(name, kind, False)
        for name, kind in (("n", pa.int32()), ("d", pa.int32()), ("amount", pa.int64()))
    ]
)
LEVELS: Final = pa.list_(pa.field("element", LEVEL, False))


def _column(name: str, kind: pa.DataType, description: str) -> pa.Field:
    return pa.field(name, kind, False, {"description": description})


RECEIVED: Final = _column("received_at", TIME, "when it arrived, by this machine's clock")
TABLES: Final = {
    BOOKS: (
        _column("ledger", pa.int64(), "last ledger known on arrival: the book is its, or the next one's"),
        _column("closed_at", TIME, "close time of that ledger"),
        RECEIVED,
        _column("missed", pa.int32(), "ledgers before this row whose book is not known: 0 if none changed"),
        _column("bids", LEVELS, "best first: price n/d in quote per base, amount in stroops of quote"),
        _column("asks", LEVELS, "best first: price n/d in quote per base, amount in stroops of base"),
    ),
    TRADES: (
        _column("id", pa.string(), "TOID of the taker's operation, a dash, index of the claim"),
        _column("ledger", pa.int64(), "that it was made in"),
        _column("closed_at", TIME, "close time of that ledger"),
        RECEIVED,
        _column("missed", pa.int32(), "ledgers before this row whose trades no node kept any more"),
        _column("taker_buys", pa.bool_(), "whether the taker bought base"),
        _column("price_n", pa.int64(), "of the price n/d in quote per base, the maker's or a pool's average"),
        _column("price_d", pa.int64(), "0/0 where Horizon has none"),
        _column("base_amount", pa.int64(), "stroops"),
        _column("quote_amount", pa.int64(), "stroops"),
        _column("maker_offer", pa.int64(), "id of the offer that was met, 0 for a liquidity pool"),
    ),
}
"""Columns by table."""


def schema_of(table: str, pair: str, manifest: Manifest) -> pa.Schema:
    """Return a table's schema with what its files say of themselves."""
    return pa.schema(TABLES[table], manifest.of(table, pair))


def book_row(
    ledger: int, closed_at: int, received_at: int, missed: int, sides: Sequence[Sequence[Level]]
) -> dict[str, Any]:
    """Return a row of `BOOKS`.

    Parameters
    ----------
    closed_at, received_at : int
        Unix seconds, and microseconds.
    sides : bids and asks
    """
    bids, asks = ([{"n": n, "d": d, "amount": amount} for n, d, amount in side] for side in sides)
    return {
        "ledger": ledger,
        "closed_at": closed_at * MICROSECONDS,
        "received_at": received_at,
        "missed": missed,
        "bids": bids,
        "asks": asks,
    }


def trade_row(trade: Trade, received_at: int, missed: int) -> dict[str, Any]:
    """Return a row of `TRADES`."""
    return {
        "id": trade.id,
        "ledger": trade.position[0] >> 32,
        "closed_at": trade.close_time * MICROSECONDS,
        "received_at": received_at,
        "missed": missed,
        "taker_buys": trade.maker_sold_base,
        "price_n": trade.price_n,
        "price_d": trade.price_d,
        "base_amount": trade.base_amount,
        "quote_amount": trade.counter_amount,
        "maker_offer": trade.maker_offer_id,
    }
