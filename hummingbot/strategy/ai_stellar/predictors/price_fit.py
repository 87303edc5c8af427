"""Estimating the price model's boosters: for each horizon a direction and a size, from pooled samples."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "BINNING",
    "LARGEST_SIZE",
    "RECIPES",
    "Calibration",
    "PriceTraining",
    "Recipe",
    "Shape",
    "TrainingData",
    "direction_name",
    "size_name",
]

Floats = NDArray[np.float64]
HOUR: Final = 3600

LARGEST_SIZE: Final = 8.0
"""Moves are clipped to this many times their scale when their size is learnt."""
BINNING: Final = {"max_bin": 63, "verbosity": -1, "feature_pre_filter": False, "data_random_seed": 7}
SHARED: Final = {
    **BINNING,
    "learning_rate": 0.03,
    "lambda_l2": 10.0,
    "feature_fraction": 0.3,
    "bagging_freq": 1,
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
    "seed": 7,
}
"""Many small trees, each on a share of the samples and a third of the features: a smooth surface, on which
a few basis points of noise in the prices do little."""


@dataclass(frozen=True, slots=True, order=True)
class Shape:
    """What is tuned: leaves a tree, and trees."""

    leaves: int
    trees: int


@dataclass(frozen=True, slots=True)
class Recipe:
    """What is fixed for a horizon.

    Attributes
    ----------
    stride : int
        Every how manieth hour is trained on, shifted each day so that every hour of the day occurs: the
        outcomes of neighbouring hours overlap, and say nearly the same.
    parameters : dict
        Of LightGBM, beside `SHARED`.
    size : Shape
        Of the size booster.
    """

    stride: int
    parameters: Mapping[str, float]
    size: Shape = Shape(8, 120)

    def takes(self, time: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether each decision time is trained on."""
        return np.asarray((time // HOUR + time // (24 * HOUR)) % self.stride == 0)

    def booster_parameters(self) -> dict[str, Any]:
        """Return LightGBM's parameters but the objective and the leaves."""
        return {**SHARED, **self.parameters}


RECIPES: Final[Mapping[int, Recipe]] = {
    HOUR: Recipe(2, {"min_data_in_leaf": 2000, "bagging_fraction": 0.4}),
    4 * HOUR: Recipe(3, {"min_data_in_leaf": 1300, "bagging_fraction": 0.2}),
    24 * HOUR: Recipe(7, {"min_data_in_leaf": 600, "bagging_fraction": 0.4}),
}
"""By horizon, seconds."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """What forecasts of years that had not been trained on say about how far to trust them.

    Attributes
    ----------
    slope : float
        Factor of the log-odds, 0 to 1: below 1 where the booster is too sure, and never above, as a year that
        was easy to foresee says little about the next. There is no intercept, as little as its drift does.
    tilt : float
        How far expected returns follow ``2 p - 1`` times the size of a move, 0 to 1.
    residuals : tuple of float
        Quantiles of (return - expected) / (size · scale · √h), ascending.
    """

    slope: float
    tilt: float
    residuals: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class PriceTraining:
    """What a price model is estimated from.

    Attributes
    ----------
    data : TrainingData
        Pooled samples.
    until : dict of int to int
        By horizon, the decision time before which outcomes are known, seconds since 1970.
    shapes : dict of int to Shape
        Of the direction boosters, by horizon in seconds.
    calibrations : dict of int to Calibration
        By horizon.
    """

    data: "TrainingData"
    until: Mapping[int, int]
    shapes: Mapping[int, Shape]
    calibrations: Mapping[int, Calibration]


class TrainingData:
    """Samples binned once for many fits.

    Parameters
    ----------
    time : ndarray of int64, shape (n,)
        Decision times, seconds since 1970.
    rows : ndarray, shape (n, features)
        Feature rows, NaN where unknown.
    scale : ndarray, shape (n,)
        Hourly volatility, log-return units.
    outcomes : dict of int to ndarray, shape (n,)
        Log-returns by horizon in seconds, NaN where unknown.
    names : tuple of str
        Of the features.
    bins_until : int
        Decision time before which samples shape the bins, so that no test part does; seconds since 1970.
    """

    def __init__(
        self,
        time: NDArray[np.int64],
        rows: NDArray[Any],
        scale: Floats,
        outcomes: Mapping[int, Floats],
        names: tuple[str, ...],
        bins_until: int,
    ) -> None:
        import lightgbm

        self.time, self.scale, self.outcomes = time, scale, outcomes
        early = np.flatnonzero(time < bins_until)[::5]
        reference = lightgbm.Dataset(rows[early], feature_name=list(names), params=dict(BINNING))
        self._binned = lightgbm.Dataset(
            rows, np.zeros(len(rows)), reference=reference, feature_name=list(names), params=dict(BINNING)
        ).construct()

    def fit_direction(
        self, horizon: int, until: int, shape: Shape, parameters: Mapping[str, Any] | None = None
    ) -> Any:
        """Fit the probability of up on the samples decided before ``until`` whose price moved.

        ``parameters`` of LightGBM replace those of the recipe.
        """
        outcome = self.outcomes[horizon]
        chosen = self.chosen(horizon, until) & (outcome != 0.0)
        return self._fit(horizon, chosen, (outcome > 0.0).astype(np.float64), "binary", shape, parameters)

    def fit_size(self, horizon: int, until: int) -> Any:
        """Fit the absolute return in units of scale · √hours on the samples decided before ``until``."""
        unit = self.scale * np.sqrt(horizon / HOUR)
        size = np.minimum(np.abs(self.outcomes[horizon]) / unit, LARGEST_SIZE)
        return self._fit(horizon, self.chosen(horizon, until), size, "regression", RECIPES[horizon].size)

    def chosen(self, horizon: int, until: int) -> NDArray[np.bool_]:
        """Which samples decided before ``until`` are trained on for a horizon."""
        known = np.isfinite(self.outcomes[horizon]) & RECIPES[horizon].takes(self.time)
        return np.asarray(known & (self.time < until))

    def _fit(
        self,
        horizon: int,
        chosen: NDArray[np.bool_],
        label: Floats,
        objective: str,
        shape: Shape,
        parameters: Mapping[str, Any] | None = None,
    ) -> Any:
        import lightgbm

        subset = self._binned.subset(np.flatnonzero(chosen).tolist()).construct()
        subset.set_label(label[chosen])
        complete = {
            **RECIPES[horizon].booster_parameters(),
            **(parameters or {}),
            "objective": objective,
            "num_leaves": shape.leaves,
        }
        return lightgbm.train(complete, subset, num_boost_round=shape.trees)


def direction_name(horizon: int) -> str:
    """Return the file name of a direction booster."""
    return f"direction_{horizon // HOUR}h.txt"


def size_name(horizon: int) -> str:
    """Return the file name of a size booster."""
    return f"size_{horizon // HOUR}h.txt"
