"""Hummingbot's own clock, for tests in which it drives connectors and strategies."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from hummingbot.core.clock import Clock, ClockMode

__all__ = ["clock_of"]


@asynccontextmanager
async def clock_of(*iterators: Any) -> AsyncIterator[None]:
    """Let Hummingbot's real clock tick ten times a second for the iterators while the block runs."""
    clock = Clock(ClockMode.REALTIME, tick_size=0.1)
    for iterator in iterators:
        clock.add_iterator(iterator)
    with clock:
        task = asyncio.create_task(clock.run_til(time.time() + 300))
        try:
            yield
        finally:
            task.cancel()
