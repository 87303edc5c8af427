"""A node's hourly quota, apart from the throttler: scanning an hour of requests would block the loop."""

import asyncio
import time
from collections.abc import Callable
from typing import Final

__all__ = ["Quota"]

LEDGER_SECONDS: Final = 5.0
SLOWEST: Final = 0.05
STREAMED: Final = 0.6
"""Share of the quota that streams may use up."""


class Quota:
    """A token bucket: each request takes a token, and each open stream one at every wake-up of the node.

    Parameters
    ----------
    per_hour : int
        Tokens that come back within an hour.
    burst : int
        Tokens it holds when full.
    now : callable
        Wall time in seconds.
    wakes_every : callable
        Seconds between a stream's wake-ups: between two ledgers.

    Examples
    --------
    >>> quota = Quota(3600, 100, now=lambda: 0.0)
    >>> quota.wait_for_token()
    0.0
    """

    def __init__(
        self,
        per_hour: int,
        burst: int,
        now: Callable[[], float] = time.monotonic,
        wakes_every: Callable[[], float] = lambda: LEDGER_SECONDS,
    ) -> None:
        self._per_second = per_hour / 3600
        self._burst = float(burst)
        self._now = now
        self._wakes_every = wakes_every
        self._tokens = float(burst)
        self._filled_at = now()
        self._streams = 0

    @property
    def streams(self) -> int:
        """How many streams it can bear."""
        return int(STREAMED * self._per_second * self._wakes_every() + 1e-9)

    @property
    def is_short(self) -> bool:
        """Whether the next request would have to wait."""
        self._fill()
        return self._tokens < 1

    @property
    def spare(self) -> float:
        """Requests a second that streams leave."""
        return self._rate

    def open_stream(self) -> None:
        """Count one more open stream."""
        self._fill()
        self._streams += 1

    def close_stream(self) -> None:
        """Count one open stream less."""
        self._fill()
        self._streams -= 1

    def wait_for_token(self) -> float:
        """Take a token and return the seconds to wait before it may be used."""
        self._fill()
        self._tokens -= 1
        return max(0.0, -self._tokens / self._rate)

    async def take(self) -> None:
        """Take a token, waiting until there is one."""
        wait = self.wait_for_token()
        if wait:
            await asyncio.sleep(wait)

    def drain(self) -> None:
        """Take it for empty, because the node says so."""
        self._fill()
        self._tokens = min(self._tokens, 0.0)

    @property
    def _rate(self) -> float:
        return max(SLOWEST, self._per_second - self._streams / self._wakes_every())

    def _fill(self) -> None:
        now = self._now()
        self._tokens = min(self._burst, self._tokens + (now - self._filled_at) * self._rate)
        self._filled_at = now
