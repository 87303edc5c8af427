"""The part of ``status`` that shows how we are connected: nodes, feeds, and channel accounts."""

from collections.abc import Sequence

from hummingbot.connector.exchange.stellar.horizon.feed_status import FeedStatus
from hummingbot.connector.exchange.stellar.horizon.health import NodeStatus
from hummingbot.connector.exchange.stellar.transactions.source_account import SourceAccount

from .text_table import table

__all__ = ["render_channels", "render_sources"]


def render_sources(nodes: Sequence[NodeStatus], feeds: Sequence[FeedStatus]) -> list[str]:
    """Return the lines of the tables of nodes and feeds, each with what troubles it."""
    return _nodes(nodes) + _feeds(feeds)


def _nodes(nodes: Sequence[NodeStatus]) -> list[str]:
    if not nodes:
        return []
    rows = [
        (
            node.name,
            node.state,
            "-" if node.latency is None else f"{node.latency * 1000:.0f} ms",
            "-" if node.ledgers_behind is None else str(node.ledgers_behind),
            f"{node.failed:.0%}",
            str(node.streams),
        )
        for node in nodes
    ]
    lines = table("Nodes", ("address", "state", "latency", "ledgers behind", "failed", "streams"), rows)
    troubles = [f"    {_sentence(node.name, node.trouble)}" for node in nodes if node.trouble]
    return [*lines[:-1], *troubles, ""]


def _feeds(feeds: Sequence[FeedStatus]) -> list[str]:
    if not feeds:
        return []
    rows = [
        (
            feed.name,
            f"stream of {feed.node}" if feed.node else "polling",
            "-" if feed.ledgers_behind is None else str(feed.ledgers_behind),
            "never" if feed.seconds is None else f"{feed.seconds:.1f} s ago",
        )
        for feed in feeds
    ]
    lines = table("Feeds", ("feed", "by", "ledgers behind", "last news"), rows)
    troubles = [f"    {_sentence(feed.name, feed.trouble)}" for feed in feeds if feed.trouble]
    return [*lines[:-1], *troubles, ""]


def render_channels(channels: Sequence[SourceAccount]) -> list[str]:
    """Return the lines of the table of channel accounts, and why some are set aside."""
    if not channels:
        return []
    rows = [(channel.account, channel.state) for channel in channels]
    lines = table("Channel accounts", ("account", "state"), rows)
    troubles = [
        f"    {_sentence(channel.account, channel.trouble)}" for channel in channels if channel.trouble
    ]
    return [*lines[:-1], *troubles, ""]


def _sentence(name: str, trouble: str) -> str:
    return f"{trouble}." if name in trouble else f"{name}: {trouble}."
