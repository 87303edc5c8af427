"""The move of a ladder of fifty bids and fifty asks: how long its plan takes, and its operations.

Each order cancelled and placed anew would be 200 operations, in two transactions and so in two ledgers.
"""

from decimal import Decimal

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from hummingbot.connector.exchange.stellar.transactions.instructions import Cancellation, Placement
from test.benchmarks.conftest import Promises
from test.connector.exchange.stellar.transactions.ladders import UNIT, Trader

LEVELS = 50
Asked = list[Placement | Cancellation]


def ladder(trader: Trader, shift: int) -> list[Placement]:
    """Return bids from 0.1 down and asks from 0.11 up, all shifted by ten-thousandths."""
    return [
        trader.placement(is_buy, 10 * UNIT, Decimal(price + shift).scaleb(-4))
        for level in range(LEVELS)
        for is_buy, price in ((True, 1000 - level), (False, 1100 + level))
    ]


@pytest.fixture(scope="module")
def trader() -> Trader:
    """A trader whose ladder rests."""
    trader = Trader()
    trader.carry_out(trader.plan(*ladder(trader, 0)))
    assert len(trader.orders) == 2 * LEVELS
    return trader


def moved(trader: Trader, shift: int) -> Asked:
    """Return what is asked for in the tick that moves it."""
    return [*map(trader.cancellation, trader.orders), *ladder(trader, shift)]


@pytest.mark.benchmark(group="the plan of 100 moved orders")
@pytest.mark.parametrize("shift", [5, 200], ids=["a little", "beyond its other side"])
def test_plan(benchmark: BenchmarkFixture, promise: Promises, trader: Trader, shift: int) -> None:
    asked = moved(trader, shift)
    plan = benchmark(lambda: trader.plan(*asked))
    milliseconds = benchmark.stats.stats.median * 1000
    promise(f"plan of 100 orders moved by {shift / 10_000}", milliseconds, "ms", most=15)
    promise(f"a ladder of 100 moved by {shift / 10_000}", len(plan.steps), "operations", most=100)
