"""Bars are made of ledger time alone, and an hour without trades is one of them."""

import math

import pytest

from hummingbot.strategy.ai_stellar.market.bars import HOUR, LONGEST_GAP, Bar, BarBuilder, fill_gaps

START = 1_700_000_000 // HOUR * HOUR


def test_a_bar_holds_first_highest_lowest_last_price_and_the_sum_of_amounts():
    builder = BarBuilder()
    for second, price, amount in ((0, 0.11, 5.0), (10, 0.13, 1.0), (20, 0.09, 2.0), (3599, 0.12, 4.0)):
        builder.add_trade(START + second, price, amount)
    assert builder.close_until(START + HOUR) == [Bar(START, 0.11, 0.13, 0.09, 0.12, 12.0, 4)]


def test_a_trade_at_the_full_hour_belongs_to_the_hour_it_begins():
    builder = BarBuilder()
    builder.add_trade(START, 0.11, 1.0)
    builder.add_trade(START + HOUR, 0.12, 1.0)
    assert [bar.close for bar in builder.close_until(START + HOUR)] == [0.11]
    assert builder.open_bar == Bar(START + HOUR, 0.12, 0.12, 0.12, 0.12, 1.0, 1)


def test_a_bar_stays_open_until_its_hour_has_passed_on_the_ledger():
    builder = BarBuilder()
    builder.add_trade(START, 0.11, 1.0)
    assert builder.close_until(START + HOUR - 1) == []
    assert len(builder.close_until(START + HOUR)) == 1
    assert builder.close_until(START + HOUR) == []


def test_hours_without_trades_are_flat_at_the_last_close_and_have_no_volume():
    builder = BarBuilder()
    builder.add_trade(START, 0.11, 1.0)
    _, *quiet = builder.close_until(START + 3 * HOUR)
    assert quiet == [Bar(START + k * HOUR, 0.11, 0.11, 0.11, 0.11, 0.0, 0) for k in (1, 2)]


def test_bars_ended_by_a_later_trade_are_returned_at_the_next_close():
    builder = BarBuilder()
    builder.add_trade(START, 0.11, 1.0)
    builder.add_trade(START + 2 * HOUR, 0.12, 1.0)
    assert [bar.start for bar in builder.close_until(START + 2 * HOUR)] == [START, START + HOUR]


def test_nothing_is_known_before_the_first_trade():
    builder = BarBuilder()
    assert builder.close_until(START) == []
    assert builder.open_bar is None


def test_building_goes_on_after_the_last_bar_of_a_warm_up():
    builder = BarBuilder(after=Bar(START, 0.1, 0.1, 0.1, 0.1, 7.0, 3))
    builder.add_trade(START + HOUR + 5, 0.2, 1.0)
    assert builder.close_until(START + 2 * HOUR) == [Bar(START + HOUR, 0.2, 0.2, 0.2, 0.2, 1.0, 1)]


def test_a_first_bar_without_trades_after_a_warm_up_is_flat_at_its_close():
    builder = BarBuilder(after=Bar(START, 0.1, 0.1, 0.1, 0.1, 7.0, 3))
    assert builder.close_until(START + 2 * HOUR) == [Bar(START + HOUR, 0.1, 0.1, 0.1, 0.1, 0.0, 0)]


@pytest.mark.parametrize("late", [START + 5, START - 5, START + HOUR - 1])
def test_trades_that_come_late_are_ignored_and_counted(late):
    builder = BarBuilder()
    builder.add_trade(START + 10, 0.11, 1.0)
    builder.close_until(START + HOUR)
    builder.add_trade(START + HOUR + 10, 0.12, 1.0)
    builder.add_trade(late, 0.50, 9.0)
    assert builder.ignored == 1
    assert builder.open_bar == Bar(START + HOUR, 0.12, 0.12, 0.12, 0.12, 1.0, 1)


def test_trades_of_one_ledger_share_their_time():
    builder = BarBuilder()
    builder.add_trade(START + 10, 0.11, 1.0)
    builder.add_trade(START + 10, 0.12, 1.0)
    assert builder.ignored == 0
    assert builder.open_bar.close == 0.12


@pytest.mark.parametrize("wrong", [0.0, -1.0, math.nan, math.inf])
def test_prices_and_amounts_must_be_positive_and_finite(wrong):
    builder = BarBuilder()
    with pytest.raises(ValueError, match="price of a trade must be positive and finite"):
        builder.add_trade(START, wrong, 1.0)
    with pytest.raises(ValueError, match="amount of a trade must be positive and finite"):
        builder.add_trade(START, 1.0, wrong)
    assert builder.open_bar is None


def test_a_clock_a_year_ahead_is_refused_before_memory_is_filled_with_flat_bars():
    builder = BarBuilder()
    builder.add_trade(START, 0.11, 1.0)
    with pytest.raises(ValueError, match="check the clock"):
        builder.close_until(START + (LONGEST_GAP + 2) * HOUR)


def test_hours_that_trade_aggregations_leave_out_are_filled():
    bars = [Bar(START, 1, 2, 1, 2, 5.0, 3), Bar(START + 3 * HOUR, 3, 3, 3, 3, 1.0, 1)]
    filled = fill_gaps(bars)
    assert [bar.start for bar in filled] == [START + k * HOUR for k in range(4)]
    assert filled[1] == Bar(START + HOUR, 2, 2, 2, 2, 0.0, 0)


@pytest.mark.parametrize(
    ("starts", "problem"),
    [((0, 0), "not ascending"), ((HOUR, 0), "not ascending"), ((0, 60), "not a multiple")],
)
def test_bars_that_repeat_go_back_or_lie_off_the_hour_are_refused(starts, problem):
    with pytest.raises(ValueError, match=problem):
        fill_gaps([Bar(start, 1, 1, 1, 1, 1.0, 1) for start in starts])
