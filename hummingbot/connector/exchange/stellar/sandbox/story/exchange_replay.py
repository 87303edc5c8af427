"""A story's exchanges: each request made again, its answer compared with the recorded one."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from ..faults import Fault
from ..golden.recording import FileReport
from ..history.toid import ledger_of
from ..http.node import Node
from .comparison import Difference, differences, same_headers
from .recorded_sandbox import RecordedSandbox
from .recording import Exchange
from .virtual_time import virtual_loop
from .wire import Answer, ask

__all__ = ["ExchangeReplay"]

RESOLVED: Final = re.compile(r"[?&]cursor=(\d+)")
NOW: Final = "cursor=now"
UNAVAILABLE: Final = 503
TOO_MANY_REQUESTS: Final = 429


@dataclass(slots=True)
class _Asked:
    """An exchange whose answer may still come out right in a ledger to come, and how it differed at first."""

    exchange: Exchange
    found: list[Difference] = field(default_factory=list)


class ExchangeReplay:
    """The exchanges of a story.

    An answer that was recorded between two ledgers is asked for in each of them until it agrees.

    Parameters
    ----------
    sandbox : RecordedSandbox
    nodes : dict of str to Node
        By the descriptions of the instances that were asked.
    ports : dict of str to int
        Where they listen.
    report : FileReport
    """

    def __init__(
        self, sandbox: RecordedSandbox, nodes: dict[str, Node], ports: dict[str, int], report: FileReport
    ) -> None:
        self._sandbox = sandbox
        self._nodes = nodes
        self._ports = ports
        self._report = report
        self._posts: list[tuple[Exchange, asyncio.Task[Answer]]] = []
        self._open: list[_Asked] = []
        self._reaping: list[tuple[float, float]] = []

    def expect_reaping(self, after: float, before: float) -> None:
        """Note that history will be deleted, and between which seconds of the story it was."""
        self._reaping.append((after, before))

    async def reap(self, first: int) -> None:
        """Delete the history before a ledger."""
        self._sandbox.history.reap(first)
        self._reaping.pop(0)
        await self.ask_again()

    def asking(self, exchange: Exchange) -> Callable[[], Awaitable[None]]:
        """Return what makes an exchange happen again."""
        self._report.cases += 1
        if exchange.method == "POST":
            return partial(self._post, exchange)
        return partial(self._judge, _Asked(exchange))

    async def _post(self, exchange: Exchange) -> None:
        """Send a transaction; its answer may take ledgers to come."""
        before, task = self._sandbox.submissions, asyncio.create_task(self._ask(exchange))
        await virtual_loop().until(lambda: task.done() or self._sandbox.submissions > before)
        self._posts.append((exchange, task))

    async def ask_again(self, last: bool = False) -> None:
        """Ask again, in a new ledger, for what has not agreed yet."""
        waiting, self._open = self._open, []
        for asked in waiting:
            await self._judge(asked, last)

    async def finish(self) -> None:
        """Compare the answers to all that was posted."""
        for exchange, task in self._posts:
            self._note(exchange, self._differences(exchange, await task))

    async def _judge(self, asked: _Asked, last: bool = False) -> None:
        exchange = asked.exchange
        found = self._differences(exchange, await self._ask(exchange))
        if found and NOW in exchange.path:
            found = await self._differences_by_cursor(exchange, found)
        asked.found = asked.found or found
        if found and not last and self._may_change(exchange):
            self._open.append(asked)
        else:
            self._note(exchange, asked.found if found else [])

    def _may_change(self, exchange: Exchange) -> bool:
        """Tell whether the answer may have been given after something that is still to come."""
        if any(after <= exchange.at <= before for after, before in self._reaping):
            return True
        return exchange.highest is None or self._sandbox.history.latest < exchange.highest

    async def _ask(self, exchange: Exchange, path: str = "") -> Answer:
        """Make a request, under the conditions that its answer tells of."""
        node, port = self._nodes[exchange.instance], self._ports[exchange.instance]
        left = exchange.headers.get("X-Ratelimit-Remaining")
        if node.limit.per_hour and left is not None:
            spent = exchange.status != TOO_MANY_REQUESTS
            node.limit.leave("127.0.0.1", int(left) + spent, virtual_loop().time())
        if exchange.status == UNAVAILABLE and isinstance(exchange.document, dict):
            problem = str(exchange.document.get("type", "")).rpartition("/")[2]
            condition = {"kind": "unavailable", "problem": problem, "count": 1, "path": exchange.path}
            self._sandbox.faults.add([Fault.read(condition)])
        return await ask(
            port, exchange.method, path or exchange.path, exchange.request_headers, exchange.body
        )

    async def _differences_by_cursor(self, exchange: Exchange, found: list[Difference]) -> list[Difference]:
        """Compare with what ``now`` was for the recorded server, whose idea of it is a moment old."""
        resolved = RESOLVED.search(json.dumps(exchange.document))
        latest = self._sandbox.history.latest
        if resolved is None or ledger_of(int(resolved[1]) + 1) not in (latest, latest + 1):
            return found
        path = exchange.path.replace(NOW, f"cursor={resolved[1]}")
        return self._differences(exchange, await self._ask(exchange, path))

    def _differences(self, exchange: Exchange, answer: Answer) -> list[Difference]:
        if answer.status != exchange.status:
            return [("status", exchange.status, answer.status)]
        document: Any = answer.body.decode("utf-8", "replace")
        if not isinstance(exchange.document, str):
            try:
                document = json.loads(document)
            except ValueError:
                return [("body", "JSON", document)]
        return [
            *same_headers(exchange.headers, answer.headers),
            *differences(exchange.path, exchange.document, document),
        ]

    def _note(self, exchange: Exchange, found: list[Difference]) -> None:
        self._report.run += 1
        for where, expected, got in found:
            self._report.compare(exchange.case, where, expected, got)
