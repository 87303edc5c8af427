"""One connection to a stream of a Horizon node, from the request to the goodbye."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from typing import Final

import aiohttp
from hummingbot.core.web_assistant.connections.connections_factory import ConnectionsFactory

from hummingbot.connector.exchange.stellar import stellar_constants as CONSTANTS

from .answer import read_answer
from .errors import HorizonUnavailable, StreamSilent
from .event_stream import Event, EventParser
from .transport import TRANSPORT_ERRORS, Params, broken, name_of, text_of

__all__ = ["Subscription", "connection"]

RATE_LIMITED: Final = b"rate_limit_exceeded"
LOOK_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class Subscription:
    """What a stream is opened for.

    Parameters
    ----------
    path : str
    params : mapping
    cursor : str
        After which to begin; ``""`` for a resource without one.
    patience : callable
        Returns the seconds of silence after which the connection counts as dead.
    is_worth_staying : callable
        Asked now and then; the connection is left once it says False.
    """

    path: str
    params: Params
    cursor: str = ""
    patience: Callable[[], float] = lambda: CONSTANTS.STREAM_STALL
    is_worth_staying: Callable[[], bool] = lambda: True


class StreamLeft(Exception):
    """The connection is not wanted any more."""


async def connection(url: str, wanted: Subscription) -> AsyncGenerator[Event]:
    """Yield the events of one connection to a node, until it says goodbye or is left.

    Raises
    ------
    HorizonRefused
        If the node does not stream this.
    StreamSilent
        After too long a silence.
    HorizonUnavailable
        If the connection breaks, or ends without a goodbye.
    """
    name = name_of(url)
    path, is_over = wanted.path, False
    query, headers = dict(text_of(wanted.params) or {}), {"Accept": "text/event-stream"}
    if wanted.cursor:
        query["cursor"] = headers["Last-Event-ID"] = wanted.cursor
    timeout = aiohttp.ClientTimeout(total=None, sock_connect=CONSTANTS.REQUEST_TIMEOUT)
    parser = EventParser()
    try:
        session = await ConnectionsFactory()._get_shared_client()
        async with asyncio.timeout(CONSTANTS.REQUEST_TIMEOUT):
            response = await session.get(url + path, params=query, headers=headers, timeout=timeout)
        async with response:
            if response.status != 200 or response.content_type != "text/event-stream":
                read_answer(response.status, response.headers, await response.read(), path)
                raise HorizonUnavailable(f"{name} does not stream {path}")
            while chunk := await _chunk(response.content, name, wanted):
                for event in parser.feed(chunk):
                    if event.kind == "close":
                        is_over = True  # read on to the end: the connection serves the next request
                    elif event.kind == "error":
                        raise _ended(name, path, event.data)
                    else:
                        yield event
    except StreamLeft:
        return
    except TRANSPORT_ERRORS as error:
        raise broken(error, f"Horizon at {name}'s stream {path} broke") from None
    if not is_over:
        raise HorizonUnavailable(f"{name}'s stream {path} ended in the middle")


async def _chunk(content: aiohttp.StreamReader, name: str, wanted: Subscription) -> bytes:
    """Return the next bytes, none at the end."""
    waited = 0.0
    while (left := wanted.patience() - waited) > 0:
        span = min(LOOK_SECONDS, left)
        try:
            async with asyncio.timeout(span):
                return await content.readany()
        except TimeoutError:
            waited += span
            if not wanted.is_worth_staying():
                raise StreamLeft from None
    raise StreamSilent(f"{name}'s stream {wanted.path} was silent for {waited:.0f} s")


def _ended(name: str, path: str, data: bytes) -> HorizonUnavailable:
    reason = data.decode("utf-8", "replace")
    status = 429 if RATE_LIMITED in data else 0
    return HorizonUnavailable(f"{name} ended its stream {path}: {reason}", 0.0, status)
