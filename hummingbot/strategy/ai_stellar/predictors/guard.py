"""The guard: whether an hour is so unlike the training data that nothing should be traded on it."""

import math
from collections.abc import Mapping
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from hummingbot.strategy.ai_stellar.features import FEATURE_COUNT, FEATURE_NAMES, FEATURE_SET_HASH

from .json_model import JsonModel
from .mahalanobis import Mahalanobis
from .protocol import Observation

__all__ = ["FALSE_ALARMS", "KIND", "GuardPredictor"]

KIND: Final = "guard"
FALSE_ALARMS: Final = 0.01
"""Share of hours like those trained on at which it says no."""
NAMED: Final = 3
SHRINKAGE: Final = 0.05


class GuardPredictor(JsonModel):
    """Says why an hour is too unlike the training data, or nothing.

    The distance is Mahalanobis', per feature: the root of the mean square of the row's coordinates along the
    axes of the training data, each in deviations; a little of the mean variance is added to every axis.

    Parameters
    ----------
    parameters : dict
        As in ``guard.json``: ``center`` and ``deviation`` by feature, ``whitening`` of rows so standardised,
        and ``limit``, the largest distance that passes.
    manifest : dict
        As in ``manifest.json``.

    Attributes
    ----------
    distance : float
        Of the row of the last `forecast`.

    Raises
    ------
    ModelError
        If a parameter is missing or cannot be one.
    """

    kind = KIND
    features = FEATURE_NAMES
    definition = FEATURE_SET_HASH
    indent = None

    def __init__(self, parameters: Mapping[str, Any], manifest: Mapping[str, Any]) -> None:
        super().__init__(parameters, manifest)
        try:
            self._center, self._deviation, self._whitening = (
                np.array(parameters[name], dtype=np.float64) for name in ("center", "deviation", "whitening")
            )
            self.limit = float(parameters["limit"])
        except (KeyError, TypeError, ValueError) as error:
            raise self.damaged(f"lacks {error}") from None
        shapes = (self._center.shape, self._deviation.shape, self._whitening.shape)
        if (
            shapes != ((FEATURE_COUNT,), (FEATURE_COUNT,), (FEATURE_COUNT, FEATURE_COUNT))
            or not all(np.isfinite(one).all() for one in (self._center, self._whitening))
            or not (self._deviation > 0.0).all()
            or not 0.0 < self.limit < math.inf
        ):
            raise self.damaged(f"is not for {FEATURE_COUNT} features, all finite, with a limit above 0")
        self._measure = Mahalanobis(self._center, self._deviation, self._whitening)
        self._row: NDArray[np.float64] = np.full(FEATURE_COUNT, math.nan)
        self.distance = math.nan

    @classmethod
    def fit(cls, training: NDArray[np.float64]) -> Self:
        """Measure the training data, shape (n, FEATURE_COUNT); the limit is left at 1, to be calibrated."""
        center, deviation = training.mean(axis=0), np.maximum(training.std(axis=0), 1e-6)
        standard = (training - center) / deviation
        values, axes = np.linalg.eigh(standard.T @ standard / len(training))
        shrunk = (1.0 - SHRINKAGE) * np.maximum(values, 0.0) + SHRINKAGE
        whitening = (axes / np.sqrt(shrunk)).T
        parameters = {
            "center": center.tolist(), "deviation": deviation.tolist(), "whitening": whitening.tolist(),
            "limit": 1.0,
        }  # fmt: skip
        return cls(parameters, {"model_id": "guard, not published"})

    def update(self, observation: Observation) -> None:
        """Take the features after a closed bar."""
        self._row = observation.row

    def forecast(self) -> str | None:
        """Return why the hour is too unlike the training data, or None if it is not."""
        self.distance = distance = self._measure.of(self._row)
        if distance <= self.limit:
            return None
        wrong = np.flatnonzero(~np.isfinite(self._row))[:NAMED]
        if len(wrong):
            return f"a feature is no number: {', '.join(FEATURE_NAMES[k] for k in wrong)}"
        with np.errstate(over="ignore"):
            standard = (self._row - self._center) / self._deviation
        most = np.argsort(-np.abs(standard), kind="stable")[:NAMED]
        if not math.isfinite(distance):
            named = ", ".join(f"{FEATURE_NAMES[k]} {self._row[k]:.3g}" for k in most)
            return f"the hour is too far from those trained on to be measured ({named})"
        named = ", ".join(f"{FEATURE_NAMES[k]} {standard[k]:+.1f} deviations" for k in most)
        return (
            f"the hour is unlike {1 - FALSE_ALARMS:.0%} of those trained on: distance {distance:.2f}, "
            f"at most {self.limit:.2f} ({named})"
        )

    def distances(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the distance of each row, shape (n, FEATURE_COUNT), as a study asks for."""
        along = ((rows - self._center) / self._deviation) @ self._whitening.T
        return np.asarray(np.sqrt(np.mean(along**2, axis=1)))
