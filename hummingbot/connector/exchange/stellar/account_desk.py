"""Everything the connector does with one account: its balances, and the orders it places through its desk."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from typing import Any, Final

from hummingbot.connector.client_order_tracker import ClientOrderTracker
from hummingbot.core.data_type.in_flight_order import InFlightOrder
from hummingbot.core.data_type.trade_fee import TradeFeeSchema

from hummingbot.connector.exchange.stellar import stellar_constants as CONSTANTS
from hummingbot.connector.exchange.stellar.assets import AssetTable
from hummingbot.connector.exchange.stellar.errors import StellarError
from hummingbot.connector.exchange.stellar.horizon.account import AccountBalances, read_account
from hummingbot.connector.exchange.stellar.horizon.account_trades import AccountTrades
from hummingbot.connector.exchange.stellar.horizon.errors import WrongNetwork, reading
from hummingbot.connector.exchange.stellar.horizon.horizon import Horizon
from hummingbot.connector.exchange.stellar.horizon.ledger_clock import LedgerClock
from hummingbot.connector.exchange.stellar.horizon.trades import Trade
from hummingbot.connector.exchange.stellar.ledger.amount import from_stroops
from hummingbot.connector.exchange.stellar.ledger.envelope import SignedTransaction
from hummingbot.connector.exchange.stellar.ledger.operations import Transaction
from hummingbot.connector.exchange.stellar.ledger.xdr import network_id
from hummingbot.connector.exchange.stellar.stellar_auth import StellarAuth
from hummingbot.connector.exchange.stellar.transactions.errors import OrderRejected, explain
from hummingbot.connector.exchange.stellar.transactions.holdings import Holdings
from hummingbot.connector.exchange.stellar.transactions.instructions import (
    Cancellation,
    Instruction,
    Order,
    Placement,
)
from hummingbot.connector.exchange.stellar.transactions.order_desk import OrderDesk
from hummingbot.connector.exchange.stellar.transactions.order_events import Ended, Ending, Event, Filled
from hummingbot.connector.exchange.stellar.transactions.order_reports import OrderReports, OwnTrade
from hummingbot.connector.exchange.stellar.transactions.outbox import EXPIRED, Outbox
from hummingbot.connector.exchange.stellar.transactions.own_orders import OwnOrder
from hummingbot.connector.exchange.stellar.transactions.record import TransactionRecord
from hummingbot.connector.exchange.stellar.transactions.sequence_number import SequenceNumber
from hummingbot.connector.exchange.stellar.transactions.submission import Expired, Included, Submission
from hummingbot.connector.exchange.stellar.transactions.undecided import (
    Undecided,
    UndecidedTransactions,
    to_json,
)

__all__ = ["AccountDesk"]

RETRY: Final = 1.0

Publish = Callable[[dict[str, Decimal], dict[str, Decimal]], None]


class AccountDesk:
    """One account on one network.

    Parameters
    ----------
    auth : StellarAuth
        With a key.
    horizon : Horizon
    clock : LedgerClock
    assets : AssetTable
    domain : str
    publish : callable
        Takes total and available balances by asset name, in units.
    logger : logging.Logger
    """

    def __init__(
        self,
        auth: StellarAuth,
        horizon: Horizon,
        clock: LedgerClock,
        assets: AssetTable,
        domain: str,
        publish: Publish,
        logger: logging.Logger,
    ) -> None:
        self.account = auth.account
        self._auth = auth
        self._horizon = horizon
        self._clock = clock
        self._assets = assets
        self._domain = domain
        self._publish = publish
        self._logger = logger
        self._network_id = b""
        self._holdings = Holdings()
        self._reports: OrderReports | None = None
        self._desk = OrderDesk(self.account, horizon, clock, self._reached, self._report, logger)
        submission = Submission(horizon, clock, self.account, domain)
        self._sequence = SequenceNumber(self._read_sequence)
        self._desk.connect(
            Outbox(
                self.account,
                self._sign,
                clock,
                self._sequence,
                submission,
                self._admit,
                self._deliver,
                self._freshen,
                logger,
            )
        )
        self._submission = submission
        self._undecided = UndecidedTransactions()
        self._preparing = asyncio.Lock()
        self._refresher: asyncio.Task[None] | None = None
        self._watcher: asyncio.Task[None] | None = None
        self._stale = False
        self._is_prepared = False

    def connect(self, tracker: ClientOrderTracker, schema: TradeFeeSchema, now: Callable[[], float]) -> None:
        """Report to Hummingbot's order tracker from now on."""
        self._reports = OrderReports(tracker, schema, now, self._logger)

    @property
    def trades(self) -> AccountTrades:
        """The reading position in the account's trades."""
        return self._desk.trades

    @property
    def own_trades(self) -> Sequence[OwnTrade] | deque[OwnTrade]:
        """Our fills of this run."""
        return self._reports.own_trades if self._reports else ()

    @staticmethod
    async def read_network(horizon: Horizon, domain: str) -> str:
        """Return the passphrase of the node's network.

        Raises
        ------
        WrongNetwork
            If it is not the domain's.
        """
        answer = await horizon.get("/")
        with reading("its root"):
            passphrase = str(answer.body["network_passphrase"])
        expected = CONSTANTS.PASSPHRASES[domain]
        public = CONSTANTS.PASSPHRASES[CONSTANTS.DEFAULT_DOMAIN]
        if passphrase != expected if expected is not None else passphrase == public:
            raise WrongNetwork(
                f"the node {horizon.url} belongs to the network {passphrase!r}, not to {domain}: "
                "choose another URL"
            )
        return passphrase

    async def prepare(self) -> None:
        """Learn network, ledger and account; do nothing once they are known.

        Raises
        ------
        StellarError
            If the node does not answer, is of another network, or the account is not funded.
        """
        async with self._preparing:
            if self._is_prepared:
                return
            if not self._network_id:
                self._network_id = network_id(await self.read_network(self._horizon, self._domain))
            if self._clock.header is None:
                await self._clock.read(self._horizon)
            if self._holdings.balances is None:
                await self.update_balances()
            left = list(self._undecided)
            self._desk.start_after(min([self._clock.toid, *(u.sent.ledger << 32 for u in left)]))
            self._desk.is_recovering = True
            for undecided in left:
                await self._decide(undecided)
            await self._desk.catch_up()
            self._desk.is_recovering = False
            if not left and self._holdings.balances is not None:
                self._sequence.learn(self._holdings.balances.sequence)
            await self._desk.name_strangers()
            self._is_prepared = True
        self._desk.clean_up()
        self._watch_missing()

    async def place(self, placement: Placement) -> None:
        """Bring an order to the ledger.

        Raises
        ------
        OrderRejected
            If it surely is not there.
        """
        try:
            await self.prepare()
        except StellarError as error:
            raise OrderRejected(f"nothing was sent: {error}") from None
        future = self._desk.place(placement)
        self.publish_balances()
        outcome = await asyncio.shield(future)
        if outcome.failure and outcome.code != "withdrawn":
            self.publish_balances()
            raise OrderRejected(outcome.failure)

    async def cancel(self, client_order_id: str) -> bool:
        """Take an order off the ledger; True once it is surely not there."""
        try:
            await self.prepare()
        except StellarError as error:
            self._logger.warning(f"Order {client_order_id} cannot be cancelled yet: {error}.")
            return False
        return await self._desk.cancel(client_order_id)

    async def idle(self) -> None:
        """Wait until nothing is on its way to the ledger."""
        await self._desk.idle()

    async def take(self, trade: Trade | None) -> None:
        """Take a trade of the account from the stream; None stands for all that may have been missed."""
        while True:
            try:
                if trade is not None:
                    await self._desk.take(trade)
                    if self._desk.orders.is_one_complete:
                        await self.compare()
                else:
                    await self._poll()
                return
            except StellarError:
                trade = None
                await self._clock.tick(RETRY)

    async def _poll(self) -> None:
        """Read trades, offers and balances."""
        await self.prepare()
        await self._desk.catch_up()
        await self._desk.compare()
        await self.update_balances()

    async def catch_up(self) -> None:
        """Read the trades not seen yet."""
        await self._desk.catch_up()

    async def compare(self, names: Collection[str] | None = None) -> None:
        """Compare our orders with the account's offers on the ledger.

        Parameters
        ----------
        names : collection of str, optional
            Client order ids of those that may end by it; all if not given.

        Raises
        ------
        StellarError
            If the node does not answer or the account is not funded; the orders stay as they are.
        """
        await self.prepare()
        await self._desk.compare(names)
        self._watch_missing()

    def _watch_missing(self) -> None:
        if self._desk.orders.is_one_missing and (self._watcher is None or self._watcher.done()):
            self._watcher = asyncio.ensure_future(self._look_again())

    async def _look_again(self) -> None:
        """See what became of an offer that one ledger did not show: the next ledger decides."""
        while self._desk.orders.is_one_missing:
            await self._clock.tick(max(RETRY, 2 * self._clock.median_arrival))
            with suppress(StellarError):
                await self._desk.compare()

    def restore(self, order: Order, tracked: InFlightOrder, sent: Mapping[str, Any] | None) -> bool:
        """Take up an order that was made elsewhere, as by an earlier run; False if it was never sent.

        Parameters
        ----------
        sent : mapping or None
            What `saved_state` returned for it then.
        """
        offer_id, _, toid = str(tracked.exchange_order_id or "").partition(":")
        if offer_id.isdigit() and (toid or "0").isdigit():
            own = OwnOrder(order, int(offer_id), int(toid or 0), trade_ids=set(tracked.order_fills))
            own.filled = int(tracked.executed_amount_base * 10**7)
            self._desk.restore(own)
            return True
        if sent is None:
            return False
        try:
            self._undecided.add(order, sent)
        except ValueError as error:
            self._logger.error(f"The saved state of order {order.client_order_id} is damaged: {error}.")
            return False
        return True

    def saved_state(self, client_order_id: str) -> dict[str, Any] | None:
        """Return what a later run needs to learn the fate of an order whose placement is under way."""
        found = self._desk.sent(client_order_id)
        return to_json(*found) if found else None

    async def _decide(self, undecided: Undecided) -> None:
        """See a transaction of an earlier run through."""
        verdict = await self._submission.decide(undecided.sent, was_sent=True)
        if isinstance(verdict, Included) and verdict.record.is_successful:
            await self._desk.deliver(verdict.record, undecided.instructions)
        else:
            reason = "its transaction failed"
            if isinstance(verdict, Expired):
                reason = EXPIRED
            elif not isinstance(verdict, Included):
                reason = explain(verdict.code)
            await self._desk.tell(
                [
                    Ended(placement.client_order_id, Ending.REJECTED, reason)
                    for placement in undecided.placements.values()
                ]
            )
        self._undecided.remove(undecided)

    # Balances

    async def update_balances(self) -> None:
        """Read the account's balances from the ledger.

        Raises
        ------
        StellarError
            If the account is not funded or the node does not answer.
        """
        if self._clock.header is None:
            await self._clock.read(self._horizon)
        await self._reached()

    def publish_balances(self) -> None:
        """Tell Hummingbot what the account holds, and what of it is free."""
        balances, header = self._holdings.balances, self._clock.header
        if balances is None or header is None:
            return
        waiting = [entry for entry in self._desk.waiting() if isinstance(entry, Placement)]
        totals, available = {}, {}
        for asset in balances.lines:
            name = self._assets.name(asset)
            totals[name] = from_stroops(balances.total(asset))
            available[name] = from_stroops(max(0, self._holdings.available(asset, header, waiting)))
        self._publish(totals, available)

    def stroop_balances(self) -> dict[str, int]:
        """Return what the account holds by asset name, in stroops."""
        balances = self._holdings.balances
        if balances is None:
            return {}
        return {self._assets.name(asset): line.balance for asset, line in balances.lines.items()}

    def _refresh_balances(self) -> None:
        self._stale = True
        if self._refresher is None or self._refresher.done():
            self._refresher = asyncio.ensure_future(self._refresh())

    async def _refresh(self) -> None:
        while self._stale:
            self._stale = False
            try:
                await self.update_balances()
            except StellarError as error:
                self._logger.debug(f"Balances could not be read: {error}")
                self._stale = True
                await self._clock.tick(RETRY)
            if self._holdings.is_behind:
                self._stale = True
                await self._clock.tick(RETRY)

    # What the order desk needs

    def _sign(self, transaction: Transaction) -> SignedTransaction:
        return self._auth.sign(transaction, self._network_id)

    def _admit(self, placement: Placement, ahead: Sequence[Instruction]) -> None:
        """Refuse an order that the ledger would refuse behind what goes before it in its transaction."""
        assert self._clock.header is not None
        orders, operation = self._desk.orders, placement.operation
        owns = [orders.get(entry.client_order_id) for entry in ahead if isinstance(entry, Cancellation)]
        self._holdings.check(
            placement,
            self._clock.header,
            [entry for entry in ahead if isinstance(entry, Placement)],
            len(orders),
            [own.offer for own in owns if own is not None and own.offer is not None],
            (self._assets.name(operation.selling), self._assets.name(operation.buying)),
        )

    async def _deliver(self, record: TransactionRecord, instructions: Sequence[Instruction]) -> None:
        placements = [entry for entry in instructions if isinstance(entry, Placement)]
        self._holdings.include(record.ledger, placements)
        self._holdings.expect(record.ledger)
        await self._desk.deliver(record, instructions)
        self._refresh_balances()

    async def _report(self, events: Sequence[Event]) -> None:
        if self._reports is not None:
            try:
                await self._reports.report(events)
            except Exception:
                self._logger.exception("Hummingbot could not take an order's update.")
        self._holdings.expect(max((e.ledger for e in events if isinstance(e, Filled)), default=0))
        self._refresh_balances()

    async def _freshen(self, was_late: bool, ledger: int) -> None:
        """Read the last ledger if none has come for twice the usual time: time bounds are counted from it.

        After a ledger that changed the account, wait for its balances: the next transaction depends on them.
        """
        if was_late or self._clock.behind().seconds > 2 * self._clock.median_arrival:
            await self._clock.read(self._horizon)
        while ledger and await self._reached() < ledger:
            await self._clock.tick(RETRY)

    async def _reached(self) -> int:
        """Read the balances and return the ledger they are of."""
        balances = await self._read_account()
        if self._holdings.take(balances):
            self.publish_balances()
        if not balances.ledger:
            await self._clock.read(self._horizon)
        return balances.ledger or self._clock.sequence

    async def _read_sequence(self) -> int:
        return (await self._read_account()).sequence

    async def _read_account(self) -> AccountBalances:
        balances = await read_account(self._horizon, self.account, self._domain)
        self._clock.learn_of(balances.ledger)
        return balances
