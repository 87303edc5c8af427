"""Paths, parent orders and markets: what a policy learns on, and what it has never seen."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from hummingbot.connector.exchange.stellar.sandbox.market.parameters import MarketParameters
from hummingbot.strategy.ai_stellar.predictors.execution import ACTIONS, Transitions

from .orders import BP, HOUR
from .simulator import Simulator

__all__ = ["KNOWN", "LEDGERS", "SECONDS", "UNKNOWN", "draw_paths", "draw_quantities", "explore", "shuffled"]

Floats = NDArray[np.float64]
LEDGERS: Final = 20
SECONDS: Final = 30.0
"""Market time of a ledger: an order has ten minutes."""
MEAN_BLOCK: Final = 24.0
SMALLEST: Final = 10_000.0
LARGEST: Final = 200_000.0
BASE: Final = MarketParameters(maker_latency=15.0)
KNOWN: Final = (
    BASE,
    replace(BASE, half_spread=3.0, informed=0.2, refill_lag=300.0),
    replace(BASE, half_spread=8.0, level_amount=8_000.0, informed=0.4),
    replace(BASE, level_amount=3_000.0, impact=1.5, arrivals=150.0, maker_latency=25.0),
)
"""Markets that are trained on; what they do not name is the sandbox's."""
UNKNOWN: Final = (
    replace(BASE, half_spread=4.0, informed=0.5, refill_lag=900.0, maker_latency=10.0),
    replace(BASE, half_spread=6.5, level_amount=4_000.0, impact=0.7, arrivals=60.0),
    replace(BASE, half_spread=10.0, level_amount=6_500.0, informed=0.1, refill_lag=450.0),
    replace(BASE, half_spread=2.5, level_amount=10_000.0, impact=2.0, arrivals=120.0, maker_latency=20.0),
)
"""Markets that are judged on, and never trained on."""


def draw_paths(returns: Sequence[Floats], n: int, seed: int, ledgers: int = LEDGERS) -> Floats:
    """Return reference paths by the stationary bootstrap of hourly log-returns, of one coin each.

    A ledger's return is an hour's times the root of its share of an hour (*assumed*: so tails and clusters of
    volatility are those of hours).

    Returns
    -------
    ndarray, shape (n, ledgers + 1)
        Logarithms, from 0.
    """
    random = np.random.default_rng(seed)
    made = np.zeros((n, ledgers + 1))
    for coin, source in enumerate(returns):
        mine = np.arange(coin, n, len(returns))
        at = random.integers(0, len(source), len(mine))
        for k in range(1, ledgers + 1):
            jump = random.random(len(mine)) < 1.0 / MEAN_BLOCK
            made[mine, k] = source[at]
            at = np.where(jump, random.integers(0, len(source), len(mine)), (at + 1) % len(source))
    return np.asarray(np.cumsum(made, axis=1) * math.sqrt(SECONDS / HOUR))


def shuffled(paths: Floats, seed: int) -> Floats:
    """Return random walks from the same returns: any order, either sign."""
    random = np.random.default_rng(seed)
    moves = np.diff(paths, axis=1)
    moves = random.permuted(moves.ravel()).reshape(moves.shape) * random.choice([-1.0, 1.0], moves.shape)
    return np.asarray(np.concatenate([np.zeros((len(paths), 1)), np.cumsum(moves, axis=1)], axis=1))


def draw_quantities(n: int, seed: int) -> Floats:
    """Return parent orders in XLM, uniform in the logarithm from `SMALLEST` to `LARGEST`."""
    random = np.random.default_rng(seed)
    return np.asarray(np.exp(random.uniform(math.log(SMALLEST), math.log(LARGEST), n)))


def explore(markets: Sequence[MarketParameters], paths: Floats, seed: int) -> list[Transitions]:
    """Sell along paths with actions at random, and return what happened, by ledger.

    Each order prefers some actions. A fill is rewarded against the reference at its ledger's close, not at
    arrival. On average over paths without drift both sum to the same, whatever is done: the difference is
    what is left times each coming move. But that difference is most of the shortfall's variance.
    """
    random = np.random.default_rng(seed)
    parts: list[list[Transitions]] = []
    for k, market in enumerate(markets):
        mine = paths[k :: len(markets)]
        orders = Simulator(market, mine, draw_quantities(len(mine), seed + k), seed + k, SECONDS)
        likely = np.cumsum(random.dirichlet(np.full(len(ACTIONS), 0.5), len(mine)), axis=1)
        part = []
        for _ in range(orders.ledgers):
            state, left = orders.state(), orders.left.copy()
            drawn = (random.random((len(mine), 1)) > likely).sum(axis=1)
            action = np.minimum(drawn, len(ACTIONS) - 1)
            reward = orders.step(action)
            reward -= (left - orders.left) / orders.quantity * np.expm1(orders.path[:, orders.time]) / BP
            live = left > 0.0
            over = (orders.left <= 0.0)[live]
            part.append(Transitions(state[live], action[live], reward[live], orders.state()[live], over))
        parts.append(part)
    names = Transitions.__slots__
    return [
        Transitions(*(np.concatenate([getattr(one, name) for one in stage]) for name in names))
        for stage in zip(*parts, strict=True)
    ]
