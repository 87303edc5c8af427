"""A node's health is judged by its last answers, and forgiven."""

import pytest

from hummingbot.connector.exchange.stellar.horizon.health import Health
from hummingbot.connector.exchange.stellar.horizon.ledger_clock import LedgerClock, LedgerHeader
from hummingbot.connector.exchange.stellar.horizon.read_once import ReadOnce


def test_latency_is_a_weighted_mean_of_the_last_answers():
    health = Health()
    for seconds in (0.1, 0.1, 0.6):
        health.took(seconds)

    assert health.latency == pytest.approx(0.2)


def test_a_node_rests_longer_after_each_failure_and_not_after_a_success():
    health, now, rests = Health(), 0.0, []
    for _ in range(12):
        health.failed_with("down", now)
        until = now
        while health.rests(until):
            until += 0.05
        rests.append(round(until - now, 2))
        now = until
    health.recovered(now)

    assert rests[:4] == pytest.approx([0.1, 0.2, 0.4, 0.8], abs=0.051)
    assert max(rests) <= 30.05
    assert not health.rests(now)


def test_requests_that_fail_together_count_as_one_failure():
    health = Health()
    for _ in range(5):
        health.failed_with("down", 0.0)

    assert not health.rests(0.11)


def test_a_node_rests_as_long_as_it_asks():
    health = Health()
    health.failed_with("429", 0.0, rest=60.0)

    assert health.rests(59.0)
    assert not health.rests(60.0)


def test_three_ledgers_behind_are_too_many_and_two_are_not():
    health = Health()
    health.showed(98, 100)
    assert not health.is_behind
    health.showed(97, 100)
    assert health.is_behind


def test_every_token_is_taken_once_and_reading_goes_on_before_the_last():
    once = ReadOnce("0")
    tokens = [str(number) for number in range(1, 101)]

    assert all(once.take(token) for token in tokens)
    assert not any(once.take(token) for token in tokens)
    assert once.cursor == "84"


def test_a_claim_of_a_newer_ledger_is_forgotten_unless_it_is_made_again():
    clock = LedgerClock()
    clock.observe(LedgerHeader(10, 50, 100, 5_000_000))
    clock.learn_of(1000)
    assert clock.behind().ledgers == 990

    for number in (11, 12, 13, 14):
        clock.observe(LedgerHeader(number, 5 * number, 100, 5_000_000))

    assert clock.behind().ledgers == 0
