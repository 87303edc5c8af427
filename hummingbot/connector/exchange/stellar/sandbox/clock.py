"""The wall clock of a sandbox: a ledger every so often, and room for requests between two."""

import asyncio
from time import perf_counter
from typing import Final

from .sandbox import Sandbox

__all__ = ["Clock"]

BREATH: Final = 0.002
"""Seconds left to requests after every ledger, however late it is."""


class Clock:
    """Closes a ledger every `interval` seconds. Late ledgers are not made up for.

    Parameters
    ----------
    sandbox : Sandbox
    interval : float
        Wall seconds between two ledgers.

    Attributes
    ----------
    ledgers, late : int
        Ledgers closed, and those of them that began more than half an interval late.
    busy : float
        Seconds spent closing them.
    """

    def __init__(self, sandbox: Sandbox, interval: float) -> None:
        self.sandbox = sandbox
        self.interval = interval
        self.ledgers = 0
        self.late = 0
        self.busy = 0.0

    async def run(self) -> None:
        """Close ledgers until cancelled, or until the market cannot go on."""
        loop = asyncio.get_running_loop()
        due = loop.time() + self.interval
        while True:
            await asyncio.sleep(max(due - loop.time(), BREATH))
            halt = self.sandbox.faults.draw("ledger")
            if halt is not None:
                await asyncio.sleep(self.sandbox.faults.seconds(halt))
                due = loop.time()
            started = perf_counter()
            self.late += loop.time() - due > self.interval / 2
            self.sandbox.close_ledger()
            self.ledgers += 1
            self.busy += perf_counter() - started
            due = max(due + self.interval, loop.time())

    def report(self) -> dict[str, float]:
        """Return how it kept up."""
        mean = self.busy / self.ledgers if self.ledgers else 0.0
        return {
            "ledger_interval_seconds": self.interval,
            "ledgers": self.ledgers,
            "late_ledgers": self.late,
            "mean_close_seconds": round(mean, 6),
        }
