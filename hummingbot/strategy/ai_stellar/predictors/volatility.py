"""The volatility model: how far a price may move within 1 hour to a week, and what a day may cost."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np

from .forecast import VOLATILITY_HORIZONS
from .garch_step import COLUMNS, RING, GarchState, VolatilityState
from .json_model import JsonModel
from .protocol import Observation

if TYPE_CHECKING:
    from .volatility_fit import VolatilityTraining

__all__ = [
    "KIND",
    "LEVELS",
    "SETTLED",
    "WARM_UP",
    "Volatility",
    "VolatilityPredictor",
    "garch_of",
]

KIND: Final = "volatility"
LEVELS: Final = (0.05, 0.01)
"""Probabilities with which a value at risk is exceeded."""
SETTLED: Final = 168
"""Returns before the first forecast; longer windows then hold what there is."""
WARM_UP: Final = RING + 1
"""Bars after which nothing seen before them matters."""
SMALLEST: Final = 1e-6
LARGEST: Final = 10.0
"""Between these lies every volatility that is believed, log-return units."""
HOUR: Final = 3600
DAY: Final = VOLATILITY_HORIZONS.index(24 * HOUR)
STEPS: Final = tuple(horizon // HOUR for horizon in VOLATILITY_HORIZONS)


@dataclass(frozen=True, slots=True)
class Volatility:
    """A forecast of how far a price may move.

    Attributes
    ----------
    sigma : tuple of float
        Standard deviation of the log-return over each of `VOLATILITY_HORIZONS`.
    value_at_risk : tuple of float
        Loss over a day, as a positive log-return, that is exceeded with each probability of `LEVELS`.
    """

    sigma: tuple[float, ...]
    value_at_risk: tuple[float, ...]


class VolatilityPredictor(JsonModel):
    """Forecasts the variance of a pair's coming hours from its bars.

    By horizon, from the bars seen as `VolatilityState.sigma` says.

    Parameters
    ----------
    parameters : dict
        As in ``volatility.json``: ``hours``, ``garch``, by horizon in seconds ``weights`` (constant, GARCH,
        then by `COLUMNS`), and ``value_at_risk``, quantiles of a day's return over its sigma at `LEVELS`.
    manifest : dict
        As in ``manifest.json``.

    Raises
    ------
    ModelError
        If a parameter is missing or cannot be one.
    """

    kind = KIND

    def __init__(self, parameters: Mapping[str, Any], manifest: Mapping[str, Any]) -> None:
        super().__init__(parameters, manifest)
        try:
            self._hours = np.array(parameters["hours"], dtype=np.float64)
            self._garch = garch_of(parameters["garch"])
            rows = [parameters["weights"][str(horizon)] for horizon in VOLATILITY_HORIZONS]
            weights = np.array(rows, dtype=np.float64)
            self._quantiles = tuple(map(float, parameters["value_at_risk"]))
            self._state = VolatilityState(self._garch, self._hours)
        except (KeyError, TypeError, ValueError) as error:
            raise self.damaged(f"lacks {error}") from None
        shape = (len(VOLATILITY_HORIZONS), 2 + len(COLUMNS))
        known = [*self._hours, *weights.ravel(), *self._quantiles]
        if weights.shape != shape or not all(map(math.isfinite, known)):
            raise self.damaged(f"is not for {shape[1] - 2} columns and {shape[0]} horizons, all finite")
        if len(self._quantiles) != len(LEVELS) or not 0.0 > self._quantiles[0] > self._quantiles[1]:
            raise self.damaged(f"has quantiles {self._quantiles}, not {len(LEVELS)} falling ones below 0")
        self._weights = weights

    @classmethod
    def fit(cls, training: "VolatilityTraining") -> Self:
        """Estimate a model; `arch` is imported here alone."""
        from .volatility_fit import fit_parameters

        return cls(fit_parameters(training).plain(), {"model_id": "volatility, not published"})

    def update(self, observation: Observation) -> None:
        """Take a closed bar, which must follow the last one by an hour."""
        bar = observation.bar
        self._state.update(bar.high, bar.low, bar.close, bar.start)

    def forecast(self) -> Volatility | None:
        """Return the forecast after the last bar; None before `SETTLED` returns.

        Raises
        ------
        ModelError
            If it is no number, or none that a price can have: the model is damaged.
        """
        state = self._state
        if state.bars < SETTLED:
            return None
        made = state.sigma(STEPS, self._weights)
        if not all(SMALLEST < one < LARGEST for one in made):
            raise self.damaged(f"forecasts {made}")
        return Volatility(tuple(made), tuple([-quantile * made[DAY] for quantile in self._quantiles]))


def garch_of(parameters: Mapping[str, float]) -> GarchState:
    """Return the recursion with these parameters, in its long run.

    Raises
    ------
    ValueError
        If they give no finite, positive variance.
    """
    mean, constant, shock, fall, persistence = (
        float(parameters[name]) for name in ("mean", "constant", "shock", "fall", "persistence")
    )
    decay = shock + 0.5 * fall + persistence
    if not (constant > 0.0 and shock >= 0.0 and shock + fall >= 0.0 and persistence >= 0.0 and decay < 1.0):
        raise ValueError(f"a stationary GARCH in {dict(parameters)}")
    return GarchState(mean, constant, shock, fall, persistence, constant / (1.0 - decay))
