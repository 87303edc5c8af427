"""A node's quota is not overdrawn: bursts pass, then requests come as fast as tokens do, streams counted."""

import pytest

from hummingbot.connector.exchange.stellar.horizon.quota import Quota


class Wall:
    """A wall clock in the test's hands."""

    now = 0.0

    def __call__(self):
        return self.now


def test_a_burst_passes_and_then_one_request_a_second():
    wall = Wall()
    quota = Quota(3600, 100, wall)

    waits = [quota.wait_for_token() for _ in range(103)]

    assert waits[:100] == [0.0] * 100
    assert waits[100:] == [1.0, 2.0, 3.0]


def test_tokens_come_back_with_time_up_to_a_full_burst():
    wall = Wall()
    quota = Quota(3600, 10, wall)
    for _ in range(10):
        quota.wait_for_token()
    wall.now = 1000.0

    assert [quota.wait_for_token() for _ in range(11)] == [0.0] * 10 + [1.0]


def test_four_open_streams_leave_a_fifth_of_the_quota():
    wall = Wall()
    quota = Quota(3600, 1, wall)
    for _ in range(4):
        quota.open_stream()
    quota.wait_for_token()

    assert quota.wait_for_token() == pytest.approx(5.0)
