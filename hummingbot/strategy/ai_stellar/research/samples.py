"""Samples for the price models: a feature row, and the returns of the hours that follow it."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hummingbot.strategy.ai_stellar.features import cross_matrix, feature_matrix
from hummingbot.strategy.ai_stellar.market.bars import HOUR
from hummingbot.strategy.ai_stellar.predictors.forecast import HORIZONS

from .history import History
from .references import unknown_references

__all__ = ["Samples", "make_samples", "make_series", "pool"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Samples:
    """Decisions that could have been taken, and what came of them.

    Attributes
    ----------
    time : ndarray of int64, shape (n,)
        Time of decision: the end of the last bar known, seconds since 1970.
    rows : ndarray, shape (n, FEATURE_COUNT + CROSS_COUNT) or (n, FEATURE_COUNT)
        Feature rows, the cross-asset features last; those are NaN where unknown.
    scale : ndarray of float64, shape (n,)
        The features' scale of hourly volatility, log-return units.
    outcomes : ndarray of float64, shape (n, len(HORIZONS))
        Log-return over each horizon after the decision; NaN where an hour of it is missing.
    """

    time: NDArray[np.int64]
    rows: NDArray[Any]
    scale: Floats
    outcomes: Floats

    def __len__(self) -> int:
        return len(self.time)

    def outcome(self, horizon: int) -> Floats:
        """Return the log-returns over a horizon, seconds."""
        return np.asarray(self.outcomes[:, HORIZONS.index(horizon)])

    def known(self, horizon: int) -> NDArray[np.bool_]:
        """Where the outcome is known."""
        return np.isfinite(self.outcome(horizon))

    def moved(self, horizon: int) -> NDArray[np.bool_]:
        """Where the price moved: an unchanged price is neither up nor down (Binance's step is 3 to 10 bp)."""
        outcome = self.outcome(horizon)
        return np.asarray(np.isfinite(outcome) & (outcome != 0.0))

    def up(self, horizon: int) -> Floats:
        """1 where the price rose, 0 elsewhere."""
        return (self.outcome(horizon) > 0.0).astype(np.float64)

    def unit(self, horizon: int) -> Floats:
        """Scale over a horizon: the hourly one times the root of its hours."""
        return np.asarray(self.scale * np.sqrt(horizon / HOUR))

    def where(self, chosen: NDArray[Any]) -> "Samples":
        """Return the chosen samples."""
        return Samples(*(getattr(self, field.name)[chosen] for field in fields(self)))

    def between(self, begin: int, end: int) -> "Samples":
        """Return the samples decided in ``[begin, end)``, seconds since 1970."""
        return self.where((self.time >= begin) & (self.time < end))

    def compact(self) -> "Samples":
        """Return the same with rows of half the precision, for training."""
        return replace(self, rows=self.rows.astype(np.float32))


def make_samples(
    history: History, outcomes: History | None = None, references: Floats | None = None
) -> Samples:
    """Turn bars into samples, without the hours around which the file has no trade.

    Parameters
    ----------
    history : History
        Bars to compute features from.
    outcomes : History, optional
        Bars to read outcomes from, by default the same: forecasts from one venue's bars judged on another's.
    references : ndarray of float64, shape (len(history), 3), optional
        Closes of `REFERENCES` at the bars' ends, NaN where unknown; by default all are.
    """
    outcomes = outcomes or history
    rows, scale = feature_matrix(
        history.start, history.open, history.high, history.low, history.close, history.volume
    )
    references = unknown_references(len(history)) if references is None else references
    cross = cross_matrix(history.start, history.close, scale, references)
    returns = _returns(outcomes)
    usable = np.isfinite(scale) & outcomes.traded & np.isfinite(returns).any(axis=1)
    return Samples(history.start + HOUR, np.hstack([rows, cross]), scale, returns).where(usable)


def make_series(history: History, outcomes: History | None = None) -> Samples:
    """Turn bars into samples of consecutive hours, of the pair's own features alone.

    Outcomes are NaN at hours in which there was no trade; none is left out, so that a model may carry a state
    from each to the next.

    Parameters
    ----------
    history, outcomes
        As `make_samples` takes them.
    """
    outcomes = outcomes or history
    rows, scale = feature_matrix(
        history.start, history.open, history.high, history.low, history.close, history.volume
    )
    returns = np.where(outcomes.traded[:, None], _returns(outcomes), np.nan)
    return Samples(history.start + HOUR, rows, scale, returns).where(np.isfinite(scale))


def _returns(history: History) -> Floats:
    """Log-returns over each horizon, NaN where an hour from the decision to the horizon is missing."""
    close, n = np.log(history.close), len(history)
    missing = np.concatenate([[0], np.cumsum(~history.traded)])
    returns = np.full((n, len(HORIZONS)), np.nan)
    for column, horizon in enumerate(HORIZONS):
        bars = horizon // HOUR
        if n > bars:
            whole = missing[bars + 1 :] == missing[: n - bars]
            returns[: n - bars, column] = np.where(whole, close[bars:] - close[:-bars], np.nan)
    return returns


def pool(series: Iterable[Samples]) -> Samples:
    """Join the samples of several price series."""
    parts = list(series)
    return Samples(
        *(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Samples))
    )
