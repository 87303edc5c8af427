"""Public data for Hummingbot: order books, trades and the ledger clock, lazily connected.

Paper trade takes this source alone, without the connector's own start, so everything here finds what it needs
by itself.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from decimal import Decimal
from typing import Any, Final

from hummingbot.core.data_type.common import TradeType
from hummingbot.core.data_type.order_book import OrderBook
from hummingbot.core.data_type.order_book_message import OrderBookMessage, OrderBookMessageType
from hummingbot.core.data_type.order_book_tracker_data_source import OrderBookTrackerDataSource

from hummingbot.connector.exchange.stellar import stellar_constants as CONSTANTS
from hummingbot.connector.exchange.stellar.assets import AssetTable
from hummingbot.connector.exchange.stellar.clock_difference import ClockDifference
from hummingbot.connector.exchange.stellar.errors import StellarError
from hummingbot.connector.exchange.stellar.horizon.budget import Importance
from hummingbot.connector.exchange.stellar.horizon.errors import (
    HorizonError,
    HorizonUnavailable,
)
from hummingbot.connector.exchange.stellar.horizon.event_stream import Event
from hummingbot.connector.exchange.stellar.horizon.feed import Listing, State
from hummingbot.connector.exchange.stellar.horizon.feed_status import FeedStatus
from hummingbot.connector.exchange.stellar.horizon.health import NodeStatus
from hummingbot.connector.exchange.stellar.horizon.horizon import Horizon
from hummingbot.connector.exchange.stellar.horizon.ledger_clock import LedgerClock
from hummingbot.connector.exchange.stellar.horizon.order_book import BookSnapshot, read_book
from hummingbot.connector.exchange.stellar.horizon.trades import Trade, asset_params, cursor_after
from hummingbot.connector.exchange.stellar.ledger.amount import from_stroops
from hummingbot.connector.exchange.stellar.merged_books import MergedBooks
from hummingbot.connector.exchange.stellar.trade_history import TradeHistory

__all__ = ["StellarAPIOrderBookDataSource"]

RESTART: Final = 1.0
SNAPSHOTS_PER_LEDGER: Final = 1 << 12

TradeListener = Callable[[str, Trade], None]
"""Takes a trading pair and a trade of it, exact and with its ledger's close time."""

BookListener = Callable[[str, Event], None]
"""Takes a trading pair and each event of its book's feed: ``message`` with a whole book, or another kind."""


class StellarAPIOrderBookDataSource(OrderBookTrackerDataSource):  # type: ignore[misc]
    """Books by Horizon's stream of whole books, trades by its stream of trades; polling while a stream fails.

    Parameters
    ----------
    trading_pairs : list of str
    horizon : Horizon
    assets : AssetTable
    clock : LedgerClock
    domain : str
    merges_pools : bool
        Whether books show liquidity pools beside the offers.

    Attributes
    ----------
    ledger_clock : LedgerClock
    history : TradeHistory
    """

    def __init__(
        self,
        trading_pairs: list[str],
        horizon: Horizon,
        assets: AssetTable,
        clock: LedgerClock,
        domain: str,
        merges_pools: bool = False,
    ) -> None:
        super().__init__(trading_pairs)
        self.ledger_clock = clock
        self._horizon = horizon
        self._assets = assets
        self._domain = domain
        self._update_id = 0
        self.history = TradeHistory(horizon, assets)
        self._merged = MergedBooks(horizon, assets) if merges_pools else None
        self._trade_listeners: list[TradeListener] = []
        self._book_listeners: list[BookListener] = []
        self._followers: dict[str, list[asyncio.Task[None]]] = {}
        self._trades: dict[str, Listing] = {}
        self._books: dict[str, State] = {}

    async def get_last_traded_prices(
        self, trading_pairs: list[str], domain: str | None = None
    ) -> dict[str, float]:
        """Return the price of each pair's last trade, NaN for a pair that never traded."""
        return await self.history.last_prices(trading_pairs)

    def add_trade_listener(self, listener: TradeListener) -> None:
        """Tell it every trade of the pairs followed, in ledger time: Hummingbot's events are in wall time."""
        self._trade_listeners.append(listener)

    def remove_trade_listener(self, listener: TradeListener) -> None:
        """Tell it no more."""
        self._trade_listeners.remove(listener)

    def add_book_listener(self, listener: BookListener) -> None:
        """Tell it what comes of the books of the pairs followed, as Horizon wrote it."""
        self._book_listeners.append(listener)

    def take_trades_after(self, trading_pair: str, cursor: str) -> None:
        """Begin a pair's trades after a cursor, not with the present; to be called before it is followed."""
        self._trades[trading_pair] = Listing("/trades", self._market(trading_pair), cursor)

    def offers(self, trading_pair: str) -> OrderBook | None:
        """Return the offers alone of a book that shows pools, too; None otherwise."""
        return self._merged.offers(trading_pair) if self._merged else None

    async def get_new_order_book(self, trading_pair: str) -> OrderBook:
        """Return a book with the ledger's current offers; wait for Horizon as long as it takes."""
        wait, told = 0.5, False
        while True:
            try:
                return await self.read_order_book(trading_pair)
            except HorizonError as error:
                if not told:
                    self.logger().warning(f"No order book of {trading_pair} yet: {error}. Trying on.")
                    told = True
                await self._sleep(wait)
                wait = min(2 * wait, CONSTANTS.STREAM_RETRY_MOST)

    async def read_order_book(self, trading_pair: str) -> OrderBook:
        """Return a book with the ledger's current offers.

        Raises
        ------
        HorizonUnavailable, HorizonRefused
            If the node does not answer.
        ConfigurationError
            If the pair is no pair here.
        """
        snapshot = await self._order_book_snapshot(trading_pair)
        book = self.order_book_create_function()
        book.apply_snapshot(snapshot.bids, snapshot.asks, snapshot.update_id)
        return book

    def node_statuses(self) -> tuple[NodeStatus, ...]:
        """Return how each of the network's nodes is doing, in the user's order."""
        return self._horizon.pool.statuses()

    def feed_statuses(self) -> tuple[FeedStatus, ...]:
        """Return how fresh each feed is."""
        return self._horizon.feed_statuses()

    def book_feed(self, trading_pair: str) -> FeedStatus | None:
        """Return how fresh the feed of a book is; None if it is not followed."""
        name = _book_of(trading_pair)
        return next((feed for feed in self.feed_statuses() if feed.name == name), None)

    def book_behind(self, trading_pair: str) -> int | None:
        """Return how many ledgers have come since a book was surely up to date; None if it never was."""
        feed = self.book_feed(trading_pair)
        return feed.ledgers_behind if feed else None

    async def read_ledger_clock(self) -> None:
        """Ask for the last closed ledger.

        Raises
        ------
        HorizonUnavailable, HorizonRefused, WrongNetwork
            If the node does not answer, or is of another network.
        """
        await self.ledger_clock.read(self._horizon)

    def check_pair(self, trading_pair: str) -> None:
        """Refuse what is no pair of known assets.

        Raises
        ------
        ConfigurationError
            With what is wrong.
        """
        self._assets.pair(trading_pair)

    async def listen_for_subscriptions(self) -> None:
        """Follow the ledger, and each pair's book and trades, until cancelled."""
        tasks = [
            asyncio.ensure_future(self._keep("the ledger clock", self._horizon.follow_ledgers)),
            asyncio.ensure_future(self._keep("the nodes", self._horizon.pool.watch)),
        ]
        if self._domain != CONSTANTS.LOCAL:  # the sandbox has a time of its own
            tasks.append(asyncio.ensure_future(self._keep("the clocks", self._compare_clocks)))
        try:
            for pair in list(self._trading_pairs):
                self._follow(pair)
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            for pair in list(self._followers):
                self._unfollow(pair)

    async def subscribe_to_trading_pair(self, trading_pair: str) -> bool:
        """Follow one more pair."""
        self._assets.pair(trading_pair)
        self.add_trading_pair(trading_pair)
        self._follow(trading_pair)
        return True

    async def unsubscribe_from_trading_pair(self, trading_pair: str) -> bool:
        """Stop following a pair."""
        self.remove_trading_pair(trading_pair)
        self._unfollow(trading_pair)
        self._trades.pop(trading_pair, None)
        self._books.pop(trading_pair, None)
        return True

    def _follow(self, pair: str) -> None:
        if pair not in self._followers:
            self._followers[pair] = [
                asyncio.ensure_future(self._keep(f"the book of {pair}", lambda: self._follow_book(pair))),
                asyncio.ensure_future(self._keep(f"the trades of {pair}", lambda: self._follow_trades(pair))),
            ]
            if (merged := self._merged) is not None:
                follow = self._keep(f"the pool of {pair}", lambda: self._follow_pool(pair, merged))
                self._followers[pair].append(asyncio.ensure_future(follow))

    def _unfollow(self, pair: str) -> None:
        for task in self._followers.pop(pair, []):
            task.cancel()

    async def _keep(self, what: str, follow: Callable[[], Awaitable[None]]) -> None:
        """Run a follower for ever, whatever unexpected happens to it."""
        while True:
            try:
                await follow()
            except StellarError as error:
                self.logger().warning(f"Following {what} failed: {error}. Starting again.")
            except Exception:
                self.logger().exception(f"Following {what} failed unexpectedly. Starting again.")
            await self._sleep(RESTART)

    async def _compare_clocks(self) -> None:
        """Warn once when this machine's clock and the ledger's disagree by minutes."""
        difference, seen = ClockDifference(self._domain), self.ledger_clock.sequence
        while True:
            await self.ledger_clock.tick(CONSTANTS.STREAM_STALL)
            if self.ledger_clock.sequence > seen:
                seen = self.ledger_clock.sequence
                if sentence := difference.observe(self.ledger_clock.close_time, time.time()):
                    self.logger().warning(f"{sentence[0].upper()}{sentence[1:]}.")

    async def _follow_book(self, pair: str) -> None:
        queue = self._message_queue[self._snapshot_messages_queue_key]
        async with aclosing(
            self._horizon.follow(self._book(pair), Importance.BOOK, _book_of(pair))
        ) as events:
            async for event in events:
                for listener in self._book_listeners:
                    listener(pair, event)
                if event.kind == "message":
                    try:
                        queue.put_nowait(self._snapshot(event, pair, self.ledger_clock.sequence))
                    except HorizonUnavailable as error:
                        self.logger().warning(f"A book of {pair} is left out: {error}.")

    async def _follow_pool(self, pair: str, merged: MergedBooks) -> None:
        """Read the pool after each ledger: pools have no stream."""
        queue = self._message_queue[self._snapshot_messages_queue_key]
        while True:
            try:
                if await merged.read_pool(pair):
                    queue.put_nowait(merged.again(pair, self._next_update_id(self.ledger_clock.sequence)))
            except HorizonError as error:
                self.logger().debug(f"The pool of {pair} could not be read: {error}")
            await self.ledger_clock.tick(CONSTANTS.STREAM_RETRY_MOST)

    async def _follow_trades(self, pair: str) -> None:
        """Queue each trade once: after a failure, go on behind the last one that was queued."""
        while self.ledger_clock.header is None:
            await self.ledger_clock.tick(RESTART)
        queue = self._message_queue[self._trade_messages_queue_key]
        if pair not in self._trades:
            self.take_trades_after(pair, cursor_after(self.ledger_clock.toid))
        trades = self._horizon.follow(self._trades[pair], Importance.TRADES, f"trades of {pair}")
        async with aclosing(trades) as events:
            async for event in events:
                if event.kind == "message":
                    try:
                        trade = Trade.read(event.record())
                    except HorizonUnavailable as error:
                        self.logger().warning(f"A trade of {pair} is left out: {error}.")
                        continue
                    queue.put_nowait((pair, trade))
                    for listener in self._trade_listeners:
                        listener(pair, trade)

    async def _parse_order_book_snapshot_message(
        self, raw_message: BookSnapshot, message_queue: asyncio.Queue[OrderBookMessage]
    ) -> None:
        message_queue.put_nowait(raw_message)

    async def _parse_trade_message(
        self, raw_message: tuple[str, Trade], message_queue: asyncio.Queue[OrderBookMessage]
    ) -> None:
        pair, trade = raw_message
        if not (trade.base_amount and trade.counter_amount):
            return
        taker_buys = trade.maker_sold_base
        content = {
            "trading_pair": pair,
            "trade_type": float((TradeType.BUY if taker_buys else TradeType.SELL).value),
            "trade_id": trade.id,
            "update_id": trade.position[0],
            "price": Decimal(trade.counter_amount) / Decimal(trade.base_amount),
            "amount": from_stroops(trade.base_amount),
        }
        message = OrderBookMessage(OrderBookMessageType.TRADE, content, time.time())
        message_queue.put_nowait(message)

    async def _order_book_snapshot(self, trading_pair: str) -> BookSnapshot:
        if self._merged is not None:
            await self._merged.read_pool(trading_pair)
        answer = await self._book(trading_pair).read(self._horizon)
        self.ledger_clock.learn_of(answer.ledger)
        return self._snapshot(answer.body, trading_pair, answer.ledger)

    def _snapshot(self, source: Event | dict[str, Any], pair: str, ledger: int) -> BookSnapshot:
        update_id = self._next_update_id(ledger)
        if self._merged is None:
            return read_book(source, pair, update_id, time.time())
        return self._merged.take(pair, source.record() if isinstance(source, Event) else source, update_id)

    def _next_update_id(self, ledger: int) -> int:
        self._update_id = max(self._update_id + 1, ledger * SNAPSHOTS_PER_LEDGER)
        return self._update_id

    def _book(self, pair: str) -> State:
        base, quote = self._assets.pair(pair)
        if pair not in self._books:
            sides = {**asset_params("selling_asset", base), **asset_params("buying_asset", quote)}
            self._books[pair] = State("/order_book", {**sides, "limit": CONSTANTS.BOOK_LEVELS})
        return self._books[pair]

    def _market(self, pair: str) -> dict[str, str]:
        base, quote = self._assets.pair(pair)
        return {**asset_params("base_asset", base), **asset_params("counter_asset", quote)}


def _book_of(pair: str) -> str:
    return f"book of {pair}"
