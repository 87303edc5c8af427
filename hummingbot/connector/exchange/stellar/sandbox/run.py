"""A sandbox as a process: the clock and the server, until a signal, a request or the end of its time."""

import asyncio
import gc
import signal
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .clock import Clock
from .errors import SandboxError
from .http.control import Control
from .http.node import Node, Views
from .http.rate_limit import RateLimit
from .http.server import HorizonServer
from .sandbox import Sandbox
from .snapshot import Settings, save

__all__ = ["Serving", "run"]


@dataclass(frozen=True, slots=True)
class Serving:
    """Where and how a sandbox is served.

    Parameters
    ----------
    host : str
    port : int
        Of the first node; the others follow. 0 for any free ones.
    ledger_interval : float
        Wall seconds between two ledgers.
    nodes : int
        How many nodes answer for the network.
    rate_limit : int or None
        Requests an hour that each node grants an address.
    state : Path or None
        Where the sandbox's state is saved.
    seconds : float or None
        Stop after as long.
    """

    host: str
    port: int
    ledger_interval: float
    nodes: int = 1
    rate_limit: int | None = None
    state: Path | None = None
    seconds: float | None = None


async def run(
    sandbox: Sandbox, settings: Settings, serving: Serving, ready: Callable[[Sequence[str]], None]
) -> None:
    """Serve a sandbox until it is to stop; then save its state.

    Parameters
    ----------
    sandbox : Sandbox
    settings : Settings
        What it was begun with.
    serving : Serving
    ready : callable
        Called with the nodes' URLs once requests are answered.

    Raises
    ------
    SandboxError
        If the port is taken, or the state cannot be saved.
    MarketError
        If the market cannot go on, because its history file ends.
    """
    stop, state = asyncio.Event(), serving.state
    clock = Clock(sandbox, serving.ledger_interval)

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
    control, views = Control(report, save_now, stop.set), Views(sandbox)
    views.prepare()
    async with AsyncExitStack() as servers:
        urls = []
        for index in range(serving.nodes):
            node = Node(index + 1, RateLimit(serving.rate_limit), views)
            port = serving.port and serving.port + index
            server = HorizonServer(sandbox, serving.host, port, control, node)
            await servers.enter_async_context(server)
            urls.append(server.url)
        ticking = asyncio.create_task(clock.run())
        stopped = asyncio.create_task(stop.wait())
        ready(urls)
        await asyncio.wait((ticking, stopped), timeout=serving.seconds, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if not ticking.done():
            ticking.cancel()
    if state is not None:
        save_now()
    if ticking.done() and not ticking.cancelled():
        ticking.result()  # the market could not go on
