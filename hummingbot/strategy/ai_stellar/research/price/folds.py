"""One step of the walk-forward for one horizon: boosters of every shape, forecasting what follows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from hummingbot.strategy.ai_stellar.market.bars import HOUR
from hummingbot.strategy.ai_stellar.predictors.price_fit import RECIPES, Shape

from ..baselines import fit_baselines
from ..samples import Samples
from ..walk_forward import Fold
from .calibration import mean_log_loss
from .data import PriceData, binned

__all__ = ["POOL", "VIEWS", "FoldTask", "fit_grid", "fold_loss", "forecast_fold"]

VIEWS: Final = ("own", "alone", "elsewhere")
"""The target as it is, without references, and on bars as another venue prints them."""
POOL: Final = 7
"""Every how manieth hour of the pooled samples of a year serves to choose and to calibrate."""
DECIMALS: Final = 7


@dataclass(frozen=True, slots=True)
class FoldTask:
    """What one process does.

    Attributes
    ----------
    directory : str
        Of the price files.
    target : str
        File judged on.
    peers : tuple of str
        Files pooled with it.
    horizon : int
        Seconds.
    begin, end : int
        What to forecast: decisions in ``[begin, end)``, seconds since 1970.
    bins_until : int
        Decision time before which samples shape the bins.
    grid : tuple of Shape
        Every shape that is fitted.
    """

    directory: str
    target: str
    peers: tuple[str, ...]
    horizon: int
    begin: int
    end: int
    bins_until: int
    grid: tuple[Shape, ...]

    @property
    def fold(self) -> Fold:
        """Training and test part."""
        return Fold(self.begin, self.end, self.horizon)


def forecast_fold(task: FoldTask) -> dict[str, Any]:
    """Fit every shape on the samples before a time, and forecast what follows; plain values.

    Returns
    -------
    dict
        ``views``: by `VIEWS` ``time``, ``log_odds`` (a list a shape), ``size``, ``unit`` and ``outcome`` of
        the target; ``pool``: the same of a share of all coins' samples; ``baselines``: forecasts of the
        target by each; ``spread``: their quantiles about the expected return, in units of ``unit``.
    """
    fold = task.fold
    data = PriceData.read(Path(task.directory), task.target, task.peers, fold.end)
    own, clean = _tested(data.samples(), fold), data.clean_samples()
    trained = clean.where(RECIPES[task.horizon].takes(clean.time))
    baselines = fit_baselines(trained, task.horizon, fold.train_end)
    judged = _tested(clean.where(_thinned(clean)), fold)
    del clean, trained
    forecasts = fit_grid(data, fold, task.bins_until, task.grid)
    return {
        "begin": task.begin,
        "grid": [asdict(shape) for shape in task.grid],
        "views": {
            "own": forecasts(own),
            "alone": forecasts(_tested(data.samples(known=False), fold)),
            "elsewhere": forecasts(_tested(data.elsewhere(), fold)),
        },
        "pool": forecasts(judged),
        "baselines": {
            name: {
                "probability_up": one.probability_up.tolist(),
                "expected_return": one.expected_return.tolist(),
            }
            for name, one in baselines.forecast(own).items()
        },
        "spread": list(baselines.quantiles),
    }


def fit_grid(
    data: PriceData, fold: Fold, bins_until: int, grid: Sequence[Shape]
) -> Callable[[Samples], dict[str, Any]]:
    """Fit every shape of a fold's horizon on its training part; return what forecasts samples by all."""
    training, horizon = binned(data.training_samples(), bins_until), fold.horizon
    directions = {
        leaves: training.fit_direction(
            horizon,
            fold.train_end,
            Shape(leaves, max(shape.trees for shape in grid if shape.leaves == leaves)),
        )
        for leaves in sorted({shape.leaves for shape in grid})
    }
    size = training.fit_size(horizon, fold.train_end)

    def forecasts(samples: Samples) -> dict[str, Any]:
        odds = [
            directions[shape.leaves].predict(
                samples.rows, raw_score=True, num_iteration=shape.trees, num_threads=1
            )
            for shape in grid
        ]
        return {
            "time": samples.time.tolist(),
            "log_odds": [np.round(one, DECIMALS).tolist() for one in odds],
            "size": np.round(size.predict(samples.rows, num_threads=1), DECIMALS).tolist(),
            "unit": samples.unit(horizon).tolist(),
            "outcome": samples.outcome(horizon).tolist(),
        }

    return forecasts


def fold_loss(task: FoldTask, parameters: Mapping[str, Any]) -> float:
    """Return the log-loss on a year's pooled samples of a direction fitted before it.

    ``parameters`` are ``leaves``, ``trees`` and others of LightGBM; the task's grid does not matter.
    """
    given = dict(parameters)
    shape = Shape(given.pop("leaves"), given.pop("trees"))
    fold = task.fold
    data = PriceData.read(Path(task.directory), task.target, task.peers, fold.end)
    training = binned(data.training_samples(), task.bins_until)
    booster = training.fit_direction(task.horizon, fold.train_end, shape, given)
    clean = data.clean_samples()
    tested = _tested(clean.where(_thinned(clean)), fold)
    odds = booster.predict(tested.rows, raw_score=True, num_threads=1)
    return mean_log_loss(odds, tested.outcome(task.horizon) / tested.unit(task.horizon))


def _thinned(samples: Samples) -> NDArray[np.bool_]:
    return np.asarray((samples.time // HOUR + samples.time // (24 * HOUR)) % POOL == 0)


def _tested(samples: Samples, fold: Fold) -> Samples:
    return samples.where(fold.tests(samples.time) & samples.known(fold.horizon))
