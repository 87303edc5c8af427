"""The price model: for 1 h, 4 h and 24 h the probability of up, and the distribution of the return."""

import copy
import hashlib
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from hummingbot.strategy.ai_stellar.features import (
    CROSS_NAMES,
    CROSS_SET_HASH,
    FEATURE_COUNT,
    FEATURE_NAMES,
    FEATURE_SET_HASH,
    CrossFeatures,
)

from .artifact import PRETRAINED as SHIPPED
from .artifact import read_artifact, retrain, write_artifact
from .booster import RowBoosters
from .errors import ModelError
from .forecast import HORIZONS, HorizonForecast
from .price_fit import PriceTraining, direction_name, size_name
from .protocol import Observation
from .return_distribution import ReturnDistribution

__all__ = ["KIND", "NAMES", "PRETRAINED", "SMALLEST_SIZE", "PricePredictor", "definition"]

KIND: Final = "price"
PRETRAINED: Final = SHIPPED / KIND
HOUR: Final = 3600
NAMES: Final[tuple[str, ...]] = FEATURE_NAMES + CROSS_NAMES
"""The features it takes: those of the pair's own bars, then the cross-asset ones."""
SMALLEST_SIZE: Final = 0.05
"""Least size of a move that is believed, in units of scale · √hours."""


def definition() -> str:
    """Return the hash that identifies both definitions of the features together."""
    return hashlib.sha256(f"{FEATURE_SET_HASH} {CROSS_SET_HASH}".encode()).hexdigest()[:16]


class PricePredictor:
    """Forecasts the returns of one pair from its hourly bars, on one thread, deterministically.

    Two LightGBM models a horizon: *direction*, the log-odds that the price is higher then, and *size*, the
    expected absolute log-return in units of ``scale · √hours``, with the features' own scale of volatility.
    What these say of the return once calibrated, `ReturnDistribution` tells. The closes of BTC, ETH and XRP
    are used where an observation brings them.

    Parameters
    ----------
    manifest : dict
        As in ``manifest.json``.
    files : dict of str to bytes
        The boosters' text by file name.

    Raises
    ------
    ModelError
        If one of the files or a calibration is missing or no price model's.

    Attributes
    ----------
    model_id : str
        Name of the model and of the data it was trained on.
    """

    def __init__(self, manifest: dict[str, Any], files: Mapping[str, bytes]) -> None:
        self.manifest, self.files = manifest, files
        try:
            self.model_id = str(manifest["model_id"])
            self._calibrated = [
                ReturnDistribution(KIND, self.model_id, horizon, **manifest["calibrations"][str(horizon)])
                for horizon in HORIZONS
            ]
            texts = {
                name: files[name].decode()
                for horizon in HORIZONS
                for name in (direction_name(horizon), size_name(horizon))  # by turns
            }
        except (KeyError, ValueError, TypeError) as error:
            raise ModelError(
                f"the manifest of model {manifest.get('model_id')} is not a price model's, "
                f"it lacks or garbles {error}: {retrain(KIND)}"
            ) from error
        self._boosters = RowBoosters(KIND, texts, len(NAMES))
        self._begin()

    def _begin(self) -> None:
        self._row = np.full(len(NAMES), np.nan)
        self._own = self._row[:FEATURE_COUNT]
        self._cross = CrossFeatures(self._row[FEATURE_COUNT:])
        self._scale = math.nan

    @classmethod
    def fit(cls, training: PriceTraining) -> Self:
        """Estimate the boosters of every horizon; calibrations and shapes are given."""
        files: dict[str, bytes] = {}
        for horizon in HORIZONS:
            until = training.until[horizon]
            direction = training.data.fit_direction(horizon, until, training.shapes[horizon])
            size = training.data.fit_size(horizon, until)
            files[direction_name(horizon)] = direction.model_to_string().encode()
            files[size_name(horizon)] = size.model_to_string().encode()
        calibrations = {
            str(horizon): {
                "slope": one.slope, "tilt": one.tilt, "residuals": list(one.residuals),
            }
            for horizon, one in training.calibrations.items()
        }  # fmt: skip
        return cls({"kind": KIND, "model_id": KIND, "calibrations": calibrations}, files)

    @classmethod
    def load(cls, directory: Path | None = None) -> Self:
        """Load a model directory (by default the shipped model) and verify it.

        Raises
        ------
        ModelError
            If a file is missing, cut off or altered, its signature is not trusted, or it was trained on
            another definition of the features.
        """
        artifact = read_artifact(Path(directory) if directory else PRETRAINED, KIND, NAMES, definition())
        return cls(artifact.manifest, artifact.files)

    def save(self, directory: Path, manifest: Mapping[str, Any]) -> None:
        """Write the boosters and a manifest that holds ``manifest`` and the calibrations, unsigned."""
        features = {"names": list(NAMES), "definition": definition()}
        complete = {**self.manifest, **manifest, "kind": KIND, "features": features}
        write_artifact(directory, complete, self.files)

    def fresh(self) -> Self:
        """Return the same model without any observation: one for each pair, on whatever thread."""
        other = copy.copy(self)
        other._begin()
        return other

    def update(self, observation: Observation) -> None:
        """Take a closed bar, which must follow the last one by an hour.

        Raises
        ------
        ValueError
            If it does not, or a close is no price.
        """
        bar = observation.bar
        self._cross.update(bar.close, observation.scale, observation.references, bar.start)
        self._own[:], self._scale = observation.row, observation.scale

    def take(self, row: NDArray[np.float64], scale: float) -> None:
        """Take a whole feature row in place of a bar, as a study computes them.

        Parameters
        ----------
        row : ndarray of float64, shape (len(NAMES),)
            By `NAMES`.
        scale : float
            `Features.scale`, log-return units.
        """
        self._row[:], self._scale = row, scale

    def forecast(self) -> tuple[HorizonForecast, ...] | None:
        """Return the forecast for each of `HORIZONS`, or None while the pair's own features are not known.

        Raises
        ------
        ModelError
            If a forecast is no finite number: the model is damaged.
        """
        if not math.isfinite(self._own @ self._own):
            return None
        said = self._boosters.predict(self._row)
        return tuple([
            one.of(said[2 * k], max(said[2 * k + 1], SMALLEST_SIZE), self._scale)
            for k, one in enumerate(self._calibrated)
        ])  # fmt: skip

    @property
    def trees(self) -> list[int]:
        """Number of trees of each booster."""
        return self._boosters.trees

    def contributions(self, horizon: int = HOUR) -> list[tuple[str, float]]:
        """Return what each feature adds to the log-odds of up now, largest in size first (TreeSHAP).

        For displays and records; it is too slow for the decision path.

        Parameters
        ----------
        horizon : int
            One of `HORIZONS`, seconds.
        """
        k = HORIZONS.index(horizon)
        shares = self._boosters.contributions(direction_name(horizon), self._row)[:-1]
        shares = shares * self._calibrated[k].slope
        order = np.argsort(-np.abs(shares), kind="stable")
        return [(NAMES[i], float(shares[i])) for i in order]
