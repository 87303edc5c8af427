"""How a node is doing: how fast it answers, how often it fails, how far behind it is."""

from dataclasses import dataclass
from typing import Final

__all__ = ["LAG_MOST", "Health", "NodeStatus"]

LATENCY_WEIGHT: Final = 0.2
FAILURE_WEIGHT: Final = 0.1
UNRELIABLE: Final = 0.3
"""Share of failed requests above which other nodes come first."""
REST_FIRST: Final = 0.1
REST_MOST: Final = 30.0
REST_DOUBLINGS: Final = 9
REFUSED_FIRST: Final = 1.0
REFUSED_MOST: Final = 30.0
LAG_MOST: Final = 2
"""Ledgers a node may be behind the others; nodes ingest a ledger at slightly different moments."""


@dataclass(frozen=True, slots=True)
class NodeStatus:
    """One node, for ``status``.

    Parameters
    ----------
    name : str
        Its address, without what may be secret in it.
    state : str
        ``in use``, ``ready``, ``untried``, ``slow``, ``behind``, ``unreliable``, ``resting`` or ``refused``.
    latency : float or None
        Seconds, smoothed; None before the first answer.
    ledgers_behind : int or None
        When it was last asked.
    failed : float
        Share of its last requests that failed.
    streams : int
        Open now.
    trouble : str
        Its last failure in a sentence; ``""`` if its last request succeeded.
    """

    name: str
    state: str
    latency: float | None
    ledgers_behind: int | None
    failed: float
    streams: int
    trouble: str


class Health:
    """What is known of one node. Moments are seconds on the monotonic clock.

    Attributes
    ----------
    latency : float or None
        Exponentially weighted mean of the last answers' seconds.
    failed : float
        Exponentially weighted share of requests without a usable answer.
    ledger : int
        The last one that it is known to have, by what it shows and not by what it claims in a header.
    lag : int or None
        How many ledgers it was behind the newest one known, when it was last asked.
    refusal : str
        Why it is never used: it belongs to another network. ``""`` if it does not.
    trouble : str
    """

    def __init__(self) -> None:
        self.latency: float | None = None
        self.failed = 0.0
        self.ledger = 0
        self.lag: int | None = None
        self.refusal = ""
        self.trouble = ""
        self._failures = 0
        self._refusals = 0
        self._rests_until = float("-inf")

    def took(self, seconds: float) -> None:
        """Note how long an answer took."""
        mean = self.latency
        self.latency = seconds if mean is None else mean + LATENCY_WEIGHT * (seconds - mean)

    def recovered(self, now: float) -> None:
        """Note a usable answer, or an event of a stream."""
        self.failed *= 1 - FAILURE_WEIGHT
        self.trouble = ""
        self._failures = 0
        self._rests_until = now

    def failed_with(self, trouble: str, now: float, rest: float = 0.0) -> None:
        """Note a failure; the node rests, longer each time, and at least `rest` seconds."""
        self.failed += FAILURE_WEIGHT * (1 - self.failed)
        self.trouble = trouble
        usual = 0.0
        if not self.rests(now):  # what was under way when it failed fails with it
            usual = min(REST_MOST, REST_FIRST * 2 ** min(self._failures, REST_DOUBLINGS))
            self._failures += 1
        self._rests_until = max(self._rests_until, now + max(usual, rest))

    def refuse(self, reason: str, now: float) -> None:
        """Note that the node is not to be used, and let it rest before it is asked again."""
        self.trouble = self.refusal = reason
        self._rests_until = now + min(REFUSED_MOST, REFUSED_FIRST * 2 ** min(self._refusals, REST_DOUBLINGS))
        self._refusals += 1

    def admit(self) -> None:
        """Note that it is of our network."""
        self.refusal = ""
        self._refusals = 0

    def showed(self, ledger: int, newest: int) -> None:
        """Note which ledger the node has, beside the newest one that any node has."""
        self.ledger = ledger
        self.lag = max(0, newest - ledger)

    def rests(self, now: float) -> bool:
        """Tell whether the node is left alone after a failure."""
        return now < self._rests_until

    @property
    def is_behind(self) -> bool:
        """Whether it does not keep up with the others."""
        return (self.lag or 0) > LAG_MOST

    @property
    def is_unreliable(self) -> bool:
        """Whether it fails too often."""
        return self.failed > UNRELIABLE
