"""The ledger's clock: time bounds, expiry and staleness are counted in its ticks."""

import asyncio

import pytest

from hummingbot.connector.exchange.stellar.horizon.errors import HorizonUnavailable
from hummingbot.connector.exchange.stellar.horizon.ledger_clock import LedgerClock, LedgerHeader, Staleness

START = 1_704_067_200


def clock_after(ledgers, seconds, wall=1.0):
    """A clock that saw so many ledgers, `seconds` of ledger time and `wall` seconds of wall time apart."""
    clock = LedgerClock()
    for number in range(1, ledgers + 1):
        clock.observe(header(number, START + number * seconds), arrived_at=100 + number * wall)
    return clock


def header(sequence, close_time):
    return LedgerHeader(sequence, close_time, 100, 5_000_000)


@pytest.mark.parametrize(("interval", "bound"), [(1, 30), (5, 30), (6, 36), (300, 1800)])
def test_a_time_bound_is_six_ledgers_but_at_least_thirty_seconds_of_ledger_time(interval, bound):
    clock = clock_after(10, interval)

    assert clock.time_bound() == clock.close_time + bound
    assert clock.median_interval == interval


def test_the_interval_is_the_usual_one_even_if_one_ledger_was_late():
    clock = clock_after(10, 5)
    clock.observe(header(11, clock.close_time + 600))

    assert clock.median_interval == 5


def test_a_jump_over_ledgers_counts_as_that_many_intervals():
    clock = clock_after(1, 5)
    clock.observe(header(11, clock.close_time + 50), arrived_at=111.0)

    assert clock.median_interval == 5
    assert clock.median_arrival == pytest.approx(1.0)


def test_an_old_ledger_does_not_turn_the_clock_back():
    clock = clock_after(5, 5)
    clock.observe(header(3, START))

    assert clock.sequence == 5


def test_staleness_is_ledgers_behind_and_wall_time_since_one_came():
    clock = clock_after(5, 5)
    clock.learn_of(9)

    assert clock.behind(now=107.5) == Staleness(ledgers=4, seconds=2.5)


def test_a_clock_without_a_ledger_is_infinitely_stale():
    assert LedgerClock().behind().seconds == float("inf")


def test_a_moment_is_past_only_where_a_known_ledger_proves_it():
    clock = clock_after(5, 5)

    assert clock.is_later(5, START + 24)
    assert not clock.is_later(5, START + 25)
    assert not clock.is_later(4, START + 24)


async def test_waiting_for_a_moment_ends_with_the_first_later_ledger():
    clock = clock_after(2, 5)
    waiting = asyncio.create_task(clock.passed(START + 15))
    for number, done in ((3, False), (4, True)):
        clock.observe(header(number, START + number * 5))
        for _ in range(5):
            await asyncio.sleep(0)
        assert waiting.done() is done


async def test_the_clock_follows_a_node(sandbox):
    from hummingbot.connector.exchange.stellar import stellar_web_utils

    clock = LedgerClock()
    horizon = stellar_web_utils.build_horizon("stellar_local", [sandbox.url], clock)
    following = asyncio.create_task(horizon.follow_ledgers())

    async with sandbox.ticking(0.02):
        while clock.sequence < 30:
            await clock.tick(1.0)
    following.cancel()

    assert clock.close_time == START + 29 * 5
    assert clock.median_interval == 5


@pytest.mark.parametrize("record", [{}, {"sequence": 1}, {"sequence": "x", "closed_at": "y"}])
def test_a_ledger_that_cannot_be_read_is_named(record):
    with pytest.raises(HorizonUnavailable, match="a ledger that cannot be read"):
        LedgerHeader.read(record)
