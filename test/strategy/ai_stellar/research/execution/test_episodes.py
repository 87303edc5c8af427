"""Paths, parent orders and schedules."""

import math
from dataclasses import replace

import numpy as np
import pytest

from hummingbot.connector.exchange.stellar.sandbox.market.parameters import MarketParameters
from hummingbot.strategy.ai_stellar.predictors.execution import ExecutionPolicy
from hummingbot.strategy.ai_stellar.research.execution.episodes import (
    KNOWN,
    LARGEST,
    LEDGERS,
    SECONDS,
    SMALLEST,
    UNKNOWN,
    draw_paths,
    draw_quantities,
    explore,
    shuffled,
)
from hummingbot.strategy.ai_stellar.research.execution.schedules import SCHEDULES, policy_of
from hummingbot.strategy.ai_stellar.research.execution.simulator import Simulator

ALONE = MarketParameters(arrivals=0.0, level_amount=1e6)


def left_after(name, ledgers=4):
    orders = Simulator(ALONE, np.zeros((1, ledgers + 1)), np.array([100.0]), 0)
    left = [100.0]
    for _ in range(ledgers):
        SCHEDULES[name](orders)
        left.append(float(orders.left[0]))
    return left


def test_twap_crosses_equal_slices():
    assert left_after("TWAP") == pytest.approx([100.0, 75.0, 50.0, 25.0, 0.0])


def test_immediate_crosses_all():
    assert left_after("immediate") == [100.0, 0.0, 0.0, 0.0, 0.0]


def test_almgren_chriss_crosses_along_its_trajectory():
    planned = [100.0 * math.sinh(2.0 * (1.0 - k / 4)) / math.sinh(2.0) for k in range(5)]
    assert left_after("Almgren–Chriss") == pytest.approx(planned)


def test_passive_twap_is_a_slice_late_where_nobody_takes():
    assert left_after("passive TWAP") == pytest.approx([100.0, 100.0, 75.0, 50.0, 0.0])


def test_paths_are_made_of_returns_of_one_coin():
    paths = draw_paths([np.array([0.01, 0.02]), np.array([-0.5])], 50, seed=1)
    moves = np.diff(paths, axis=1) / math.sqrt(SECONDS / 3600.0)
    assert paths.shape == (50, LEDGERS + 1)
    assert (paths[:, 0] == 0.0).all()
    assert set(np.unique(moves[0::2].round(9))) == {0.01, 0.02}
    assert set(np.unique(moves[1::2].round(9))) == {-0.5}


def test_neighbours_in_history_stay_neighbours():
    paths = draw_paths([np.arange(10_000.0)], 200, seed=1)
    moves = np.diff(paths, axis=1) / math.sqrt(SECONDS / 3600.0)
    assert np.isclose(np.diff(moves, axis=1), 1.0).mean() > 0.9


def test_shuffled_paths_have_the_same_moves_in_size():
    paths = draw_paths([np.random.default_rng(0).normal(size=500)], 40, seed=1)
    walks = shuffled(paths, seed=2)

    def sizes(one):
        return np.sort(np.abs(np.diff(one, axis=1)).ravel())

    assert sizes(walks) == pytest.approx(sizes(paths))
    assert not np.allclose(walks, paths)


def test_quantities_lie_in_their_range():
    drawn = draw_quantities(500, seed=1)
    assert SMALLEST <= drawn.min() < drawn.max() <= LARGEST


def test_no_market_is_trained_on_and_judged_on():
    assert not set(KNOWN) & set(UNKNOWN)


def test_rewards_are_the_shortfall_on_average():
    random = np.random.default_rng(3)
    paths = np.cumsum(np.pad(random.normal(0.0, 5e-4, (4_000, 6)), ((0, 0), (1, 0))), axis=1)
    paths = np.concatenate([paths, -paths])
    market = replace(ALONE, impact=0.0)
    learnt = -sum(stage.reward.sum() for stage in explore([market], paths, seed=1)) / len(paths)
    flat = -sum(stage.reward.sum() for stage in explore([market], 0.0 * paths, seed=1)) / len(paths)
    assert learnt == pytest.approx(flat, abs=0.3)


def test_a_learnt_policy_sells_cheaper_than_chance_in_unknown_markets():
    walks = np.cumsum(np.random.default_rng(4).normal(0.0, 7e-4, (5_000, LEDGERS + 1)), axis=1)
    walks -= walks[:, :1]
    training, test = walks[:4_000], walks[4_000:]
    policy = ExecutionPolicy.fit(explore(KNOWN, training, seed=1))
    random = np.random.default_rng(6)

    def mean_shortfall(close):
        orders = Simulator(UNKNOWN[0], test, draw_quantities(len(test), 5), 7)
        for _ in range(LEDGERS):
            close(orders)
        return orders.shortfall.mean()

    chance = mean_shortfall(lambda orders: orders.step(random.integers(0, 8, len(test))))
    assert mean_shortfall(policy_of(policy)) < chance
