"""Baselines for the price models: what a forecast must beat to be worth its trees."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from hummingbot.strategy.ai_stellar.features import FEATURE_NAMES
from hummingbot.strategy.ai_stellar.predictors.forecast import QUANTILES
from hummingbot.strategy.ai_stellar.predictors.price_fit import LARGEST_SIZE

from .samples import Samples
from .scores import Forecasts

__all__ = ["BASELINES", "Baselines", "Line", "fit_baselines"]

BASELINES: Final = ("zero", "persistence", "AR(3)", "linear")
LAST_RETURN: Final = FEATURE_NAMES.index("return_1")
LAGS: Final = tuple(FEATURE_NAMES.index(name) for name in ("return_1", "return_lag_1", "return_lag_2"))
RIDGE: Final = 100.0
"""Penalty on the squared weights of standardised features, in units of observations."""
NEWTON_STEPS: Final = 8
PART: Final = 50_000

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Line:
    """A linear function of some features, with the training part's mean in place of what is unknown.

    Attributes
    ----------
    columns : tuple of int
        The features.
    intercept : float
        Value at zero.
    weights, means : tuple of float
        By feature.
    """

    columns: tuple[int, ...]
    intercept: float
    weights: tuple[float, ...]
    means: tuple[float, ...]

    def of(self, rows: NDArray[Any]) -> Floats:
        """Return its value for each row."""
        chosen = rows[:, list(self.columns)].astype(np.float64)
        filled = np.where(np.isnan(chosen), np.array(self.means), chosen)
        return np.asarray(filled @ np.array(self.weights) + self.intercept)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """Read what `dataclasses.asdict` gave."""
        return cls(
            tuple(values["columns"]), values["intercept"], tuple(values["weights"]), tuple(values["means"])
        )


@dataclass(frozen=True, slots=True)
class Baselines:
    """Four models without trees of one horizon, fitted on the same training part.

    *zero*: the share of rises, and no expected return. *persistence*: the share of rises after a rise and
    after a fall, and that probability's tilt times the mean size of a move. *AR(3)*: logistic and least
    squares on the last three returns. *linear*: logistic and ridge regression on all features. The quantiles
    of each are its expected return and the training part's quantiles of return over scale.

    Attributes
    ----------
    horizon : int
        Seconds.
    share_up, share_after_rise, share_after_fall : float
        Shares of rises among outcomes in which the price moved.
    mean_size : float
        Mean absolute return in units of the features' scale over the horizon.
    quantiles : tuple of float
        Of return over that scale.
    lines : dict of str to tuple of Line
        Log-odds and, in units of that scale, expected return of the regressions.
    """

    horizon: int
    share_up: float
    share_after_rise: float
    share_after_fall: float
    mean_size: float
    quantiles: tuple[float, ...]
    lines: dict[str, tuple[Line, Line]]

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """Read what `to_dict` gave."""
        lines = {name: (Line.from_dict(a), Line.from_dict(b)) for name, (a, b) in values["lines"].items()}
        return cls(**{**values, "quantiles": tuple(values["quantiles"]), "lines": lines})

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for a manifest."""
        return asdict(self)

    def forecast(self, samples: Samples) -> dict[str, Forecasts]:
        """Forecast every sample by each baseline."""
        n, last, unit = len(samples), samples.rows[:, LAST_RETURN], samples.unit(self.horizon)
        persistence = np.where(
            last > 0, self.share_after_rise, np.where(last < 0, self.share_after_fall, self.share_up)
        )
        made = {
            "zero": (np.full(n, self.share_up), np.zeros(n)),
            "persistence": (persistence, (2 * persistence - 1) * self.mean_size * unit),
        }
        for name, (odds, expected) in self.lines.items():
            made[name] = (_logistic(odds.of(samples.rows)), expected.of(samples.rows) * unit)
        spread = np.array(self.quantiles) * unit[:, None]
        outcome = samples.outcome(self.horizon)
        return {name: Forecasts(p, mean, outcome, mean[:, None] + spread) for name, (p, mean) in made.items()}


def fit_baselines(samples: Samples, horizon: int, until: int) -> Baselines:
    """Fit every baseline on the samples decided before ``until``, seconds since 1970."""
    past = np.flatnonzero((samples.time < until) & samples.known(horizon))
    moved = np.flatnonzero((samples.time < until) & samples.moved(horizon))
    last, up = samples.rows[moved, LAST_RETURN], samples.up(horizon)[moved]
    ratio = samples.outcome(horizon)[past] / samples.unit(horizon)[past]
    signed = np.clip(ratio, -LARGEST_SIZE, LARGEST_SIZE)
    every = tuple(range(samples.rows.shape[1]))
    return Baselines(
        horizon,
        float(up.mean()),
        float(up[last > 0].mean()),
        float(up[last < 0].mean()),
        float(np.abs(signed).mean()),
        tuple(float(one) for one in np.quantile(ratio, QUANTILES)),
        {
            name: (
                _fit_logistic(samples.rows, columns, moved, up),
                _fit_ridge(samples.rows, columns, past, signed),
            )
            for name, columns in (("AR(3)", LAGS), ("linear", every))
        },
    )


def _logistic(x: Floats) -> Floats:
    return np.asarray(1.0 / (1.0 + np.exp(-x)), dtype=np.float64)


class _Design:
    """Standardised features of the chosen rows and a constant, made part by part: memory stays small."""

    def __init__(self, rows: NDArray[Any], columns: tuple[int, ...], chosen: NDArray[np.int64]) -> None:
        self._rows, self._columns, self._chosen = rows, columns, chosen
        self.width = len(columns) + 1
        known, total, squares = np.zeros(len(columns)), np.zeros(len(columns)), np.zeros(len(columns))
        for part in self._parts():
            values = self._values(part)
            known += np.isfinite(values).sum(axis=0)
            total += np.nansum(values, axis=0)
            squares += np.nansum(values**2, axis=0)
        self._mean = total / np.maximum(known, 1)
        self._deviation = np.sqrt(np.maximum(squares / np.maximum(known, 1) - self._mean**2, 0.0))
        self._deviation[self._deviation < 1e-9] = 1.0
        self.penalty = np.full(self.width, RIDGE)
        self.penalty[0] = 0.0

    def _parts(self) -> Iterator[slice]:
        return (slice(k, k + PART) for k in range(0, len(self._chosen), PART))

    def _values(self, part: slice) -> Floats:
        return self._rows[self._chosen[part][:, None], list(self._columns)].astype(np.float64)

    def parts(self) -> Iterator[tuple[slice, Floats]]:
        """Yield which observations, and their design matrix."""
        for part in self._parts():
            values = np.nan_to_num((self._values(part) - self._mean) / self._deviation)
            yield part, np.column_stack([np.ones(len(values)), values])

    def line(self, beta: Floats) -> Line:
        """Return the function of the features as they are."""
        weights = beta[1:] / self._deviation
        intercept = float(beta[0] - weights @ self._mean)
        return Line(self._columns, intercept, tuple(weights.tolist()), tuple(self._mean.tolist()))


def _fit_logistic(
    rows: NDArray[Any], columns: tuple[int, ...], chosen: NDArray[np.int64], up: Floats
) -> Line:
    """Maximise the penalised likelihood by Newton's method; the intercept is not penalised."""
    design = _Design(rows, columns, chosen)
    beta = np.zeros(design.width)
    for _ in range(NEWTON_STEPS):
        gradient, curvature = -design.penalty * beta, np.diag(design.penalty)
        for part, x in design.parts():
            p = _logistic(x @ beta)
            gradient += x.T @ (up[part] - p)
            curvature += x.T @ (x * (p * (1 - p))[:, None])
        step = np.linalg.solve(curvature, gradient)
        beta += step
        if np.abs(step).max() < 1e-9:
            break
    return design.line(beta)


def _fit_ridge(
    rows: NDArray[Any], columns: tuple[int, ...], chosen: NDArray[np.int64], signed: Floats
) -> Line:
    """Minimise the penalised squares; the intercept is not penalised."""
    design = _Design(rows, columns, chosen)
    moment, curvature = np.zeros(design.width), np.diag(design.penalty)
    for part, x in design.parts():
        moment += x.T @ signed[part]
        curvature += x.T @ x
    return design.line(np.linalg.solve(curvature, moment))
