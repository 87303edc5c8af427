"""What every predictor does, and what it is told."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from hummingbot.strategy.ai_stellar.market.bars import Bar

__all__ = ["Observation", "Predictor"]


class Observation(NamedTuple):
    """One closed bar of one pair, and the features after it.

    Attributes
    ----------
    time : int
        Ledger time at which the bar closed, seconds since 1970.
    bar : Bar
        The bar.
    row : ndarray of float64, shape (FEATURE_COUNT,)
        `Features.row` after it; the array is overwritten by the next bar.
    scale : float
        `Features.scale`: hourly volatility, log-return units.
    references : tuple of float
        Closes of `features.REFERENCES` at the same time, each in a unit of its own; NaN where unknown.
    """

    time: int
    bar: Bar
    row: NDArray[np.float64]
    scale: float
    references: tuple[float, ...] = (math.nan, math.nan, math.nan)


class Predictor[O, S](Protocol):
    """A model of one kind: fitted or loaded once, then told each observation of one pair.

    ``O`` is what it observes (`Observation` for all that take bars), ``S`` what it states. A predictor reads
    no clock and does no I/O but in `save` and `load`; what it has seen is all it knows. After a restart,
    `fresh` and the stored observations lead to the same numbers.

    Attributes
    ----------
    model_id : str
        The model, as its manifest names it.
    manifest : dict
        As in ``manifest.json``.
    """

    model_id: str
    manifest: dict[str, Any]

    @classmethod
    def fit(cls, training: Any) -> Self:
        """Estimate a model; the library that does it is imported here and nowhere else."""

    def fresh(self) -> Self:
        """Return the same model without any observation: one for each pair."""

    def update(self, observation: O) -> None:
        """Take one observation, in order of time."""

    def forecast(self) -> S | None:
        """Return what it says now, or None until it has seen enough."""

    def save(self, directory: Path, manifest: Mapping[str, Any]) -> None:
        """Write the model's files and its manifest, unsigned."""

    @classmethod
    def load(cls, directory: Path | None = None) -> Self:
        """Return a model that was saved and signed; the shipped one by default.

        Raises
        ------
        ModelError
            If it must not be used.
        """
