"""What portfolios earned and risked, with intervals, and the honest sentence about it."""

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..bootstrap import interval, stationary_counts
from ..deflated_sharpe import deflated_sharpe, sharpe_sample
from ..report import Metric
from ..scores import Score, plain
from .backtest import Carried

__all__ = ["MEAN_BLOCK", "METRICS", "MODEL", "UNSEEING", "against", "deflated", "table_of", "verdict"]

MODEL: Final = "model"
UNSEEING: Final = "without views"
"""The same model told no forecast of a return."""
MEAN_BLOCK: Final = 20
"""Days."""
YEAR: Final = 365
SMALLEST: Final = 1e-9
"""Deviation of a day's return below which there is none."""
METRICS: Final[Mapping[str, Metric]] = {
    "growth": Metric("growth a year, after costs (log, %)", 1, 100.0),
    "volatility": Metric("volatility a year (%)", 1, 100.0),
    "sharpe": Metric("Sharpe ratio a year", 2),
    "drawdown": Metric("largest drawdown (%)", 1, 100.0),
    "turnover": Metric("turnover a day (%)", 1, 100.0),
}
Floats = NDArray[np.float64]


def table_of(carried: Mapping[str, Carried], resamples: int) -> dict[str, dict[str, Score]]:
    """Return every one of `METRICS` by portfolio."""
    counts = _counts(carried, resamples)
    return {name: _scores(one, counts) for name, one in carried.items()}


def against(carried: Mapping[str, Carried], resamples: int) -> dict[str, dict[str, list[float | None]]]:
    """Return by how much the model's growth and Sharpe ratio exceed those of each other portfolio."""
    counts = _counts(carried, resamples)
    own = carried[MODEL].change
    found = {}
    for name, one in carried.items():
        if name != MODEL:
            growth = np.log1p(own) - np.log1p(one.change)
            sharpe = _sharpe(own, counts) - _sharpe(one.change, counts)
            whole = np.ones((1, len(own)))
            found[name] = plain(
                {
                    "growth": _mean(YEAR * growth, counts),
                    "sharpe": Score(
                        float((_sharpe(own, whole) - _sharpe(one.change, whole))[0]), *interval(sharpe)
                    ),
                }
            )
    return found


def deflated(carried: Mapping[str, Carried], trials: int) -> dict[str, float | None]:
    """Return the deflated Sharpe ratio of the model, and of what its views add day by day.

    Trials without skill have Sharpe ratios that vary by one over the number of days.
    """
    own = carried[MODEL].change
    found = {"model": own, "views": own - carried[UNSEEING].change}
    return {
        name: deflated_sharpe(sharpe_sample(one), trials, 1.0 / (len(one) - 1))
        if float(one.std()) > SMALLEST
        else None
        for name, one in found.items()
    }


def verdict(excess: Mapping[str, Mapping[str, list[float | None]]]) -> str:
    """Say in a clause which portfolios the model's Sharpe ratio beats, and whether by more than noise."""
    judged = {name: one["sharpe"] for name, one in excess.items() if name != "cash"}
    beyond = [name for name, (_, low, _) in judged.items() if low is not None and low > 0.0]
    ahead = [name for name, (value, *_) in judged.items() if name not in beyond and value and value > 0.0]
    behind = [name for name in judged if name not in (*beyond, *ahead)]
    clauses = [
        f"has a better Sharpe ratio than {_listed(beyond)} beyond noise" if beyond else "",
        f"is ahead of {_listed(ahead)}, **not** beyond noise" if ahead else "",
        f"is **not** better than {_listed(behind)}" if behind else "",
    ]
    growth = excess["cash"]["growth"]
    earns = (
        "grows beyond noise"
        if growth[1] is not None and growth[1] > 0.0
        else "does **not** grow beyond noise"
    )
    return "; ".join([*(one for one in clauses if one), f"after costs it {earns}"])


def _counts(carried: Mapping[str, Carried], resamples: int) -> Floats:
    return stationary_counts(len(carried[MODEL].change), resamples, MEAN_BLOCK)


def _scores(one: Carried, counts: Floats) -> dict[str, Score]:
    whole, wealth = np.ones((1, len(one.change))), np.cumprod(1.0 + one.change)
    peak = np.maximum.accumulate(np.maximum(wealth, 1.0))
    drawdown = float((1.0 - wealth / peak).max())
    unknown = (float("nan"), float("nan"))
    return {
        "growth": _mean(YEAR * np.log1p(one.change), counts),
        "volatility": Score(
            float(_deviation(one.change, whole)[0]) * YEAR**0.5,
            *interval(_deviation(one.change, counts) * YEAR**0.5),
        ),
        "sharpe": Score(float(_sharpe(one.change, whole)[0]), *interval(_sharpe(one.change, counts)))
        if one.change.any()
        else Score(float("nan"), *unknown),
        "drawdown": Score(drawdown, *unknown),
        "turnover": Score(float(one.turnover.mean()), *unknown),
    }


def _mean(values: Floats, counts: Floats) -> Score:
    return Score(float(values.mean()), *interval(counts @ values / len(values)))


def _deviation(change: Floats, counts: Floats) -> Floats:
    n = counts.sum(axis=1)
    mean = counts @ change / n
    return np.asarray(np.sqrt(np.maximum(counts @ change**2 / n - mean**2, 0.0)))


def _sharpe(change: Floats, counts: Floats) -> Floats:
    mean, deviation = counts @ change / counts.sum(axis=1), _deviation(change, counts)
    return np.asarray(np.divide(mean, deviation, out=np.zeros_like(mean), where=deviation > 0.0) * YEAR**0.5)


def _listed(names: list[str]) -> str:
    return ", ".join(names)
