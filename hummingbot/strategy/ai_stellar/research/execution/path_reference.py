"""A price along a path, as the sandbox's market asks for it."""

import math
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from hummingbot.connector.exchange.stellar.sandbox.market.bars import Bars
from hummingbot.connector.exchange.stellar.sandbox.market.reference import Conditions

from .orders import HOUR

__all__ = ["PRICE", "PathReference"]

Floats = NDArray[np.float64]
PRICE: Final = 0.1
"""Quote per base at arrival."""


class PathReference:
    """A price along a path, as the sandbox's market asks for it.

    Parameters
    ----------
    path : ndarray, shape (ledgers + 1,)
        Logarithms, from 0, `seconds` apart and straight between.
    seconds, daily_volume : float
    begin : float
        Unix seconds of the path's first point; the price is `PRICE` before, and the last one after it.
    """

    end = None

    def __init__(self, path: Floats, seconds: float, daily_volume: float, begin: float) -> None:
        self._path, self._seconds, self.begin = path, seconds, begin
        deviation = float(np.diff(path).std())
        self._conditions = Conditions(1.0, deviation * math.sqrt(24 * HOUR / seconds), daily_volume)

    def price(self, time: float) -> float:
        """Return quote per base."""
        at = (time - self.begin) / self._seconds
        return PRICE * math.exp(float(np.interp(at, np.arange(len(self._path)), self._path)))

    def bars_before(self, time: int) -> Bars:
        """Return no bars: a path has none."""
        nothing = np.zeros(0)
        return Bars(nothing.astype(np.int64), nothing, nothing, nothing, nothing, nothing)

    def conditions(self, time: float) -> Conditions:
        """Return an average hour's."""
        return self._conditions

    def fingerprint(self, time: int) -> None:
        """Return nothing: a path does not change."""

    def describe(self) -> dict[str, Any]:
        """Return what a report says of it."""
        return {"path": "given"}
