"""Views on each coin's coming day: by models fitted before it, or by finished ones."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from hummingbot.strategy.ai_stellar.market.bars import HOUR
from hummingbot.strategy.ai_stellar.predictors.allocation import AllocationTraining
from hummingbot.strategy.ai_stellar.predictors.forecast import VOLATILITY_HORIZONS
from hummingbot.strategy.ai_stellar.predictors.price import PricePredictor
from hummingbot.strategy.ai_stellar.predictors.price_fit import Shape
from hummingbot.strategy.ai_stellar.predictors.volatility_fit import (
    VolatilityParameters,
    VolatilityTraining,
    fit_parameters,
)

from ..history import History
from ..price.calibration import calibrated
from ..price.data import PriceData
from ..price.evaluation import forecast_samples
from ..price.folds import fit_grid
from ..price.walk import Learnt, learn
from ..references import align_references, base_of
from ..samples import Samples, make_samples, pool
from ..scores import Forecasts
from ..volatility.comparison import bars_of
from ..walk_forward import Fold
from .days import DAY, day_sigma

__all__ = ["ViewTask", "Views", "final_views", "teach", "view_fold", "yearly_views"]

Floats = NDArray[np.float64]
WARM_UP: Final = 400 * HOUR
"""Before a span, so that its first features are known."""


@dataclass(frozen=True, slots=True)
class Views:
    """What models that had not seen them said of consecutive days; matrices have shape (days, coins).

    Attributes
    ----------
    time : ndarray of int64, shape (days,)
        Midnights, UTC, seconds since 1970.
    probability, sigma, outcome : ndarray
        Probability of a rise after a day, sigma of the return, and what came; NaN where unknown.
    """

    time: NDArray[np.int64]
    probability: Floats
    sigma: Floats
    outcome: Floats

    @classmethod
    def of(
        cls, begin: int, sigma: Floats, time: NDArray[Any], coin: NDArray[Any], said: Forecasts
    ) -> "Views":
        """Lay forecasts one by one into matrices like ``sigma``, which begins at midnight after ``begin``."""
        first = -(-begin // DAY) * DAY
        at = ((time.astype(np.int64) - first) // DAY, coin.astype(np.int64))
        matrices = np.full((2, *sigma.shape), np.nan)
        matrices[0][at], matrices[1][at] = said.probability_up, said.outcome
        midnights = first + DAY * np.arange(len(sigma), dtype=np.int64)
        return cls(midnights, matrices[0], sigma, matrices[1])


@dataclass(frozen=True, slots=True)
class ViewTask:
    """What one process does: fit before a span, and forecast each coin's days in it.

    Attributes
    ----------
    directory : str
        Of the price files.
    target : str
        File whose volatility model all coins share.
    peers : tuple of str
        The other coins.
    begin, end : int
        Decisions in ``[begin, end)``, seconds since 1970.
    bins_until : int
        Decision time before which samples shape the bins.
    grid : tuple of Shape
        Of the direction boosters.
    """

    directory: str
    target: str
    peers: tuple[str, ...]
    begin: int
    end: int
    bins_until: int
    grid: tuple[Shape, ...]


def view_fold(task: ViewTask) -> dict[str, Any]:
    """Fit the day's boosters and the volatility model before a span, and forecast it; plain values.

    Returns
    -------
    dict
        ``begin``, ``end``, ``grid`` and ``pool`` as `walk.learn` takes them, with the number of each ``coin``
        in the pool; ``sigma`` of each coin at each midnight.
    """
    fold = Fold(task.begin, task.end, DAY)
    data = PriceData.read(Path(task.directory), task.target, task.peers, fold.end)
    coins, forecasts = (data.target, *data.peers), fit_grid(data, fold, task.bins_until, task.grid)
    until = {horizon: Fold(task.begin, task.end, horizon).train_end for horizon in VOLATILITY_HORIZONS}
    parameters = fit_parameters(VolatilityTraining([bars_of(one) for one in coins], until))
    chosen = [_midnights(data.clean(bars), task.begin, task.end) for bars in coins]
    return {
        "begin": task.begin,
        "end": task.end,
        "grid": [asdict(shape) for shape in task.grid],
        "pool": {**forecasts(pool(chosen)), "coin": _coins(chosen).tolist()},
        "sigma": [day_sigma(parameters, bars, task.begin, task.end).tolist() for bars in coins],
    }


def yearly_views(folds: Sequence[Mapping[str, Any]]) -> list[Views]:
    """Return the views on each year but the first, chosen and calibrated on the years before it."""
    made = []
    for number, fold in enumerate(folds[1:], 1):
        until = Fold(fold["begin"], fold["begin"], DAY).train_end
        made.append(_said(fold, learn(list(map(_known, folds[:number])), until)))
    return made


def teach(
    folds: Sequence[Mapping[str, Any]], until: int, settings: Mapping[str, float]
) -> AllocationTraining:
    """Return views on years that were not trained on, and what came of them, decided before ``until``."""
    learnt = learn(list(map(_known, folds)), until)
    said = [_said(fold, learnt) for fold in folds]
    time = np.concatenate([one.time for one in said])
    probability, sigma, outcome = (
        np.vstack([getattr(one, name) for one in said])[time < until]
        for name in ("probability", "sigma", "outcome")
    )
    day = np.repeat(time[time < until], sigma.shape[1])
    return AllocationTraining(day, probability.ravel(), sigma.ravel(), outcome.ravel(), settings)


def _known(fold: Mapping[str, Any]) -> dict[str, Any]:
    """Return a fold with those of its pool whose outcome is known, as `walk.learn` takes it."""
    values = {name: np.array(one, dtype=np.float64) for name, one in fold["pool"].items()}
    known = np.isfinite(values["outcome"])
    return {**fold, "pool": {name: one[..., known] for name, one in values.items()}}


def _said(fold: Mapping[str, Any], learnt: Learnt) -> Views:
    pool = {name: np.array(one, dtype=np.float64) for name, one in fold["pool"].items()}
    forecast = calibrated(
        pool["log_odds"][learnt.at], pool["size"], pool["unit"], pool["outcome"], learnt.calibration
    )
    sigma = np.array(fold["sigma"], dtype=np.float64).T
    return Views.of(fold["begin"], sigma, pool["time"], pool["coin"], forecast)


def final_views(
    price: PricePredictor, volatility: VolatilityParameters, coins: Sequence[History], begin: int, end: int
) -> Views:
    """Return the views of finished models on the midnights in ``[begin, end)``."""
    named = {base_of(one.name): one for one in coins}
    chosen = []
    for bars in coins:
        late = bars.between(begin - WARM_UP, end)
        closes = align_references(late.start, named, base_of(bars.name))
        chosen.append(_midnights(make_samples(late, references=closes), begin, end))
    every = pool(chosen)
    sigma = np.column_stack([day_sigma(volatility, bars, begin, end) for bars in coins])
    return Views.of(begin, sigma, every.time, _coins(chosen), forecast_samples(price, every)[DAY])


def _midnights(samples: Samples, begin: int, end: int) -> Samples:
    return samples.where((samples.time >= begin) & (samples.time < end) & (samples.time % DAY == 0))


def _coins(samples: Sequence[Samples]) -> NDArray[np.int64]:
    return np.repeat(np.arange(len(samples)), [len(one) for one in samples])
