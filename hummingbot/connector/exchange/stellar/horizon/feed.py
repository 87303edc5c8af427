"""Following a listing or a state of the ledger: by a stream where one can be had, by polling where not."""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing, suppress
from typing import Any, Final, Protocol

from hummingbot.connector.exchange.stellar import stellar_constants as CONSTANTS

from .answer import Answer
from .budget import Importance, StreamBudget
from .connection import Subscription
from .errors import HorizonRefused, HorizonUnavailable, StreamSilent
from .event_stream import Event
from .feed_status import FeedStatus
from .ledger_clock import LedgerClock
from .node import HorizonNode
from .node_pool import NodePool
from .read_once import ReadOnce, position_of
from .transport import Params

__all__ = ["Feed", "Listing", "State"]

SILENT_LEDGERS: Final = 6
SILENT_LEAST: Final = 2.0
QUIET_LEDGERS: Final = 20
QUIET_LEAST: Final = 5.0
POLL_LEAST: Final = 0.02
REFUSED_MOST: Final = 8
"""Ledgers after which what does not exist is asked for again, at most; at first it is one."""


class Network(Protocol):
    """What a feed needs of the nodes."""

    pool: NodePool
    clock: LedgerClock
    budget: StreamBudget

    async def get(self, path: str, params: Params | None = None) -> Answer:
        """Read one resource."""

    def pages(self, path: str, params: Params, cursor: str) -> AsyncIterator[list[dict[str, Any]]]:
        """Read pages of records."""


class Listing:
    """Records in the order of the ledger, each taken once.

    Parameters
    ----------
    path : str
    params : mapping
    cursor : str
        After which to begin.
    """

    reached: Final = 0

    def __init__(self, path: str, params: Params, cursor: str) -> None:
        self.path = path
        self.params = {**params, "limit": CONSTANTS.PAGE}  # after which a stream ends: more than come again
        self._once = ReadOnce(cursor)

    @property
    def cursor(self) -> str:
        """After which to read on."""
        return self._once.cursor

    def is_new(self, event: Event) -> bool:
        """Tell whether a record is new, and count it as taken; one without a readable id always is."""
        try:
            return self._once.take(event.id)
        except HorizonUnavailable:
            return True

    async def poll(self, network: Network) -> AsyncGenerator[Event]:
        """Yield what is new."""
        async for records in network.pages(self.path, self.params, self.cursor):
            for record in records:
                event = Event("message", b"", str(record.get("paging_token", "")), record)
                if self.is_new(event):
                    yield event


class State:
    """One object that changes, such as an order book. It never goes back to an earlier ledger.

    Parameters
    ----------
    path : str
    params : mapping

    Attributes
    ----------
    reached : int
        The last ledger of which it has been taken, as far as known: news of a stream may be of the next one.
    """

    cursor: Final = ""

    def __init__(self, path: str, params: Params) -> None:
        self.path = path
        self.params = params
        self.reached = 0
        self._last: Mapping[str, Any] | None = None

    def is_new(self, event: Event) -> bool:
        """Every state that is streamed is new."""
        self._last = None
        return True

    async def read(self, network: Network) -> Answer:
        """Read the state now.

        Raises
        ------
        HorizonUnavailable, HorizonRefused
            If no node answers, or the one that does is of an earlier ledger than the state last taken.
        """
        reached = self.reached
        answer = await network.get(self.path, self.params)
        if 0 < answer.ledger < reached:
            raise HorizonUnavailable(
                f"{self.path} was answered as of ledger {answer.ledger}, after ledger {reached}"
            )
        self.reached = max(self.reached, answer.ledger)
        return answer

    async def poll(self, network: Network) -> AsyncGenerator[Event]:
        """Yield the state if it is not that of the last poll."""
        body = (await self.read(network)).body
        if body != self._last:
            self._last = body
            yield Event("message", b"", "", body)


class Feed:
    """Follows one resource for ever.

    A stream ends after 55 s or when it breaks; it is taken up where it was, on the best node. While none can
    be had, or the quotas do not bear one, the resource is polled, once a ledger where quotas allow.

    Parameters
    ----------
    network : Network
    resource : Listing or State
    importance : Importance
    name : str
        For ``status``.
    """

    def __init__(
        self, network: Network, resource: Listing | State, importance: Importance, name: str
    ) -> None:
        self.importance = importance
        self._name = name
        self._network = network
        self._clock = network.clock
        self._resource = resource
        self._source: HorizonNode | None = None
        self._is_streamed = False
        self._current_at = 0
        self._heard_at: float | None = None
        self._trouble = ""
        self._wait = 0.0
        self._refusals = 0

    async def events(self) -> AsyncGenerator[Event]:
        """Yield ``message`` for each record or state; ``open`` for each new connection or poll.

        Where a connection or poll fails, ``lost`` with the reason; nothing needs to be done about it. Where a
        stream is renewed because it was quiet for long, or may have stalled, ``silent``.
        """
        budget = self._network.budget
        budget.enter(self)
        try:
            while True:
                node = budget.node_for(self)
                failed = False
                if node is not None:
                    async with aclosing(self._streamed(node)) as events:
                        async for event in events:
                            failed = event.kind == "lost"
                            if event.kind != "silent":
                                self._note(event, is_streamed=not failed)
                            yield event
                    if self._is_streamed:
                        self._is_streamed, self._current_at = False, self._clock.sequence
                if node is None or (failed and not self._refusals):
                    async with aclosing(self._polled()) as events:
                        async for event in events:
                            self._note(event, is_streamed=False)
                            yield event
                if node is None:
                    await self._pause()
        finally:
            budget.leave(self)

    def status(self) -> FeedStatus:
        """Return how fresh it is now."""
        if self._heard_at is None:
            return FeedStatus(self._name, "", None, None, self._trouble)
        node = self._source.name if self._is_streamed and self._source else ""
        behind = 0 if node else max(0, self._clock.sequence - self._current_at)
        return FeedStatus(self._name, node, behind, time.monotonic() - self._heard_at, self._trouble)

    def _note(self, event: Event, is_streamed: bool) -> None:
        self._is_streamed = is_streamed
        if event.kind == "lost":
            self._trouble = event.data.decode()
        else:
            self._heard_at, self._current_at, self._trouble = time.monotonic(), self._clock.sequence, ""
            self._refusals = 0

    async def _streamed(self, node: HorizonNode) -> AsyncGenerator[Event]:
        resource, pool = self._resource, self._network.pool
        opened_at, is_idle = time.monotonic(), True

        def is_worth_staying() -> bool:
            return pool.is_worth_staying(node)

        try:
            is_other = node is not self._source and resource.reached > 0
            await pool.admit(node, resource.reached + 1 if is_other else 0)  # news may come before the clock
            self._source = node
            wanted = Subscription(
                resource.path, resource.params, resource.cursor, self._patience, is_worth_staying
            )
            async with aclosing(node.stream(wanted)) as events:
                async for event in events:
                    if event.kind == "message":
                        if not resource.is_new(event):
                            continue
                        is_idle = False
                        if isinstance(resource, State):
                            resource.reached = max(resource.reached, self._clock.sequence)
                        if self.importance is Importance.LEDGERS:
                            with suppress(HorizonUnavailable):  # an id that cannot be read
                                pool.saw(node, position_of(event.id)[0] >> 32)
                    yield event
                    if not is_worth_staying():
                        return
            if is_idle and time.monotonic() - opened_at < CONSTANTS.STREAM_RETRY_FIRST:
                await asyncio.sleep(CONSTANTS.STREAM_RETRY_FIRST)
        except HorizonRefused as error:
            yield self._refused(error)
            await self._pause()
        except StreamSilent as error:
            if self.importance is Importance.LEDGERS or self._patience() >= CONSTANTS.STREAM_STALL:
                node.stream_health.failed_with(str(error), time.monotonic())
                yield Event("lost", str(error).encode(), resource.cursor)
            else:
                yield Event("silent", str(error).encode(), resource.cursor)
        except HorizonUnavailable as error:
            pool.note(node, error)
            yield Event("lost", str(error).encode(), resource.cursor)

    async def _polled(self) -> AsyncGenerator[Event]:
        try:
            async for event in self._resource.poll(self._network):
                yield event
            self._wait = 0.0
            yield Event("open", b"", self._resource.cursor)
        except HorizonRefused as error:
            yield self._refused(error)
        except HorizonUnavailable as error:
            self._wait = min(max(2 * self._wait, CONSTANTS.STREAM_RETRY_FIRST), CONSTANTS.STREAM_RETRY_MOST)
            yield Event("lost", str(error).encode(), self._resource.cursor)
            await asyncio.sleep(max(self._wait, error.retry_after))

    def _refused(self, error: HorizonRefused) -> Event:
        """A pair that never traded or an account that is not there yet is not found: its time may come.

        It is an answer, so a poll would say the same.
        """
        self._refusals += 1
        return Event("lost", str(error).encode(), self._resource.cursor)

    def _patience(self) -> float:
        """Return the seconds of silence after which a stream is dead, or worth renewing.

        Ledgers come without end, so a stream of them must not be silent. What else is silent may have
        nothing to say until Horizon closes it after 55 s; where ledgers come fast it is renewed before.
        """
        ledgers, least = QUIET_LEDGERS, QUIET_LEAST
        if self.importance is Importance.LEDGERS:
            ledgers, least = SILENT_LEDGERS, SILENT_LEAST
        return min(max(ledgers * self._clock.median_arrival, least), CONSTANTS.STREAM_STALL)

    async def _pause(self) -> None:
        period = self._network.budget.poll_period()
        if self.importance is Importance.LEDGERS:
            await asyncio.sleep(max(POLL_LEAST, period * self._clock.median_arrival / 2))
            return
        for _ in range(period * min(2 ** max(0, self._refusals - 1), REFUSED_MOST)):
            await self._clock.tick(2 * self._clock.median_arrival)
