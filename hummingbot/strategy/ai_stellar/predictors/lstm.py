"""The recurrent price model: an LSTM over the feature rows of consecutive hours, its state carried along."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from hummingbot.strategy.ai_stellar.features import FEATURE_COUNT, FEATURE_NAMES, FEATURE_SET_HASH

from .artifact import PRETRAINED, Artifact, read_artifact, retrain, write_artifact
from .errors import ModelError
from .forecast import HORIZONS, QUANTILES, HorizonForecast
from .lstm_step import LstmState
from .protocol import Observation
from .return_distribution import ReturnDistribution

if TYPE_CHECKING:
    from .lstm_fit import LstmSettings, LstmTraining

__all__ = ["INPUT_LIMIT", "SETTLED", "WARM_UP", "WEIGHTS", "LstmPredictor", "LstmWeights"]

KIND: Final = "lstm"
WEIGHTS: Final = "weights.safetensors"
SETTLED: Final = 24
"""Steps from an empty state before the first forecast, as in training."""
WARM_UP: Final = 720
"""Steps after which two states that began differently give the same forecast to 10⁻⁹."""
INPUT_LIMIT: Final = 6.0
"""Standardised inputs are limited to this many deviations."""
LARGEST_LOG_SIZE: Final = 3.0

LstmWeights = Mapping[str, NDArray[np.float64]]
"""Arrays by name: what `LstmState` takes, and of each horizon ``slope`` (of the log-odds), ``tilt``, and
``residuals``, shape (horizons, quantiles)."""
NETWORK: Final = (
    "center", "deviation", "input_weights", "recurrent_weights", "bias", "head_weights", "head_bias",
)  # fmt: skip
CALIBRATION: Final = ("slope", "tilt", "residuals")


class LstmPredictor:
    """Forecasts returns over `HORIZONS` from all hours seen so far.

    The network gives for each horizon the log-odds of up and the log of the mean absolute return, in units of
    the features' scale times the root of the hours. What these say of the return, `ReturnDistribution` tells.

    Parameters
    ----------
    weights : mapping of str to ndarray
        As `LstmWeights` says.
    manifest : dict
        As in ``manifest.json``.

    Raises
    ------
    ModelError
        If an array is missing or its shape does not fit.
    """

    def __init__(self, weights: LstmWeights, manifest: Mapping[str, Any]) -> None:
        self.manifest = dict(manifest)
        self.model_id = str(manifest["model_id"])
        self.weights = {name: np.ascontiguousarray(array, np.float64) for name, array in weights.items()}
        heads, levels = len(HORIZONS), len(QUANTILES)
        try:
            center, deviation, *network = (self.weights[name] for name in NETWORK)
            self._state = LstmState(center, deviation, INPUT_LIMIT, *network)
            shapes = {name: self.weights[name].shape for name in CALIBRATION}
        except (KeyError, ValueError) as error:
            raise ModelError(f"{WEIGHTS} of {self.model_id} lacks {error}: {retrain(KIND)}") from None
        if (
            len(center) != FEATURE_COUNT
            or self._state.output.shape != (2 * heads,)
            or shapes != {"slope": (heads,), "tilt": (heads,), "residuals": (heads, levels)}
        ):
            raise ModelError(
                f"{WEIGHTS} of {self.model_id} is not for {FEATURE_COUNT} features and {heads} horizons: "
                f"{retrain(KIND)}"
            )
        if not all(np.isfinite(array).all() for array in self.weights.values()):
            raise ModelError(f"{WEIGHTS} of {self.model_id} holds NaN or infinity: {retrain(KIND)}")
        try:
            self._heads = [
                ReturnDistribution(
                    KIND, self.model_id, horizon, *(self.weights[name][k] for name in CALIBRATION)
                )
                for k, horizon in enumerate(HORIZONS)
            ]
        except ValueError as error:
            raise ModelError(f"{WEIGHTS} of {self.model_id} is damaged: {error}: {retrain(KIND)}") from None
        self._scale = 0.0
        self._took = False

    @classmethod
    def fit(cls, training: "LstmTraining", settings: "LstmSettings") -> Self:
        """Train a network with JAX, which is needed here alone (extra ``train``)."""
        from .lstm_fit import fit_weights

        return cls(fit_weights(training, settings), {"model_id": "lstm, not published"})

    @classmethod
    def load(cls, directory: Path | None = None) -> Self:
        """Return a model that was saved and signed; the shipped one by default.

        Raises
        ------
        ModelError
            If a file is missing, cut off or altered, or was trained on another definition of the features.
        """
        path = Path(directory) if directory else PRETRAINED / KIND
        artifact = read_artifact(path, KIND, FEATURE_NAMES, FEATURE_SET_HASH)
        return cls(_arrays(artifact), artifact.manifest)

    def save(self, directory: Path, manifest: Mapping[str, Any]) -> None:
        """Write weights and manifest, unsigned."""
        write_artifact(directory, manifest, self.files())

    def files(self) -> dict[str, bytes]:
        """Return the model's files by name: its weights as safetensors of 32 bits."""
        from safetensors.numpy import save

        return {WEIGHTS: save({name: array.astype(np.float32) for name, array in self.weights.items()})}

    def fresh(self) -> Self:
        """Return the same network with an empty state."""
        return type(self)(self.weights, self.manifest)

    def update(self, observation: Observation) -> None:
        """Take the features after a closed bar; a row that is not finite leaves the state as it was."""
        self.take(observation.row, observation.scale)

    def take(self, row: NDArray[np.float64], scale: float) -> None:
        """Take a feature row and `Features.scale` in place of a bar, as a study computes them."""
        self._took = self._state.step(row)
        self._scale = scale

    def forecast(self) -> tuple[HorizonForecast, ...] | None:
        """Return the distribution for each of `HORIZONS`; None before `SETTLED` steps or after a bad row.

        Raises
        ------
        ModelError
            If a forecast is no finite number: the model is damaged.
        """
        if not self._took or self._state.steps < SETTLED:
            return None
        output, heads = self._state.output.tolist(), len(self._heads)
        return tuple([
            head.of(output[k], math.exp(min(output[heads + k], LARGEST_LOG_SIZE)), self._scale)
            for k, head in enumerate(self._heads)
        ])  # fmt: skip

    @property
    def output(self) -> NDArray[np.float64]:
        """Log-odds and log-sizes after the last step, before calibration."""
        return self._state.output


def _arrays(artifact: Artifact) -> dict[str, NDArray[np.float64]]:
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        return load(artifact.content(WEIGHTS))
    except (SafetensorError, ValueError) as error:
        raise ModelError(
            f"{artifact.directory / WEIGHTS} cannot be read ({error}): {retrain(KIND)}"
        ) from None
