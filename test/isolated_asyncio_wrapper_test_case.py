"""The test case that Hummingbot's connector suite builds on; its package does not bring it along."""

import asyncio
from collections.abc import Awaitable
from unittest import IsolatedAsyncioTestCase

from hummingbot.core.web_assistant.connections.connections_factory import ConnectionsFactory

__all__ = ["IsolatedAsyncioWrapperTestCase"]


class IsolatedAsyncioWrapperTestCase(IsolatedAsyncioTestCase):
    """Gives each test an event loop of its own, and closes the HTTP session that Hummingbot shares."""

    async def asyncTearDown(self) -> None:
        """Leave nothing that belongs to this test's loop."""
        await ConnectionsFactory().close()
        await super().asyncTearDown()

    def run_async_with_timeout[T](self, coroutine: Awaitable[T], timeout: float = 1.0) -> T:
        """Run a coroutine to its end on the test's loop, from a test that is not itself a coroutine."""
        return self._asyncioRunner.run(_within(timeout, coroutine))


async def _within[T](seconds: float, coroutine: Awaitable[T]) -> T:
    async with asyncio.timeout(seconds):
        return await coroutine
