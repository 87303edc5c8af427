"""The walk-forward of one horizon: each year judged with what the years before it have taught."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from hummingbot.strategy.ai_stellar.market.bars import HOUR
from hummingbot.strategy.ai_stellar.predictors.price_fit import Calibration

from ..baselines import BASELINES
from ..scores import METRICS, Forecasts, join
from ..walk_forward import Fold, year_of
from .calibration import calibrate, calibrated, mean_log_loss

__all__ = ["MODEL", "WITHOUT", "Judged", "Learnt", "judge", "learn", "mean_block"]

Floats = NDArray[np.float64]
MODEL: Final = "model"
WITHOUT: Final = "without references"
JUDGED: Final = {MODEL: "own", WITHOUT: "alone"}
"""Which view of a fold each column of the tables comes from."""
FIGURES: Final = ("auc", "log_loss", "r2", "gross_edge")


@dataclass(frozen=True, slots=True)
class Learnt:
    """What forecasts of the years before a time say about how to forecast after it.

    Attributes
    ----------
    at : int
        Place in the grid of the setting with the least log-loss; of equals the first.
    setting : dict
        That setting.
    calibration : Calibration
        Of that setting.
    trials : tuple of dict
        Every setting tried, with its log-loss.
    """

    at: int
    setting: dict[str, Any]
    calibration: Calibration
    trials: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """The walk-forward of one horizon.

    Attributes
    ----------
    horizon : int
        Seconds.
    time : ndarray of int64
        Decision times.
    unit : ndarray
        Scale over the horizon, log-return units.
    forecasts : dict of str to Forecasts
        By forecaster; `MODEL` first.
    years : tuple of dict
        Setting, calibration and figures of each year.
    """

    horizon: int
    time: NDArray[np.int64]
    unit: Floats
    forecasts: dict[str, Forecasts]
    years: tuple[dict[str, Any], ...]


def mean_block(horizon: int) -> int:
    """Return the mean block of the bootstrap, hours: three labels, a day at least."""
    return max(24, 3 * horizon // HOUR)


def learn(folds: Sequence[Mapping[str, Any]], until: int) -> Learnt:
    """Choose the setting and calibrate it on pooled forecasts of years that were not trained on.

    Parameters
    ----------
    folds : sequence of dict
        Of `forecast_fold`, all before ``until``. ``size`` is one series, or one a setting.
    until : int
        Decision time before which the outcomes are known, seconds since 1970.
    """
    pools = [_arrays(fold["pool"], until) for fold in folds]
    ratio = np.concatenate([pool["outcome"] / pool["unit"] for pool in pools])
    size = np.concatenate([pool["size"] for pool in pools], axis=-1)
    odds = np.concatenate([pool["log_odds"] for pool in pools], axis=1)
    grid = folds[0]["grid"]
    losses = [round(mean_log_loss(one, ratio), 9) for one in odds]
    best = losses.index(min(losses))
    trials = tuple({**setting, "log_loss": loss} for setting, loss in zip(grid, losses, strict=True))
    return Learnt(best, grid[best], calibrate(odds[best], _of(size, best), ratio), trials)


def judge(horizon: int, folds: Sequence[Mapping[str, Any]]) -> Judged:
    """Judge every year but the first, which only teaches, with what was learnt on all years before it."""
    made: dict[str, list[Forecasts]] = {}
    years, times, units = [], [], []
    for number, fold in enumerate(folds[1:], 1):
        learnt = learn(folds[:number], Fold(fold["begin"], fold["begin"], horizon).train_end)
        views = {name: _arrays(view) for name, view in fold["views"].items()}
        seen = {}
        for name, view in views.items():
            size = _of(view["size"], learnt.at)
            seen[name] = calibrated(
                view["log_odds"][learnt.at], size, view["unit"], view["outcome"], learnt.calibration
            )
        unit = views["own"]["unit"]
        forecasts = {
            **{name: seen[view] for name, view in JUDGED.items() if view in seen},
            **_baselines(fold, unit, seen["own"].outcome),
        }
        for name, one in forecasts.items():
            made.setdefault(name, []).append(one)
        years.append(_year(year_of(fold["begin"]), learnt, forecasts, seen["elsewhere"]))
        times.append(views["own"]["time"].astype(np.int64))
        units.append(unit)
    return Judged(
        horizon,
        np.concatenate(times),
        np.concatenate(units),
        {name: join(parts) for name, parts in made.items()},
        tuple(years),
    )


def _of(size: Floats, at: int) -> Floats:
    """Return the sizes of one setting, where each has its own."""
    return np.asarray(size[at]) if size.ndim == 2 else size


def _arrays(view: Mapping[str, Any], until: int | None = None) -> dict[str, Floats]:
    """Return a view's numbers, those decided before ``until``."""
    arrays = {name: np.array(values, dtype=np.float64) for name, values in view.items()}
    if until is None:
        return arrays
    known = arrays["time"] < until
    return {name: values[..., known] for name, values in arrays.items()}


def _baselines(fold: Mapping[str, Any], unit: Floats, outcome: Floats) -> dict[str, Forecasts]:
    made = {}
    spread = np.array(fold["spread"]) * unit[:, None]
    for name in BASELINES:
        p, mean = (np.array(fold["baselines"][name][one]) for one in ("probability_up", "expected_return"))
        made[name] = Forecasts(p, mean, outcome, mean[:, None] + spread)
    return made


def _year(
    year: int, learnt: Learnt, forecasts: Mapping[str, Forecasts], elsewhere: Forecasts
) -> dict[str, Any]:
    here = forecasts[MODEL]
    ones = np.ones(len(here.outcome))

    def alike(name: str) -> float:
        a, b = getattr(here, name), getattr(elsewhere, name)
        return float(np.corrcoef(a, b)[0, 1]) if a.std() > 0 and b.std() > 0 else float("nan")

    return {
        "year": year,
        "setting": learnt.setting,
        "slope": learnt.calibration.slope,
        "tilt": learnt.calibration.tilt,
        "trials": list(learnt.trials),
        "figures": {
            name: {metric: METRICS[metric](one)(ones) for metric in FIGURES}
            for name, one in forecasts.items()
        },
        "elsewhere": {name: alike(name) for name in ("probability_up", "expected_return")},
    }
