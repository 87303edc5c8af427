"""What a learnt policy must beat: schedules that look at nothing but the time and what is left."""

import math
from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from hummingbot.strategy.ai_stellar.predictors.execution import SIGNALS, ExecutionPolicy

from .almgren_chriss import ImpactModel
from .orders import IMPROVE, NOTHING, Orders

__all__ = ["SCHEDULES", "URGENCY", "Schedule", "policy_of"]

Schedule = Callable[[Orders], None]
"""Closes one ledger."""
URGENCY: Final = 2.0
"""κT of the Almgren–Chriss schedule: its half-life is half the time there is. In the known markets, on
returns to 2022, it is the cheapest of 0.5, 1, 2, 4, 8 and 12; beyond, a schedule comes close to crossing
all at once."""
FEW: Final = 16
"""Orders below which asking one by one is quicker."""


def immediate(orders: Orders) -> None:
    """Cross all in the first ledger."""
    orders.trade(orders.left.copy(), np.full(len(orders.left), NOTHING))


def twap(orders: Orders) -> None:
    """Cross equal slices."""
    orders.trade(orders.left / (orders.ledgers - orders.time), np.full(len(orders.left), NOTHING))


def passive_twap(orders: Orders) -> None:
    """Rest before all others, and cross only what is a slice behind equal slices."""
    planned = orders.quantity * (1.0 - orders.time / orders.ledgers)
    orders.trade(np.maximum(orders.left - planned, 0.0), np.full(len(orders.left), IMPROVE))


def almgren_chriss(orders: Orders) -> None:
    """Cross along ``sinh(κ(T − t)) / sinh(κT)`` with ``κT = URGENCY``."""
    unit = ImpactModel(deviation=1.0, half_spread=0.0, permanent=0.0, temporary=1.0, period=1.0)
    aversion = 2.0 * (math.cosh(URGENCY / orders.ledgers) - 1.0)
    planned = unit.trajectory(1.0, orders.ledgers, aversion)[orders.time + 1] * orders.quantity
    orders.trade(np.maximum(orders.left - planned, 0.0), np.full(len(orders.left), NOTHING))


SCHEDULES: Final[Mapping[str, Schedule]] = {
    "TWAP": twap,
    "passive TWAP": passive_twap,
    "immediate": immediate,
    "Almgren–Chriss": almgren_chriss,
}


def policy_of(policy: ExecutionPolicy, blind: bool = False) -> Schedule:
    """Return a learnt policy as a schedule; a blind one is told 0 for each of `SIGNALS`."""

    def close(orders: Orders) -> None:
        states = orders.state()
        if blind:
            states[:, SIGNALS] = 0.0
        few = len(states) < FEW
        orders.step(np.array([policy.act(one) for one in states]) if few else policy.act_all(states))

    return close
