"""Faults that strike a request: before the sandbox sees it, or on its answer's way back."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import web

from ..faults import Fault
from ..sandbox import Sandbox
from .latest_ledger import named
from .lies import VIEW_FAULT, claimed_ledger
from .negotiation import accepts_stream
from .node import CALL, Node, call_of, node_of
from .problems import (
    RATE_LIMIT_EXCEEDED,
    SERVICE_UNAVAILABLE,
    STALE_HISTORY,
    STILL_INGESTING,
    TIMEOUT,
    Problem,
    problem_response,
)
from .responses import SWALLOWED, VIEW, network_of, sandbox_of
from .rpc import RPC_PATH, methods_called

__all__ = ["inject_faults"]

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

PROBLEMS: Final = {
    "still_ingesting": STILL_INGESTING,
    "stale_history": STALE_HISTORY,
    "service_unavailable": SERVICE_UNAVAILABLE,
}
GATEWAY_PAGE: Final = (
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1>"
    "</center>\r\n</body>\r\n</html>\r\n"
)
SUBMISSIONS: Final = ("/transactions", "/transactions_async", f"{RPC_PATH}#sendTransaction")
CONTROL: Final = "/sandbox"
FRIENDBOT: Final = "/friendbot"
RETRY_AFTER: Final = "1"


@web.middleware
async def inject_faults(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let the faults in force strike a request. Control of the sandbox itself is exempt."""
    node, sandbox = node_of(request), network_of(request)
    if request.path.startswith(CONTROL):
        return await handler(request)
    if not sandbox.faults.rules:
        response = await handler(request)
        node.overtake()
        return response
    if request.path == RPC_PATH:
        called = methods_called(await request.read())
        request[CALL] = (request.method, f"{RPC_PATH}#{called}")
    return await _Struck(request, handler, node, sandbox).answer()


class _Struck:
    """A request on its way through the faults in force."""

    def __init__(self, request: web.Request, handler: Handler, node: Node, sandbox: Sandbox) -> None:
        self.request, self.handler, self.node = request, handler, node
        self.faults = sandbox.faults
        self.call = call_of(request)
        self.streams = accepts_stream(request)

    async def answer(self) -> web.StreamResponse:
        """Return the answer, or what is left of it."""
        if not self.request.path.startswith(FRIENDBOT):
            self.request[VIEW_FAULT], self.request[VIEW] = self.node.views.choose(*self.call)
        delay = self.faults.draw("delay", *self.call, able=self._is_able)
        fault = self.faults.draw("answer", *self.call, able=self._is_able)
        if delay is not None and delay.when == "before":
            await asyncio.sleep(self.faults.seconds(delay))
        response = await (self.handler(self.request) if fault is None else self._strike(fault))
        if delay is not None and delay.when == "after":
            await asyncio.sleep(self.faults.seconds(delay))
        if fault is None or fault.kind != "reorder":
            self.node.overtake()
        if not self.streams:
            self._falsify(response)
        return response

    def _is_able(self, fault: Fault) -> bool:
        """Tell whether a fault can strike this request."""
        if fault.kind == "swallow":
            _, method, path = self.call
            return method == "POST" and path.partition("?")[0].rstrip("/") in SUBMISSIONS
        if self.streams:
            return fault.when == "before" and fault.kind not in ("half", "repeat")
        return True

    async def _strike(self, fault: Fault) -> web.StreamResponse:
        match fault.kind:
            case "swallow":
                self.request[SWALLOWED] = True
                return await self.handler(self.request)
            case "repeat":
                await self.handler(self.request)
                return await self.handler(self.request)
            case "half":
                return await self._break_off(await self.handler(self.request), fault.share)
            case "reorder":
                return await self._let_pass(fault)
        if fault.when == "after":
            await self.handler(self.request)
        return self._refuse(fault)

    async def _let_pass(self, fault: Fault) -> web.StreamResponse:
        seconds = self.faults.seconds(fault)
        if fault.when == "before":
            await self.node.hold(seconds)
            return await self.handler(self.request)
        response = await self.handler(self.request)
        await self.node.hold(seconds)
        return response

    def _refuse(self, fault: Fault) -> web.StreamResponse:
        match fault.kind:
            case "rate_limited":
                response = problem_response(RATE_LIMIT_EXCEEDED)
                response.headers["Retry-After"] = RETRY_AFTER
                return response
            case "unavailable":
                return named(self.request, problem_response(self._problem(fault.problem)))
            case "timeout":
                return problem_response(TIMEOUT)
            case "html":
                return web.Response(status=502, text=GATEWAY_PAGE, content_type="text/html")
        if self.request.transport is not None:
            self.request.transport.abort()
        return web.Response()

    def _problem(self, name: str) -> Problem:
        if name != "stale_history":
            return PROBLEMS[name]
        core, history = network_of(self.request).history, sandbox_of(self.request).history
        ledgers = {"core_latest_ledger": core.latest, "history_latest_ledger": history.latest}
        return STALE_HISTORY.having(ledgers)

    async def _break_off(self, whole: web.StreamResponse, share: float) -> web.StreamResponse:
        """Send the head of an answer and a share of its body, then close the connection."""
        body = whole.body if isinstance(whole, web.Response) and isinstance(whole.body, bytes) else b""
        part = web.StreamResponse(status=whole.status, headers=whole.headers)
        part.content_length = len(body)
        await part.prepare(self.request)
        await part.write(body[: int(len(body) * share)])
        if self.request.transport is not None:
            self.request.transport.close()
        return part

    def _falsify(self, response: web.StreamResponse) -> None:
        """Let the answer claim a ledger that it is not of."""
        shown = response.headers.get("Latest-Ledger")
        if shown is not None and not response.prepared:
            response.headers["Latest-Ledger"] = str(claimed_ledger(self.request, int(shown)))
