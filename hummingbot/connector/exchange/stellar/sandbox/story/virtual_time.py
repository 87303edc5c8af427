"""An event loop whose clock stands still until it is told to go on: time-outs of a minute pass at once."""

import asyncio
from collections.abc import Callable
from time import sleep
from typing import Final

__all__ = ["VirtualTimeLoop", "virtual_loop"]

QUIET_ROUNDS: Final = 5
REST_SECONDS: Final = 0.001


def virtual_loop() -> "VirtualTimeLoop":
    """Return the running loop, which must be one of virtual time."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualTimeLoop)
    return loop


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """Timers run by a clock of its own; sockets work as ever.

    Whoever waits for a timer waits until `advance` has passed it.
    """

    def __init__(self) -> None:
        super().__init__()
        self._now = 0.0

    def time(self) -> float:
        """Return the time on this loop's clock, in seconds."""
        return self._now

    async def advance(self, to: float) -> None:
        """Let time pass, one timer after the other; what each sets off is done before the next."""
        while (timer := self._next_timer()) is not None and timer <= to:
            self._now = max(self._now, timer)
            await self.quiet()
        self._now = max(self._now, to)
        await self.quiet()

    async def quiet(self) -> None:
        """Wait until no one has anything to do but to wait for time, or for the world outside."""
        rounds = 0
        while rounds < QUIET_ROUNDS:
            await asyncio.sleep(0)
            rounds = 0 if self._ready else rounds + 1  # type: ignore[attr-defined]

    async def until(self, done: Callable[[], bool]) -> None:
        """Wait, without time passing, for something that the world outside brings about."""
        while not done():
            await asyncio.to_thread(sleep, REST_SECONDS)

    async def rest(self) -> None:
        """Wait a moment, without time passing, so that what was sent arrives."""
        await asyncio.to_thread(sleep, REST_SECONDS)
        await self.quiet()

    def _next_timer(self) -> float | None:
        scheduled = self._scheduled  # type: ignore[attr-defined]
        return min((timer.when() for timer in scheduled if not timer.cancelled()), default=None)
