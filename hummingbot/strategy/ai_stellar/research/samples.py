"""Samples for the price model: a feature row, and the return of the hour that follows it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hummingbot.strategy.ai_stellar.features import feature_matrix
from hummingbot.strategy.ai_stellar.market.bars import HOUR

from .history import History

__all__ = ["LARGEST_SIZE", "Samples", "make_samples", "pool"]

LARGEST_SIZE = 8.0
"""Moves are clipped to this many times the features' scale of volatility when their size is learnt."""


@dataclass(frozen=True, slots=True)
class Samples:
    """Decisions that could have been taken, and what came of them.

    Attributes
    ----------
    time : ndarray of int64, shape (n,)
        Time of decision: the end of the last bar known, seconds since 1970. The outcome is known an hour
        later.
    rows : ndarray of float64, shape (n, FEATURE_COUNT)
        Feature rows.
    scale : ndarray of float64, shape (n,)
        The features' scale of hourly volatility, log-return units.
    outcome : ndarray of float64, shape (n,)
        Log-return of the hour after the decision.
    """

    time: NDArray[np.int64]
    rows: NDArray[np.float64]
    scale: NDArray[np.float64]
    outcome: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.time)

    @property
    def moved(self) -> NDArray[np.bool_]:
        """Where the price moved: an unchanged price is neither up nor down (Binance's step is 3 to 10 bp)."""
        return np.asarray(self.outcome != 0.0)

    @property
    def up(self) -> NDArray[np.float64]:
        """1 where the price rose, 0 elsewhere."""
        return (self.outcome > 0.0).astype(np.float64)

    @property
    def size(self) -> NDArray[np.float64]:
        """Absolute outcome in units of `scale`, at most `LARGEST_SIZE`."""
        return np.minimum(np.abs(self.outcome) / self.scale, LARGEST_SIZE)

    def where(self, chosen: NDArray[np.bool_]) -> "Samples":
        """Return the chosen samples."""
        return Samples(self.time[chosen], self.rows[chosen], self.scale[chosen], self.outcome[chosen])

    def between(self, begin: int, end: int) -> "Samples":
        """Return the samples decided in ``[begin, end)``, seconds since 1970."""
        return self.where((self.time >= begin) & (self.time < end))


def make_samples(history: History, outcomes: History | None = None) -> Samples:
    """Turn bars into samples, without the hours around which the file has no trade.

    Parameters
    ----------
    history : History
        Bars to compute features from.
    outcomes : History, optional
        Bars to read outcomes from, by default the same: forecasts from one venue's bars judged on another's.
    """
    outcomes = outcomes or history
    rows, scale = feature_matrix(
        history.start, history.open, history.high, history.low, history.close, history.volume
    )
    usable = np.isfinite(scale[:-1]) & outcomes.traded[:-1] & outcomes.traded[1:]
    return Samples(
        history.start[:-1] + HOUR,
        rows[:-1],
        scale[:-1],
        np.diff(np.log(outcomes.close)),
    ).where(usable)


def pool(series: list[Samples]) -> Samples:
    """Join the samples of several price series."""
    return Samples(
        np.concatenate([one.time for one in series]),
        np.concatenate([one.rows for one in series]),
        np.concatenate([one.scale for one in series]),
        np.concatenate([one.outcome for one in series]),
    )
