"""A grid of markets that nothing was trained on, each order worked through the sandbox's whole engine."""

from collections.abc import Mapping
from dataclasses import asdict
from itertools import product
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from hummingbot.connector.exchange.stellar.sandbox.market.parameters import MarketParameters
from hummingbot.strategy.ai_stellar.predictors.execution import ExecutionPolicy

from ..engine import Engine
from ..scores import Score
from .episodes import BASE, SECONDS, draw_quantities
from .judgement import MODEL, Worked, mean_score, work
from .ledger_orders import LedgerOrders
from .simulator import Simulator

__all__ = ["GRID", "RANGES", "agreement", "by_parameter", "in_quick_market", "on_ledgers"]

Floats = NDArray[np.float64]
RANGES: Final = {
    "half_spread": (3.5, 9.0),
    "level_amount": (3_500.0, 9_000.0),
    "refill_lag": (200.0, 900.0),
    "informed": (0.15, 0.5),
    "impact": (0.6, 2.0),
}
"""Spread, depth, refill, informed share and impact: a low and a high value of each."""
GRID: Final = tuple(
    MarketParameters(**{**asdict(BASE), **dict(zip(RANGES, one, strict=True))})
    for one in product(*RANGES.values())
)


def on_ledgers(policy: ExecutionPolicy, paths: Floats, seed: int, engine: Engine) -> dict[str, Worked]:
    """Work an order a path, in one market of the grid after the other; a shortfall has the shape (1, paths).

    After each round of the grid, orders change from selling to buying and back.
    """
    quantities = draw_quantities(len(paths), seed)
    parts = [
        (policy.text, policy.manifest, market, paths[mine], quantities[mine], mine, seed)
        for market, mine in _shares(len(paths))
    ]
    return _together(engine.map(_on_ledgers, parts), len(paths))


def in_quick_market(policy: ExecutionPolicy, paths: Floats, seed: int) -> dict[str, Worked]:
    """Work the same orders in the simulator that policies are trained in."""
    quantities = draw_quantities(len(paths), seed)
    parts = []
    for market, all_mine in _shares(len(paths)):
        for buying in (False, True):
            mine = all_mine[_buying(all_mine) == buying]
            if len(mine):
                made = work(policy, _quick(market, paths[mine], quantities[mine], seed, buying))
                parts.append((mine, made))
    return _together(parts, len(paths))


def by_parameter(made: Mapping[str, Worked], rival: str, resamples: int) -> dict[str, dict[str, Score]]:
    """Return how much lower the policy's shortfall is than a rival's, by parameter and its value."""
    gain = made[rival].shortfall - made[MODEL].shortfall
    market = np.arange(gain.shape[1]) % len(GRID)
    return {
        name: {
            f"{value:g}": mean_score(
                gain[:, np.isin(market, [k for k, one in enumerate(GRID) if getattr(one, name) == value])],
                resamples,
            )
            for value in values
        }
        for name, values in RANGES.items()
    }


def agreement(
    whole: Mapping[str, Worked], quick: Mapping[str, Worked], resamples: int
) -> dict[str, tuple[Score, float]]:
    """Return by seller how much more the quick market charges, and the correlation over orders."""
    return {
        name: (
            mean_score(quick[name].shortfall - whole[name].shortfall, resamples),
            float(np.corrcoef(quick[name].shortfall[0], whole[name].shortfall[0])[0, 1]),
        )
        for name in whole
    }


def _shares(n: int) -> list[tuple[MarketParameters, NDArray[np.int64]]]:
    every = np.arange(n)
    return [(market, every[every % len(GRID) == k]) for k, market in enumerate(GRID)]


def _buying(which: NDArray[np.int64]) -> NDArray[np.bool_]:
    return np.asarray(which // len(GRID) % 2 == 1)


def _quick(market: MarketParameters, paths: Floats, quantities: Floats, seed: int, buying: bool) -> Any:
    return lambda: Simulator(market, paths, quantities, seed, SECONDS, buying=buying)


def _on_ledgers(
    text: str,
    manifest: Mapping[str, Any],
    market: MarketParameters,
    paths: Floats,
    quantities: Floats,
    which: NDArray[np.int64],
    seed: int,
) -> tuple[NDArray[np.int64], dict[str, Worked]]:
    policy = ExecutionPolicy(text, manifest)

    def orders(path: Floats, quantity: float, chance: int, buying: bool) -> Any:
        return lambda: LedgerOrders(market, path, quantity, chance, SECONDS, buying=buying)

    made = [
        work(policy, orders(path, float(quantity), seed + int(k), bool(buying)))
        for path, quantity, k, buying in zip(paths, quantities, which, _buying(which), strict=True)
    ]
    return which, {
        name: Worked(
            np.array([one[name].shortfall[0] for one in made]),
            np.mean([one[name].left for one in made], axis=0),
        )
        for name in (made[0] if made else {})
    }


def _together(parts: list[tuple[NDArray[np.int64], dict[str, Worked]]], n: int) -> dict[str, Worked]:
    parts = [(which, made) for which, made in parts if len(which)]
    together = {}
    for name in parts[0][1]:
        shortfall = np.zeros((1, n))
        for which, made in parts:
            shortfall[0, which] = made[name].shortfall
        left = np.sum([len(which) * made[name].left for which, made in parts], axis=0) / n
        together[name] = Worked(shortfall, left)
    return together
