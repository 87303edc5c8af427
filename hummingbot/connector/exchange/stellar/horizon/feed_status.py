"""How fresh a feed is, and what serves it."""

from dataclasses import dataclass

__all__ = ["FeedStatus"]


@dataclass(frozen=True, slots=True)
class FeedStatus:
    """One feed, for ``status`` and for the staleness of what it feeds.

    Parameters
    ----------
    name : str
        Such as ``book of XLM-USDC``.
    node : str
        Address of the node that streams it; ``""`` where it is polled.
    ledgers_behind : int or None
        Ledgers that have come since it was surely up to date, 0 while it is streamed; None before the first
        answer.
    seconds : float or None
        Wall time since something was heard: a stream without news is silent. None before the first answer.
    trouble : str
        Why it is not up to date; ``""`` if nothing failed since it was.
    """

    name: str
    node: str
    ledgers_behind: int | None
    seconds: float | None
    trouble: str
