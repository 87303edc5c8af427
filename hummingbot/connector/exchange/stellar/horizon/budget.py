"""Which feeds are streams, on which node, and how often the others are polled."""

from collections.abc import Callable, Sequence
from enum import IntEnum
from math import ceil
from typing import Protocol

from .feed_status import FeedStatus
from .node import HorizonNode

__all__ = ["Feed", "Importance", "StreamBudget"]


class Importance(IntEnum):
    """Which feeds get a stream first."""

    LEDGERS = 0
    ACCOUNT = 1
    BOOK = 2
    TRADES = 3


class Feed(Protocol):
    """Something that is followed."""

    importance: Importance

    def status(self) -> FeedStatus:
        """Return how fresh it is."""


class StreamBudget:
    """Shares out the streams that nodes can bear: each wake-up of a stream costs a token of the node's quota.

    Parameters
    ----------
    ranked : callable
        Returns the usable nodes, best first for streams.
    interval : callable
        Seconds between two ledgers.
    """

    def __init__(self, ranked: Callable[[], Sequence[HorizonNode]], interval: Callable[[], float]) -> None:
        self._ranked = ranked
        self._interval = interval
        self._feeds: list[Feed] = []

    @property
    def feeds(self) -> tuple[Feed, ...]:
        """What is followed now."""
        return tuple(self._feeds)

    def enter(self, feed: Feed) -> None:
        """Count a feed in."""
        self._feeds.append(feed)

    def leave(self, feed: Feed) -> None:
        """Count it out."""
        self._feeds.remove(feed)

    def node_for(self, feed: Feed) -> HorizonNode | None:
        """Return the node that streams it, None if it is to be polled."""
        return self._shares().get(id(feed))

    def poll_period(self) -> int:
        """Return how many ledgers pass between two polls of a feed, so that all polls fit into the quotas."""
        nodes = self._ranked()
        if not nodes or any(node.quota is None for node in nodes):
            return 1
        polled = len(self._feeds) - len(self._shares())
        polls = sum(node.quota.spare for node in nodes if node.quota) * self._interval() / 2
        return max(1, ceil(polled / polls)) if polls else len(self._feeds)

    def _shares(self) -> dict[int, HorizonNode]:
        shares: dict[int, HorizonNode] = {}
        room = [(node, node.quota.streams if node.quota else len(self._feeds)) for node in self._ranked()]
        for feed in sorted(self._feeds, key=lambda feed: feed.importance):
            while room and not room[0][1]:
                room.pop(0)
            if not room:
                break
            node, left = room[0]
            room[0] = (node, left - 1)
            shares[id(feed)] = node
        return shares
