"""A policy beside schedules on the same paths, parent orders and chance."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from hummingbot.connector.exchange.stellar.sandbox.market.parameters import MarketParameters
from hummingbot.strategy.ai_stellar.predictors.execution import ExecutionPolicy

from ..bootstrap import interval, stationary_counts
from ..scores import Score
from .episodes import LEDGERS, SECONDS, draw_quantities
from .schedules import SCHEDULES, Schedule, policy_of
from .simulator import Simulator

__all__ = ["MODEL", "UNSEEING", "mean_score", "shortfalls", "table_of", "verdict"]

Floats = NDArray[np.float64]
MODEL: Final = "policy"
UNSEEING: Final = "policy without signal"


def shortfalls(
    policy: ExecutionPolicy, paths: Floats, markets: Sequence[MarketParameters], seed: int
) -> dict[str, Floats]:
    """Sell along each path in each market; return the shortfall in bp by seller, shape (markets, paths).

    The policy comes first, then itself with `SIGNALS` blanked, then `SCHEDULES`.
    """
    sellers = {MODEL: policy_of(policy), UNSEEING: policy_of(policy, blind=True), **SCHEDULES}
    quantities = draw_quantities(len(paths), seed)

    def sold(close: Schedule, market: MarketParameters, chance: int) -> Floats:
        orders = Simulator(market, paths, quantities, chance, SECONDS)
        for _ in range(LEDGERS):
            close(orders)
        return orders.shortfall

    return {
        name: np.array([sold(close, market, seed + k) for k, market in enumerate(markets)])
        for name, close in sellers.items()
    }


def mean_score(values: Floats, resamples: int) -> Score:
    """Return the mean and its interval over paths: a path's markets are drawn together."""
    of_path = values.mean(axis=0)
    counts = stationary_counts(len(of_path), resamples, mean_block=1)
    return Score(float(of_path.mean()), *interval(counts @ of_path / len(of_path)))


def table_of(made: Mapping[str, Floats], resamples: int) -> dict[str, dict[str, Score]]:
    """Return by seller the shortfall, and how much lower the policy's is on the same path (``gain``)."""
    table = {}
    for name, values in made.items():
        table[name] = {"shortfall": mean_score(values, resamples)}
        if name != MODEL:
            table[name]["gain"] = mean_score(values - made[MODEL], resamples)
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
