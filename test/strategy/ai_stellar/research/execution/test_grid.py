"""A grid of markets, worked through the sandbox's engine."""

import numpy as np
import pytest

from hummingbot.strategy.ai_stellar.predictors.execution import ExecutionPolicy
from hummingbot.strategy.ai_stellar.research.engine import Engine
from hummingbot.strategy.ai_stellar.research.execution.episodes import KNOWN
from hummingbot.strategy.ai_stellar.research.execution.grid import (
    GRID,
    RANGES,
    agreement,
    by_parameter,
    in_quick_market,
    on_ledgers,
)


@pytest.fixture(scope="module")
def paths():
    moves = np.random.default_rng(8).normal(0.0, 6e-4, (2 * len(GRID), 6))
    return np.cumsum(np.pad(moves, ((0, 0), (1, 0))), axis=1)


@pytest.fixture(scope="module")
def policy():
    return ExecutionPolicy.load()


@pytest.fixture(scope="module")
def whole(policy, paths):
    return on_ledgers(policy, paths, 1, Engine())


def test_no_value_of_the_grid_was_trained_on():
    assert len(set(GRID)) == 2 ** len(RANGES)
    for name, values in RANGES.items():
        assert not set(values) & {getattr(one, name) for one in KNOWN}


def test_the_quick_market_agrees_on_what_schedules_cost(policy, paths, whole):
    agreed = agreement(whole, in_quick_market(policy, paths, 1), 100)
    for name in ("TWAP", "immediate", "Almgren–Chriss"):
        difference, correlation = agreed[name]
        assert abs(difference.value) < 3.0
        assert correlation > 0.9


def test_some_orders_buy_and_all_are_done(policy, paths, whole):
    assert whole["TWAP"].shortfall.shape == (1, len(paths))
    assert all(one.left[-1] == 0.0 for one in whole.values())
    rise = np.tile(np.arange(7) * 3e-3, (2 * len(GRID), 1))
    made = in_quick_market(policy, rise, 1)["TWAP"].shortfall[0]
    assert (made[: len(GRID)] < 0.0).all()
    assert (made[len(GRID) :] > 0.0).all()


def test_processes_compute_what_one_does(policy, paths, whole):
    few = paths[: len(GRID) // 2]
    one, two = (on_ledgers(policy, few, 1, Engine(workers=k)) for k in (1, 2))
    for name in one:
        assert one[name].shortfall.tolist() == two[name].shortfall.tolist()


def test_half_of_the_grid_has_the_low_value_of_a_parameter(whole):
    by = by_parameter(whole, "TWAP", 100)
    assert set(by) == set(RANGES)
    overall = np.mean(whole["TWAP"].shortfall - whole["policy"].shortfall)
    for scores in by.values():
        low, high = scores.values()
        assert (low.value + high.value) / 2 == pytest.approx(overall)
