"""The end of a run: orders are seen to end, the last balances are taken, the memory is let go."""

import asyncio
import atexit
import contextlib
import logging
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from hummingbot.core.event.event_forwarder import EventForwarder
from hummingbot.core.event.events import MarketEvent

from .execution.order_history import OrderHistory
from .market.venue import Venue
from .memory.journal import Journal

__all__ = ["Farewell"]

ORDERS_SECONDS: Final = 19.0
"""What orders have to end in, of wall time; Hummingbot's own `cancel_all` has 20."""
FAREWELL_SECONDS: Final = 22.0
"""What orders and the last balances have together: ``hbot stop`` gives up on the process after 30."""
MEMORY_SECONDS: Final = 2.0


class Farewell:
    """Outlives the strategy, which Hummingbot drops as soon as it has called `stop`.

    What is not confirmed as ended when the time is over is told: to the log, to Hummingbot's user, and on
    standard error when the process ends.

    Parameters
    ----------
    venue : Venue
    orders : OrderHistory
        What is recorded on, until the end.
    journal : Journal
        Closed at the end.
    tell : callable
        Takes a sentence for the user.
    logger : logging.Logger
    """

    def __init__(
        self,
        venue: Venue,
        orders: OrderHistory,
        journal: Journal,
        tell: Callable[[str], None],
        logger: logging.Logger,
    ) -> None:
        self._venue = venue
        self._orders = orders
        self._journal = journal
        self._tell = tell
        self._logger = logger
        self._order_end = asyncio.Event()
        self._listeners: list[tuple[MarketEvent, EventForwarder]] = []
        self._course: asyncio.Future[None] | None = None
        self.is_over = False

    def begin(self, recorders: Mapping[MarketEvent, Callable[[Any], None]]) -> None:
        """Go on recording events of the connector, by these, until all orders have ended."""
        for event, take in recorders.items():
            forwarder = EventForwarder(take)
            self._listeners.append((event, forwarder))
            self._venue.connector.add_listener(event, forwarder)
        self._course = asyncio.ensure_future(self._run())
        atexit.register(self._finish, asyncio.get_running_loop())

    async def wait(self) -> None:
        """Wait until it is over."""
        assert self._course is not None, "begin it first"
        await asyncio.shield(self._course)

    def order_ended(self) -> None:
        """Take note that an order of ours has ended."""
        self._order_end.set()

    async def _run(self) -> None:
        began = time.monotonic()
        await self._orders_end(began + ORDERS_SECONDS)
        if self._left():
            self._logger.error(self._left())
            self._tell(self._left())
        else:
            await self._last_balances(began + FAREWELL_SECONDS)
        self._close()

    async def _orders_end(self, deadline: float) -> None:
        while self._orders.working and time.monotonic() < deadline:
            self._order_end.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._order_end.wait(), deadline - time.monotonic())

    async def _last_balances(self, deadline: float) -> None:
        patience = deadline - time.monotonic()
        try:
            balances = await asyncio.wait_for(self._venue.final_balances(patience / 2), patience)
            self._journal.final_balances(balances)
        except Exception as error:
            self._logger.warning(f"ai_stellar: the last balances could not be read ({error!r})")

    def _left(self) -> str:
        orders = ", ".join(
            f"{order.side} {order.remaining:f} {order.pair} ({order.order_id})"
            for order in self._orders.working.open_orders
        )
        return f"ai_stellar: not confirmed as ended on {self._venue.name}: {orders}" if orders else ""

    def _finish(self, loop: asyncio.AbstractEventLoop) -> None:
        """Run to the end as the process does: Hummingbot's engine ends its loop without waiting for tasks."""
        if self._course is not None and not (loop.is_closed() or loop.is_running()):
            loop.run_until_complete(self._course)
        self._close()
        if self._left():
            print(self._left(), file=sys.stderr)

    def _close(self) -> None:
        if self.is_over:
            return
        self.is_over = True
        if not self._left():
            atexit.unregister(self._finish)
        for event, forwarder in self._listeners:
            self._venue.connector.remove_listener(event, forwarder)
        self._journal.end(self._venue.clock.close_time)
        if not self._journal.store.close(MEMORY_SECONDS):
            self._logger.error(
                f"ai_stellar: {self._journal.store.trouble}; the last records were not written"
            )
