"""A volatility model beside those that it must beat, on the hours of one price series."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from hummingbot.strategy.ai_stellar.market.bars import HOUR
from hummingbot.strategy.ai_stellar.predictors.forecast import VOLATILITY_HORIZONS
from hummingbot.strategy.ai_stellar.predictors.garch_fit import GARCH_FAMILY, Bars
from hummingbot.strategy.ai_stellar.predictors.garch_step import RING
from hummingbot.strategy.ai_stellar.predictors.volatility import STEPS, VolatilityPredictor
from hummingbot.strategy.ai_stellar.predictors.volatility_fit import (
    DEFAULT_GARCH,
    VolatilityParameters,
    design,
    realised,
)

from ..history import History

__all__ = [
    "BESIDE",
    "HAR",
    "MODEL",
    "Compared",
    "bars_of",
    "compare",
    "join",
    "qlike",
    "regressed",
    "variance_of",
]

Floats = NDArray[np.float64]
MODEL: Final = "model"
HAR: Final = "HAR"
PERSISTENCE: Final = "persistence"
BESIDE: Final = (*GARCH_FAMILY, HAR, PERSISTENCE)
"""What the model is judged beside; persistence is the variance of the last day, or of the last horizon."""
SMALLEST: Final = 1e-8
"""Variance of an hour below which persistence does not go."""
DAY: Final = STEPS.index(24)


@dataclass(frozen=True, slots=True)
class Compared:
    """Forecasts of variance and what came.

    Attributes
    ----------
    time : ndarray of int64, shape (n,)
        Decision times, an hour apart, seconds since 1970.
    variance : dict of str to ndarray, shape (n, len(VOLATILITY_HORIZONS))
        By forecaster, the variance forecast for each horizon.
    realised : ndarray, shape (n, len(VOLATILITY_HORIZONS))
        The sum of squared hourly returns that came; NaN where unknown.
    day : ndarray, shape (n,)
        The return of the day that followed; NaN where unknown.
    at_risk : ndarray, shape (n, len(LEVELS))
        The model's value at risk over a day.
    """

    time: NDArray[np.int64]
    variance: dict[str, Floats]
    realised: Floats
    day: Floats
    at_risk: Floats

    def plain(self) -> dict[str, Any]:
        """Return what JSON holds, at seven digits."""
        return {
            "time": self.time.tolist(),
            "variance": {name: _short(one) for name, one in self.variance.items()},
            "realised": _short(self.realised),
            "day": _short(self.day),
            "at_risk": _short(self.at_risk),
        }

    @classmethod
    def from_plain(cls, values: Mapping[str, Any]) -> "Compared":
        """Read what `plain` gave."""
        arrays = {name: np.array(one) for name, one in values["variance"].items()}
        rest = (np.array(values[name], dtype=np.float64) for name in ("realised", "day", "at_risk"))
        return cls(np.array(values["time"], dtype=np.int64), arrays, *rest)

    def daily(self) -> tuple[Floats, Floats]:
        """Return loss, NaN where unknown, and value at risk of each UTC day."""
        chosen = self.time % (24 * HOUR) == 0
        return -self.day[chosen], self.at_risk[chosen]


def bars_of(history: History) -> Bars:
    """Return the bars that the volatility model reads."""
    return Bars(history.start, history.high, history.low, history.close, history.traded)


def compare(parameters: VolatilityParameters, bars: Bars, begin: int, end: int) -> Compared:
    """Forecast by every forecaster at decisions in ``[begin, end)``; bars before serve to warm up."""
    time, hours = bars.start + HOUR, np.array(parameters.hours)
    chosen = (time >= begin) & (time < end)
    chosen[:RING] = False
    family = {name: design(bars, garch, hours) for name, garch in parameters.garch.items()}
    steps = np.array(STEPS)
    variance = {
        MODEL: regressed(parameters.weights, *family[DEFAULT_GARCH]),
        **{name: np.exp(family[name][1]) * steps * family[name][2] for name in GARCH_FAMILY},
        HAR: regressed(parameters.har, *family[DEFAULT_GARCH]),
        PERSISTENCE: _persistence(bars),
    }
    log, day = np.log(bars.close), np.full(len(time), np.nan)
    day[:-24] = log[24:] - log[:-24]
    came = np.column_stack([realised(bars, one) for one in STEPS])
    day[np.isnan(came[:, DAY])] = np.nan
    at_risk = -np.sqrt(variance[MODEL][:, DAY])[:, None] * np.array(parameters.value_at_risk)
    return Compared(
        time[chosen],
        {name: one[chosen] for name, one in variance.items()},
        came[chosen],
        day[chosen],
        at_risk[chosen],
    )


def regressed(weights: Mapping[int, Sequence[float]], columns: Floats, logs: Floats, share: Floats) -> Floats:
    """Return the variance over each horizon after each bar, of a regression on what `design` returned."""
    ones = np.ones(len(columns))
    made = [
        np.column_stack([ones, logs[:, k], columns]) @ np.array(weights[horizon])
        for k, horizon in enumerate(VOLATILITY_HORIZONS)
    ]
    return np.asarray(np.exp(np.column_stack(made)) * np.array(STEPS) * share)


def variance_of(model: VolatilityPredictor, bars: Bars) -> Floats:
    """Return the variance over each horizon that a model forecasts after each bar."""
    parameters = model.parameters
    weights = {horizon: parameters["weights"][str(horizon)] for horizon in VOLATILITY_HORIZONS}
    return regressed(weights, *design(bars, parameters["garch"], np.array(parameters["hours"])))


def qlike(variance: Floats, came: Floats) -> Floats:
    """Return the loss ``log f + v / f`` of each forecast."""
    return np.asarray(np.log(variance) + came / variance)


def join(parts: Sequence[Compared]) -> Compared:
    """Return spans one after another as one."""
    names = parts[0].variance
    return Compared(
        np.concatenate([part.time for part in parts]),
        {name: np.concatenate([part.variance[name] for part in parts]) for name in names},
        *(np.concatenate([getattr(part, name) for part in parts]) for name in ("realised", "day", "at_risk")),
    )


def _persistence(bars: Bars) -> Floats:
    total = np.concatenate([[0.0], np.cumsum(bars.change**2)])
    last = np.arange(1, len(total))
    made = []
    for steps in STEPS:
        first = np.maximum(last - max(steps, 24), 0)
        made.append(np.maximum((total[last] - total[first]) / (last - first), SMALLEST) * steps)
    return np.column_stack(made)


def _short(values: Floats) -> Any:
    return np.vectorize(lambda one: float(f"{one:.7g}"), otypes=[np.float64])(values).tolist()
