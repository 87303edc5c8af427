"""Candles for Hummingbot's strategies, from the trades on the ledger.

Hummingbot finds candle feeds in a table of its factory, which an overlay cannot add a file to. So
`register` enters ours there; the connector's module calls it. A script that wants candles of Stellar without
trading there calls it itself.
"""

import asyncio
import logging
from typing import Any, ClassVar, Final

import numpy as np
import pandas as pd
from hummingbot.core.api_throttler.data_types import RateLimit
from hummingbot.core.network_iterator import NetworkStatus
from hummingbot.core.utils.async_utils import safe_ensure_future
from hummingbot.data_feed.candles_feed.candles_base import CandlesBase
from hummingbot.data_feed.candles_feed.candles_factory import CandlesFactory
from hummingbot.data_feed.candles_feed.data_types import HistoricalCandlesConfig

from hummingbot.connector.exchange.stellar import stellar_constants as CONSTANTS
from hummingbot.connector.exchange.stellar.errors import ConfigurationError, StellarError
from hummingbot.connector.exchange.stellar.horizon.ledger_clock import LedgerClock
from hummingbot.connector.exchange.stellar.horizon.trade_aggregations import RESOLUTIONS, TradeAggregation
from hummingbot.connector.exchange.stellar.horizon.trades import Trade
from hummingbot.connector.exchange.stellar.public_source import PublicSource

__all__ = ["StellarCandles", "StellarLocalCandles", "StellarTestnetCandles", "register"]

INTERVALS: Final = {
    name: seconds for name, seconds in CandlesBase.interval_to_seconds.items() if seconds in RESOLUTIONS
}
RETRY: Final = 1.0
SILENCE: Final = 30.0
"""Seconds of wall time without a ledger after which candles count as out of date."""
REFRESHES: Final = 30
"""How often in an interval, at most, a pair is asked for of which no trades are heard."""


class StellarCandles(CandlesBase):  # type: ignore[misc]
    """Candles of one pair, kept up to date ledger by ledger.

    They are of ledger time. An interval in which nothing traded has a flat candle at the close before it,
    with volume 0; before the pair's first trade there are none. The last candle is that of the present
    ledger. Where a connector follows the pair's trades, Horizon is asked only when one was told or an
    interval has ended, else at every ledger or, for long intervals, 30 times in one.

    Horizon does not tell which volume takers bought: those two columns are 0.

    Parameters
    ----------
    trading_pair : str
    interval : {"1m", "5m", "15m", "1h", "1d", "1w"}
    max_records : int
        Candles kept; the feed is ready when it has as many and they are up to date.

    Raises
    ------
    ConfigurationError
        If Horizon has no such interval.
    """

    domain: ClassVar[str] = CONSTANTS.DEFAULT_DOMAIN

    def __init__(self, trading_pair: str, interval: str = "1m", max_records: int = 150) -> None:
        if interval not in INTERVALS:
            raise ConfigurationError(
                f"{self.domain} has no candles of {interval}: choose one of {', '.join(INTERVALS)}"
            )
        super().__init__(trading_pair, interval, max_records)
        self._public: PublicSource | None = PublicSource.of(self.domain)
        self._source = self._public.data
        self._is_following = False
        self._hears_trades = False
        self._has_news = asyncio.Event()
        self._is_current = False
        self._is_waiting_told = False
        self._trouble = ""

    @classmethod
    def logger(cls) -> logging.Logger:
        """Return the logger of this module."""
        return logging.getLogger(__name__)

    @property
    def name(self) -> str:
        """Domain and pair."""
        return f"{self.domain}_{self._trading_pair}"

    @property
    def intervals(self) -> dict[str, int]:
        """Seconds by name, of the intervals that Horizon has."""
        return INTERVALS

    @property
    def rate_limits(self) -> list[RateLimit]:
        """Of the node."""
        return CONSTANTS.rate_limits(self.domain)

    @property
    def ready(self) -> bool:
        """Whether there are as many candles as asked for, up to date."""
        return self._is_current and bool(super().ready)

    def get_exchange_trading_pair(self, trading_pair: str) -> str:
        """Return the pair itself: which assets it stands for is known when the feed starts."""
        return trading_pair

    def attach_connector(self, connector: Any) -> None:
        """Use a connector's node, quota, assets and ledger clock, and what it hears of the pair's trades.

        One that follows no pair does not follow the ledger either, and is left alone.
        """
        if connector.trading_pairs:
            self._connector, self._public = connector, None
            self._source = connector.order_book_tracker.data_source
            self._hears_trades = self._trading_pair in connector.trading_pairs

    async def check_network(self) -> NetworkStatus:
        """Ask for the last ledger, unless one came a moment ago."""
        if self._clock.behind().seconds < SILENCE:
            return NetworkStatus.CONNECTED
        try:
            self._source.check_pair(self._trading_pair)
            await self._source.read_ledger_clock()
        except StellarError as error:
            self._tell_trouble(error)
            return NetworkStatus.NOT_CONNECTED
        return NetworkStatus.CONNECTED

    async def start_network(self) -> None:
        """Read the candles and follow the ledger."""
        await self.stop_network()
        self._is_following = True
        if self._public is not None:
            self._public.begin()
        self._source.add_trade_listener(self._hear)
        self._listen_candles_task = safe_ensure_future(self.listen_for_subscriptions())

    async def stop_network(self) -> None:
        """Stop following; the candles are out of date from now on."""
        await super().stop_network()
        self._is_current = False
        if self._is_following:
            self._is_following = False
            self._source.remove_trade_listener(self._hear)
            if self._public is not None:
                self._public.end()

    async def listen_for_subscriptions(self) -> None:
        """Keep the candles up to date until cancelled."""
        while True:
            self._has_news.clear()
            try:
                await self._refresh()
            except StellarError as error:
                self._is_current = False
                self._tell_trouble(error)
                await self._clock.tick(RETRY)
            except Exception:
                self._is_current = False
                self.logger().exception(f"Unexpected error in the candles of {self._trading_pair}.")
                await self._clock.tick(RETRY)
            else:
                self._is_current, self._trouble = True, ""
                await self._wait_for_news()

    async def fetch_candles(
        self, start_time: int | None = None, end_time: int | None = None, limit: int | None = None
    ) -> np.ndarray[Any, Any]:
        """Return the candles that begin in [start_time, end_time], oldest first, ten columns each.

        Parameters
        ----------
        start_time, end_time : int, optional
            Unix seconds of ledger time; at least one.
        limit : int, optional
            How many intervals the other border is away (200 by default).

        Raises
        ------
        ValueError
            If neither border is given.
        HorizonUnavailable, HorizonRefused
            If the node does not answer.
        """
        span = (limit or CONSTANTS.PAGE) * self.interval_in_seconds
        if end_time is None:
            if start_time is None:
                raise ValueError("candles need a start or an end: name one of them")
            end_time = start_time + span
        elif start_time is None:
            start_time = end_time - span
        await self._source.read_ledger_clock()
        rows = await self._rows(start_time, end_time)
        return np.array(rows, float).reshape(len(rows), len(self.columns))

    async def get_historical_candles(self, config: HistoricalCandlesConfig) -> pd.DataFrame:
        """Return the candles that begin between the two times of `config`, both included."""
        self._source.check_pair(self._trading_pair)
        candles = await self.fetch_candles(config.start_time, config.end_time)
        return pd.DataFrame(candles, columns=self.columns)

    @property
    def _clock(self) -> LedgerClock:
        return self._source.ledger_clock

    def _hear(self, pair: str, trade: Trade) -> None:
        if pair == self._trading_pair:
            self._has_news.set()

    def _tell_trouble(self, error: StellarError) -> None:
        """Say once what is wrong for as long as it is."""
        if str(error) != self._trouble:
            self._trouble = str(error)
            self.logger().warning(f"No {self.interval} candles of {self._trading_pair} now: {error}.")

    async def _wait_for_news(self) -> None:
        """Wait for a trade, the end of the interval or, where no trades are heard, for the next look."""
        refreshed = self._clock.close_time
        step = self.interval_in_seconds
        due = refreshed - refreshed % step + step
        if not self._hears_trades:
            due = min(due, refreshed + step // REFRESHES)
        heard = asyncio.ensure_future(self._has_news.wait())
        try:
            while not self._has_news.is_set() and self._clock.close_time < due:
                await self._next_ledger_or(heard)
        finally:
            heard.cancel()

    async def _next_ledger_or(self, heard: "asyncio.Future[Any]") -> None:
        ledger = self._clock.sequence
        tick = asyncio.ensure_future(self._clock.tick(SILENCE))
        try:
            await asyncio.wait((tick, heard), return_when=asyncio.FIRST_COMPLETED)
        finally:
            tick.cancel()
        self._is_current = heard.done() or self._clock.sequence > ledger

    async def _refresh(self) -> None:
        """Read the candles that are missing, and the last two anew."""
        while self._clock.header is None:
            await self._clock.tick(RETRY)
        step = self.interval_in_seconds
        present = self._clock.close_time
        first = present - present % step - (self.max_records - 1) * step
        if self._candles:
            first = max(first, int(self._candles[-1][0]) - step)
        for row in await self._rows(first, present):
            self._enter(row)
        missing = self.max_records - len(self._candles)
        if missing and not self._is_waiting_told:
            self._is_waiting_told = True
            self.logger().info(
                f"{self._trading_pair} has not traded for long enough: {missing} of {self.max_records} "
                f"{self.interval} candles have to come yet."
            )

    def _enter(self, row: list[float]) -> None:
        """Put a candle in its place, unless the one there has more trades: a node can be behind."""
        candles = self._candles
        if candles and row[0] > candles[-1][0] + self.interval_in_seconds:
            candles.clear()
        for place in range(1, min(2, len(candles)) + 1):
            if candles[-place][0] == row[0]:
                if candles[-place][7] <= row[7]:
                    candles[-place] = np.array(row)
                return
        candles.append(np.array(row))

    async def _rows(self, start: int, end: int) -> list[list[float]]:
        """Read the candles that begin in [start, end] and not after the present ledger."""
        step = self.interval_in_seconds
        start = max(step, start + -start % step)
        end = min(end, self._clock.close_time)
        if end < start:
            return []
        pair = self._trading_pair
        spans = await self._source.history.aggregations(pair, step, start, end + step - end % step)
        close = None
        if not spans or spans[0].start != start:
            before = await self._source.history.last_aggregation(pair, step, start)
            close = before.close if before else None
        return _without_gaps(spans, start, end, step, close)


class StellarTestnetCandles(StellarCandles):
    """Candles of the test network."""

    domain: ClassVar[str] = CONSTANTS.TESTNET


class StellarLocalCandles(StellarCandles):
    """Candles of the sandbox."""

    domain: ClassVar[str] = CONSTANTS.LOCAL


def register() -> None:
    """Let Hummingbot's factory of candle feeds know ours."""
    for feed in (StellarCandles, StellarTestnetCandles, StellarLocalCandles):
        CandlesFactory._candles_map.setdefault(feed.domain, feed)


def _without_gaps(
    spans: list[TradeAggregation], start: int, end: int, step: int, close: float | None
) -> list[list[float]]:
    traded = {span.start: span for span in spans}
    rows: list[list[float]] = []
    for moment in range(start, end + 1, step):
        span = traded.get(moment)
        if span is not None:
            close = span.close
            volumes = span.base_volume, span.counter_volume, span.trade_count
            rows.append([moment, span.open, span.high, span.low, close, *volumes, 0.0, 0.0])
        elif close is not None:
            rows.append([moment, close, close, close, close, 0.0, 0.0, 0.0, 0.0, 0.0])
    return rows
