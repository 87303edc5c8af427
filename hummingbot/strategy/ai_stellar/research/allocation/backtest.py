"""Portfolios carried through days, each after the same costs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from hummingbot.strategy.ai_stellar.predictors.allocation import Allocation, AllocationPredictor

from .days import Days

__all__ = ["COST", "Carried", "Chooser", "carry", "choose_by"]

COST: Final = 10e-4
"""Of a trade, as a share of it: what taking liquidity costs with a good part of the spread."""
Floats = NDArray[np.float64]
Chooser = Callable[[int, Floats], Floats]
"""Weights that a strategy wants on day ``k``, given those it holds; the rest stays in the quote."""


@dataclass(frozen=True, slots=True)
class Carried:
    """A portfolio's days.

    Attributes
    ----------
    change : ndarray, shape (days,)
        Simple return of each, after costs.
    turnover : ndarray, shape (days,)
        Sum of the absolute changes of weights at its begin.
    weights : ndarray, shape (days, coins)
        Held through it.
    """

    change: Floats
    turnover: Floats
    weights: Floats


def carry(change: Floats, choose: Chooser, cost: float = COST) -> Carried:
    """Hold what a strategy chooses each day, from nothing but the quote; costs come off the account.

    ``change`` are simple returns of the coins, shape (days, coins).
    """
    held, made = np.zeros(change.shape[1]), []
    for k, coming in enumerate(change):
        weights = choose(k, held)
        turnover = float(np.abs(weights - held).sum())
        total = (1.0 - cost * turnover) * (1.0 + float(weights @ coming))
        made.append((total - 1.0, turnover, weights))
        held = weights * (1.0 + coming) / (1.0 + float(weights @ coming))
    changes, turnovers, rows = zip(*made, strict=True)
    return Carried(np.array(changes), np.array(turnovers), np.array(rows))


def choose_by(
    models: Mapping[int, AllocationPredictor], days: Days, first: int
) -> tuple[Chooser, list[Allocation]]:
    """Return what chooses as models say, and the list in which it writes down what they said.

    Parameters
    ----------
    models : dict of int to AllocationPredictor
        Each from the day at that time on, seconds since 1970.
    days : Days
        With those that serve to warm up.
    first : int
        Row of the first day that is chosen for.
    """
    fresh, made = {begin: model.fresh() for begin, model in models.items()}, list[Allocation]()
    for k in range(first):
        for model in fresh.values():
            model.update(days.day(k))

    def choose(k: int, held: Floats) -> Floats:
        today = days.day(first + k, held)
        for model in fresh.values():
            model.update(today)
        said = fresh[max(begin for begin in fresh if begin <= today.time)].forecast()
        if said is None:
            return held
        made.append(said)
        return said.weights

    return choose, made
