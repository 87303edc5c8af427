"""A ledger of a parent order: the decision beside the library's own call, and two markets."""

import lightgbm
import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from hummingbot.strategy.ai_stellar.predictors.execution import ACTIONS, STATE, ExecutionPolicy
from hummingbot.strategy.ai_stellar.research.execution.episodes import BASE, LEDGERS
from hummingbot.strategy.ai_stellar.research.execution.ledger_orders import LedgerOrders
from hummingbot.strategy.ai_stellar.research.execution.schedules import twap
from hummingbot.strategy.ai_stellar.research.execution.simulator import Simulator

POLICY = ExecutionPolicy.load()
PATH = np.zeros(LEDGERS + 1)
SOME = 1_000
ORDER = np.zeros(len(STATE))


@pytest.mark.benchmark(group="decision on a parent order")
def test_act(benchmark: BenchmarkFixture):
    benchmark(POLICY.act, ORDER)


@pytest.mark.benchmark(group="decision on a parent order")
def test_act_by_the_library(benchmark: BenchmarkFixture):
    booster = lightgbm.Booster(model_str=POLICY.text)
    rows = np.column_stack([np.tile(ORDER, (len(ACTIONS), 1)), np.arange(len(ACTIONS))])
    benchmark(lambda: int(np.argmax(booster.predict(rows, num_threads=1))))


@pytest.mark.benchmark(group="what a decision sees")
def test_observe_a_sandbox(benchmark: BenchmarkFixture):
    orders = LedgerOrders(BASE, PATH, 20_000.0, 1)
    benchmark(orders.state)


@pytest.mark.benchmark(group="ledgers of parent orders")
def test_a_thousand_orders_in_the_quick_market(benchmark: BenchmarkFixture):
    def begin() -> tuple[tuple[Simulator], dict[str, object]]:
        return (Simulator(BASE, np.tile(PATH, (SOME, 1)), np.full(SOME, 20_000.0), 1),), {}

    benchmark.pedantic(twap, setup=begin, rounds=20)


@pytest.mark.benchmark(group="ledgers of parent orders")
def test_one_order_on_the_whole_sandbox(benchmark: BenchmarkFixture):
    def begin() -> tuple[tuple[LedgerOrders], dict[str, object]]:
        return (LedgerOrders(BASE, PATH, 20_000.0, 1),), {}

    benchmark.pedantic(twap, setup=begin, rounds=20)
