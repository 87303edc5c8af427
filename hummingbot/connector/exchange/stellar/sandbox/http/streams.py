"""Server-sent events, byte for byte as Horizon writes them.

A stream opens with *hello*, wakes with every ledger, and closes with *byebye* after 55 s or when it has sent
its fill of events; the client comes back with the id of the last event it saw.
"""

from asyncio import get_running_loop
from collections.abc import Callable, Iterable
from typing import Final

from aiohttp import web

from .responses import sandbox_of

__all__ = ["EVENTS", "OPENED", "Event", "serve_stream"]

EVENTS: Final = 10
"""Events that a stream of one object sends before it closes; a page stream sends its ``limit``."""

OPENED: Final = "opened"
"""Set on a request whose answer has begun, so that no other can be given."""

SECONDS: Final = 55.0
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
    events = list(poll())
    response = web.StreamResponse(headers=HEADERS)
    await response.prepare(request)
    request[OPENED] = True
    await response.write(HELLO)
    sent = 0
    while not _gone(request):
        if events := events[: limit - sent]:
            sent += len(events)
            await response.write(b"".join(_encode(event) for event in events))
        if sent >= limit or not await sandbox.wait_for_ledger(seen, deadline):
            await response.write(BYEBYE)
            break
        seen = sandbox.history.latest
        events = list(poll())
    return response


def _encode(event: Event) -> bytes:
    id, data = event
    head = b"" if id is None else b"id: " + id.encode() + b"\n"
    return head + b"data: " + data + b"\n\n"


def _gone(request: web.Request) -> bool:
    return request.transport is None or request.transport.is_closing()
