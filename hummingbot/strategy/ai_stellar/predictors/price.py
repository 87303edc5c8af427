"""The price model: probability that the next hour closes higher, and the expected return."""

import math
from pathlib import Path
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from hummingbot.strategy.ai_stellar.features import FEATURE_COUNT, FEATURE_NAMES, FEATURE_SET_HASH

from .artifact import PRETRAINED as SHIPPED
from .artifact import Artifact, read_artifact, retrain
from .booster import RowBooster
from .errors import ModelError
from .forecast import Forecast

__all__ = ["DIRECTION", "PRETRAINED", "SIZE", "PricePredictor"]

PRETRAINED: Final = SHIPPED / "price"
DIRECTION: Final = "direction.txt"
SIZE: Final = "size.txt"
VOLATILITY: Final = FEATURE_NAMES.index("volatility")


class PricePredictor:
    """Forecasts the next hour of any pair from its feature row, on one thread, deterministically.

    Two LightGBM models: *direction*, the probability that the next hour closes higher, and *size*, the
    expected absolute log-return in units of the features' own scale of volatility. The expected return is
    ``tilt * (2 p - 1) * size * scale``: both agree about the direction.

    Parameters
    ----------
    artifact : Artifact
        As `read_artifact` returns it; `load` does both.

    Attributes
    ----------
    model_id : str
        Name of the model and of the data it was trained on.
    horizon : int
        Seconds ahead.
    manifest : dict
        As in ``manifest.json``: training, figures, baselines.
    files : dict of str to bytes
        The boosters' text by file name.
    """

    def __init__(self, artifact: Artifact) -> None:
        try:
            self.model_id = str(artifact.manifest["model_id"])
            self.horizon = int(artifact.manifest["horizon"])
            self._tilt = float(artifact.manifest["tilt"])
        except (KeyError, ValueError) as error:
            raise ModelError(
                f"the manifest of {artifact.directory} is not a price model's: it lacks {error}; "
                f"{retrain('price')}"
            ) from error
        self.manifest = artifact.manifest
        self.files = artifact.files
        self._direction = RowBooster(artifact.text(DIRECTION), FEATURE_COUNT, DIRECTION)
        self._size = RowBooster(artifact.text(SIZE), FEATURE_COUNT, SIZE)

    @classmethod
    def load(cls, path: Path | None = None) -> Self:
        """Load a model directory (by default the shipped model) and verify it.

        Raises
        ------
        ModelError
            If a file is missing, cut off or altered, or was trained on another definition of the features.
        """
        return cls(
            read_artifact(Path(path) if path else PRETRAINED, "price", FEATURE_NAMES, FEATURE_SET_HASH)
        )

    def forecast(self, pair: str, time: int, row: NDArray[np.float64]) -> Forecast:
        """Forecast from one feature row.

        Parameters
        ----------
        pair : str
            Trading pair.
        time : int
            Ledger time, seconds since 1970.
        row : ndarray of float64, shape (FEATURE_COUNT,)
            `Features.row`, once ready.

        Raises
        ------
        ValueError
            If the row holds NaN or infinity.
        """
        self._take(row)
        probability = self._direction.predict()
        size = max(self._size.predict(), 0.0) * math.exp(row[VOLATILITY])
        expected = self._tilt * (2.0 * probability - 1.0) * size
        return Forecast(pair, time, self.horizon, probability, expected, self.model_id)

    def contributions(self, row: NDArray[np.float64]) -> list[tuple[str, float]]:
        """Return what each feature adds to the log-odds of up, largest in size first (TreeSHAP).

        For displays and records; it is too slow for the decision path.
        """
        self._take(row)
        shares = self._direction.contributions()[:-1]
        order = np.argsort(-np.abs(shares), kind="stable")
        return [(FEATURE_NAMES[i], float(shares[i])) for i in order]

    def _take(self, row: NDArray[np.float64]) -> None:
        if not math.isfinite(row @ row):
            raise ValueError(f"feature row holds {row[~np.isfinite(row)][0]}: the features are not ready")
        self._direction.row[:] = row
        self._size.row[:] = row
