"""Order books that were recorded: every half second a book, and all trades between.

Read are the files of hftbacktest's collector: a line is nanoseconds and a message of Binance's stream, spot
or futures, with a full book among them. The collector begins another file at midnight, without another full
book: files that differ in their date alone are read as one.
"""

import gzip
import heapq
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from ..history import HistoryError

__all__ = ["MOMENT", "Recording", "read_recordings"]

Floats = NDArray[np.float64]
MOMENT: Final = 0.5
"""Seconds between books."""
LEVELS: Final = 1000
FILES: Final = "*binance*.gz"
DATE: Final = re.compile(r"\d{8}")


@dataclass(frozen=True, slots=True)
class Recording:
    """Books at equal moments, and trades.

    Attributes
    ----------
    name : str
        The first file's.
    begin : float
        Seconds since 1970 of the first book; the next are `MOMENT` apart.
    which : ndarray of int, shape (moments,)
        The book of each moment.
    bids, asks : ndarray, shape (books, levels, 2)
        Price and base units, best first; levels that are not there hold nothing at the last one's price.
    trades : ndarray, shape (n, 4)
        Seconds since 1970, 1 where a taker bought and -1 where it sold, price, base units.
    """

    name: str
    begin: float
    which: NDArray[np.int64]
    bids: Floats
    asks: Floats
    trades: Floats

    def __len__(self) -> int:
        return len(self.which)

    @property
    def end(self) -> float:
        """Seconds since 1970 of the last book."""
        return self.begin + (len(self) - 1) * MOMENT

    @property
    def mid(self) -> Floats:
        """Middle of the best prices, shape (moments,)."""
        return np.asarray((0.5 * (self.bids[:, 0, 0] + self.asks[:, 0, 0]))[self.which])

    @property
    def first_level(self) -> float:
        """Base units at the touch, the median over moments and sides."""
        return float(np.median([side[:, 0, 1][self.which] for side in (self.bids, self.asks)]))

    def fingerprint(self) -> str:
        """Return the sha256 of all numbers, in hexadecimal."""
        parts = (np.array([self.begin]), self.which, self.bids, self.asks, self.trades)
        return sha256(b"".join(part.tobytes() for part in parts)).hexdigest()

    @classmethod
    def read(cls, *paths: Path) -> Self:
        """Read a file, or several that follow each other.

        Raises
        ------
        HistoryError
            If it cannot be read, updates are missing, or it does not hold two whole books.
        """
        try:
            return cls._read(paths)
        except HistoryError:
            raise
        except (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise HistoryError(
                f"recording {paths[0].name} cannot be read ({type(error).__name__}: {error}): "
                f"name a gzipped file of hftbacktest's collector"
            ) from None

    @classmethod
    def _read(cls, paths: Sequence[Path]) -> Self:
        name = paths[0].name
        sides: tuple[dict[float, float], dict[float, float]] = {}, {}
        books: list[tuple[Floats, Floats]] = []
        trades: list[tuple[float, float, float, float]] = []
        early: list[dict[str, Any]] = []
        last: int | None = None
        begin = due = 0.0
        for time, message in chain.from_iterable(map(_messages, paths)):
            while last is not None and time >= due:
                books.append((_top(sides[0], True), _top(sides[1], False)))
                due = begin + len(books) * MOMENT
            kind = message.get("e")
            if kind == "trade":
                amount, price = float(message["q"]), float(message["p"])
                if amount > 0.0 and price > 0.0:
                    trades.append((time, -1.0 if message["m"] else 1.0, price, amount))
            elif "lastUpdateId" in message and last is None:
                last = int(message["lastUpdateId"])
                _apply(sides, message["bids"], message["asks"])
                for update in early:
                    last = _follow(name, sides, update, last)
                begin = due = time
            elif kind == "depthUpdate":
                if last is None:
                    early.append(message)
                else:
                    last = _follow(name, sides, message, last)
        if len(books) < 2 or not all(len(side) for book in books for side in book):
            raise HistoryError(f"recording {name} holds no two whole books: record longer, both sides")
        bids, asks = (np.array([_padded(book[side]) for book in books]) for side in (0, 1))
        crossed = np.flatnonzero(~(bids[:, 0, 0] < asks[:, 0, 0]))
        if len(crossed):
            raise HistoryError(
                f"recording {name} has a bid at or above the best ask {crossed[0] * MOMENT:.1f} s after "
                f"its first book: cut it there"
            )
        return cls(name, begin, np.arange(len(books)), bids, asks, np.array(trades).reshape(-1, 4))


def read_recordings(path: Path) -> list[Recording]:
    """Read a recording, or all of Binance's in a directory.

    Raises
    ------
    HistoryError
        If there is none, or one cannot be used.
    """
    files = sorted(path.glob(FILES)) if path.is_dir() else [path]
    streams: dict[str, list[Path]] = {}
    for file in files:
        streams.setdefault(DATE.sub("", file.name), []).append(file)
    if not files:
        raise HistoryError(f"no recording {FILES} in {path}: name a directory of recorded books, or a file")
    return [Recording.read(*days) for days in streams.values()]


def _messages(path: Path) -> Iterator[tuple[float, dict[str, Any]]]:
    """Yield seconds since 1970 and what was received."""
    with gzip.open(path, "rt") as lines:
        for line in lines:
            time, _, text = line.partition(" ")
            message = json.loads(text)
            yield int(time) / 1e9, message.get("data", message)


def _follow(name: str, sides: tuple[dict[float, float], ...], update: dict[str, Any], last: int) -> int:
    """Bring a book up to date; return the number of the update."""
    first, number = int(update["U"]), int(update["u"])
    if number <= last:
        return last
    before = int(update.get("pu", first - 1))
    if before > last:
        raise HistoryError(
            f"recording {name} lacks the updates {last + 1} to {before}: cut it there, into two files"
        )
    _apply(sides, update["b"], update["a"])
    return number


def _apply(sides: tuple[dict[float, float], ...], bids: Any, asks: Any) -> None:
    for side, levels in zip(sides, (bids, asks), strict=True):
        for price, amount in levels:
            if float(amount) > 0.0:
                side[float(price)] = float(amount)
            else:
                side.pop(float(price), None)


def _top(side: dict[float, float], highest: bool) -> Floats:
    best = (heapq.nlargest if highest else heapq.nsmallest)(LEVELS, side)
    return np.array([(price, side[price]) for price in best])


def _padded(levels: Floats) -> Floats:
    padding = np.tile([levels[-1, 0], 0.0], (LEVELS - len(levels), 1))
    return np.concatenate([levels, padding])
