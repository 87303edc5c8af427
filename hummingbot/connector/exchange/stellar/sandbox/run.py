"""A sandbox as a process: the clock and the server, until a signal, a request or the end of its time."""

import asyncio
import gc
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .clock import Clock
from .errors import SandboxError
from .http.control import Control
from .http.server import HorizonServer
from .sandbox import Sandbox
from .snapshot import Settings, save

__all__ = ["run"]


async def run(
    sandbox: Sandbox,
    settings: Settings,
    *,
    host: str,
    port: int,
    ledger_interval: float,
    state: Path | None,
    seconds: float | None,
    ready: Callable[[str], None],
) -> None:
    """Serve a sandbox until it is to stop; then save its state.

    Parameters
    ----------
    ledger_interval : float
        Wall seconds between two ledgers.
    state : Path, optional
        Where its state is saved.
    seconds : float, optional
        Stop after as long.
    ready : callable
        Called with the URL once requests are answered.

    Raises
    ------
    SandboxError
        If the port is taken, or the state cannot be saved.
    MarketError
        If the market cannot go on, because its history file ends.
    """
    stop = asyncio.Event()
    clock = Clock(sandbox, ledger_interval)

    def save_now() -> str:
        if state is None:
            raise SandboxError("this sandbox has no state file: start it with --state FILE")
        save(sandbox, settings, state)
        return str(state)

    def report() -> dict[str, Any]:
        return {"market_seconds": sandbox.market_seconds, "seed": settings.seed, **clock.report()}

    gc.collect()
    gc.freeze()  # what is imported by now stays: looking through it would hold up a ledger
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with HorizonServer(sandbox, host, port, Control(report, save_now, stop.set)) as server:
        ticking = asyncio.create_task(clock.run())
        stopped = asyncio.create_task(stop.wait())
        ready(server.url)
        await asyncio.wait((ticking, stopped), timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if not ticking.done():
            ticking.cancel()
    if state is not None:
        save_now()
    if ticking.done() and not ticking.cancelled():
        ticking.result()  # the market could not go on
