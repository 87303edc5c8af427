"""Horizon's rate limit: a bucket of tokens for each address, filled at an even rate.

References
----------
Horizon, ``internal/httpx/rate_limiter.go``; its limiter is the generic cell rate algorithm, which keeps one
number for an address: the time at which its bucket will be full again.
"""

from collections import OrderedDict
from dataclasses import dataclass
from math import ceil
from typing import Final

__all__ = ["BURST", "RateLimit", "Tokens"]

BURST: Final = 100
"""Tokens that can be spent at once, beside the one that is always due."""

ADDRESSES: Final = 50_000


@dataclass(frozen=True, slots=True)
class Tokens:
    """What an address has left.

    Parameters
    ----------
    limited : bool
        Whether the request is refused.
    remaining : int
        Requests that would be answered at once now.
    reset : float
        Seconds until the bucket is full.
    retry_after : float
        Seconds until the next request would be answered, if this one is refused.
    """

    limited: bool
    remaining: int
    reset: float
    retry_after: float = 0.0

    def headers(self, limit: int) -> dict[str, str]:
        """Return the headers that tell the client, in whole seconds, rounded up."""
        shown = {
            "X-Ratelimit-Limit": str(limit),
            "X-Ratelimit-Remaining": str(self.remaining),
            "X-Ratelimit-Reset": str(ceil(self.reset)),
        }
        return {"Retry-After": str(ceil(self.retry_after)), **shown} if self.limited else shown


class RateLimit:
    """Limits each address to so many requests an hour, and a burst of 101.

    Parameters
    ----------
    per_hour : int or None
        None for no limit; the headers then show a full bucket.
    """

    def __init__(self, per_hour: int | None = None) -> None:
        self.per_hour = per_hour
        self.limit = BURST + 1
        self._seconds = 3600.0 / per_hour if per_hour else 0.0
        self._full_at: OrderedDict[str, float] = OrderedDict()

    def leave(self, address: str, tokens: int, now: float) -> None:
        """Leave an address as many tokens, whatever it had."""
        self._full_at[address] = now + (self.limit - tokens) * self._seconds

    def take(self, address: str, now: float) -> Tokens:
        """Take a token.

        Parameters
        ----------
        address : str
            Whose.
        now : float
            Event-loop time.
        """
        if not self._seconds:
            return Tokens(False, BURST, 1.0)
        capacity = self._seconds * self.limit
        full_at = max(self._full_at.get(address, now), now)
        retry_after = full_at + self._seconds - capacity - now
        limited = retry_after > 0
        if not limited:
            full_at += self._seconds
            self._full_at[address] = full_at
            self._full_at.move_to_end(address)
            if len(self._full_at) > ADDRESSES:
                self._full_at.popitem(last=False)
        reset = full_at - now
        return Tokens(limited, int((capacity - reset) / self._seconds), reset, max(retry_after, 0.0))
