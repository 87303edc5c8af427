"""Days of several coins: prices, turnover, and what the price and volatility models say of each."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from hummingbot.strategy.ai_stellar.market.bars import HOUR
from hummingbot.strategy.ai_stellar.predictors.allocation import AllocationDay
from hummingbot.strategy.ai_stellar.predictors.forecast import VOLATILITY_HORIZONS
from hummingbot.strategy.ai_stellar.predictors.garch_step import RING
from hummingbot.strategy.ai_stellar.predictors.volatility_fit import (
    DEFAULT_GARCH,
    VolatilityParameters,
    design,
)

from ..history import History
from ..volatility.comparison import bars_of, regressed

__all__ = ["DAY", "Days", "day_sigma", "joined", "prices_of", "with_views"]

DAY = VOLATILITY_HORIZONS[2]
"""Seconds."""
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Days:
    """Consecutive days, at midnight UTC, of several coins; matrices have shape (days, coins).

    Attributes
    ----------
    time : ndarray of int64, shape (days,)
        Seconds since 1970.
    closes : ndarray
        The last known price; NaN before a coin trades.
    turnover : ndarray
        Traded in the day before, in the quote.
    probability : ndarray
        The price model's, that the price is higher after a day; NaN where it says nothing.
    sigma : ndarray
        The volatility model's sigma of it; NaN where unknown.
    """

    time: NDArray[np.int64]
    closes: Floats
    turnover: Floats
    probability: Floats
    sigma: Floats

    def __len__(self) -> int:
        return len(self.time)

    @property
    def change(self) -> Floats:
        """Simple return of each day to the next, 0 before a coin trades; shape (days - 1, coins)."""
        return np.nan_to_num(self.closes[1:] / self.closes[:-1] - 1.0)

    def day(self, k: int, held: Floats | None = None) -> AllocationDay:
        """Return a day as the model is told it."""
        return AllocationDay(
            int(self.time[k]), self.closes[k], self.turnover[k], self.probability[k], self.sigma[k], held
        )


def prices_of(histories: Sequence[History], begin: int, end: int) -> Days:
    """Return the prices of coins at midnights in ``[begin, end]``, without views and sigmas."""
    time = np.arange(-(-begin // DAY) * DAY, end + 1, DAY, dtype=np.int64)
    columns = [_prices(one, time) for one in histories]
    closes, turnover = (np.column_stack(part) for part in zip(*columns, strict=True))
    unknown = np.full(closes.shape, np.nan)
    return Days(time, closes, turnover, unknown, unknown)


def with_views(prices: Days, probability: Floats, sigma: Floats) -> Days:
    """Lay probabilities and sigmas beside the prices of their days, which go one day further."""
    last = np.full((1, prices.closes.shape[1]), np.nan)
    return replace(prices, probability=np.vstack([probability, last]), sigma=np.vstack([sigma, last]))


def joined(first: Days, second: Days) -> Days:
    """Return days after days as one span."""
    names = [one.name for one in fields(Days)]
    return Days(*(np.concatenate([getattr(first, name), getattr(second, name)]) for name in names))


def day_sigma(parameters: VolatilityParameters, history: History, begin: int, end: int) -> Floats:
    """Return the volatility model's sigma of a day at midnights in ``[begin, end)``; NaN where unknown."""
    time = np.arange(-(-begin // DAY) * DAY, end, DAY, dtype=np.int64)
    bars = history.between(begin - (RING + 24) * HOUR, end)
    made = np.full(len(time), np.nan)
    if len(bars) <= RING:
        return made
    designed = design(bars_of(bars), parameters.garch[DEFAULT_GARCH], np.array(parameters.hours))
    variance = regressed(parameters.weights, *designed)[:, VOLATILITY_HORIZONS.index(DAY)]
    at = np.searchsorted(bars.start, time - HOUR)
    known = (at >= RING) & (at < len(bars))
    made[known] = np.sqrt(variance[at[known]])
    return made


def _prices(history: History, time: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Return the last close before each time, and what was traded in the day before it."""
    at = np.searchsorted(history.start, time - HOUR, side="right")
    traded = np.concatenate([[0.0], np.cumsum(history.close * history.volume)])
    before = np.searchsorted(history.start, time - DAY)
    close = np.where(at > 0, history.close[np.maximum(at - 1, 0)], np.nan)
    return close, np.where(at > 0, traded[at] - traded[before], 0.0)
