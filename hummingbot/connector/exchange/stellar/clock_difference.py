"""Whether this machine's clock and the ledger's agree. Nothing is decided by it, but timestamps are read."""

from collections import deque
from datetime import UTC, datetime
from typing import Final

__all__ = ["ClockDifference"]

MOST: Final = 60.0
LEDGERS: Final = 5


class ClockDifference:
    """Compares the wall time at which ledgers arrive with their close times.

    One ledger may come late for many reasons, so the least difference of five counts.

    Parameters
    ----------
    network : str
        The domain, for messages.

    Examples
    --------
    >>> difference = ClockDifference("stellar")
    >>> [bool(difference.observe(close_time, close_time + 300.0)) for close_time in range(6)]
    [False, False, False, False, True, False]
    """

    def __init__(self, network: str) -> None:
        self._network = network
        self._seconds: deque[float] = deque(maxlen=LEDGERS)
        self._is_wrong = False

    def observe(self, close_time: int, wall_time: float) -> str:
        """Take a ledger that has just come, and return what to say if that changes the judgement.

        Parameters
        ----------
        close_time : int
            Of the ledger, unix seconds.
        wall_time : float
            Of this machine, unix seconds.
        """
        self._seconds.append(wall_time - close_time)
        if len(self._seconds) < LEDGERS:
            return ""
        least = min(self._seconds, key=abs)
        is_wrong = abs(least) > MOST
        if is_wrong == self._is_wrong:
            return ""
        self._is_wrong = is_wrong
        if not is_wrong:
            return f"this machine's clock and the ledgers of {self._network} agree again"
        relation = "ahead of" if least > 0 else "behind"
        closed = datetime.fromtimestamp(close_time, UTC)
        return (
            f"this machine's clock is {abs(least):.0f} s {relation} the ledgers of {self._network} (the last "
            f"closed at {closed:%Y-%m-%d %H:%M:%S} UTC): set it right, or choose a node that keeps up; time "
            "bounds and staleness go by the ledger, Hummingbot's timestamps by this machine"
        )
