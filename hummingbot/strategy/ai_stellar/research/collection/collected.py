"""Reads what was collected, and refuses what cannot be: order, prices and what files say of themselves."""

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from hummingbot.connector.exchange.stellar.horizon.trades import position_of
from hummingbot.connector.exchange.stellar.ledger.amount import STROOPS

from .manifest import CollectionError, Manifest
from .parts import read_parts
from .tables import BOOKS, MICROSECONDS, TRADES, schema_of

__all__ = ["Books", "Collected", "read_collected"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Books:
    """Books of a pair as numbers for research, one a row.

    Attributes
    ----------
    ledger : ndarray of int64, shape (n,)
        The last ledger known on arrival: the book is its, or the next one's.
    closed_at : ndarray of int64, shape (n,)
        Close time of that ledger, unix seconds.
    received_at : ndarray of float64, shape (n,)
        Unix seconds of the recording machine.
    missed : ndarray of int64, shape (n,)
        Ledgers before whose book is not known; 0 if the book before stood until this one.
    bid_price, ask_price : ndarray, shape (n, levels)
        Quote per base, best first; NaN beyond the last level.
    bid_amount, ask_amount : ndarray, shape (n, levels)
        Units of base; 0 beyond the last level.
    """

    ledger: Integers
    closed_at: Integers
    received_at: Floats
    missed: Integers
    bid_price: Floats
    bid_amount: Floats
    ask_price: Floats
    ask_amount: Floats

    def __len__(self) -> int:
        return len(self.ledger)


@dataclass(frozen=True, slots=True)
class Collected:
    """A collection that was opened.

    Attributes
    ----------
    directory : Path
    manifest : Manifest
    """

    directory: Path
    manifest: Manifest

    @property
    def pairs(self) -> tuple[str, ...]:
        """Trading pairs that were collected."""
        return tuple(self.manifest.markets)

    def exact_books(self, pair: str) -> pa.Table:
        """Return the books to the stroop, columns `BOOKS`.

        Raises
        ------
        CollectionError
            If the pair was not collected, a file cannot be read, or ledgers or times go back.
        """
        table = self._read(pair, BOOKS)
        for name in ("ledger", "closed_at"):
            if (np.diff(_numbers(table, name)) < 0).any():
                raise CollectionError(
                    f"{name} of the books of {pair} in {self.directory} goes back: files of another run are "
                    "among them, remove these"
                )
        return table

    def trades(self, pair: str) -> pa.Table:
        """Return the trades in the order of the ledger, columns `TRADES`.

        Raises
        ------
        CollectionError
            If the pair was not collected, a file cannot be read, or a trade is there twice.
        """
        table = self._read(pair, TRADES)
        places = [position_of(id) for id in table["id"].to_pylist()]
        order = sorted(range(len(places)), key=places.__getitem__)
        twice = next((places[b] for a, b in pairwise(order) if places[a] == places[b]), None)
        if twice is not None:
            raise CollectionError(
                f"trade {twice[0]}-{twice[1]} of {pair} is in {self.directory} twice: files of another run "
                "are among them, remove these"
            )
        return table.take(pa.array(order, pa.int64()))

    def books(self, pair: str) -> Books:
        """Return the books as numbers.

        Raises
        ------
        CollectionError
            As of `exact_books`; or if a price is not above 0, or levels are not in order.
        """
        table = self.exact_books(pair)
        bid_price, bid_amount = self._side(table, "bids", pair, -1)
        ask_price, ask_amount = self._side(table, "asks", pair, 1)
        with np.errstate(invalid="ignore"):
            in_base = np.where(bid_amount > 0.0, bid_amount / bid_price, 0.0)
        return Books(
            _numbers(table, "ledger"),
            _numbers(table, "closed_at") // MICROSECONDS,
            _numbers(table, "received_at") / MICROSECONDS,
            _numbers(table, "missed"),
            bid_price,
            in_base,
            ask_price,
            ask_amount,
        )

    def _read(self, pair: str, table: str) -> pa.Table:
        if pair not in self.manifest.markets:
            raise CollectionError(
                f"{self.directory} holds no {pair}: name one of {', '.join(self.pairs)}, or another folder"
            )
        return read_parts(self.directory / pair / table, schema_of(table, pair, self.manifest))

    def _side(self, table: pa.Table, side: str, pair: str, ascends: int) -> tuple[Floats, Floats]:
        column = table[side].combine_chunks()
        counts = pc.list_value_length(column).to_numpy(zero_copy_only=False).astype(np.int64)
        flat = column.flatten()
        shape = (len(table), self.manifest.levels)
        if counts.max(initial=0) > shape[1]:
            raise CollectionError(
                f"a book of {pair} in {self.directory} has {counts.max()} {side}, beyond the {shape[1]} of "
                "manifest.json: name another folder"
            )
        place = np.arange(shape[1]) < counts[:, None]
        n, d, stroops = (_numbers_of(flat.field(name)) for name in ("n", "d", "amount"))
        price, amount = np.full(shape, np.nan), np.zeros(shape)
        if (n < 1).any() or (d < 1).any() or (stroops < 0).any():
            raise CollectionError(
                f"a book of {pair} in {self.directory} has a price or an amount that is none: collect it anew"
            )
        price[place], amount[place] = n / d, stroops / STROOPS
        if (np.diff(price, axis=1) * ascends < 0.0).any():
            raise CollectionError(
                f"{side} of {pair} in {self.directory} are not sorted best first: collect them anew"
            )
        return price, amount


def read_collected(directory: Path) -> Collected:
    """Open a folder that `ai-stellar data collect` wrote, or writes.

    Raises
    ------
    CollectionError
        If it is none.

    Examples
    --------
    ::

        books = read_collected(Path("books")).books("XLM-USDC")
        spread = books.ask_price[:, 0] - books.bid_price[:, 0]
    """
    manifest = Manifest.read(directory)
    if manifest is None:
        raise CollectionError(
            f"{directory} holds no collection: name a folder that ai-stellar data collect has written"
        )
    return Collected(directory, manifest)


def _numbers(table: pa.Table, name: str) -> Integers:
    return _numbers_of(table[name].combine_chunks())


def _numbers_of(column: pa.Array) -> Integers:
    return np.asarray(column.cast(pa.int64()).to_numpy(zero_copy_only=False))
