"""Where orders go out and what became of them comes in, in the order of the ledger.

Every change of an order's state passes one gate here: results of our transactions and trades that took our
offers are applied one after another, and what they mean is reported before the next is read.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Coroutine, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any, Final

from hummingbot.connector.exchange.stellar.errors import StellarError
from hummingbot.connector.exchange.stellar.horizon.account_offers import read_offers
from hummingbot.connector.exchange.stellar.horizon.account_trades import AccountTrades
from hummingbot.connector.exchange.stellar.horizon.horizon import Horizon
from hummingbot.connector.exchange.stellar.horizon.ledger_clock import LedgerClock
from hummingbot.connector.exchange.stellar.horizon.trades import Trade

from .account_source import AccountSource
from .asked import Outcome
from .instructions import AccountOperation, Cancellation, Instruction, Placement, cancellations
from .journal.journal import Journal
from .offers import deletion
from .order_events import Ended, Ending, Event, Missing
from .outbox import Outbox
from .own_order import OwnOrder
from .own_orders import OwnOrders
from .record import TransactionRecord

__all__ = ["OrderDesk"]

PATIENCE: Final = 5.0
LOOKS: Final = 3
"""How often the trades are read before an offer that is gone counts as deleted without a last fill."""
CANCELLED_UNSENT: Final = "cancelled before it was sent"


class OrderDesk:
    """The orders of one account: places, cancels and watches them.

    Parameters
    ----------
    account : str
    source : AccountSource
    horizon : Horizon
    clock : LedgerClock
    reached : callable
        Asks the node which ledger its answers describe.
    report : callable
        Takes what happened to orders, in order.
    logger : logging.Logger

    Attributes
    ----------
    is_recovering : bool
        Whether transactions of an earlier run may still turn out to have made offers.
    """

    def __init__(
        self,
        account: str,
        source: AccountSource,
        horizon: Horizon,
        clock: LedgerClock,
        reached: Callable[[], Awaitable[int]],
        report: Callable[[Sequence[Event]], Awaitable[None]],
        logger: logging.Logger,
    ) -> None:
        self._account = account
        self._source = source
        self._horizon = horizon
        self._clock = clock
        self._reached = reached
        self._report = report
        self._logger = logger
        self._orders = OwnOrders(account)
        self._trades = AccountTrades(account)
        self._outbox: Outbox | None = None
        self._journal: Journal | None = None
        self._placing: dict[str, asyncio.Future[Outcome]] = {}
        self._cancelling: dict[str, asyncio.Future[bool]] = {}
        self._gate = asyncio.Lock()
        self.is_recovering = False
        self._watcher: asyncio.Future[None] | None = None
        self._clean_up: set[asyncio.Future[bool]] = set()

    @property
    def orders(self) -> OwnOrders:
        """Our orders on the ledger."""
        return self._orders

    @property
    def trades(self) -> AccountTrades:
        """The reading position in the account's trades."""
        return self._trades

    def connect(self, outbox: Outbox, journal: Journal) -> None:
        """Send through this outbox and keep what happens in this journal from now on."""
        self._outbox = outbox
        self._journal = journal

    def waiting(self) -> Iterator[Placement]:
        """Yield the orders that are not on the ledger yet."""
        waiting = self._outbox.waiting() if self._outbox else iter(())
        return (placement for placement in waiting if self._orders.get(placement.client_order_id) is None)

    async def tell(self, events: Sequence[Event]) -> None:
        """Report what the desk did not learn by itself."""
        async with self._gate:
            await self._tell(events)

    async def conclude(
        self, name: str, fate: str, code: str, record: TransactionRecord | None, events: Sequence[Event]
    ) -> None:
        """Take that a transaction of an earlier run did nothing, and what that means for its orders."""
        assert self._journal is not None
        async with self._gate:
            self._journal.decided(name, fate, code, record, events)
            await self._report(events)

    def restore(self, own: OwnOrder) -> None:
        """Take up an order that is on the ledger already, and that no journal knows."""
        self._orders.restore(own)
        if self._trades.is_started:
            self._trades.start_after(own.toid)

    def place(self, placement: Placement) -> asyncio.Future[Outcome]:
        """Send an order with the next transaction; its outcome comes when the ledger has decided."""
        assert self._outbox is not None
        future = self._outbox.send(placement)
        self._placing[placement.client_order_id] = future
        future.add_done_callback(lambda _: self._placing.pop(placement.client_order_id, None))
        return future

    def perform(self, operation: AccountOperation) -> asyncio.Future[Outcome]:
        """Send what is no order; its outcome comes when the ledger has decided."""
        assert self._outbox is not None
        return self._outbox.send(operation)

    async def cancel(self, client_order_id: str) -> bool:
        """Take an order off the ledger; True once it is surely not there, for whatever reason."""
        known = self._cancelling.get(client_order_id)
        if known is None:
            known = asyncio.ensure_future(self._cancel(client_order_id))
            self._cancelling[client_order_id] = known
            known.add_done_callback(lambda _: self._cancelling.pop(client_order_id, None))
        return await asyncio.shield(known)

    async def idle(self) -> None:
        """Wait until nothing is on its way to the ledger."""
        if self._outbox is not None:
            await self._outbox.idle()

    async def catch_up(self) -> None:
        """Read and take all trades not seen yet.

        Raises
        ------
        HorizonUnavailable, HorizonRefused
            If the node does not answer; nothing is lost then.
        """
        if self._trades.is_started:
            await _uninterrupted(self._catch_up())

    async def compare(self, names: Collection[str] | None = None) -> None:
        """Compare our orders with the account's offers on the ledger.

        Parameters
        ----------
        names : collection of str, optional
            Client order ids of those that may end by it; all if not given. Fills are taken of all.

        Raises
        ------
        HorizonUnavailable, HorizonRefused
            If the node does not answer; the orders stay as they are.
        """
        if len(self._orders) and self._trades.is_started:
            await _uninterrupted(self._compare(names))
            self.watch_missing()

    def watch_missing(self) -> None:
        """Look again after each ledger while one does not show an offer of ours, or a trade is put off."""
        is_due = self._orders.is_one_missing or self._trades.is_one_put_off
        if is_due and (self._watcher is None or self._watcher.done()):
            self._watcher = asyncio.ensure_future(self._look_again())

    async def name_strangers(self) -> None:
        """Say which offers rest on the account that this connector knows nothing of; it leaves them alone.

        Raises
        ------
        HorizonUnavailable, HorizonRefused
            If the node does not answer.
        """
        offers, ledger = await read_offers(self._horizon, self._account, self._clock)
        await self.tell(self._orders.notice(offers, ledger))
        own = {order.offer_id for order in self._orders}
        strangers = sorted(number for number in offers if number not in own)
        if strangers:
            self._logger.warning(
                f"Account {self._account} has {len(strangers)} offers that this bot does not know and "
                f"will not touch: {', '.join(map(str, strangers[:10]))}{' …' if len(strangers) > 10 else ''}."
            )

    async def deliver(self, record: TransactionRecord, instructions: Sequence[Instruction | None]) -> None:
        """Take a successful transaction of ours."""
        await _uninterrupted(self._deliver(record, instructions))
        self._cancel_surplus()

    def _cancel_surplus(self) -> None:
        for client_order_id in self._orders.surplus():
            self._cancel_rest(client_order_id)

    async def _deliver(self, record: TransactionRecord, instructions: Sequence[Instruction | None]) -> None:
        async with self._gate:
            later: list[Trade] = []
            if cancellations(instructions):
                unread = await self._read_until(record.ledger)
                await self._apply_trades((t for t in unread if t.position[0] < record.toid), record.hash)
                later = [t for t in unread if t.position[0] >= record.toid]
            events = self._orders.apply(record, instructions)
            if self._journal is not None:
                cursor = self._trades.cursor
                self._journal.decided(record.hash, "applied", record.result.code, record, events, cursor)
            await self._report(events)
            await self._apply_trades(later)
            if not self.is_recovering and (self._outbox is None or self._outbox.under_way <= 1):
                self._orders.forget_unclaimed()

    async def _catch_up(self) -> None:
        async with self._gate:
            await self._apply_trades(await self._trades.read(self._horizon))

    async def _compare(self, names: Collection[str] | None) -> None:
        newest = max((own.toid >> 32 for own in self._orders), default=0)
        offers, ledger = await self._source.offers([own.offer_id for own in self._orders], newest)
        async with self._gate:
            await self._apply_trades(await self._trades.read(self._horizon, ledger))
            await self._tell(self._orders.compare(offers, ledger, names, self._in_doubt()))
        self._cancel_surplus()

    async def _look_again(self) -> None:
        while self._orders.is_one_missing or self._trades.is_one_put_off:
            await self._clock.tick(PATIENCE)
            with suppress(StellarError):
                await _uninterrupted(self._compare(None) if self._orders.is_one_missing else self._catch_up())

    def _cancel_rest(self, client_order_id: str) -> None:
        """What rests of an order that is to leave nothing behind goes with the next transaction."""
        if self._orders.get(client_order_id) is not None:
            task = asyncio.ensure_future(self.cancel(client_order_id))
            self._clean_up.add(task)
            task.add_done_callback(self._clean_up.discard)

    async def _cancel(self, client_order_id: str) -> bool:
        assert self._outbox is not None
        if self._outbox.withdraw(client_order_id):
            await self._tell([Ended(client_order_id, Ending.CANCELLED, CANCELLED_UNSENT)])
            return True
        placing = self._placing.get(client_order_id)
        if placing is not None and self._orders.get(client_order_id) is None:
            await asyncio.wait((placing,))
        own = self._orders.get(client_order_id)
        if own is None:
            return True
        order = own.order
        selling, buying = (order.quote, order.base) if order.is_buy else (order.base, order.quote)
        cancellation = Cancellation(client_order_id, deletion(selling, buying, own.offer_id))
        outcome = await asyncio.shield(self._outbox.send(cancellation))
        if outcome.failure and outcome.code.endswith("NOT_FOUND"):
            await self._learn_end(client_order_id, outcome.ledger)
        elif outcome.failure:
            self._logger.warning(f"Failed to cancel order {client_order_id}: {outcome.failure}.")
        return self._orders.get(client_order_id) is None

    async def _learn_end(self, client_order_id: str, ledger: int) -> None:
        """Tell the end of an order whose offer is gone, after the fills that ended it, if there are any."""
        async with self._gate:
            await self._tell(self._orders.missing(client_order_id))
        for look in range(LOOKS):
            if look:
                await self._clock.tick(PATIENCE)
            async with self._gate:
                await self._apply_trades(await self._read_until(ledger))
            own = self._orders.get(client_order_id)
            if own is None:
                return
            if own.filled >= own.order.amount:
                break
        async with self._gate:
            await self._tell(self._orders.gone(client_order_id))

    def _in_doubt(self, decided: str = "") -> dict[int, int]:
        return self._journal.state.in_doubt(decided) if self._journal is not None else {}

    async def _apply_trades(self, trades: Iterable[Trade], decided: str = "") -> None:
        """Take trades, but for those of which only a transaction under way will show whose they are.

        `decided` is the hash of one whose fate is known.
        """
        keep = self.is_recovering or (self._outbox is not None and self._outbox.under_way > 0)
        in_doubt = self._in_doubt(decided)
        for trade in trades:
            ledger = trade.position[0] >> 32
            if trade.maker == self._account and ledger > in_doubt.get(trade.maker_offer_id, ledger):
                self._trades.put_off(trade)
                self.watch_missing()
                continue
            events = self._orders.take(trade, keep)
            self._trades.advance(trade)
            await self._tell(events)
        self._cancel_surplus()

    async def _tell(self, events: Sequence[Event]) -> None:
        lasting = [event for event in events if not isinstance(event, Missing)]
        if self._journal is not None:
            self._journal.happened(lasting, self._trades.cursor)
        await self._report(events)

    async def _read_until(self, ledger: int) -> list[Trade]:
        """Return all unread trades, from a node that has come as far as `ledger`: however long that takes."""
        while True:
            wait = self._clock.median_arrival
            try:
                if await self._reached() >= ledger:
                    return await self._trades.read(self._horizon, ledger)
            except StellarError as error:
                wait = max(PATIENCE, getattr(error, "retry_after", 0.0))
            await self._clock.tick(wait)


async def _uninterrupted(work: Coroutine[Any, Any, None]) -> None:
    """Finish what has begun even if the caller is cancelled: an event taken must also be told."""
    await asyncio.shield(asyncio.ensure_future(work))
