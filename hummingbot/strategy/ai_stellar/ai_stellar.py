"""The strategy as Hummingbot runs it: a thin edge between its ticks and events and the decision path."""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

from hummingbot.core.clock import Clock
from hummingbot.core.data_type.common import OrderType, TradeType
from hummingbot.core.event.events import (
    BuyOrderCompletedEvent,
    MarketEvent,
    MarketOrderFailureEvent,
    OrderCancelledEvent,
    OrderExpiredEvent,
    OrderFilledEvent,
    SellOrderCompletedEvent,
)
from hummingbot.logger import HummingbotLogger
from hummingbot.strategy.market_trading_pair_tuple import MarketTradingPairTuple
from hummingbot.strategy.strategy_py_base import StrategyPyBase

from hummingbot.connector.exchange.stellar.horizon.trades import Trade
from hummingbot.connector.exchange.stellar.ledger.amount import from_stroops

from .decision import Decision
from .decision_path import DecisionPath
from .execution.order_history import OrderHistory
from .execution.order_plan import OrderPlan, plan_order
from .farewell import Farewell
from .market.bars import HOUR, Bar
from .market.market_state import MarketState
from .market.pair_feed import NoHistory, PairFeed
from .market.portfolio import Portfolio, Side
from .market.reference_feed import PATIENCE, ReferenceFeed
from .market.venue import Venue
from .memory.journal import Fill, Journal
from .predictors.errors import ModelError
from .predictors.forecast_stack import WARM_UP
from .risk.equity_record import EquityRecord, basis_of
from .risk.limits import Limits
from .status import PairStatus, render_status, render_waiting

__all__ = ["AiStellarStrategy"]

RETRY_AFTER: Final = 2.0
PATIENCE_AT_START: Final = 60.0
"""Wall seconds for the history of `ReferenceFeed`."""
LATENCIES_KEPT: Final = 10_000
HISTORY_HOURS: Final = WARM_UP + 5


class AiStellarStrategy(StrategyPyBase):  # type: ignore[misc]
    """Decides once a closed bar and pair, and keeps at most the orders of the last decision in the market.

    Everything it decides with comes from the connector: books, balances, trades and the ledger's clock.
    Orders leave through the connector alone, and it cancels none but those it placed.
    """

    _logger: HummingbotLogger | None = None

    @classmethod
    def logger(cls) -> HummingbotLogger:
        """Return the class's logger, as Hummingbot asks."""
        if cls._logger is None:
            cls._logger = logging.getLogger(__name__)  # type: ignore[assignment]
        assert cls._logger is not None
        return cls._logger

    def init_params(
        self,
        market_infos: list[MarketTradingPairTuple],
        model_id: str,
        paths: Mapping[str, DecisionPath],
        limits: Mapping[str, Limits],
        journal: Journal,
        account: str,
        configuration: Mapping[str, str],
        references: ReferenceFeed | None = None,
        timer: Callable[[], int] = time.perf_counter_ns,
    ) -> None:
        """Take what `start` has put together.

        Parameters
        ----------
        market_infos : list of MarketTradingPairTuple
            One a pair, all of the same connector.
        model_id : str
            The models that forecast, as their manifests name them.
        paths : mapping of pair to DecisionPath
            How each pair is decided on.
        limits : mapping of pair to Limits
            In force; those of the portfolio are the same for all.
        journal : Journal
            Of the memory file.
        account : str
            Identifies whose equity it is; losses of another account do not count.
        configuration : mapping of str to str
            Written to the memory with the run.
        references : ReferenceFeed, optional
            Closes of other coins, which the models are told; by default none is known.
        timer : callable
            Returns nanoseconds; measures decisions.
        """
        self._infos = {info.trading_pair: info for info in market_infos}
        self._venue = Venue(market_infos[0].market, journal.venue, list(self._infos))
        self._model_id = model_id
        self._paths = dict(paths)
        self._limits = limits
        self._journal = journal
        self._account = account
        self._configuration = configuration
        self._references = references
        self._timer = timer
        fetch = self._venue.source.history.aggregations
        self._feeds = {pair: PairFeed(pair, fetch, HISTORY_HOURS) for pair in self._infos}
        self._orders = OrderHistory(journal, {pair: path.experience for pair, path in self._paths.items()})
        self._record = EquityRecord()
        self._basis = basis_of(self._venue.currency, self._infos)
        self._first_portfolio: Portfolio | None = None
        self._decisions: dict[str, Decision] = {}
        self._contributions: dict[str, tuple[int, list[tuple[str, float]]]] = {}
        self._notes: dict[str, str] = {}
        self._latencies: deque[int] = deque(maxlen=LATENCIES_KEPT)
        self._tasks: set[asyncio.Future[None]] = set()
        self._busy: set[str] = set()
        self._began = self._stopping = self._was_lost = False
        self._last_ledger = 0
        self.farewell = Farewell(
            self._venue, self._orders, journal, lambda told: self.notify_hb_app(told), self.logger()
        )
        self.add_markets([self._venue.connector])

    # --- Hummingbot's clock -------------------------------------------------------------------------------

    def tick(self, timestamp: float) -> None:
        """Decide on what has closed since the last tick; ``timestamp`` is wall time and decides nothing."""
        if self._stopping:
            return
        connected = self._venue.obstacle is None
        self._was_lost |= self._began and not (connected and self._venue.ready)
        if not self._venue.ready:
            return
        if not self._began:
            self._begin()
        clock = self._venue.clock
        if clock.sequence == self._last_ledger:
            return
        self._last_ledger = clock.sequence
        if self._was_lost and connected:
            self._was_lost = False
            for feed in self._feeds.values():
                feed.interrupted(clock.close_time)
        for pair, feed in self._feeds.items():
            self._cancel_due(pair, replaced=False)
            if pair in self._busy or not feed.ready:
                continue
            feed.close_until(clock.close_time)
            if feed.incomplete or (self._references is not None and feed.has_closed):
                self._in_background(pair, self._complete(feed))
            else:
                self._digest(pair, feed.take())

    def stop(self, clock: Clock) -> None:
        """Place no more orders; go on recording until those in the market have ended."""
        if self._stopping or not hasattr(self, "_journal"):
            return
        self._stopping = True
        for task in self._tasks:
            task.cancel()
        if not self._began:
            self._journal.store.close()
            return
        self._venue.source.remove_trade_listener(self._public_trade)
        # the base class has taken its own listeners away; fills and cancellations still have to be written
        self.farewell.begin({
            MarketEvent.OrderFilled: self.did_fill_order,
            MarketEvent.OrderCancelled: self.did_cancel_order,
            MarketEvent.OrderFailure: self.did_fail_order,
            MarketEvent.OrderExpired: self.did_expire_order,
            MarketEvent.BuyOrderCompleted: self.did_complete_buy_order,
            MarketEvent.SellOrderCompleted: self.did_complete_sell_order,
        })  # fmt: skip

    # --- warm-up ------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        self._began = True
        now: int = self._venue.clock.close_time
        for when, equity, basis in self._journal.equities(self._account, now):
            self._record.observe(when, equity, basis)
        self._journal.begin(
            self._account, list(self._infos), self._venue.currency, self._configuration, self._limits,
            self._model_id, now,
        )  # fmt: skip
        self._venue.source.add_trade_listener(self._public_trade)
        for pair in self._infos:
            self._orders.recall(pair)
            self._notes[pair] = "reading its history"
            self._in_background(pair, self._warm_up(pair))
        self._adopt_orders_of_earlier_runs(now)

    async def _warm_up(self, pair: str) -> None:
        feed, path = self._feeds[pair], self._paths[pair]
        while True:
            try:
                bars = await feed.warm_up(self._venue.clock.close_time)
                break
            except NoHistory as error:
                self._notes[pair] = f"{error}; waiting for it to trade"
            except Exception as error:
                self._notes[pair] = f"its history cannot be read ({error}); trying again"
            self.logger().warning(f"{pair}: {self._notes[pair]}")
            await asyncio.sleep(RETRY_AFTER)
        await self._read_references(bars, PATIENCE_AT_START)
        self._observe(pair, bars)
        self._orders.finish(pair, {bar.start + HOUR: bar.close for bar in bars})
        self._notes.pop(pair, None)
        if not path.ready:
            self._notes[pair] = f"{len(bars)} bars of history: no forecast until there are enough"

    async def _complete(self, feed: PairFeed) -> None:
        while True:
            try:
                await feed.complete()
            except Exception as error:
                self._notes[feed.pair] = f"its last bar cannot be read ({error}); trying again"
                self.logger().warning(f"{feed.pair}: {self._notes[feed.pair]}")
                await asyncio.sleep(RETRY_AFTER)
            else:
                self._notes.pop(feed.pair, None)
                bars = feed.take()
                await self._read_references(bars)
                self._digest(feed.pair, bars)
                return

    async def _read_references(self, bars: list[Bar], patience: float = PATIENCE) -> None:
        """Read other coins' closes of the same hours; those that do not come in time are unknown."""
        if self._references is None or not bars:
            return
        await self._references.read(bars[0].start, bars[-1].start + HOUR, patience)
        if self._references.trouble is not None:
            self.logger().warning(f"references: {self._references.trouble}; the models go without them")
        self._references.forget(bars[0].start)

    def _observe(self, pair: str, bars: list[Bar]) -> None:
        path, known = self._paths[pair], self._references
        for bar in bars:
            if known is None:
                path.observe(bar)
            else:
                path.observe(bar, known.at(bar.start + HOUR))

    def _adopt_orders_of_earlier_runs(self, now: int) -> None:
        """Take up orders that the memory knows to be ours, as after a kill; being expired they go next."""
        for order in list(self._venue.connector.limit_orders):
            if self._journal.knows(order.client_order_id):
                side: Side = "buy" if order.is_buy else "sell"
                plan = OrderPlan(0, order.trading_pair, side, order.quantity, order.price, now)
                self._orders.working.placed(order.client_order_id, plan)

    def _in_background(self, pair: str, work: Any) -> None:
        self._busy.add(pair)
        task = asyncio.ensure_future(work)
        self._tasks.add(task)

        def done(finished: "asyncio.Future[None]") -> None:
            self._tasks.discard(finished)
            self._busy.discard(pair)
            if not finished.cancelled() and finished.exception() is not None:
                self.logger().error(f"{pair}: {finished.exception()}", exc_info=finished.exception())

        task.add_done_callback(done)

    def _public_trade(self, pair: str, trade: Trade) -> None:
        feed = self._feeds.get(pair)
        if feed is not None and trade.base_amount:
            price = trade.counter_amount / trade.base_amount
            feed.trade(trade.close_time, price, float(from_stroops(trade.base_amount)))

    # --- deciding -----------------------------------------------------------------------------------------

    def _digest(self, pair: str, bars: list[Bar]) -> None:
        if not bars or self._stopping:
            return
        self._observe(pair, bars)
        if self._paths[pair].ready:
            self._notes.pop(pair, None)
        market = self._venue.market(pair, self._orders.working.open_orders)
        if market.mid is not None:
            self._orders.learn(pair, market.time, market.mid)
        self._decide(pair, bars[-1].start + HOUR, market)

    def _decide(self, pair: str, bar_end: int, market: MarketState) -> None:
        portfolio = self._venue.portfolio(self._orders.working.open_orders)
        equity = portfolio.equity
        if equity is not None:
            self._record.observe(market.time, equity, self._basis)
            if self._first_portfolio is None:
                self._first_portfolio = portfolio
        decision = self._paths[pair].decide(
            self._journal.next_number(), bar_end, market, portfolio, self._record,
            self._venue.minimum_size(pair), self._journal.store.trouble or self._venue.obstacle,
        )  # fmt: skip
        self._decisions[pair] = decision
        self._latencies.append(decision.latency.total)
        self._cancel_due(pair, replaced=True)
        plan = plan_order(decision.number, decision.proposal, decision.verdict, bar_end + HOUR)
        placed, took = (None, None) if plan is None else self._place(plan, decision)
        self._journal.decided(decision, placed, took)

    def _place(self, plan: OrderPlan, decision: Decision) -> tuple[str, int]:
        send = self.buy_with_specific_market if plan.side == "buy" else self.sell_with_specific_market
        began = self._timer()
        order_id: str = send(self._infos[plan.pair], plan.size, OrderType.LIMIT, plan.price)
        took = self._timer() - began
        self._orders.placed(order_id, plan, decision)
        return order_id, took

    def _cancel_due(self, pair: str, *, replaced: bool) -> None:
        clock = self._venue.clock
        for order_id in self._orders.working.to_cancel(
            pair, clock.close_time, clock.sequence, replaced=replaced
        ):
            self._venue.connector.cancel(pair, order_id)

    # --- what became of orders ----------------------------------------------------------------------------

    def did_fill_order(self, event: OrderFilledEvent) -> None:
        """Record a fill of one of our orders."""
        side: Side = "buy" if event.trade_type is TradeType.BUY else "sell"
        fee = {flat.token: flat.amount for flat in event.trade_fee.flat_fees}
        if event.trade_fee.percent:
            asset = event.trade_fee.percent_token or event.trading_pair.split("-")[1]
            fee[asset] = fee.get(asset, Decimal(0)) + event.price * event.amount * event.trade_fee.percent
        self._orders.filled(
            Fill(
                event.order_id, str(event.exchange_trade_id), event.trading_pair, side,
                self._venue.clock.close_time, event.price, event.amount, fee,
            )
        )  # fmt: skip

    def did_complete_buy_order(self, event: BuyOrderCompletedEvent) -> None:
        """Record that a buy is filled."""
        self._order_ended(event.order_id, "filled")

    def did_complete_sell_order(self, event: SellOrderCompletedEvent) -> None:
        """Record that a sell is filled."""
        self._order_ended(event.order_id, "filled")

    def did_cancel_order(self, event: OrderCancelledEvent) -> None:
        """Record that an order is cancelled."""
        self._order_ended(event.order_id, "cancelled")

    def did_fail_order(self, event: MarketOrderFailureEvent) -> None:
        """Record that an order never came to be."""
        self._order_ended(event.order_id, "failed")

    def did_expire_order(self, event: OrderExpiredEvent) -> None:
        """Record that an order expired."""
        self._order_ended(event.order_id, "expired")

    def _order_ended(self, order_id: str, how: str) -> None:
        if self.farewell.is_over:
            return
        self._orders.ended(order_id, how)
        self.farewell.order_ended()

    # --- status -------------------------------------------------------------------------------------------

    def format_status(self) -> str:
        """Return the tables that ``status`` shows."""
        working = self._orders.working
        if not (self._began and self._venue.ready):
            return render_waiting(
                self._venue.name,
                self._venue.waiting_for,
                self._venue.obstacle,
                working,
                *self._venue.sources,
            )
        portfolio = self._venue.portfolio(working.open_orders)
        nodes, feeds = self._venue.sources
        pairs = {
            pair: PairStatus(
                market=self._venue.market(pair, working.open_orders),
                decision=self._decisions.get(pair),
                contributions=self._contributions_of(pair),
                experiences={side: len(index) for side, index in self._paths[pair].experience.items()},
                fills=self._orders.fills[pair],
                note=self._note(pair),
            )
            for pair in self._infos
        }
        return render_status(
            venue=self._venue.name,
            pairs=pairs,
            portfolio=portfolio,
            record=self._record,
            hold_equity=self._hold_equity(portfolio),
            working=working,
            limits=next(iter(self._limits.values())),
            memory_file=str(self._journal.store.path),
            trouble=self._journal.store.trouble,
            obstacle=self._venue.obstacle,
            network_fee=self._venue.network_fee,
            latencies=self._latencies,
            nodes=nodes,
            feeds=feeds,
            channels=self._venue.channels,
        )

    def _note(self, pair: str) -> str | None:
        late = self._feeds[pair].ignored
        if pair in self._notes or not late:
            return self._notes.get(pair)
        trades = "1 trade was" if late == 1 else f"{late} trades were"
        return f"{trades} told after the bar had closed, and left out"

    def _contributions_of(self, pair: str) -> list[tuple[str, float]]:
        decision = self._decisions.get(pair)
        if decision is None or decision.forecast is None:
            return []
        known = self._contributions.get(pair)
        if known is None or known[0] != decision.number:
            try:
                shares = self._paths[pair].forecaster.contributions()
            except ModelError as error:
                self.logger().warning(f"What moves the forecast of {pair} cannot be shown: {error}")
                shares = []
            known = self._contributions[pair] = (decision.number, shares)
        return known[1]

    def _hold_equity(self, portfolio: Portfolio) -> Decimal | None:
        first = self._first_portfolio
        if first is None:
            return None
        return Portfolio(portfolio.currency, first.totals, first.available, portfolio.mids).equity
