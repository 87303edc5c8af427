"""Everything the connector does with one account: its balances, and the orders it places through its desk."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence, Set
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from hummingbot.connector.client_order_tracker import ClientOrderTracker
from hummingbot.core.data_type.in_flight_order import InFlightOrder
from hummingbot.core.data_type.trade_fee import TradeFeeSchema

from hummingbot.connector.exchange.stellar.assets import AssetTable
from hummingbot.connector.exchange.stellar.errors import StellarError
from hummingbot.connector.exchange.stellar.horizon.account import AccountBalances, AccountNotFunded
from hummingbot.connector.exchange.stellar.horizon.account_trades import AccountTrades
from hummingbot.connector.exchange.stellar.horizon.horizon import Horizon
from hummingbot.connector.exchange.stellar.horizon.ledger_clock import LedgerClock
from hummingbot.connector.exchange.stellar.horizon.trades import Trade
from hummingbot.connector.exchange.stellar.ledger.amount import INT64_MAX
from hummingbot.connector.exchange.stellar.ledger.asset import Asset
from hummingbot.connector.exchange.stellar.ledger.envelope import SignedTransaction
from hummingbot.connector.exchange.stellar.ledger.operations import Transaction
from hummingbot.connector.exchange.stellar.ledger.xdr import network_id
from hummingbot.connector.exchange.stellar.stellar_auth import StellarAuth
from hummingbot.connector.exchange.stellar.transactions.account_source import AccountSource
from hummingbot.connector.exchange.stellar.transactions.accounting import Accounting
from hummingbot.connector.exchange.stellar.transactions.errors import OperationRefused, OrderRejected
from hummingbot.connector.exchange.stellar.transactions.fee_bump import FeeBumps
from hummingbot.connector.exchange.stellar.transactions.fee_market import FeeMarket
from hummingbot.connector.exchange.stellar.transactions.funds import Funds, Publish
from hummingbot.connector.exchange.stellar.transactions.instructions import (
    AccountOperation,
    Order,
    Placement,
)
from hummingbot.connector.exchange.stellar.transactions.journal.journal import Journal, journal_path
from hummingbot.connector.exchange.stellar.transactions.network_fees import NetworkFees
from hummingbot.connector.exchange.stellar.transactions.order_desk import OrderDesk
from hummingbot.connector.exchange.stellar.transactions.order_events import Event, Filled
from hummingbot.connector.exchange.stellar.transactions.order_reports import OrderReports, OwnTrade
from hummingbot.connector.exchange.stellar.transactions.outbox import Outbox
from hummingbot.connector.exchange.stellar.transactions.own_order import OwnOrder
from hummingbot.connector.exchange.stellar.transactions.recovery import Recovery
from hummingbot.connector.exchange.stellar.transactions.restoration import Restoration
from hummingbot.connector.exchange.stellar.transactions.settlement import Settlement
from hummingbot.connector.exchange.stellar.transactions.source_account import SourceAccount
from hummingbot.connector.exchange.stellar.transactions.submission import Submission

__all__ = ["AccountDesk"]

RETRY: Final = 1.0
LEDGERS_BEHIND: Final = 20
"""For how long a node may not list a trade that its stream has shown."""


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
    fee_cap : int
        Stroops that an operation may cost at most.
    source : AccountSource
        Where the account is read and its transactions go.

    Attributes
    ----------
    account : str
    fees : FeeMarket
    funds : Funds
    sources : list of SourceAccount
        The account itself, then its channel accounts.
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
        fee_cap: int,
        source: AccountSource,
    ) -> None:
        self.account = auth.account
        self._source = source
        self.fees = FeeMarket(self._source, clock, fee_cap)
        self._auth = auth
        self._horizon = horizon
        self._clock = clock
        self._assets = assets
        self._domain = domain
        self._logger = logger
        self._network_id = b""
        self._desk = OrderDesk(
            self.account, self._source, horizon, clock, self._reached, self._report, logger
        )
        self.funds = Funds(
            self.account,
            self._source,
            domain,
            horizon,
            clock,
            assets.name,
            self._desk.waiting,
            publish,
            logger,
            fee_cap,
            auth.key,
        )
        self.sources = [
            SourceAccount(source, source != self.account, self._read, clock, fee_cap, domain, logger)
            for source in (self.account, *auth.channels)
        ]
        self._reports: OrderReports | None = None
        self._journal: Journal | None = None
        self._restoration: Restoration | None = None
        self._recovery: Recovery | None = None
        self._telling: asyncio.Future[None] | None = None
        self._preparing = asyncio.Lock()
        self._is_prepared = False

    def open(
        self,
        folder: Path,
        tracker: ClientOrderTracker,
        schema: TradeFeeSchema,
        now: Callable[[], float],
    ) -> None:
        """Open the account's journal in the instance's data folder and take up its orders in the tracker.

        Raises
        ------
        JournalError
            If the journal cannot be used.
        """
        if self._journal is not None:
            return
        path = journal_path(folder, self._domain, self.account)
        journal = self._journal = Journal(path, self.account, self._domain, self._logger)
        self._reports = OrderReports(tracker, schema, now, journal.told, self._logger)
        self._restoration = Restoration(tracker, self._reports, journal.state)
        bumps = FeeBumps(self._sign_bump, self.fees, journal, self._logger)
        submission = Submission(self._source, self._horizon, self._clock, bumps)
        accounting = Accounting(self.account, self._clock, self._assets.name, self.funds, self._desk)
        settlement = Settlement(
            self.account,
            self._sign,
            self._clock,
            submission,
            self.fees,
            journal,
            accounting.plan,
            accounting.deliver,
            accounting.freshen,
            self._logger,
        )
        self._desk.connect(Outbox(settlement, self.sources, self._logger), journal)
        self._recovery = Recovery(
            journal, self._desk, submission, self._horizon, self._clock, self._domain, self._logger
        )

    @property
    def trades(self) -> AccountTrades:
        """The reading position in the account's trades."""
        return self._desk.trades

    @property
    def own_trades(self) -> Sequence[OwnTrade] | deque[OwnTrade]:
        """Our fills of this run."""
        return self._reports.own_trades if self._reports else ()

    @property
    def network_fees(self) -> NetworkFees:
        """What the network has charged since the journal began."""
        return replace(self._journal.state.fees) if self._journal else NetworkFees()

    async def prepare(self) -> None:
        """Learn network, ledger and account, and end what earlier runs left; do nothing once that is done.

        Raises
        ------
        StellarError
            If the node does not answer, is of another network, or the account is not funded.
        """
        async with self._preparing:
            if self._is_prepared:
                return
            assert self._recovery is not None
            assert self._journal is not None
            passphrase = await self._horizon.pool.passphrase()
            self._network_id = network_id(passphrase)
            if self._clock.header is None:
                await self._clock.read(self._horizon)
            await self.fees.refresh()
            if self.funds.holdings.balances is None:
                await self.funds.update()
            balances = self.funds.holdings.balances
            if balances is not None and not self._journal.state.undecided:
                self.sources[0].sequence.learn(balances.sequence)
            await self._recovery.run(passphrase)
            for source in self.sources:
                await source.check()
            await self._desk.name_strangers()
            self._is_prepared = True
        self._desk.watch_missing()

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
        self.funds.publish()
        outcome = await asyncio.shield(future)
        if outcome.failure and outcome.code != "withdrawn":
            self.funds.publish()
            raise OrderRejected(outcome.failure)

    async def perform(self, *operations: AccountOperation) -> int:
        """Bring what is no order to the ledger, in one transaction; return the ledger that has it.

        Raises
        ------
        OperationRefused
            If some of it surely did not happen.
        """
        await self._make_ready()
        futures = [self._desk.perform(operation) for operation in operations]
        outcomes = [await asyncio.shield(future) for future in futures]
        for outcome in outcomes:
            if outcome.failure:
                raise OperationRefused(outcome.failure)
        return max(outcome.ledger for outcome in outcomes)

    async def spendable(self, asset: Asset) -> int:
        """Return the stroops of an asset that no order needs, of lumens without the reserve.

        Raises
        ------
        OperationRefused
            If that is not known.
        """
        await self._make_ready()
        assert self._clock.header is not None
        if asset.issuer == self.account:
            return INT64_MAX
        return max(0, self.funds.available(self._clock.header).get(asset, 0))

    async def _make_ready(self) -> None:
        try:
            await self.prepare()
        except StellarError as error:
            raise OperationRefused(f"nothing was sent: {error}") from None

    async def cancel(self, client_order_id: str) -> bool:
        """Take an order off the ledger; True once it is surely not there."""
        try:
            await self.prepare()
        except StellarError as error:
            self._logger.warning(f"Order {client_order_id} cannot be cancelled yet: {error}.")
            return False
        return await self._desk.cancel(client_order_id)

    @property
    def is_undecided(self) -> bool:
        """Whether an earlier run left transactions whose fate nobody has learnt."""
        return self._journal is not None and bool(self._journal.state.undecided)

    def close(self) -> None:
        """Let go of the journal."""
        if self._journal is not None:
            self._journal.close()

    async def idle(self) -> None:
        """Wait until nothing is on its way to the ledger."""
        await self._desk.idle()

    async def take(self, trade: Trade | None) -> None:
        """Take notice that the account has traded; None stands for all that may have been missed.

        The trades themselves are read page by page, in order: a stream's events may come in any.
        """
        position = trade.position if trade is not None else None
        last = self._clock.sequence + LEDGERS_BEHIND
        while True:
            try:
                await self.prepare()
                if position is None or position > self.trades.position:
                    await self._desk.catch_up()
                if position is None or self._desk.orders.is_one_complete:
                    await self._desk.compare()
                if position is None:
                    await self.funds.update()
                    return
                if position <= self.trades.position or self._clock.sequence > last:
                    return
            except StellarError:
                await self._clock.tick(RETRY)
            else:
                await self._clock.tick(self._clock.median_arrival / 4)

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

    def restore(self, saved: Mapping[str, Any], recorded: Set[str]) -> list[InFlightOrder]:
        """Let Hummingbot's memory of earlier runs correct what it is told; return orders only it knows.

        Parameters
        ----------
        saved : mapping
            Its tracking states.
        recorded : set of str
            Ids of the trades that it has on record.
        """
        assert self._restoration is not None
        return self._restoration.compare(saved, recorded)

    def watch(self, order: Order, tracked: InFlightOrder) -> bool:
        """Take up an order that the journal does not know; False if it does not say where it rests."""
        offer_id, _, toid = str(tracked.exchange_order_id or "").partition(":")
        if not (offer_id.isdigit() and (toid or "0").isdigit()):
            return False
        own = OwnOrder(order, int(offer_id), int(toid or 0), trade_ids=set(tracked.order_fills))
        own.filled = int(tracked.executed_amount_base * 10**7)
        self._desk.restore(own)
        return True

    @property
    def is_waiting(self) -> bool:
        """Whether Hummingbot has not said yet what it remembers of earlier runs."""
        return self._reports is not None and not self._reports.is_listening

    def listen(self, recorded: Set[str]) -> None:
        """Tell Hummingbot what has waited until it had said what it remembers."""
        if self._reports is not None and self.is_waiting:
            self._reports.listen(recorded)
            self._telling = asyncio.ensure_future(self._reports.tell())

    # What the order desk needs

    def _sign(self, transaction: Transaction) -> SignedTransaction:
        return self._auth.sign(transaction, self._network_id)

    def _sign_bump(self, inner: SignedTransaction, source: str, fee: int) -> SignedTransaction:
        return self._auth.sign_bump(inner, source, fee, self._network_id)

    async def _report(self, events: Sequence[Event]) -> None:
        if not events or self._reports is None or self._journal is None or not self._journal.is_held:
            return  # a newer connector of this process has taken over, and tells it
        await self._reports.report(events)
        self.funds.changed(max((e.ledger for e in events if isinstance(e, Filled)), default=0))

    async def _reached(self) -> int:
        try:
            return await self.funds.update()
        except AccountNotFunded:  # merged away: its trades of the past are still to be read
            return self._clock.sequence

    async def _read(self, account: str) -> AccountBalances:
        balances = await self._source.account(account)
        self._clock.learn_of(balances.ledger)
        return balances
