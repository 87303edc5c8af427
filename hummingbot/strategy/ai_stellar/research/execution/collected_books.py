"""Recordings from what `ai-stellar data collect` heard: the books of the network itself."""

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from hummingbot.connector.exchange.stellar.ledger.amount import STROOPS

from ..collection import Books, Collected, read_collected
from ..collection.tables import MICROSECONDS
from .recording import MOMENT, Recording

__all__ = ["recordings_of"]

Floats = NDArray[np.float64]
FEWEST_ROWS: Final = 2


def recordings_of(directory: Path) -> list[Recording]:
    """Return a recording for each time without a gap, of each pair that was collected.

    A gap is where ledgers were missed, or a side was empty. Trades with pools are left out: they met no book.

    Raises
    ------
    CollectionError
        If the folder holds no collection, or a file cannot be used.
    """
    collected = read_collected(directory)
    made = []
    for pair in collected.pairs:
        books, trades = collected.books(pair), _trades(collected, pair)
        for rows in _whole(books):
            begin, end = (float(books.closed_at[row]) for row in (rows[0], rows[-1]))
            moments = begin + MOMENT * np.arange(int((end - begin) / MOMENT) + 1)
            which = np.searchsorted(books.closed_at[rows], moments, side="right") - 1
            bids = _levels(books.bid_price[rows], books.bid_amount[rows])
            asks = _levels(books.ask_price[rows], books.ask_amount[rows])
            within = (trades[:, 0] >= begin) & (trades[:, 0] <= end)
            made.append(Recording(f"{pair} of {directory.name}", begin, which, bids, asks, trades[within]))
    return made


def _whole(books: Books) -> list[NDArray[np.int64]]:
    """Return the rows of each time in which every book is known and has both sides."""
    usable = (books.bid_amount[:, 0] > 0.0) & (books.ask_amount[:, 0] > 0.0)
    usable &= books.bid_price[:, 0] < books.ask_price[:, 0]
    breaks = np.flatnonzero((books.missed > 0) | ~usable | ~np.concatenate([[True], usable[:-1]]))
    spans = np.split(np.arange(len(books)), breaks)
    return [rows[usable[rows]] for rows in spans if usable[rows].sum() >= FEWEST_ROWS]


def _levels(price: Floats, amount: Floats) -> Floats:
    last = np.take_along_axis(price, np.maximum((amount > 0.0).sum(axis=1) - 1, 0)[:, None], 1)
    return np.stack([np.where(amount > 0.0, price, last), amount], axis=2)


def _trades(collected: Collected, pair: str) -> Floats:
    table = collected.trades(pair)
    columns = {
        name: table[name].cast("int64").to_numpy()
        for name in ("closed_at", "price_n", "price_d", "base_amount", "maker_offer")
    }
    met = (columns["maker_offer"] > 0) & (columns["price_d"] > 0)
    buys = table["taker_buys"].to_numpy()
    return np.column_stack(
        [
            columns["closed_at"][met] / MICROSECONDS,
            np.where(buys, 1.0, -1.0)[met],
            columns["price_n"][met] / columns["price_d"][met],
            columns["base_amount"][met] / STROOPS,
        ]
    )
