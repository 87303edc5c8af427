"""Baselines for the price model: what a forecast must beat to be worth its trees."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from hummingbot.strategy.ai_stellar.features import FEATURE_NAMES

from .samples import LARGEST_SIZE, Samples
from .scores import Forecasts

__all__ = ["Baselines", "fit_baselines"]

LAST_RETURN = FEATURE_NAMES.index("return_1")
RIDGE = 100.0
"""Penalty on the squared weights of standardised features, in units of observations."""
NEWTON_STEPS = 8
PART = 50_000

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Baselines:
    """Three models without trees, fitted on the same training part.

    *zero*: the share of rises, and no expected return. *persistence*: the share of rises after a rise and
    after a fall. *linear*: logistic regression on all features, with a ridge penalty. Expected returns are
    the probability's tilt times the mean size of a move.

    Attributes
    ----------
    share_up, share_after_rise, share_after_fall : float
        Shares of rises among hours in which the price moved.
    mean_size : float
        Mean absolute return in units of the features' scale.
    intercept : float
        Of the logistic regression, log-odds.
    weights : tuple of float
        Of the logistic regression, log-odds per unit of each feature.
    ridge_intercept : float
        Of the ridge regression, in units of the features' scale.
    ridge_weights : tuple of float
        Of the ridge regression, units of the features' scale per unit of each feature.
    """

    share_up: float
    share_after_rise: float
    share_after_fall: float
    mean_size: float
    intercept: float
    weights: tuple[float, ...]
    ridge_intercept: float
    ridge_weights: tuple[float, ...]

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """Read what `to_dict` gave."""
        tuples = {name: tuple(values[name]) for name in ("weights", "ridge_weights")}
        return cls(**{**values, **tuples})

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for a manifest."""
        return asdict(self)

    def forecast(self, samples: Samples) -> dict[str, Forecasts]:
        """Forecast every sample by each baseline."""
        n, last = len(samples), samples.rows[:, LAST_RETURN]
        persistence = np.where(
            last > 0, self.share_after_rise, np.where(last < 0, self.share_after_fall, self.share_up)
        )
        lean = (2 * persistence - 1) * self.mean_size * samples.scale
        linear = _logistic(samples.rows @ np.array(self.weights) + self.intercept)
        ridge = (samples.rows @ np.array(self.ridge_weights) + self.ridge_intercept) * samples.scale
        return {
            "zero": Forecasts(np.full(n, self.share_up), np.zeros(n), samples.outcome),
            "persistence": Forecasts(persistence, lean, samples.outcome),
            "linear": Forecasts(linear, ridge, samples.outcome),
        }


def fit_baselines(samples: Samples, until: int) -> Baselines:
    """Fit every baseline on the samples decided before ``until``, seconds since 1970."""
    past = np.flatnonzero(samples.time < until)
    moved = np.flatnonzero((samples.time < until) & samples.moved)
    last, up = samples.rows[moved, LAST_RETURN], samples.up[moved]
    signed = np.clip(samples.outcome / samples.scale, -LARGEST_SIZE, LARGEST_SIZE)
    intercept, weights = _fit_logistic(samples.rows, moved, up)
    ridge_intercept, ridge_weights = _fit_ridge(samples.rows, past, signed[past])
    return Baselines(
        float(up.mean()),
        float(up[last > 0].mean()),
        float(up[last < 0].mean()),
        float(samples.size[past].mean()),
        intercept,
        tuple(float(weight) for weight in weights),
        ridge_intercept,
        tuple(float(weight) for weight in ridge_weights),
    )


def _logistic(x: Floats) -> Floats:
    return np.asarray(1.0 / (1.0 + np.exp(-x)), dtype=np.float64)


class _Design:
    """Standardised features of the chosen rows and a constant, made part by part: memory stays small."""

    def __init__(self, rows: Floats, chosen: NDArray[np.int64]) -> None:
        self._rows, self._chosen = rows, chosen
        self.width = rows.shape[1] + 1
        total = sum(rows[chosen[part]].sum(axis=0) for part in self._parts())
        self._mean = total / len(chosen)
        squares = sum(((rows[chosen[part]] - self._mean) ** 2).sum(axis=0) for part in self._parts())
        self._deviation = np.sqrt(squares / len(chosen))
        self._deviation[self._deviation == 0] = 1.0
        self.penalty = np.full(self.width, RIDGE)
        self.penalty[0] = 0.0

    def _parts(self) -> Iterator[slice]:
        return (slice(k, k + PART) for k in range(0, len(self._chosen), PART))

    def parts(self) -> Iterator[tuple[slice, Floats]]:
        """Yield which observations, and their design matrix."""
        for part in self._parts():
            rows = self._rows[self._chosen[part]]
            yield part, np.column_stack([np.ones(len(rows)), (rows - self._mean) / self._deviation])

    def unscaled(self, beta: Floats) -> tuple[float, Floats]:
        """Return intercept and weights for features as they are."""
        weights = beta[1:] / self._deviation
        return float(beta[0] - weights @ self._mean), weights


def _fit_logistic(rows: Floats, chosen: NDArray[np.int64], up: Floats) -> tuple[float, Floats]:
    """Maximise the penalised likelihood by Newton's method; the intercept is not penalised."""
    design = _Design(rows, chosen)
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
    return design.unscaled(beta)


def _fit_ridge(rows: Floats, chosen: NDArray[np.int64], signed: Floats) -> tuple[float, Floats]:
    """Minimise the penalised squares; the intercept is not penalised."""
    design = _Design(rows, chosen)
    moment, curvature = np.zeros(design.width), np.diag(design.penalty)
    for part, x in design.parts():
        moment += x.T @ signed[part]
        curvature += x.T @ x
    return design.unscaled(np.linalg.solve(curvature, moment))
