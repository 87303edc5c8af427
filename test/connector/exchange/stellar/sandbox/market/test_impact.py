"""Executed volume moves the price by its square root, and the move dies away."""

import math

import pytest

from hummingbot.connector.exchange.stellar.sandbox.market.impact import Impact
from hummingbot.connector.exchange.stellar.sandbox.market.reference import Conditions

DAY = Conditions(volume_ratio=1.0, daily_volatility=0.04, daily_volume=1e6)


def test_one_percent_of_the_daily_volume_moves_a_tenth_of_the_daily_volatility() -> None:
    impact = Impact(1.0, 1800.0)
    impact.add(10_000.0, 0.0)
    assert impact.move(0.0, DAY) == pytest.approx(0.1 * 0.04)


def test_selling_moves_it_down_by_as_much() -> None:
    bought, sold = Impact(0.7, 1800.0), Impact(0.7, 1800.0)
    bought.add(500.0, 0.0)
    sold.add(-500.0, 0.0)
    assert sold.move(60.0, DAY) == -bought.move(60.0, DAY) < 0.0


def test_beyond_a_days_volume_it_moves_no_further() -> None:
    impact = Impact(1.0, 1800.0)
    impact.add(-1e12, 0.0)
    assert impact.move(0.0, DAY) == -DAY.daily_volatility


def test_four_times_the_volume_moves_twice_as_far() -> None:
    small, large = Impact(1.0, 1800.0), Impact(1.0, 1800.0)
    small.add(1000.0, 0.0)
    large.add(4000.0, 0.0)
    assert large.move(0.0, DAY) == pytest.approx(2 * small.move(0.0, DAY))


def test_an_order_in_parts_moves_as_its_whole() -> None:
    whole, parts = Impact(1.0, 1800.0), Impact(1.0, 1800.0)
    whole.add(1000.0, 0.0)
    for _ in range(10):
        parts.add(100.0, 0.0)
    assert parts.move(0.0, DAY) == pytest.approx(whole.move(0.0, DAY))


@pytest.mark.parametrize("half_lives", [1, 2, 5])
def test_the_move_halves_with_every_half_life(half_lives: int) -> None:
    impact = Impact(1.0, 1800.0)
    impact.add(10_000.0, 100.0)
    now = impact.move(100.0, DAY)
    assert impact.move(100.0 + half_lives * 1800.0, DAY) == pytest.approx(now * 0.5**half_lives)


def test_nothing_moves_without_volume_or_where_none_is_known() -> None:
    impact = Impact(1.0, 1800.0)
    assert impact.move(0.0, DAY) == 0.0
    impact.add(100.0, 0.0)
    assert impact.move(0.0, Conditions(1.0, 0.04, 0.0)) == 0.0
    assert math.isfinite(impact.move(1e9, DAY))
