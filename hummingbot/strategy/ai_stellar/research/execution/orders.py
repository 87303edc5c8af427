"""Parent orders as a schedule sees them, whatever book they meet: simulated, recorded or a ledger's."""

import math
from abc import ABC, abstractmethod
from typing import Final

import numpy as np
from numpy.typing import NDArray

from hummingbot.strategy.ai_stellar.predictors.execution import ACTIONS

__all__ = [
    "BASE_FEE", "BP", "HOUR", "IMPROVE", "INSIDE", "JOIN", "NEAR", "NOTHING", "Orders", "consume",
    "observed",
]  # fmt: skip

Floats = NDArray[np.float64]
CROSSED: Final = np.array([0.0, 0.0, 0.0, 0.5, 1.0, 1.0, 2.0, math.inf])
"""Slices, by action."""
NOTHING, JOIN, IMPROVE = range(3)
RESTED: Final = np.array([NOTHING, JOIN, IMPROVE, IMPROVE, NOTHING, IMPROVE, IMPROVE, NOTHING])
BASE_FEE: Final = 100e-7
"""XLM an operation: 100 stroops, the network's minimum."""
INSIDE: Final = 1.0
"""bp."""
NEAR: Final = 15.0
"""bp from the mid."""
BP: Final = 1e-4
HOUR: Final = 3600.0


class Orders(ABC):
    """Parent orders at work side by side; a call of `step` or `trade` closes a ledger.

    Attributes
    ----------
    ledgers, time : int
        How many there are, and how many are closed.
    quantity, left, shortfall : ndarray, shape (n,)
        Base units to trade and still to trade, and implementation shortfall so far in bp of the parent order.
    """

    ledgers: int
    time: int
    quantity: Floats
    left: Floats
    shortfall: Floats

    @abstractmethod
    def state(self) -> Floats:
        """Return what a decision may know, columns `STATE`; shape (n, 11)."""

    def step(self, action: NDArray[np.int64]) -> Floats:
        """Do one of `ACTIONS` for each order and close a ledger; return minus its shortfall in it, bp.

        Raises
        ------
        ValueError
            As `trade`, or if an action is none of `ACTIONS`.
        """
        return self.trade(*_asked_by(action, self.left, self.ledgers - self.time))

    def trade(self, crossing: Floats, rest: NDArray[np.int64]) -> Floats:
        """Cross so much, rest the remainder (`NOTHING`, `JOIN` or `IMPROVE`) and close a ledger.

        Whatever is left in the last ledger is crossed.

        Parameters
        ----------
        crossing : ndarray, shape (n,)
            Base units; no more is crossed than is left.
        rest : ndarray of int, shape (n,)

        Returns
        -------
        ndarray, shape (n,)
            Minus the shortfall in this ledger, bp.

        Raises
        ------
        ValueError
            If all ledgers are closed.
        """
        if self.time >= self.ledgers:
            raise ValueError(f"all {self.ledgers} ledgers are closed: begin another episode")
        final = self.time == self.ledgers - 1
        crossing = self.left.copy() if final else np.minimum(crossing, self.left)
        return self._meet(crossing, np.full_like(rest, NOTHING) if final else rest, final)

    @abstractmethod
    def _meet(self, crossing: Floats, rest: NDArray[np.int64], final: bool) -> Floats:
        """Do what `trade` asks in whatever book it is, and close the ledger, the last one if ``final``."""


def consume(left: Floats, before: Floats, amount: Floats) -> Floats:
    """Return what an order takes of each level, after others took some of the same side.

    Parameters
    ----------
    left : ndarray, shape (n, m)
        Base units a level, best first.
    before, amount : ndarray, shape (n,)
        Base units that others take first, and that the order asks.
    """
    top = np.cumsum(left, axis=1)
    low, high = before[:, None], (before + amount)[:, None]
    return np.asarray(np.clip(top, low, high) - np.clip(top - left, low, high))


def observed(
    orders: Orders,
    crossed: tuple[Floats, Floats],
    rested: tuple[Floats, Floats],
    flow: Floats,
    move: Floats,
    volatility: Floats,
    first_level: Floats,
    queue: Floats,
) -> Floats:
    """Return the state of orders in books of levels, columns `STATE`, shape (n, 11).

    Parameters
    ----------
    orders : Orders
    crossed, rested : tuple of ndarray, shape (n, m)
        Prices and base units, best first, of the side that is crossed and of the one that is rested on;
        levels that are used up hold nothing.
    flow : ndarray, shape (n,)
        Of third parties in the last ledger, from -1 (all on the order's own side) to 1.
    move, volatility : ndarray, shape (n,)
        Of the mid in the last ledger in the order's favour, and of a ledger; bp.
    first_level : ndarray, shape (n,)
        Base units at a usual touch.
    queue : ndarray, shape (n,)
        Base units before the order's own offer; -1 if none rests.
    """
    slices = np.maximum(orders.left, 1e-9) / max(orders.ledgers - orders.time, 1)
    touch = [_best(*side) for side in (crossed, rested)]
    mid = 0.5 * (touch[0][0] + touch[1][0])
    near = [
        np.where(np.abs(price / mid[:, None] - 1.0) <= NEAR * BP, amount, 0.0).sum(axis=1)
        for price, amount in (crossed, rested)
    ]
    n = len(orders.left)
    return np.column_stack(
        [
            orders.left / orders.quantity,
            np.full(n, 1.0 - orders.time / orders.ledgers),
            np.abs(touch[0][0] - touch[1][0]) / mid / BP,
            np.log1p(touch[0][1] / slices),
            np.log1p(near[0] / slices),
            (near[0] - near[1]) / np.maximum(near[0] + near[1], 1e-9),
            flow,
            move,
            volatility,
            np.log(orders.quantity / first_level),
            np.where(queue >= 0.0, np.log1p(np.maximum(queue, 0.0) / slices), -1.0),
        ]
    )


def _asked_by(action: NDArray[np.int64], left: Floats, ledgers: int) -> tuple[Floats, NDArray[np.int64]]:
    """Return what actions cross and how they rest, with so many ledgers left.

    Raises
    ------
    ValueError
        If an action is none of `ACTIONS`.
    """
    if ((action < 0) | (action >= len(ACTIONS))).any():
        raise ValueError(f"an action is outside 0 to {len(ACTIONS) - 1}: choose one of {', '.join(ACTIONS)}")
    return np.maximum(left, 1e-9) / max(ledgers, 1) * CROSSED[action], RESTED[action]


def _best(price: Floats, amount: Floats) -> tuple[Floats, Floats]:
    """Return price and base units of the best level with something in it."""
    at = np.argmax(amount > 0.0, axis=1)[:, None]
    return np.take_along_axis(price, at, 1)[:, 0], np.take_along_axis(amount, at, 1)[:, 0]
