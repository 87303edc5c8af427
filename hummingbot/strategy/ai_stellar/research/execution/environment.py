"""One parent order as a gymnasium environment, over simulated, recorded or a sandbox's books."""

from collections.abc import Callable
from typing import Any

import gymnasium
import numpy as np
from numpy.typing import NDArray

from hummingbot.connector.exchange.stellar.sandbox.market.parameters import MarketParameters
from hummingbot.strategy.ai_stellar.predictors.execution import ACTIONS, STATE

from .orders import Orders
from .simulator import Simulator

__all__ = ["ExecutionEnvironment", "simulated"]

Floats = NDArray[np.float64]
Begin = Callable[[np.random.Generator], Orders]
"""Begins one parent order."""


class ExecutionEnvironment(gymnasium.Env[Floats, np.int64]):
    """Trade a parent order within a number of ledgers; a step is a ledger, an episode an order.

    The state has the columns `STATE`, an action is one of `ACTIONS`, the reward is minus the implementation
    shortfall of the ledger in bp of the parent order.

    Parameters
    ----------
    begin : callable
        Takes a generator, returns one parent order: `simulated`, `recorded` or `on_sandbox` make it.
    """

    metadata = {"render_modes": []}  # noqa: RUF012 (gymnasium declares it so)

    def __init__(self, begin: Begin) -> None:
        self.begin = begin
        self.action_space = gymnasium.spaces.Discrete(len(ACTIONS))
        self.observation_space = gymnasium.spaces.Box(-np.inf, np.inf, (len(STATE),), np.float64)
        self._orders: Orders | None = None

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Floats, dict[str, Any]]:
        """Begin another parent order."""
        super().reset(seed=seed, options=options)
        self._orders = self.begin(self.np_random)
        return self._orders.state()[0], {}

    def step(self, action: np.int64) -> tuple[Floats, float, bool, bool, dict[str, Any]]:
        """Close a ledger.

        Raises
        ------
        ValueError
            If no episode has begun, or it is over.
        """
        if self._orders is None:
            raise ValueError("no episode has begun: call reset first")
        reward = float(self._orders.step(np.array([action]))[0])
        over = self._orders.time == self._orders.ledgers or self._orders.left[0] <= 0.0
        info = {"shortfall": float(self._orders.shortfall[0]), "left": float(self._orders.left[0])}
        return self._orders.state()[0], reward, bool(over), False, info


def simulated(
    draw: Callable[[np.random.Generator], tuple[Floats, float]], market: MarketParameters | None = None
) -> Begin:
    """Return how an order in a simulated book begins, to sell or to buy by even chance.

    Parameters
    ----------
    draw : callable
        Takes a generator, returns a reference path (log, shape (ledgers + 1,)) and a quantity.
    market : MarketParameters
        How the book behaves.
    """

    def begin(random: np.random.Generator) -> Orders:
        path, quantity = draw(random)
        chance, buying = int(random.integers(2**31)), bool(random.integers(2))
        known = market or MarketParameters()
        return Simulator(known, path[None, :], np.array([quantity]), chance, buying=buying)

    return begin
