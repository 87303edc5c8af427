"""Faults that strike the events of a stream on their way to the client."""

import asyncio
from collections.abc import Sequence
from typing import Final

from aiohttp import web

from ..sandbox import Sandbox
from .node import node_of

__all__ = ["Broken", "FaultyWire"]

CHECK_SECONDS: Final = 1.0


class Broken(Exception):
    """The connection is gone, by a fault."""


class FaultyWire:
    """What events are written to. Without faults in force they pass together, as they are.

    Parameters
    ----------
    request : web.Request
    response : web.StreamResponse
    sandbox : Sandbox
    """

    def __init__(self, request: web.Request, response: web.StreamResponse, sandbox: Sandbox) -> None:
        self._request = request
        self._response = response
        self._faults = sandbox.faults
        self._call = (node_of(request).number, request.method, request.path_qs)
        self._held = b""

    async def send(self, events: Sequence[bytes]) -> None:
        """Send events.

        Raises
        ------
        Broken
            If a fault ended the connection.
        """
        if not self._faults.has("event"):
            await self._response.write(self._released() + b"".join(events))
            return
        for event in events:
            fault = self._faults.draw("event", *self._call)
            match None if fault is None else fault.kind:
                case "stream_cut":
                    await self._response.write(event[: len(event) // 2])
                    self._abort()
                    raise Broken
                case "stream_stall":
                    assert fault is not None
                    await self._fall_silent(self._faults.seconds(fault))
                    raise Broken
                case "stream_reorder":
                    held = self._released()
                    self._held = event
                    if held:
                        await self._response.write(held)
                case "stream_duplicate":
                    await self._response.write(event + event + self._released())
                case _:
                    await self._response.write(event + self._released())

    async def close(self, farewell: bytes) -> None:
        """Send what is still held back, and the last words."""
        await self._response.write(self._released() + farewell)

    def _released(self) -> bytes:
        held, self._held = self._held, b""
        return held

    async def _fall_silent(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        while (left := deadline - loop.time()) > 0:
            transport = self._request.transport
            if transport is None or transport.is_closing():
                return
            await asyncio.sleep(min(left, CHECK_SECONDS))
        self._abort()

    def _abort(self) -> None:
        if self._request.transport is not None:
            self._request.transport.close()
