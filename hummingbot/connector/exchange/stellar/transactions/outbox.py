"""Gathers what Hummingbot asks for within one tick into one transaction.

The network queues one transaction of each source account. So one is under way at a time, and what is asked
meanwhile leaves together in the next; with channel accounts, several are, as long as they cannot depend on
each other, for a ledger applies transactions in an order that nobody knows beforehand:

- An order leaves beside others only where it can be made whatever becomes of those: the funds of all that is
  under way are taken for spent, what is being cancelled for still there, and all of it is in its way. If that
  stands against it, it waits until nothing is under way, and nothing overtakes it.
- A cancel leaves when its order is known to rest.
- What is no order goes alone, and neither that nor a MARKET order goes beside anything else.
"""

import asyncio
import logging
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from .asked import Asked, Outcome, resolve
from .instructions import AccountOperation, Instruction, Placement
from .settlement import Settlement
from .source_account import SourceAccount

__all__ = ["Outbox"]

TURNS: Final = 5
"""Of the event loop, within which all that one tick asks for has arrived."""


class Outbox:
    """The only sender of an account's transactions.

    Parameters
    ----------
    settlement : Settlement
        Sees what goes together through.
    sources : sequence of SourceAccount
        The trading account, and then its channel accounts.
    logger : logging.Logger
    """

    def __init__(
        self, settlement: Settlement, sources: Sequence[SourceAccount], logger: logging.Logger
    ) -> None:
        self._settlement = settlement
        self._sources = sources
        self._logger = logger
        self._queue: list[Asked] = []
        self._under_way: dict[SourceAccount, list[Asked]] = {}
        self._transactions: set[asyncio.Task[None]] = set()
        self._waits_for_all = False
        self._news = asyncio.Event()
        self._driver: asyncio.Task[None] | None = None

    def send(self, instruction: Instruction) -> asyncio.Future[Outcome]:
        """Put an instruction into the next transaction and return the future of its outcome.

        The transaction is made a few turns of the event loop later, so that all orders and cancels of one
        tick share it.
        """
        loop = asyncio.get_running_loop()
        asked = Asked(instruction, loop.create_future())
        self._queue.append(asked)
        self._news.set()
        if self._driver is None or self._driver.done():
            self._driver = loop.create_task(self._drive())
        return asked.outcome

    def withdraw(self, client_order_id: str) -> bool:
        """Take a placement back that has not been sent; False if it is under way or unknown."""
        for asked in self._queue:
            placement = asked.instruction
            if isinstance(placement, Placement) and placement.client_order_id == client_order_id:
                self._queue.remove(asked)
                asked.resolve(Outcome("it was cancelled before it was sent", "withdrawn"))
                return True
        return False

    def waiting(self) -> Iterator[Placement]:
        """Yield the orders that are queued or under way."""
        for asked in (*_all(self._under_way.values()), *self._queue):
            if isinstance(asked.instruction, Placement) and not asked.outcome.done():
                yield asked.instruction

    @property
    def under_way(self) -> int:
        """How many transactions are being sent."""
        return len(self._under_way)

    async def idle(self) -> None:
        """Wait until nothing is queued or under way."""
        while self._driver is not None and not self._driver.done():
            await asyncio.wait((self._driver,))

    async def _drive(self) -> None:
        while self._queue or self._transactions:
            for _ in range(TURNS):
                await asyncio.sleep(0)
            self._news.clear()
            source = self._free_source() if self._queue else None
            if source is not None:
                self._under_way[source] = self._next_batch()
                task = asyncio.ensure_future(self._settle(source, self._under_way[source]))
                self._transactions.add(task)
                task.add_done_callback(self._transactions.discard)
            elif self._transactions:
                news = asyncio.ensure_future(self._news.wait())
                await asyncio.wait((*self._transactions, news), return_when=asyncio.FIRST_COMPLETED)
                news.cancel()

    def _free_source(self) -> SourceAccount | None:
        """Return what the next transaction can leave from now."""
        if not self._under_way:
            self._waits_for_all = False
            return self._sources[0]
        if self._waits_for_all or any(map(_is_exclusive, (*_all(self._under_way.values()), *self._queue))):
            return None
        free = (source for source in self._sources if source not in self._under_way and source.is_usable)
        return next(free, None)

    async def _settle(self, source: SourceAccount, batch: list[Asked]) -> None:
        try:
            left = await self._settlement.settle(batch, source, lambda: self._beside(source))
            self._queue[:0] = left
            self._waits_for_all |= bool(left)
        except Exception as error:
            self._logger.exception("A transaction could not be made.")
            resolve(batch, Outcome(f"it could not be sent: {error}"))
        finally:
            del self._under_way[source]

    def _beside(self, source: SourceAccount) -> list[Instruction]:
        """Return what is under way in other transactions."""
        others = (batch for other, batch in self._under_way.items() if other is not source)
        return [asked.instruction for asked in _all(others) if not asked.outcome.done()]

    def _next_batch(self) -> list[Asked]:
        """What is no order goes before all, alone: orders are checked against the balances that it leaves."""
        alone = [asked for asked in self._queue if isinstance(asked.instruction, AccountOperation)]
        batch = alone or self._queue
        self._queue = [asked for asked in self._queue if asked not in alone] if alone else []
        return batch


def _all(batches: Iterable[list[Asked]]) -> list[Asked]:
    return [asked for batch in batches for asked in batch]


def _is_exclusive(asked: Asked) -> bool:
    instruction = asked.instruction
    return isinstance(instruction, AccountOperation) or (
        isinstance(instruction, Placement) and not instruction.rests
    )
