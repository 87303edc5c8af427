"""Fitting the price model's two boosters, and choosing their shape inside a training part."""

from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from hummingbot.strategy.ai_stellar.features import FEATURE_NAMES

from .samples import LARGEST_SIZE, Samples
from .scores import Forecasts

__all__ = ["GRID", "Boosters", "Choice", "Shape", "TrainingData", "choose", "fit_boosters"]

Floats = NDArray[np.float64]

BINNING: Final = {"max_bin": 63, "verbosity": -1, "feature_pre_filter": False, "data_random_seed": 7}
SHARED: Final = {
    **BINNING,
    "learning_rate": 0.03,
    "min_data_in_leaf": 4000,
    "lambda_l2": 10.0,
    "feature_fraction": 0.3,
    "bagging_fraction": 0.2,
    "bagging_freq": 1,
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
    "seed": 7,
}
"""Many small trees, each on a fifth of the hours and a third of the features: a smooth surface, on which a
few basis points of noise in the prices do little."""


@dataclass(frozen=True, slots=True, order=True)
class Shape:
    """What is tuned: leaves a tree, and trees."""

    leaves: int
    trees: int


@dataclass(frozen=True, slots=True)
class Choice:
    """What a training part's last year says about how to fit.

    Attributes
    ----------
    shape : Shape
        The shape with the least log-loss; of equals the smallest.
    tilt : float
        How far expected returns follow ``2 p - 1`` times the size of a move, 0 to 1: the slope found in
        that year. Below 1 where small moves are easier to foresee than large ones.
    trials : tuple of dict
        Every shape tried, with its log-loss.
    """

    shape: Shape
    tilt: float
    trials: tuple[dict[str, Any], ...]


GRID: Final = tuple(Shape(leaves, trees) for leaves in (8, 16) for trees in (100, 200, 300))
SIZE_SHAPE: Final = Shape(8, 150)


@dataclass(frozen=True, slots=True)
class Boosters:
    """A fitted price model.

    Attributes
    ----------
    direction : lightgbm.Booster
        Probability of up.
    size : lightgbm.Booster
        Absolute return over scale.
    tilt : float
        Of `Choice`.
    """

    direction: Any
    size: Any
    tilt: float

    def forecast(self, samples: Samples) -> Forecasts:
        """Forecast every sample, as `PricePredictor` does one by one."""
        probability = self.direction.predict(samples.rows, num_threads=1)
        size = np.maximum(self.size.predict(samples.rows, num_threads=1), 0.0)
        expected = self.tilt * (2 * probability - 1) * size * samples.scale
        return Forecasts(probability, expected, samples.outcome)

    def texts(self) -> tuple[str, str]:
        """Return both models in LightGBM's text format."""
        return self.direction.model_to_string(), self.size.model_to_string()


class TrainingData:
    """Samples binned once for many fits.

    The bins are those of the samples before ``bins_until``, so that no test part shapes them.

    Parameters
    ----------
    samples : Samples
        All samples, of all price series.
    bins_until : int
        Decision time before which samples shape the bins, seconds since 1970.
    """

    def __init__(self, samples: Samples, bins_until: int) -> None:
        import lightgbm

        self.samples = samples
        early = samples.time < bins_until
        names = list(FEATURE_NAMES)
        reference = lightgbm.Dataset(
            samples.rows[early], samples.up[early], feature_name=names, params=dict(BINNING)
        )
        self._binned = lightgbm.Dataset(
            samples.rows, samples.up, reference=reference, feature_name=names, params=dict(BINNING)
        ).construct()

    def fit(self, chosen: NDArray[np.bool_], label: Floats, objective: str, shape: Shape) -> Any:
        """Fit one booster on the chosen samples."""
        import lightgbm

        subset = self._binned.subset(np.flatnonzero(chosen).tolist()).construct()
        subset.set_label(label[chosen])
        parameters = {**SHARED, "objective": objective, "num_leaves": shape.leaves}
        return lightgbm.train(parameters, subset, num_boost_round=shape.trees)


def fit_boosters(data: TrainingData, until: int, choice: Choice) -> Boosters:
    """Fit both boosters on the samples decided before ``until``."""
    samples = data.samples
    past = samples.time < until
    return Boosters(
        data.fit(past & samples.moved, samples.up, "binary", choice.shape),
        data.fit(past, samples.size, "regression", SIZE_SHAPE),
        choice.tilt,
    )


def choose(data: TrainingData, train_until: int, begin: int, end: int) -> Choice:
    """Choose shape and tilt inside a training part: fit on its past, compare on its last year.

    Parameters
    ----------
    data : TrainingData
        Samples.
    train_until : int
        Decision time before which to fit.
    begin, end : int
        Decision times ``[begin, end)`` to compare on, over all price series.
    """
    samples = data.samples
    past = (samples.time < train_until) & samples.moved
    judged = samples.between(begin, end)
    moved, up = judged.moved, judged.up
    trials: list[dict[str, Any]] = []
    probabilities: list[Floats] = []
    for leaves in sorted({shape.leaves for shape in GRID}):
        numbers = [shape.trees for shape in GRID if shape.leaves == leaves]
        booster = data.fit(past, samples.up, "binary", Shape(leaves, max(numbers)))
        for trees in numbers:
            p = booster.predict(judged.rows, num_iteration=trees, num_threads=1)
            loss = round(float(-np.log(np.where(up > 0, p, 1 - p))[moved].mean()), 9)
            trials.append({**asdict(Shape(leaves, trees)), "log_loss": loss})
            probabilities.append(p)
    best = min(
        range(len(trials)), key=lambda k: (trials[k]["log_loss"], trials[k]["leaves"], trials[k]["trees"])
    )
    lean = (2 * probabilities[best] - 1) * judged.size.mean()
    signed = np.clip(judged.outcome / judged.scale, -LARGEST_SIZE, LARGEST_SIZE)
    tilt = float(np.clip(lean @ signed / (lean @ lean), 0.0, 1.0))
    return Choice(Shape(trials[best]["leaves"], trials[best]["trees"]), tilt, tuple(trials))
