"""Estimating the volatility model: GARCH by `arch`, and a regression of log variance by quasi-likelihood.

QLIKE, ``log f + v / f``, is the loss whose best forecast of a noisy variance ``v`` is its mean.

References
----------
Fiorentini, Calzolari and Panattoni, Analytic derivatives and the computation of GARCH estimates, Journal of
Applied Econometrics 11, 1996
Patton, Volatility forecast comparison using imperfect volatility proxies, Journal of Econometrics 160, 2011
Corsi, A simple approximate long-memory model of realized volatility, Journal of Financial Econometrics 7,
2009
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, Self

import numpy as np
from numpy.typing import NDArray

from .forecast import VOLATILITY_HORIZONS
from .garch_step import COLUMNS, RING, VolatilityState
from .volatility import LEVELS, STEPS, garch_of

__all__ = [
    "DEFAULT_GARCH",
    "GARCH_FAMILY",
    "Bars",
    "VolatilityParameters",
    "VolatilityTraining",
    "design",
    "fit_garch",
    "fit_hours",
    "fit_parameters",
    "realised",
]

Floats = NDArray[np.float64]
Distribution = Literal["normal", "t"]
HOUR: Final = 3600
DAY: Final = 24
RECENT: Final = 20_000
"""Hours at the end of the training part that GARCH is fitted on."""
LARGEST_DECAY: Final = 0.9995
GARCH_FAMILY: Final[Mapping[str, tuple[bool, Distribution]]] = {
    "GARCH": (False, "normal"),
    "GARCH-t": (False, "t"),
    "GJR-t": (True, "t"),
}
"""By name, whether falls count for more, and the distribution of shocks."""
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
class Bars:
    """Consecutive hourly bars of one price series.

    Attributes
    ----------
    start : ndarray of int64, shape (n,)
        Seconds since 1970.
    high, low, close : ndarray of float64, shape (n,)
        Prices.
    traded : ndarray of bool, shape (n,)
        Whether the hour is one of the file's.
    """

    start: NDArray[np.int64]
    high: Floats
    low: Floats
    close: Floats
    traded: NDArray[np.bool_]

    @property
    def change(self) -> Floats:
        """Log-returns; the first is 0."""
        log = np.log(self.close)
        return np.diff(log, prepend=log[0])


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


def fit_hours(bars: Bars, until: int) -> Floats:
    """Return each UTC hour's share of variance, the largest squared returns cut."""
    early = bars.start + HOUR <= until
    square = bars.change[early] ** 2
    square = np.minimum(square, np.quantile(square, 0.999))
    hour = (bars.start[early] // HOUR) % 24
    mean = np.bincount(hour, square, 24) / np.maximum(np.bincount(hour, minlength=24), 1)
    mean = np.maximum(mean, 0.05 * mean.mean() if mean.mean() > 0.0 else 1.0)
    return np.asarray(mean / mean.mean())


def fit_garch(change: Floats, falls: bool, distribution: Distribution) -> dict[str, float]:
    """Fit GARCH(1, 1), or GJR where falls count for more, by maximum likelihood.

    The recursion starts from the mean squared residual, as in the published benchmark.

    Parameters
    ----------
    change : ndarray, shape (n,)
        Returns, of a size near 1: per cent.
    falls : bool
        Whether falls have a weight of their own.
    distribution : {"normal", "t"}
        Of shocks.

    Returns
    -------
    dict of str to float
        ``mean``, ``constant``, ``shock``, ``fall``, ``persistence`` in the returns' unit, ``log_likelihood``.
    """
    from arch import arch_model

    model = arch_model(change, mean="Constant", p=1, o=int(falls), q=1, dist=distribution, rescale=False)
    residual = change - change.mean()
    for _ in range(2):  # the start depends on the mean that is estimated
        begin = float(residual @ residual) / len(residual)
        fitted = model.fit(disp="off", backcast=begin, show_warning=False)
        residual = change - fitted.params["mu"]
    found = fitted.params
    return {
        "mean": float(found["mu"]),
        "constant": float(found["omega"]),
        "shock": float(found["alpha[1]"]),
        "fall": float(found.get("gamma[1]", 0.0)),
        "persistence": float(found["beta[1]"]),
        "log_likelihood": float(fitted.loglikelihood),
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
        name: _garch_of_hours(target, every[0].hours, end, *kind)
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
    garch = _garch_of_hours(bars, hours, until, *GARCH_FAMILY[DEFAULT_GARCH])
    return _Prepared(bars, hours, garch, *design(bars, garch, hours))


def _garch_of_hours(
    bars: Bars, hours: Floats, until: int, falls: bool, distribution: Distribution
) -> dict[str, float]:
    """Fit to returns without the hour of day; limit the decay to a stationary one. Log-return units."""
    early = bars.start + HOUR <= until
    change = (bars.change / np.sqrt(hours[(bars.start // HOUR) % 24]))[early][-RECENT:]
    found = fit_garch(100.0 * change, falls, distribution)
    decay = found["shock"] + 0.5 * found["fall"] + found["persistence"]
    if decay > LARGEST_DECAY:
        found["persistence"] -= decay - LARGEST_DECAY
    return {
        "mean": found["mean"] / 100.0,
        "constant": max(found["constant"] / 1e4, 1e-12),
        "shock": found["shock"],
        "fall": found["fall"],
        "persistence": max(found["persistence"], 0.0),
    }


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
