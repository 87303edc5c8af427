"""Streams go by importance within the nodes' quotas; what gets none is polled as often as fits."""

from dataclasses import dataclass

import pytest

from hummingbot.connector.exchange.stellar import stellar_web_utils
from hummingbot.connector.exchange.stellar.horizon.budget import Importance, StreamBudget
from hummingbot.connector.exchange.stellar.horizon.node import HorizonNode
from hummingbot.connector.exchange.stellar.horizon.quota import Quota


@dataclass(eq=False)
class Feed:
    importance: Importance


def node(per_hour=3600, interval=5.0):
    throttler = stellar_web_utils.create_throttler("stellar_local")
    quota = Quota(per_hour, 100, wakes_every=lambda: interval) if per_hour else None
    factory = stellar_web_utils.build_api_factory(throttler)
    return HorizonNode("http://127.0.0.1:9", factory, throttler, quota)


def shared(nodes, feeds, interval=5.0):
    budget = StreamBudget(lambda: nodes, lambda: interval)
    for feed in feeds:
        budget.enter(feed)
    return budget


def two_pairs():
    return [
        Feed(Importance.TRADES),
        Feed(Importance.BOOK),
        Feed(Importance.TRADES),
        Feed(Importance.BOOK),
        Feed(Importance.LEDGERS),
        Feed(Importance.ACCOUNT),
    ]


def test_one_public_node_bears_ledgers_account_and_one_book():
    feeds = two_pairs()
    budget = shared([node()], feeds)

    streamed = [feed for feed in feeds if budget.node_for(feed)]

    assert [feed.importance for feed in streamed] == [Importance.BOOK, Importance.LEDGERS, Importance.ACCOUNT]


def test_a_second_node_bears_the_rest():
    first, second = node(), node()
    feeds = two_pairs()
    budget = shared([first, second], feeds)

    given = [budget.node_for(feed) for feed in feeds]

    assert None not in given
    assert (given.count(first), given.count(second)) == (3, 3)
    assert budget.node_for(feeds[4]) is first


def test_a_node_without_a_quota_bears_all():
    only = node(per_hour=0)
    feeds = two_pairs()
    budget = shared([only], feeds)

    assert all(budget.node_for(feed) is only for feed in feeds)
    assert budget.poll_period() == 1


def test_where_ledgers_come_faster_than_tokens_nothing_is_streamed():
    feeds = two_pairs()
    budget = shared([node(interval=0.05)], feeds, interval=0.05)

    assert not any(budget.node_for(feed) for feed in feeds)
    assert budget.poll_period() == 240  # 6 feeds, each every 12 s: half a request a second


def test_without_a_node_that_can_stream_nothing_is_streamed():
    feeds = two_pairs()

    assert not any(shared([], feeds).node_for(feed) for feed in feeds)


@pytest.mark.parametrize(("pairs", "period"), [(1, 1), (2, 3), (10, 19)])
def test_what_is_polled_shares_half_of_what_streams_leave(pairs, period):
    feeds = [Feed(Importance.LEDGERS), Feed(Importance.ACCOUNT)]
    feeds += [Feed(kind) for _ in range(pairs) for kind in (Importance.BOOK, Importance.TRADES)]
    only = node()
    for _ in range(3):
        only.quota.open_stream()
    budget = shared([only], feeds)

    polls_an_hour = (len(feeds) - 3) * 3600 / (budget.poll_period() * 5)

    assert polls_an_hour + 3 * 720 <= 3600 * 0.8 + 1e-9
    assert budget.poll_period() == period


def test_a_feed_that_ends_gives_its_stream_to_the_next():
    feeds = two_pairs()
    budget = shared([node()], feeds)
    budget.leave(feeds[1])

    assert budget.node_for(feeds[3]) is not None
