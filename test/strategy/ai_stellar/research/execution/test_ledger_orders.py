"""Parent orders as transactions on a sandbox of their own."""

from dataclasses import replace

import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from hummingbot.connector.exchange.stellar.sandbox.market.parameters import MarketParameters
from hummingbot.strategy.ai_stellar.predictors.execution import ACTIONS, STATE
from hummingbot.strategy.ai_stellar.research.execution.environment import ExecutionEnvironment
from hummingbot.strategy.ai_stellar.research.execution.ledger_orders import LedgerOrders, on_sandbox
from hummingbot.strategy.ai_stellar.research.execution.orders import BASE_FEE
from hummingbot.strategy.ai_stellar.research.execution.schedules import SCHEDULES
from hummingbot.strategy.ai_stellar.research.execution.simulator import Simulator

ALONE = MarketParameters(arrivals=0.0, impact=0.0)
BUSY = MarketParameters(arrivals=400.0, informed=0.0, impact=0.0, requote_tolerance=900.0)
WAIT, JOIN, IMPROVE, SLICE, ALL = (
    ACTIONS.index(name) for name in ("wait", "join", "improve", "cross a slice", "cross all")
)
STILL = np.zeros(11)


def act(orders, *actions):
    before = orders.shortfall[0]
    rewards = [float(orders.step(np.array([action]))[0]) for action in actions]
    assert sum(rewards) == pytest.approx(before - orders.shortfall[0])
    return orders


@pytest.mark.parametrize("buying", [False, True])
@pytest.mark.parametrize("quantity", [1_000.0, 30_000.0])
def test_crossing_costs_what_the_quick_market_says(quantity, buying):
    orders = act(LedgerOrders(ALONE, STILL, quantity, 1, buying=buying), ALL)
    quick = Simulator(ALONE, STILL[None, :], np.array([quantity]), 1, buying=buying)
    quick.step(np.array([ALL]))
    assert orders.left[0] == 0.0
    assert orders.shortfall[0] == pytest.approx(quick.shortfall[0], abs=0.05)


@pytest.mark.parametrize("buying", [False, True])
def test_what_is_seen_is_what_the_quick_market_shows(buying):
    orders = LedgerOrders(ALONE, STILL, 20_000.0, 1, buying=buying)
    quick = Simulator(ALONE, STILL[None, :], np.array([20_000.0]), 1, buying=buying)
    assert orders.state()[0] == pytest.approx(quick.state()[0], abs=0.01)


@pytest.mark.parametrize(("buying", "gain"), [(False, 1.0), (True, -1.0)])
def test_a_rising_price_helps_who_sells_and_hurts_who_buys(buying, gain):
    rise = np.arange(11) * 1e-3
    orders = act(LedgerOrders(ALONE, rise, 1_000.0, 1, buying=buying), *[WAIT] * 10)
    assert orders.left[0] == 0.0
    assert -gain * orders.shortfall[0] > 80.0


@pytest.mark.parametrize("buying", [False, True])
def test_who_joins_waits_behind_the_queue_and_who_improves_does_not(buying):
    joined, improved = (
        act(LedgerOrders(BUSY, STILL, 20_000.0, 3, buying=buying), *[action] * 3)
        for action in (JOIN, IMPROVE)
    )
    assert improved.left[0] < joined.left[0]
    assert improved.shortfall[0] < 0.0


def test_a_place_in_the_queue_is_kept_while_the_offer_stands():
    orders = LedgerOrders(BUSY, STILL, 20_000.0, 3)
    queue = STATE.index("queue")
    assert orders.state()[0, queue] == -1.0
    ahead = [act(orders, JOIN).state()[0, queue] for _ in range(3)]
    assert all(one >= 0.0 for one in ahead)
    assert ahead == sorted(ahead, reverse=True)


def test_every_operation_costs_the_base_fee():
    orders = act(LedgerOrders(ALONE, STILL, 20_000.0, 1), JOIN, JOIN, WAIT)
    assert orders.left[0] == pytest.approx(20_000.0)
    assert orders.shortfall[0] == pytest.approx(1e4 * 3 * BASE_FEE / 20_000.0)


def test_an_empty_side_is_survived():
    thin = replace(ALONE, level_amount=10.0, refill_lag=80_000.0)
    orders = act(LedgerOrders(thin, STILL, 20_000.0, 1), ALL, JOIN, *[SLICE] * 8)
    assert np.isfinite(orders.state()).all()
    assert orders.left[0] == 0.0
    with pytest.raises(ValueError, match="all 10 ledgers are closed"):
        act(orders, WAIT)


def test_schedules_cost_about_what_the_quick_market_says():
    random = np.random.default_rng(5)
    paths = np.cumsum(np.pad(random.normal(0.0, 6e-4, (6, 10)), ((0, 0), (1, 0))), axis=1)
    market = MarketParameters(maker_latency=15.0)
    for name in ("TWAP", "immediate", "Almgren–Chriss"):
        quick = Simulator(market, paths, np.full(6, 20_000.0), 1)
        whole = [LedgerOrders(market, path, 20_000.0, k) for k, path in enumerate(paths)]
        for _ in range(10):
            for orders in (quick, *whole):
                SCHEDULES[name](orders)
        shortfall = np.array([orders.shortfall[0] for orders in whole])
        assert shortfall.mean() == pytest.approx(quick.shortfall.mean(), abs=4.0)
        if name == "TWAP":
            assert np.corrcoef(shortfall, quick.shortfall)[0, 1] > 0.9


def test_the_environment_on_a_sandbox_is_one_of_gymnasium():
    def draw(random):
        return np.concatenate([[0.0], np.cumsum(random.normal(0.0, 1e-3, 10))]), 20_000.0

    check_env(ExecutionEnvironment(on_sandbox(draw)), skip_render_check=True)
