"""Estimating the volatility model: GARCH by `arch`, and a regression of log variance by quasi-likelihood.

QLIKE, ``log f + v / f``, is the loss whose best forecast of a noisy variance ``v`` is its mean.

References
----------
Patton, Volatility forecast comparison using imperfect volatility proxies, Journal of Econometrics 160, 2011
Corsi, A simple approximate long-memory model of realized volatility, Journal of Financial Econometrics 7,
2009
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from .forecast import VOLATILITY_HORIZONS
from .garch_fit import GARCH_FAMILY, Bars, fit_garch_of_bars, fit_hours
from .garch_step import COLUMNS, RING, VolatilityState
from .volatility import LEVELS, STEPS, garch_of

__all__ = [
    "DEFAULT_GARCH",
    "VolatilityParameters",
    "VolatilityTraining",
    "design",
    "fit_parameters",
    "realised",
]

Floats = NDArray[np.float64]
HOUR: Final = 3600
DAY: Final = 24
DEFAULT_GARCH: Final = "GJR-t"
"""The one that the model uses."""
HAR: Final = tuple(COLUMNS.index(f"range_{span}") for span in (1, 24, 168, 720))
BLEND: Final[Mapping[int, tuple[float, float, float]]] = {
    1: (0.5, 0.25, 0.25),
    4: (0.5, 0.25, 0.25),
    24: (0.5, 0.25, 0.25),
    72: (0.5, 0.5, 0.0),
    168: (0.5, 0.5, 0.0),
}
"""By hours ahead, shares of the pooled regression, HAR and GARCH in the log of variance."""
RIDGE: Final = 10.0
NEWTON_STEPS: Final = 40
LARGEST_RATIO: Final = 50.0
"""A realised variance is taken as at most this many times its forecast while the regression is fitted."""


@dataclass(frozen=True, slots=True)
class VolatilityTraining:
    """What a volatility model is estimated from.

    Attributes
    ----------
    series : sequence of Bars
        Price series, that of the target first.
    until : dict of int to int
        By horizon in seconds, the decision time before which outcomes are known, seconds since 1970.
    """

    series: Sequence[Bars]
    until: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class VolatilityParameters:
    """A fitted model, and the models that it is made of and judged beside.

    Attributes
    ----------
    hours : tuple of float
        Share of variance by UTC hour.
    garch : dict of str to dict
        Parameters of each of `GARCH_FAMILY`.
    weights, har : dict of int to tuple of float
        By horizon in seconds: constant, GARCH, then by `COLUMNS`; of the model, and of HAR alone.
    value_at_risk : tuple of float
        Quantiles of a day's return over its sigma at `LEVELS`.
    """

    hours: tuple[float, ...]
    garch: dict[str, dict[str, float]]
    weights: dict[int, tuple[float, ...]]
    har: dict[int, tuple[float, ...]]
    value_at_risk: tuple[float, ...]

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Read what `dataclasses.asdict` gave, through JSON or not."""
        weights, har = (
            {int(horizon): tuple(row) for horizon, row in values[name].items()} for name in ("weights", "har")
        )
        at_risk = tuple(values["value_at_risk"])
        return cls(tuple(values["hours"]), dict(values["garch"]), weights, har, at_risk)

    def plain(self) -> dict[str, Any]:
        """Return what ``volatility.json`` holds."""
        return {
            "hours": list(self.hours),
            "garch": self.garch[DEFAULT_GARCH],
            "weights": {str(horizon): list(row) for horizon, row in self.weights.items()},
            "value_at_risk": list(self.value_at_risk),
        }


def realised(bars: Bars, steps: int) -> Floats:
    """Return the sum of squared returns of the coming ``steps`` hours; NaN where one is missing."""
    total = np.concatenate([[0.0], np.cumsum(bars.change**2)])
    missing = np.concatenate([[0], np.cumsum(~bars.traded)])
    n, made = len(bars.start), np.full(len(bars.start), np.nan)
    if n > steps:
        whole = missing[steps + 1 :] == missing[: n - steps]
        made[: n - steps] = np.where(whole, total[steps + 1 :] - total[1 : n - steps + 1], np.nan)
    return made


def design(bars: Bars, garch: Mapping[str, float], hours: Floats) -> tuple[Floats, Floats, Floats]:
    """Return what the live model sees after each bar.

    Returns
    -------
    columns : ndarray, shape (n, len(COLUMNS))
    garch : ndarray, shape (n, len(VOLATILITY_HORIZONS))
        Log of GARCH's mean hourly variance.
    share : ndarray, shape (n, len(VOLATILITY_HORIZONS))
        Share of variance of the hours of day ahead.
    """
    state = VolatilityState(garch_of(garch), hours)
    n = len(bars.start)
    columns, total, share = np.empty((n, len(COLUMNS))), np.empty((n, len(STEPS))), np.empty((n, len(STEPS)))
    for k in range(n):
        state.update(bars.high[k], bars.low[k], bars.close[k], int(bars.start[k]))
        columns[k] = state.row
        for j, steps in enumerate(STEPS):
            total[k, j], share[k, j] = state.total(steps) / steps, state.share(steps)
    return columns, np.log(total), share


def fit_parameters(training: VolatilityTraining) -> VolatilityParameters:
    """Estimate a model.

    Raises
    ------
    ValueError
        If the first series is shorter than `RING` hours before the outcomes end.
    """
    end = max(training.until.values())
    target = training.series[0]
    if int(np.sum(target.start < end)) < 2 * RING:
        raise ValueError(f"the target has fewer than {2 * RING} hours to be fitted on: give longer history")
    every = [_prepare(bars, end) for bars in training.series if int(np.sum(bars.start < end)) >= 2 * RING]
    family = {
        name: fit_garch_of_bars(target, every[0].hours, end, *kind)
        for name, kind in GARCH_FAMILY.items()
        if name != DEFAULT_GARCH
    }
    family[DEFAULT_GARCH] = every[0].garch
    weights, har = {}, {}
    for k, horizon in enumerate(VOLATILITY_HORIZONS):
        until, steps = training.until[horizon], STEPS[k]
        stride = min(max(steps // 2, 1), DAY)
        parts = [one.regression(k, until, max(stride, 2)) for one in every]
        x, y = (np.concatenate([part[j] for part in parts]) for j in range(2))
        pooled = _quasi_likelihood(x, y)
        har[horizon] = _har(*every[0].regression(k, until, stride))
        shares = BLEND[steps]
        blended = shares[0] * pooled + shares[1] * np.array(har[horizon])
        blended[1] += shares[2]
        weights[horizon] = tuple(blended.tolist())
    return VolatilityParameters(
        tuple(every[0].hours.tolist()),
        family,
        weights,
        {horizon: tuple(row) for horizon, row in har.items()},
        _day_quantiles(every[0], np.array(weights[DAY * HOUR]), training.until[DAY * HOUR]),
    )


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A series with its own hours of day and GARCH, and what the live model would see of it."""

    bars: Bars
    hours: Floats
    garch: dict[str, float]
    columns: Floats
    logs: Floats
    share: Floats

    def regressors(self, k: int) -> Floats:
        ones = np.ones(len(self.bars.start))
        return np.column_stack([ones, self.logs[:, k], self.columns])

    def regression(self, k: int, until: int, stride: int) -> tuple[Floats, Floats]:
        """Return regressors, and mean hourly variance without the hour of day, of what is trained on."""
        time, outcome = self.bars.start + HOUR, realised(self.bars, STEPS[k])
        chosen = (time < until) & np.isfinite(outcome) & ((time // HOUR) % stride == 0)
        chosen[:RING] = False
        return self.regressors(k)[chosen], (outcome / (STEPS[k] * self.share[:, k]))[chosen]


def _prepare(bars: Bars, until: int) -> _Prepared:
    hours = fit_hours(bars, until)
    garch = fit_garch_of_bars(bars, hours, until, *GARCH_FAMILY[DEFAULT_GARCH])
    return _Prepared(bars, hours, garch, *design(bars, garch, hours))


def _quasi_likelihood(x: Floats, y: Floats) -> Floats:
    """Minimise the mean of ``x b + y exp(-x b)``, with a small penalty on all but the constant."""
    beta = np.zeros(x.shape[1])
    beta[1] = 1.0
    beta[0] = np.log(max(float((y / np.exp(x @ beta)).mean()), 1e-12))
    penalty = RIDGE * np.eye(x.shape[1])
    penalty[0, 0] = 1e-6
    steady = 0.1 * x.T @ x
    for _ in range(NEWTON_STEPS):
        ratio = np.minimum(y * np.exp(-np.clip(x @ beta, -40.0, 10.0)), LARGEST_RATIO)
        gradient = x.T @ (1.0 - ratio) + penalty @ beta
        step = np.linalg.solve((x * ratio[:, None]).T @ x + steady + penalty, gradient)
        beta -= np.clip(step, -1.0, 1.0)
        if np.abs(step).max() < 1e-9:
            break
    return np.asarray(beta)


def _har(x: Floats, y: Floats) -> list[float]:
    """Regress log variance on its means over an hour, a day, a week and a month, at the level of ``y``."""
    chosen = [0, *(2 + column for column in HAR)]
    smallest = 1e-9
    beta = np.linalg.lstsq(x[:, chosen], np.log(np.maximum(y, smallest)), rcond=None)[0]
    beta[0] += np.log(float((y / np.exp(x[:, chosen] @ beta)).mean()))
    row = np.zeros(x.shape[1])
    row[chosen] = beta
    return [float(one) for one in row]


def _day_quantiles(one: _Prepared, weights: Floats, until: int) -> tuple[float, ...]:
    """Return quantiles of a day's return over its sigma, of the target's hours that were trained on."""
    k = STEPS.index(DAY)
    log = np.log(one.bars.close)
    change = np.full(len(log), np.nan)
    change[:-DAY] = log[DAY:] - log[:-DAY]
    known = np.isfinite(realised(one.bars, DAY)) & (one.bars.start + HOUR < until)
    known[:RING] = False
    sigma = np.sqrt(np.exp(one.regressors(k) @ weights) * DAY * one.share[:, k])
    return tuple(float(level) for level in np.quantile((change / sigma)[known], LEVELS))
