"""Server-sent events, byte for byte as Horizon writes them.

A stream opens with *hello*, wakes with every ledger, and closes with *byebye* after 55 s or when it has sent
its fill of events; the client comes back with the id of the last event it saw. Every time it wakes it spends
one token of its client's rate limit; without one it ends with an error in plain text.
"""

from asyncio import get_running_loop, sleep
from collections.abc import Callable, Iterable
from typing import Final

from aiohttp import web

from ..sandbox import Sandbox
from .node import node_of
from .problems import RATE_LIMIT_EXCEEDED, Problem
from .responses import sandbox_of
from .stream_faults import Broken, FaultyWire

__all__ = ["EVENTS", "OPENED", "Event", "serve_stream"]

EVENTS: Final = 10
"""Events that a stream of one object sends before it closes; a page stream sends its ``limit``."""

OPENED: Final = "opened"
"""Set on a request whose answer has begun, so that no other can be given."""

SECONDS: Final = 55.0
CHECK_SECONDS: Final = 1.0
"""How often a stream that has nothing to send looks whether its client is still there."""

HELLO: Final = b'retry: 1000\nevent: open\ndata: "hello"\n\n'
BYEBYE: Final = b'retry: 10\nevent: close\ndata: "byebye"\n\n'
HEADERS: Final = {
    "Access-Control-Allow-Origin": "*",
    "Cache-Control": "no-cache",
    "Connection": "keep-alive",
    "Content-Type": "text/event-stream; charset=utf-8",
    "Vary": "Origin",
}

Event = tuple[str | None, bytes]
"""Its id (None for objects) and its data, as JSON."""


async def serve_stream(
    request: web.Request, poll: Callable[[], Iterable[Event]], limit: int = EVENTS
) -> web.StreamResponse:
    """Send what `poll` finds, at once and after every ledger.

    Parameters
    ----------
    poll : callable
        Returns the events that are new since it was last called. A `Problem` that its first call raises is
        answered plainly, without opening a stream.
    limit : int
        Events to send before closing.
    """
    sandbox = sandbox_of(request)
    deadline = get_running_loop().time() + SECONDS
    seen = sandbox.history.latest
    events = _look(request, poll)
    response = web.StreamResponse(headers=HEADERS)
    await response.prepare(request)
    request[OPENED] = True
    await response.write(HELLO)
    wire = FaultyWire(request, response, sandbox)
    sent = 0
    try:
        while not _gone(request):
            if events := events[: limit - sent]:
                sent += len(events)
                await wire.send([_encode(event) for event in events])
            if sent >= limit or not await _next_ledger(request, sandbox, seen, deadline):
                await wire.close(BYEBYE)
                break
            seen = sandbox.history.latest
            events = _look(request, poll)
    except Problem as problem:
        problem.with_traceback(None)
        await wire.close(f"event: error\ndata: problem: {problem.type}\n\n".encode())
    except (Broken, ConnectionError):
        pass  # no one listens any more
    return response


def _look(request: web.Request, poll: Callable[[], Iterable[Event]]) -> list[Event]:
    """Return what is new, for one token."""
    if node_of(request).take_token(request).limited:
        raise RATE_LIMIT_EXCEEDED
    return list(poll())


async def _next_ledger(request: web.Request, sandbox: Sandbox, seen: int, deadline: float) -> bool:
    """Wait for a ledger after `seen`; False once it is time to close, or no one listens."""
    loop, every = get_running_loop(), node_of(request).look_seconds
    while True:
        left = deadline - loop.time()
        if every:
            await sleep(min(every, left))
            found = sandbox.history.latest > seen and left > every
        else:
            found = await sandbox.wait_for_ledger(seen, loop.time() + min(CHECK_SECONDS, left))
        if found or sandbox.stopping or left <= (every or CHECK_SECONDS) or _gone(request):
            return found and not sandbox.stopping


def _encode(event: Event) -> bytes:
    id, data = event
    head = b"" if id is None else b"id: " + id.encode() + b"\n"
    return head + b"data: " + data + b"\n\n"


def _gone(request: web.Request) -> bool:
    return request.transport is None or request.transport.is_closing()
