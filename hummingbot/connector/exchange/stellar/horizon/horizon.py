"""The Horizon nodes of one network as one: each request goes to the best of them, or on to the next."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, suppress
from typing import Any, Final

from hummingbot.connector.exchange.stellar import stellar_constants as CONSTANTS

from .answer import Answer
from .budget import Importance, StreamBudget
from .errors import HorizonError, HorizonRefused, HorizonUnavailable
from .event_stream import Event
from .feed import Feed, Listing, State
from .feed_status import FeedStatus
from .ledger_clock import LedgerClock
from .node_pool import NodePool, too_early
from .transport import Params

__all__ = ["Horizon"]

GONE: Final = 410


class Horizon:
    """The API of a network's Horizon nodes.

    Parameters
    ----------
    pool : NodePool
    clock : LedgerClock

    Attributes
    ----------
    pool : NodePool
    clock : LedgerClock
    budget : StreamBudget
    """

    def __init__(self, pool: NodePool, clock: LedgerClock) -> None:
        self.pool = pool
        self.clock = clock
        self.budget = StreamBudget(pool.able_to_stream, lambda: clock.median_arrival)

    async def get(self, path: str, params: Params | None = None, as_of: int = 0) -> Answer:
        """Read one resource or page, of the best node that has an answer.

        Parameters
        ----------
        as_of : int
            The ledger that the node must have reached, where its answer is to prove something.

        Raises
        ------
        HorizonRefused
            For a 4xx problem such as 404.
        HorizonUnavailable
            If no node has a usable answer.
        """
        troubles: list[HorizonError] = []
        for node in self.pool.ranked():
            try:
                await self.pool.admit(node, as_of)
                answer = await node.get(path, params, self.pool.patience(node))
                await self.pool.check_claim(node, answer.ledger)
                if not 0 < answer.ledger < as_of:
                    return answer
                troubles.append(too_early(node, as_of))
            except HorizonRefused as error:
                if 0 < error.ledger < as_of:
                    troubles.append(too_early(node, as_of))
                elif error.status == GONE:  # another node may keep a longer history
                    troubles.append(error)
                else:
                    raise
            except HorizonUnavailable as error:
                self.pool.note(node, error)
                troubles.append(error)
        raise self.pool.joined(troubles)

    async def submit(self, envelope_xdr: bytes) -> Answer:
        """Send a signed transaction to one node and wait until it knows its fate.

        Another node is tried only if nothing has been sent: what came of an attempt that may have arrived
        is for the caller to find out.

        Raises
        ------
        HorizonRefused
            If the transaction failed or was refused; `extras` hold its result.
        HorizonUnavailable
            If the outcome is unknown.
        """
        troubles: list[HorizonError] = []
        for node in self.pool.ranked():
            may_be_sent = False
            try:
                await self.pool.admit(node)
                may_be_sent = True
                return await node.submit(envelope_xdr)
            except HorizonUnavailable as error:
                self.pool.note(node, error)
                if may_be_sent and error.was_sent:
                    raise
                troubles.append(error)
        raise self.pool.joined(troubles)

    async def pages(
        self, path: str, params: Params, cursor: str, as_of: int = 0
    ) -> AsyncIterator[list[dict[str, Any]]]:
        """Yield page after page of records after `cursor`, in the order of the ledger, until none is left."""
        while True:
            query = {**params, "cursor": cursor, "order": "asc", "limit": CONSTANTS.PAGE}
            records = (await self.get(path, query, as_of)).records
            if records:
                cursor = str(records[-1].get("paging_token", ""))
                yield records
            if len(records) < CONSTANTS.PAGE:
                return

    def follow(self, resource: Listing | State, importance: Importance, name: str) -> AsyncGenerator[Event]:
        """Follow a resource for ever, over all troubles of nodes and connections; see `Feed.events`."""
        return Feed(self, resource, importance, name).events()

    def feed_statuses(self) -> tuple[FeedStatus, ...]:
        """Return how fresh each feed is, the most important first."""
        return tuple(feed.status() for feed in sorted(self.budget.feeds, key=lambda feed: feed.importance))

    async def follow_ledgers(self) -> None:
        """Keep the clock ticking for ever."""
        await self.clock.read_until_known(self)
        ledgers = Listing("/ledgers", {}, str(self.clock.sequence << 32))
        async with aclosing(self.follow(ledgers, Importance.LEDGERS, "ledgers")) as events:
            async for event in events:
                if event.kind == "message":
                    with suppress(HorizonUnavailable):  # what cannot be read: the next ledger will do
                        self.clock.take(event.record())
