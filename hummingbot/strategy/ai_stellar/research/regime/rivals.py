"""What a regime model must beat: distributions of the coming hour that know of no regime."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from hummingbot.strategy.ai_stellar.predictors.regime import PARKINSON, SMALLEST

from ..history import History

__all__ = ["BESIDE", "DAY", "Rivals", "observations_of"]

Floats = NDArray[np.float64]
BESIDE: Final = ("one Gaussian", "rolling Gaussian")
DAY: Final = 24


def observations_of(history: History) -> Floats:
    """Return what the live model sees of each bar but the first; shape (n - 1, 2)."""
    change, reach = np.diff(np.log(history.close)), np.log(history.high / history.low)[1:]
    squares = np.column_stack([change**2, PARKINSON * reach**2])
    return np.asarray(0.5 * np.log(squares + SMALLEST))


@dataclass(frozen=True, slots=True)
class Rivals:
    """Two of them, fitted on one training part.

    *One Gaussian*: always the same. *Rolling Gaussian*: log volatility about a line in its last value and its
    mean of the last day, and the log size of the return about a line in the log volatility of the same hour.

    Attributes
    ----------
    mean : tuple of float
        Of the one Gaussian.
    covariance : tuple of tuple of float
        Of it.
    line, size : tuple of float
        Constant, last value, mean of the last day; and constant, log volatility.
    variances : tuple of float
        About either line.
    """

    mean: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]
    line: tuple[float, ...]
    size: tuple[float, ...]
    variances: tuple[float, ...]

    @classmethod
    def fit(cls, seen: Floats) -> Self:
        """Fit both on consecutive observations."""
        covariance = np.cov(seen.T)
        x, now = _known(seen), seen[DAY:]
        line, size = (
            np.linalg.lstsq(x, now[:, 1], rcond=None)[0],
            np.linalg.lstsq(_with_constant(now[:, 1]), now[:, 0], rcond=None)[0],
        )
        missed = (now[:, 1] - x @ line, now[:, 0] - _with_constant(now[:, 1]) @ size)
        return cls(
            tuple(seen.mean(axis=0).tolist()),
            tuple(tuple(row) for row in covariance.tolist()),
            tuple(line.tolist()),
            tuple(size.tolist()),
            tuple(float(np.mean(one**2)) for one in missed),
        )

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Read what `dataclasses.asdict` gave, through JSON or not."""
        rows = tuple(tuple(row) for row in values["covariance"])
        rest = (tuple(values[name]) for name in ("line", "size", "variances"))
        return cls(tuple(values["mean"]), rows, *rest)

    def likelihood(self, seen: Floats) -> dict[str, Floats]:
        """Return the log-likelihood of each observation but those of the first day, by rival."""
        one, covariance = seen[DAY:] - np.array(self.mean), np.array(self.covariance)
        distance = np.einsum("ni,ij,nj->n", one, np.linalg.inv(covariance), one)
        constant = -np.log(2.0 * np.pi) - 0.5 * np.log(np.linalg.det(covariance))
        now = seen[DAY:]
        volatility = _normal(now[:, 1], _known(seen) @ np.array(self.line), self.variances[0])
        size = _normal(now[:, 0], _with_constant(now[:, 1]) @ np.array(self.size), self.variances[1])
        return {BESIDE[0]: constant - 0.5 * distance, BESIDE[1]: volatility + size}


def _known(seen: Floats) -> Floats:
    """Return constant, last log volatility and its mean over 24 hours before each hour from the 25th."""
    total = np.concatenate([[0.0], np.cumsum(seen[:, 1])])
    mean = (total[DAY:-1] - total[: -DAY - 1]) / DAY
    return np.column_stack([np.ones(len(mean)), seen[DAY - 1 : -1, 1], mean])


def _with_constant(column: Floats) -> Floats:
    return np.column_stack([np.ones(len(column)), column])


def _normal(x: Floats, mean: Floats, variance: float) -> Floats:
    return np.asarray(-0.5 * (np.log(2.0 * np.pi * variance) + (x - mean) ** 2 / variance))
