"""Gathers what Hummingbot asks for within one tick into one transaction.

One transaction is under way at a time: since protocol 20 the network queues no second one of an account. What
is asked meanwhile leaves together in the next.
"""

import asyncio
import logging
from collections.abc import Iterator
from typing import Final

from .asked import Asked, Outcome, resolve
from .instructions import AccountOperation, Instruction, Placement
from .settlement import Settlement

__all__ = ["Outbox"]

TURNS: Final = 5
"""Of the event loop, within which all that one tick asks for has arrived."""


class Outbox:
    """The only sender of an account's transactions.

    Parameters
    ----------
    settlement : Settlement
        Sees what goes together through.
    logger : logging.Logger
    """

    def __init__(self, settlement: Settlement, logger: logging.Logger) -> None:
        self._settlement = settlement
        self._logger = logger
        self._queue: list[Asked] = []
        self._under_way: list[Asked] = []
        self._driver: asyncio.Task[None] | None = None

    def send(self, instruction: Instruction) -> asyncio.Future[Outcome]:
        """Put an instruction into the next transaction and return the future of its outcome.

        The transaction is made a few turns of the event loop later, so that all orders and cancels of one
        tick share it.
        """
        loop = asyncio.get_running_loop()
        asked = Asked(instruction, loop.create_future())
        self._queue.append(asked)
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
        for asked in (*self._under_way, *self._queue):
            if isinstance(asked.instruction, Placement) and not asked.outcome.done():
                yield asked.instruction

    @property
    def is_under_way(self) -> bool:
        """Whether a transaction is being sent."""
        return bool(self._under_way)

    async def idle(self) -> None:
        """Wait until nothing is queued or under way."""
        while self._driver is not None and not self._driver.done():
            await asyncio.wait((self._driver,))

    async def _drive(self) -> None:
        while self._queue:
            for _ in range(TURNS):
                await asyncio.sleep(0)
            self._under_way = self._next_batch()
            try:
                self._queue[:0] = await self._settlement.settle(self._under_way)
            except Exception as error:
                self._logger.exception("A transaction could not be made.")
                resolve(self._under_way, Outcome(f"it could not be sent: {error}"))
            finally:
                self._under_way = []

    def _next_batch(self) -> list[Asked]:
        """What is no order goes before all, alone: orders are checked against the balances that it leaves."""
        alone = [asked for asked in self._queue if isinstance(asked.instruction, AccountOperation)]
        batch = alone or self._queue
        self._queue = [asked for asked in self._queue if asked not in alone] if alone else []
        return batch
