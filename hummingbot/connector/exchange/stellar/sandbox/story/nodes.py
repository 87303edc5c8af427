"""The nodes that a story asked: its first Horizon, and others with limits of their own."""

import re
from collections import Counter
from typing import Final

from ..http.node import Node, Views
from ..http.rate_limit import RateLimit
from ..sandbox import Sandbox
from .recording import Connection, Story

__all__ = ["host_of", "make_node", "make_nodes"]

LEDGER_SECONDS: Final = 1.0
LOOK_SECONDS: Final = 1.0
LOOKING_SECONDS: Final = 0.0025
"""What it took a stream to look for a ledger, beside the time between two looks."""

PER_HOUR: Final = re.compile(r"PER_HOUR_RATE_LIMIT[ =](\d+)")
EVERY: Final = re.compile(r"SSE_UPDATE_FREQUENCY[ =](\d+)")


def make_nodes(story: Story, sandbox: Sandbox) -> dict[str, Node]:
    """Return a node for each that was asked, by its description; that of the first is empty."""
    return {about: make_node(about, sandbox) for about in ("", *story.instances)}


def make_node(about: str, sandbox: Sandbox) -> Node:
    """Return a node with the rate limit and the time between looks that its description tells of."""
    limit, every = PER_HOUR.search(about), EVERY.search(about)
    return Node(
        1,
        RateLimit(int(limit[1]) if limit else None),
        Views(sandbox),
        ledger_seconds=LEDGER_SECONDS,
        look_seconds=(float(every[1]) if every else LOOK_SECONDS) + LOOKING_SECONDS,
    )


def host_of(story: Story) -> dict[str, str]:
    """Return which node a host stands for, by the host names that streams were opened at.

    Most of them were at the first; the others follow in the order in which they were asked.
    """
    hosts = Counter(connection.host for connection in _timed(story))
    names = [host for host, _ in hosts.most_common(1)]
    names += [host for host in dict.fromkeys(c.host for c in _timed(story)) if host not in names]
    return dict(zip(names, ["", *story.instances], strict=False))


def _timed(story: Story) -> list[Connection]:
    return [
        connection
        for transcript in story.streams
        for connection in transcript.connections
        if connection.opened is not None
    ]
