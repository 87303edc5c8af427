"""Parent orders in simulated books."""

from dataclasses import replace

import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from hummingbot.connector.exchange.stellar.ledger.exchange import exchange_v10
from hummingbot.connector.exchange.stellar.sandbox.market.parameters import MarketParameters
from hummingbot.strategy.ai_stellar.predictors.execution import ACTIONS, STATE
from hummingbot.strategy.ai_stellar.research.execution.environment import ExecutionEnvironment, simulated
from hummingbot.strategy.ai_stellar.research.execution.orders import BASE_FEE, INSIDE
from hummingbot.strategy.ai_stellar.research.execution.simulator import Ladder, Simulator

ALONE = MarketParameters(arrivals=0.0, impact=0.0, requote_tolerance=0.0)
"""Makers and nobody else."""
JOIN, IMPROVE, SLICE, ALL = (
    ACTIONS.index(name) for name in ("join", "improve", "cross a slice", "cross all")
)
STROOP = 10**7


def orders(market=ALONE, quantity=20_000.0, ledgers=10, n=1, move=0.0, seed=0):
    path = np.tile(np.arange(ledgers + 1) * move, (n, 1))
    return Simulator(market, path, np.full(n, quantity), seed)


def always(action, n=1):
    return np.full(n, action)


def sell(simulator, action):
    n = len(simulator.left)
    for _ in range(simulator.ledgers):
        simulator.step(always(action, n))
    return simulator


@pytest.mark.parametrize("quantity", [1_000.0, 5_000.0, 33_333.0, 200_000.0])
def test_crossing_costs_what_the_ledger_charges(quantity):
    ladder = Ladder.of(ALONE)
    wanted, proceeds = round(quantity * STROOP), 0
    for offset, amount in zip(ladder.offset, ladder.amount, strict=True):
        n, d = round((1 - offset / 1e4) * 10**8), 10**8  # a bid at n/d sells quote for base at d/n
        pays = round(amount * STROOP) * n // d
        quote, base, _ = exchange_v10(d, n, pays, 2**62, wanted, 2**62)
        wanted, proceeds = wanted - base, proceeds + quote
        if wanted <= 1:
            break

    simulator = orders(quantity=quantity)
    simulator.step(always(ALL))

    charged = (1.0 - proceeds / (quantity * STROOP) + BASE_FEE / quantity) * 1e4
    assert simulator.left[0] == 0.0
    assert simulator.shortfall[0] == pytest.approx(charged, abs=1e-4)


def test_small_orders_pay_half_the_spread_and_the_fee():
    simulator = orders(quantity=100.0)
    simulator.step(always(ALL))
    assert simulator.shortfall[0] == pytest.approx(ALONE.half_spread + 1e4 * BASE_FEE / 100.0)


def test_buying_pays_the_mirror_image():
    random = np.random.default_rng(2)
    path = np.cumsum(random.normal(0.0, 1e-3, (300, 11)), axis=1)
    path -= path[:, :1]
    quantity = np.full(300, 20_000.0)

    def traded(action, buying):
        simulator = Simulator(MarketParameters(), -path if buying else path, quantity, 4, buying=buying)
        return sell(simulator, action)

    for action in (SLICE, IMPROVE):
        sold, bought = traded(action, False), traded(action, True)
        assert bought.left.tolist() == sold.left.tolist()
        assert bought.shortfall == pytest.approx(sold.shortfall, abs=1e4 * np.max(path**2) * 2)
        assert bought.shortfall.mean() > 0.0


def test_buying_a_little_pays_half_the_spread_and_the_fee_at_once_and_more_where_the_price_rises():
    def bought(move):
        path = np.arange(11)[None, :] * move
        return Simulator(ALONE, path, np.array([100.0]), 0, buying=True)

    simulator = bought(0.0)
    simulator.step(always(ALL))
    assert simulator.shortfall[0] == pytest.approx(ALONE.half_spread + 1e4 * BASE_FEE / 100.0)
    assert sell(bought(1e-3), SLICE).shortfall[0] > sell(bought(-1e-3), SLICE).shortfall[0] + 50.0


def test_slices_cost_less_than_all_at_once_because_levels_refill():
    assert sell(orders(), SLICE).shortfall[0] < sell(orders(), ALL).shortfall[0]


def test_levels_do_not_refill_at_once():
    simulator = orders(quantity=50_000.0)
    full = simulator.bids.sum()
    simulator.step(always(SLICE))
    assert full - 5_000.0 < simulator.bids.sum() < full


def test_impact_makes_the_remainder_dearer():
    pushed = sell(orders(replace(ALONE, impact=5.0), move=1e-4), SLICE)
    assert (
        pushed.shortfall[0] == sell(orders(move=1e-4), SLICE).shortfall[0]
    )  # a straight path has no volatility
    path = np.array([[0.0, 1e-3, 0.0, 1e-3, 0.0, 1e-3, 0.0]])
    costs = [
        sell(Simulator(replace(ALONE, impact=impact), path, np.array([20_000.0]), 0), SLICE).shortfall[0]
        for impact in (0.0, 5.0)
    ]
    assert costs[0] < costs[1]


def test_what_is_left_is_crossed_in_the_last_ledger():
    simulator = sell(orders(move=-1e-3), 0)
    assert simulator.left[0] == 0.0
    assert simulator.shortfall[0] > 9 * 10.0 - 10.0


def test_nothing_rests_in_front_of_takers_who_do_not_come():
    simulator = orders()
    simulator.step(always(IMPROVE))
    assert simulator.left[0] == 20_000.0
    assert simulator.shortfall[0] == pytest.approx(1e4 * BASE_FEE / 20_000.0)


def test_who_joins_waits_behind_the_queue_and_who_improves_does_not():
    busy = replace(ALONE, arrivals=400.0, informed=0.0)
    joined, improved = (orders(busy, n=400) for _ in range(2))
    joined.step(always(JOIN, 400))
    improved.step(always(IMPROVE, 400))
    assert joined.left.mean() > improved.left.mean()
    filled = improved.left < 20_000.0
    share = 1.0 - improved.left[filled] / 20_000.0
    gained = 1e4 * BASE_FEE / 20_000.0 - share * (busy.half_spread - INSIDE)
    assert improved.shortfall[filled] == pytest.approx(gained)


def test_a_place_in_the_queue_is_kept_while_the_quotes_stand():
    busy = replace(ALONE, arrivals=400.0, informed=0.0, level_amount=2_000.0, refill_lag=1e4)
    simulator = orders(busy, n=400)
    simulator.step(always(JOIN, 400))
    first = simulator.state()[:, STATE.index("queue")]
    assert (first >= 0.0).all()
    simulator.step(always(JOIN, 400))
    assert simulator.state()[:, STATE.index("queue")].mean() < first.mean()


def test_informed_takers_tell_where_quotes_will_go():
    def foretold(informed):
        random = np.random.default_rng(1)
        path = np.cumsum(random.normal(0.0, 2e-3, (4_000, 3)), axis=1)
        market = MarketParameters(informed=informed, maker_latency=30.0, arrivals=400.0)
        simulator = Simulator(market, path - path[:, :1], np.full(4_000, 1e4), 2)
        simulator.step(always(0, 4_000))
        flow, quote = simulator.state()[:, STATE.index("flow")], simulator.quote.copy()
        simulator.step(always(0, 4_000))
        return np.corrcoef(flow, simulator.quote - quote)[0, 1]

    assert foretold(0.5) > 0.3
    assert abs(foretold(0.0)) < 0.05


def test_the_same_seed_sells_the_same():
    costs = [sell(orders(MarketParameters(), n=50, seed=3), JOIN).shortfall for _ in range(2)]
    assert costs[0].tolist() == costs[1].tolist()
    assert costs[0].tolist() != sell(orders(MarketParameters(), n=50, seed=4), JOIN).shortfall.tolist()


def test_rewards_sum_to_minus_the_shortfall():
    simulator = orders(MarketParameters(), n=20)
    total = sum(simulator.step(always(SLICE, 20)) for _ in range(10))
    assert total == pytest.approx(-simulator.shortfall)


def test_no_ledger_closes_after_the_last():
    with pytest.raises(ValueError, match="all 10 ledgers are closed: begin another episode"):
        sell(orders(), SLICE).step(always(SLICE))


def test_unknown_actions_are_refused():
    with pytest.raises(ValueError, match="an action is outside 0 to 7: choose one of wait, join"):
        orders().step(always(len(ACTIONS)))


def draw(random):
    return np.concatenate([[0.0], np.cumsum(random.normal(0.0, 1e-3, 10))]), 20_000.0


def test_the_environment_is_one_of_gymnasium():
    check_env(ExecutionEnvironment(simulated(draw)), skip_render_check=True)


def test_an_episode_ends_when_all_is_sold():
    environment = ExecutionEnvironment(simulated(draw))
    environment.reset(seed=1)
    _, reward, over, cut, info = environment.step(np.int64(ALL))
    assert over
    assert not cut
    assert info == {"shortfall": -reward, "left": 0.0}


def test_a_step_before_reset_is_refused():
    with pytest.raises(ValueError, match="no episode has begun: call reset first"):
        ExecutionEnvironment(simulated(draw)).step(np.int64(0))
