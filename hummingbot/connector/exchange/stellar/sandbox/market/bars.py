"""Hourly bars as columns."""

from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

__all__ = ["HOUR", "Bar", "Bars", "utc"]

HOUR: Final = 3600


@dataclass(frozen=True, slots=True)
class Bar:
    """One hour: prices in quote per base, volume in base units of the reference venue."""

    start: int
    open: float
    high: float
    low: float
    close: float
    volume: float


@dataclass(frozen=True, slots=True, eq=False)
class Bars:
    """Consecutive hourly bars, oldest first.

    Parameters
    ----------
    start : ndarray of int64, shape (n,)
        Opening time of each bar, unix seconds.
    open, high, low, close : ndarray of float64, shape (n,)
        Quote per base.
    volume : ndarray of float64, shape (n,)
        Base units traded on the reference venue.
    """

    start: NDArray[np.int64]
    open: NDArray[np.float64]
    high: NDArray[np.float64]
    low: NDArray[np.float64]
    close: NDArray[np.float64]
    volume: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.start)

    def __getitem__(self, rows: slice) -> Self:
        return type(self)(
            self.start[rows],
            self.open[rows],
            self.high[rows],
            self.low[rows],
            self.close[rows],
            self.volume[rows],
        )

    def fingerprint(self) -> str:
        """Return the sha256 of all values, in hexadecimal."""
        columns = (self.start, self.open, self.high, self.low, self.close, self.volume)
        return sha256(b"".join(column.tobytes() for column in columns)).hexdigest()

    def bar(self, row: int) -> Bar:
        """Return one bar."""
        return Bar(
            int(self.start[row]),
            float(self.open[row]),
            float(self.high[row]),
            float(self.low[row]),
            float(self.close[row]),
            float(self.volume[row]),
        )


def utc(time: float) -> str:
    """Write unix seconds as ``2024-01-01T00:00Z``."""
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%MZ")
