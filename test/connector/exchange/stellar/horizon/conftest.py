"""Several Horizon nodes of one sandbox, each of which can be made to fail."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack
from typing import Any

import pytest
from aiohttp import web

from hummingbot.connector.exchange.stellar import stellar_web_utils
from hummingbot.connector.exchange.stellar.horizon.horizon import Horizon
from hummingbot.connector.exchange.stellar.horizon.ledger_clock import LedgerClock
from hummingbot.connector.exchange.stellar.sandbox.faults import Fault
from hummingbot.connector.exchange.stellar.sandbox.http.node import Node, Views
from hummingbot.connector.exchange.stellar.sandbox.http.rate_limit import RateLimit
from hummingbot.connector.exchange.stellar.sandbox.http.server import HorizonServer

OWN = 1
"""The number of the node that a test asks by itself, and that never fails."""


class Nodes:
    """The nodes, and a client of them.

    Attributes
    ----------
    urls : list of str
    horizon : Horizon
    clock : LedgerClock
    """

    def __init__(self, sandbox: Any, servers: Sequence[HorizonServer], views: Views) -> None:
        self.sandbox = sandbox
        self.urls = [server.url for server in servers]
        self.clock = LedgerClock()
        self.horizon: Horizon = stellar_web_utils.build_horizon("stellar_local", self.urls, self.clock)
        self._servers = servers
        self._views = views
        self._tasks: list[asyncio.Task[Any]] = []

    def fail(self, kind: str, *nodes: int, **fields: Any) -> None:
        """Let a fault strike nodes (numbered from 1; none for all) from now on."""
        numbers = [OWN + number for number in nodes or range(1, 1 + len(self.urls))]
        self.sandbox.sandbox.faults.add([Fault.read({"kind": kind, "nodes": numbers, **fields})])
        self._views.prepare()

    def heal(self, *names: str) -> None:
        """Take faults out of force; without names all."""
        faults = self.sandbox.sandbox.faults
        for name in names or [rule.name for rule in faults.rules]:
            faults.remove(name)
        self._views.prepare()

    def occurred(self, kind: str) -> int:
        """How often a kind of fault has struck."""
        count: int = self.sandbox.sandbox.faults.by_kind[kind]
        return count

    @property
    def root(self) -> str:
        """An account that is always there."""
        account: str = self.sandbox.sandbox.network.root_key().account
        return account

    @property
    def states(self) -> list[str]:
        """What the client thinks of each node."""
        return [status.state for status in self.horizon.pool.statuses()]

    @property
    def trouble(self) -> str:
        """What the client says of the first node."""
        return self.horizon.pool.statuses()[0].trouble

    @property
    def streams(self) -> list[int]:
        """How many streams the client has open to each node."""
        return [status.streams for status in self.horizon.pool.statuses()]

    def run(self, *coroutines: Any) -> None:
        """Run in the background until the test is over."""
        self._tasks += [asyncio.ensure_future(coroutine) for coroutine in coroutines]

    def follow(self) -> None:
        """Let the client do what it does while a bot runs."""
        self.run(self.horizon.pool.watch(), self.horizon.follow_ledgers())

    async def close(self) -> None:
        """End what runs in the background."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def until(self, condition: Callable[[], bool], seconds: float = 20.0) -> None:
        """Wait for something that ledgers to come will bring about."""
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, f"waited {seconds} s in vain; {self.horizon.pool.statuses()}"
            await asyncio.sleep(0.01)


@pytest.fixture
def rate_limit() -> int | None:
    """Requests an hour that each node grants."""
    return None


@pytest.fixture
async def nodes(sandbox: Any, rate_limit: int | None) -> AsyncIterator[Nodes]:
    """Three nodes of the sandbox's network."""
    views = Views(sandbox.sandbox)
    async with AsyncExitStack() as stack:
        servers = [
            await stack.enter_async_context(
                HorizonServer(
                    sandbox.sandbox, "127.0.0.1", 0, None, Node(OWN + number, RateLimit(rate_limit), views)
                )
            )
            for number in (1, 2, 3)
        ]
        made = Nodes(sandbox, servers, views)
        yield made
        await made.close()


class Requests(Counter[str]):
    """Counts what arrives at a node, by method and path."""


@pytest.fixture
async def foreign_node() -> AsyncIterator[tuple[str, Requests]]:
    """A node of another network, and what it has been asked."""
    requests = Requests()

    async def answer(request: web.Request) -> web.Response:
        requests[f"{request.method} {request.path}"] += 1
        return web.json_response({"network_passphrase": "Elsewhere", "history_latest_ledger": 9, "id": "x"})

    application = web.Application()
    application.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}", requests
    await runner.cleanup()
