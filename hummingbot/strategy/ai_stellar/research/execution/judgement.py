"""A policy beside schedules on the same paths, parent orders and chance."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from hummingbot.connector.exchange.stellar.sandbox.market.parameters import MarketParameters
from hummingbot.strategy.ai_stellar.predictors.execution import ExecutionPolicy

from ..bootstrap import interval, stationary_counts
from ..scores import Score
from .episodes import SECONDS, draw_quantities
from .orders import Orders
from .schedules import SCHEDULES, Schedule, policy_of
from .simulator import Simulator

__all__ = ["MODEL", "UNSEEING", "Worked", "in_markets", "mean_score", "table_of", "verdict", "work"]

Floats = NDArray[np.float64]
MODEL: Final = "policy"
UNSEEING: Final = "policy without signal"


@dataclass(frozen=True, slots=True)
class Worked:
    """How a seller worked parent orders.

    Attributes
    ----------
    shortfall : ndarray, shape (n,)
        bp of each order.
    left : ndarray, shape (ledgers + 1,)
        Mean share still to trade after each ledger.
    """

    shortfall: Floats
    left: Floats


def work(
    policy: ExecutionPolicy, begin: Callable[[], Orders], sellers: Mapping[str, Schedule] | None = None
) -> dict[str, Worked]:
    """Work the same orders, begun anew, by each seller.

    By default the policy comes first, then itself with `SIGNALS` blanked, then `SCHEDULES`.
    """
    sellers = sellers or {MODEL: policy_of(policy), UNSEEING: policy_of(policy, blind=True), **SCHEDULES}

    def worked(close: Schedule) -> Worked:
        orders = begin()
        left = [1.0]
        for _ in range(orders.ledgers):
            close(orders)
            left.append(float((orders.left / orders.quantity).mean()))
        return Worked(orders.shortfall, np.array(left))

    return {name: worked(close) for name, close in sellers.items()}


def in_markets(
    policy: ExecutionPolicy,
    paths: Floats,
    markets: Sequence[MarketParameters],
    seed: int,
    buying: bool = False,
    sellers: Mapping[str, Schedule] | None = None,
) -> dict[str, Worked]:
    """Trade along each path in each market; a shortfall has the shape (markets, paths)."""
    quantities = draw_quantities(len(paths), seed)

    def orders(market: MarketParameters, chance: int) -> Callable[[], Orders]:
        return lambda: Simulator(market, paths, quantities, chance, SECONDS, buying=buying)

    made = [work(policy, orders(one, seed + k), sellers) for k, one in enumerate(markets)]
    return {
        name: Worked(
            np.array([one[name].shortfall for one in made]), np.mean([one[name].left for one in made], axis=0)
        )
        for name in made[0]
    }


def mean_score(values: Floats, resamples: int) -> Score:
    """Return the mean and its interval over paths: a path's markets are drawn together."""
    of_path = values.mean(axis=0)
    counts = stationary_counts(len(of_path), resamples, mean_block=1)
    return Score(float(of_path.mean()), *interval(counts @ of_path / len(of_path)))


def table_of(made: Mapping[str, Worked], resamples: int) -> dict[str, dict[str, Score]]:
    """Return by seller the shortfall, its ``deviation``, and how much lower the policy's is (``gain``)."""
    table = {}
    for name, one in made.items():
        table[name] = {
            "shortfall": mean_score(one.shortfall, resamples),
            "deviation": Score(float(one.shortfall.std()), math.nan, math.nan),
        }
        if name != MODEL:
            table[name]["gain"] = mean_score(one.shortfall - made[MODEL].shortfall, resamples)
    return table


def verdict(table: Mapping[str, Mapping[str, Score]]) -> str:
    """Say in a clause which sellers are beaten beyond noise, what is not first."""
    rivals = [name for name in table if name not in (MODEL, UNSEEING)]
    gains = {name: table[name]["gain"] for name in rivals}

    def told(name: str) -> str:
        gain = gains[name]
        return f"{name} (gain {gain.value:.2f} bp [{gain.low:.2f}, {gain.high:.2f}])"

    lost = [told(name) for name in rivals if not gains[name].low > 0.0]
    won = [told(name) for name in rivals if gains[name].low > 0.0]
    beaten = f"sells with less shortfall than {', '.join(won)}" if won else "beats no schedule"
    return f"does **not** beat {', '.join(lost)}; it {beaten}" if lost else beaten
