"""Candles as Hummingbot's strategies get them, from a sandbox's Horizon."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from hummingbot.core.network_iterator import NetworkStatus
from hummingbot.data_feed.candles_feed.candles_factory import CandlesFactory
from hummingbot.data_feed.candles_feed.data_types import CandlesConfig, HistoricalCandlesConfig
from hummingbot.strategy_v2.backtesting.backtesting_data_provider import BacktestingDataProvider

from hummingbot.connector.exchange.stellar import stellar_candles
from hummingbot.connector.exchange.stellar import stellar_constants as CONSTANTS
from hummingbot.connector.exchange.stellar.errors import ConfigurationError
from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE
from hummingbot.connector.exchange.stellar.ledger.liquidity_pool import LiquidityPoolDeposit
from hummingbot.connector.exchange.stellar.ledger.operations import (
    ChangeTrust,
    ManageSellOffer,
    PathPaymentStrictReceive,
)
from hummingbot.connector.exchange.stellar.ledger.pool import pool_receives
from hummingbot.connector.exchange.stellar.ledger.xdr import pool_id, pool_of
from hummingbot.connector.exchange.stellar.stellar_exchange import StellarExchange

PAIR = "XLM-USDC"
UNIT = 10_000_000
START = 1_704_067_200
MINUTE = 60
HOUR = 3600


class Exchange:
    """A sandbox on which someone trades when told to."""

    def __init__(self, sandbox: Any) -> None:
        self.sandbox = sandbox
        sandbox.sandbox.market_seconds = 1
        self.maker, self.taker = sandbox.fund("maker", "taker", usdc=10**11)

    @property
    def now(self) -> int:
        """Close time of the last ledger."""
        close_time: int = self.sandbox.sandbox.network.header.close_time
        return close_time

    def trade(self, lumens: int, price: tuple[int, int]) -> None:
        """Let a taker buy lumens, in the second of two ledgers of a second each."""
        n, d = price
        self.sandbox.sandbox.market_seconds = 1
        self.sandbox.submit(self.maker, ManageSellOffer(NATIVE, self.sandbox.usdc, lumens * UNIT, n, d))
        cost = lumens * UNIT * n // d
        self.sandbox.submit(self.taker, ManageSellOffer(self.sandbox.usdc, NATIVE, cost, d, n))

    async def pass_to(self, moment: int) -> None:
        """Close one ledger, at that moment."""
        self.sandbox.sandbox.market_seconds = moment - self.now
        await self.sandbox.close()


@pytest.fixture
def exchange(sandbox: Any) -> Exchange:
    return Exchange(sandbox)


@pytest.fixture
def node(sandbox: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Says where the domain's node is; at first, the sandbox's own."""

    def set_url(url: str) -> None:
        monkeypatch.setitem(CONSTANTS.HORIZON_URLS, "stellar_local", url.rstrip("/"))

    set_url(str(sandbox.url))
    return set_url


async def until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds} s in vain"
        await asyncio.sleep(0.005)


def feed(interval: str = "1m", records: int = 5, pair: str = PAIR, connector: Any = None) -> Any:
    """Ask Hummingbot's factory for a feed, as its market data provider does."""
    config = CandlesConfig(
        connector="stellar_local", trading_pair=pair, interval=interval, max_records=records
    )
    return CandlesFactory.get_candle(config, connector)


@pytest.fixture
async def start(node: Any) -> AsyncIterator[Callable[[Any], Awaitable[Any]]]:
    """Starts feeds as Hummingbot does once their network is there."""
    started = []

    async def begin(candles: Any) -> Any:
        assert await candles.check_network() is NetworkStatus.CONNECTED
        await candles.start_network()
        started.append(candles)
        return candles

    yield begin
    for candles in started:
        await candles.stop_network()


async def history(interval: str, start: int, end: int, pair: str = PAIR) -> list[list[float]]:
    """Return historical candles: time after START, open, high, low, close, volumes, number of trades."""
    config = HistoricalCandlesConfig(
        connector_name="stellar_local", trading_pair=pair, interval=interval, start_time=start, end_time=end
    )
    frame = await feed(interval, pair=pair).get_historical_candles(config)
    return [[row[0] - START, *row[1:8]] for row in frame.to_numpy().tolist()]


def rows(candles: Any) -> list[list[float]]:
    """Time after START, close, volume and number of trades of the candles kept."""
    frame = candles.candles_df
    return [[t - START, c, v, n] for t, c, v, n in
            frame[["timestamp", "close", "volume", "n_trades"]].to_numpy().tolist()]  # fmt: skip


def test_the_factory_knows_a_feed_for_each_network() -> None:
    for domain in CONSTANTS.DOMAINS:
        made = CandlesFactory.get_candle(CandlesConfig(connector=domain, trading_pair=PAIR, interval="15m"))
        assert made.name == f"{domain}_XLM-USDC"


def test_a_feed_that_hummingbot_may_bring_itself_one_day_is_not_replaced(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(CandlesFactory._candles_map, "stellar", dict)
    stellar_candles.register()
    assert CandlesFactory._candles_map["stellar"] is dict


@pytest.mark.parametrize("interval", ["1s", "3m", "30m", "4h", "1M", "hour"])
def test_an_interval_that_horizon_does_not_have_is_refused(interval: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        feed(interval)
    assert str(refused.value) == (
        f"stellar_local has no candles of {interval}: choose one of 1m, 5m, 15m, 1h, 1d, 1w"
    )


async def test_history_has_a_candle_for_each_interval_and_flat_ones_where_nothing_traded(
    node: Any, exchange: Exchange
) -> None:
    await exchange.pass_to(START + 2 * MINUTE)
    exchange.trade(20, (1, 10))
    exchange.trade(10, (1, 8))
    await exchange.pass_to(START + 5 * MINUTE)
    exchange.trade(5, (1, 9))

    candles = await history("1m", START, START + 9 * MINUTE)

    assert candles == [
        [120, 0.1, 0.125, 0.1, 0.125, 30, 3.25, 2],
        [180, 0.125, 0.125, 0.125, 0.125, 0, 0, 0],
        [240, 0.125, 0.125, 0.125, 0.125, 0, 0, 0],
        [300, 1 / 9, 1 / 9, 1 / 9, 1 / 9, pytest.approx(5), pytest.approx(5 / 9, abs=1e-6), 1],
    ]  # nothing before the first trade, nothing after the present ledger


async def test_the_first_candles_asked_for_stand_at_the_close_before_them(
    node: Any, exchange: Exchange
) -> None:
    exchange.trade(20, (1, 10))
    await exchange.pass_to(START + 5 * MINUTE)

    candles = await history("1m", START + 3 * MINUTE + 1, START + 5 * MINUTE)

    assert [row[0:1] + row[4:6] for row in candles] == [[240, 0.1, 0], [300, 0.1, 0]]


async def test_the_inverse_pair_has_the_inverse_candles(node: Any, exchange: Exchange) -> None:
    exchange.trade(20, (1, 10))
    exchange.trade(10, (1, 8))
    assert await history("1h", START, START + HOUR, "USDC-XLM") == [[0, 10, 10, 8, 8, 3.25, 30, 2]]


async def test_a_price_of_many_digits_keeps_them(node: Any, exchange: Exchange) -> None:
    exchange.trade(5000, (1_235, 10**9))
    ((_, *prices, _, _, _),) = await history("1h", START, START + HOUR)
    assert prices == [1_235 / 10**9] * 4


async def test_a_pair_that_never_traded_has_no_candles(node: Any, exchange: Exchange) -> None:
    assert await history("1h", START, START + HOUR) == []
    assert await history("1h", START, START + HOUR, "AQUA-USDC") == []


async def test_more_history_than_a_page_is_read_whole(node: Any, exchange: Exchange) -> None:
    for minute in range(450):
        await exchange.pass_to(START + minute * MINUTE + 30)
        exchange.trade(1 + minute % 3, (1, 10))

    candles = await history("1m", START, exchange.now)

    assert [row[0] for row in candles] == [minute * MINUTE for minute in range(450)]
    assert sum(row[5] for row in candles) == 900
    assert sum(row[7] for row in candles) == 450


async def test_hummingbots_backtesting_reads_its_candles(node: Any, exchange: Exchange) -> None:
    for minute in range(6):
        await exchange.pass_to(START + minute * MINUTE + 30)
        exchange.trade(1, (1, 10))
    provider = BacktestingDataProvider(connectors={})
    provider.start_time, provider.end_time = START + 3 * MINUTE, START + 5 * MINUTE
    config = CandlesConfig(connector="stellar_local", trading_pair=PAIR, interval="1m", max_records=2)

    frame = await provider.get_candles_feed(config)

    assert [moment - START for moment in frame["timestamp"]] == [60, 120, 180, 240, 300]
    assert frame["n_trades"].sum() == 5


async def test_candles_follow_the_ledger(start: Any, exchange: Exchange) -> None:
    exchange.trade(20, (1, 10))
    await exchange.pass_to(START + 2 * MINUTE)
    candles = await start(feed(records=3))

    await until(lambda: candles.ready)
    assert rows(candles) == [[0, 0.1, 20, 1], [60, 0.1, 0, 0], [120, 0.1, 0, 0]]

    exchange.trade(10, (1, 8))
    await until(lambda: rows(candles)[-1] == [120, 0.125, 10, 1])
    exchange.trade(4, (1, 10))
    await until(lambda: rows(candles)[-1] == [120, 0.1, 14, 2])

    await exchange.pass_to(START + 4 * MINUTE)
    await until(lambda: rows(candles)[-1][0] == 240)
    assert rows(candles) == [[120, 0.1, 14, 2], [180, 0.1, 0, 0], [240, 0.1, 0, 0]]


async def test_candles_of_a_young_pair_are_ready_when_there_are_enough(
    start: Any, exchange: Exchange, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    exchange.trade(20, (1, 10))
    candles = await start(feed(records=3))
    await until(lambda: len(rows(candles)) == 1)
    assert "XLM-USDC has not traded for long enough: 2 of 3 1m candles have to come yet." in caplog.text

    await exchange.pass_to(START + MINUTE)
    await until(lambda: len(rows(candles)) == 2)
    assert not candles.ready
    await exchange.pass_to(START + 2 * MINUTE)
    await until(lambda: candles.ready)


async def test_without_its_node_the_feed_is_not_ready_and_then_misses_nothing(
    start: Any, exchange: Exchange, faulty: Any, node: Any, caplog: pytest.LogCaptureFixture
) -> None:
    node(faulty.url)
    exchange.trade(20, (1, 10))
    await exchange.pass_to(START + 2 * MINUTE)
    candles = await start(feed(records=3))
    await until(lambda: candles.ready)

    faulty.is_down = True
    await exchange.pass_to(START + 2 * MINUTE + 10)
    await until(lambda: not candles.ready)
    assert "No 1m candles of XLM-USDC now: Horizon at" in caplog.text

    exchange.trade(10, (1, 8))
    await exchange.pass_to(START + 3 * MINUTE)
    faulty.is_down = False
    await until(lambda: candles.ready and len(rows(candles)) and rows(candles)[-1][0] == 180)
    assert rows(candles) == [[60, 0.1, 0, 0], [120, 0.125, 10, 1], [180, 0.125, 0, 0]]


class Behind:
    """A fault: a node that knows only the first trade, of 20 lumens."""

    def __init__(self) -> None:
        self.answers = 0

    async def __call__(self, request: Any, forward: Any) -> Any:
        answer = await forward()
        page = json.loads(answer.body)
        page["_embedded"]["records"] = page["_embedded"]["records"][:1]
        for record in page["_embedded"]["records"]:
            record.update(trade_count="1", base_volume="20.0000000")
        answer.text = json.dumps(page)
        self.answers += 1
        return answer


async def test_a_node_that_is_behind_takes_no_trade_back(
    start: Any, exchange: Exchange, faulty: Any, node: Any
) -> None:
    node(faulty.url)
    exchange.trade(20, (1, 10))
    candles = await start(feed(records=1))
    await until(lambda: candles.ready)
    exchange.trade(10, (1, 10))
    await until(lambda: rows(candles) == [[0, 0.1, 30, 2]])

    behind = Behind()
    faulty.break_next("GET", "/trade_aggregations", behind)
    exchange.trade(5, (1, 10))
    await until(lambda: behind.answers == 1)
    assert rows(candles)[0][2] >= 30
    await exchange.pass_to(START + 50)
    await until(lambda: rows(candles) == [[0, 0.1, 35, 3]])


async def test_what_a_node_behind_left_out_of_the_last_interval_is_read_later(
    start: Any, exchange: Exchange, faulty: Any, node: Any
) -> None:
    node(faulty.url)
    exchange.trade(20, (1, 10))
    candles = await start(feed(records=2))
    await until(lambda: len(rows(candles)) == 1)

    behind = Behind()
    faulty.break_next("GET", "/trade_aggregations", behind, times=3)
    exchange.trade(10, (1, 8))
    await exchange.pass_to(START + MINUTE)
    await until(lambda: len(rows(candles)) == 2)
    second = START + MINUTE
    while behind.answers < 3:
        second += 1
        await exchange.pass_to(second)
        await until(lambda at=second: candles._clock.close_time == at)
    await exchange.pass_to(START + MINUTE + 50)
    await until(lambda: rows(candles) == [[0, 0.125, 30, 2], [60, 0.125, 0, 0]])


async def test_candles_of_a_ledger_that_stands_still_are_not_ready(
    start: Any, exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stellar_candles, "SILENCE", 0.2)
    exchange.trade(20, (1, 10))
    candles = await start(feed(records=1))
    await until(lambda: candles.ready)
    await until(lambda: not candles.ready)
    await exchange.pass_to(START + 30)
    await until(lambda: candles.ready)


async def test_feeds_without_a_connector_follow_the_ledger_together(
    start: Any, exchange: Exchange, faulty: Any, node: Any
) -> None:
    node(faulty.url)
    exchange.trade(20, (1, 10))
    feeds = [await start(feed(interval, 1)) for interval in ("1m", "1h", "1d")]
    await until(lambda: all(candles.ready for candles in feeds))
    assert faulty.streams == ["/ledgers"]

    await feeds[0].stop_network()
    assert feeds[0]._public._task is not None
    exchange.trade(10, (1, 10))
    await exchange.pass_to(START + HOUR - 1)
    await until(lambda: rows(feeds[1]) == [[0, 0.1, 30, 2]])
    for candles in feeds[1:]:
        await candles.stop_network()
    assert feeds[0]._public._task is None
    await until(lambda: faulty.streams == [])


async def test_candles_hold_the_trades_of_pools(node: Any, exchange: Exchange) -> None:
    sandbox, maker, taker = exchange.sandbox, exchange.maker, exchange.taker
    pool = pool_of(NATIVE, sandbox.usdc)
    deposit = LiquidityPoolDeposit(pool_id(pool), 1000 * UNIT, 100 * UNIT, 1, 2**31 - 1, 2**31 - 1, 1)
    sandbox.submit(maker, ChangeTrust(pool, 2**63 - 1), deposit)
    cost = pool_receives(100 * UNIT, 1000 * UNIT, 50 * UNIT)
    sandbox.submit(taker, PathPaymentStrictReceive(sandbox.usdc, cost, taker.account, NATIVE, 50 * UNIT))

    ((_, _, _, _, close, lumens, dollars, trades),) = await history("1h", START, START + HOUR)
    assert (lumens, dollars, trades) == (50, cost / UNIT, 1)
    assert close == pytest.approx(cost / (50 * UNIT), rel=1e-6)


async def test_an_unknown_asset_is_named_once(
    node: Any, exchange: Exchange, caplog: pytest.LogCaptureFixture
) -> None:
    candles = feed(pair="GOLD-USDC")
    for _ in range(2):
        assert await candles.check_network() is NetworkStatus.NOT_CONNECTED
    (warning,) = [record.getMessage() for record in caplog.records]
    assert warning.startswith("No 1m candles of GOLD-USDC now: asset GOLD is not known on stellar_local")
    assert "conf/stellar_assets.yml" in warning


async def test_beside_a_connector_that_hears_the_pair_horizon_is_asked_only_for_news(
    start: Any, exchange: Exchange, faulty: Any, node: Any
) -> None:
    exchange.trade(20, (1, 10))
    connector = StellarExchange(
        "", faulty.url, trading_pairs=[PAIR], trading_required=False, domain="stellar_local"
    )
    await connector.start_network()
    node("http://127.0.0.1:9")  # the feed uses the connector's node, not this one
    try:
        await until(lambda: connector.ledger_clock.close_time > 0 and "/trades" in faulty.streams)
        candles = await start(feed(records=1, connector=connector))
        await until(lambda: candles.ready)
        asked = faulty.requests.count("GET /trade_aggregations")

        for second in range(30, 40):
            await exchange.pass_to(START + second)
        await until(lambda: connector.ledger_clock.close_time == START + 39)
        assert faulty.requests.count("GET /trade_aggregations") == asked

        exchange.trade(10, (1, 8))
        await until(lambda: rows(candles) == [[0, 0.125, 30, 2]])
        await exchange.pass_to(START + MINUTE)
        await until(lambda: rows(candles) == [[60, 0.125, 0, 0]])
        assert faulty.streams.count("/ledgers") == 1
    finally:
        await connector.stop_network()
