"""What a place in a ledger costs now, and what is bid for it: as the network's statistics go, up to a cap.

A bid is a limit: the network charges every transaction of a ledger the same for an operation, which is the
base fee unless more wanted in than fitted. Then it is what the lowest of those bid that got in.
"""

import asyncio
from contextlib import suppress
from decimal import Decimal
from typing import Final

from hummingbot.connector.exchange.stellar.errors import StellarError
from hummingbot.connector.exchange.stellar.horizon.fee_stats import LEDGERS, FeeStats
from hummingbot.connector.exchange.stellar.horizon.ledger_clock import LedgerClock

from .account_source import AccountSource

__all__ = ["FeeMarket"]

NEARLY_FULL: Final = Decimal("0.9")
OUTBID_FACTOR: Final = 2
"""How many times what was charged is bid while ledgers are full: only more than the lowest bid gets in."""


class FeeMarket:
    """The network's fee statistics, and the user's cap.

    Parameters
    ----------
    source : AccountSource
    clock : LedgerClock
    cap : int
        Stroops that an operation may cost at most.

    Attributes
    ----------
    stats : FeeStats or None
        As last read; None until the node has told them.
    """

    def __init__(self, source: AccountSource, clock: LedgerClock, cap: int) -> None:
        self.cap = cap
        self.stats: FeeStats | None = None
        self._source = source
        self._clock = clock
        self._refresher: asyncio.Future[None] | None = None

    @property
    def going_rate(self) -> int:
        """Stroops that ledgers charge for an operation now; the base fee where that is not known."""
        if self.stats is not None:
            return max(self.stats.base_fee, self.stats.charged)
        return self._clock.header.base_fee if self._clock.header else 100

    @property
    def asked(self) -> int:
        """Stroops to bid for an operation in order to get in, whatever the cap; the cap where not known."""
        stats = self.stats
        if stats is None:
            return self.cap
        if stats.charged <= stats.base_fee and stats.usage < NEARLY_FULL:
            return stats.base_fee
        return OUTBID_FACTOR * self.going_rate

    async def bid(self) -> int:
        """Return what to bid for an operation now, in stroops.

        Statistics that describe none of the last ledgers are read anew, behind the caller's back unless
        there are none at all.
        """
        if self.stats is None:
            await self.refresh()
        elif self._clock.sequence >= self.stats.ledger + LEDGERS and (
            self._refresher is None or self._refresher.done()
        ):
            self._refresher = asyncio.ensure_future(self.refresh())
        return min(self.asked, self.cap)

    async def refresh(self) -> None:
        """Read the statistics, unless they are of the last ledger; keep the old ones if that fails."""
        if self.stats is None or self.stats.ledger < self._clock.sequence:
            with suppress(StellarError):
                self.stats = await self._source.fee_stats()
