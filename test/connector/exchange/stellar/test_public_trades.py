"""Every public trade reaches Hummingbot once, whatever happens to the stream or to the one who follows it."""

import asyncio

import pytest

from hummingbot.connector.exchange.stellar import stellar_web_utils
from hummingbot.connector.exchange.stellar.assets import AssetTable
from hummingbot.connector.exchange.stellar.horizon.ledger_clock import LedgerClock
from hummingbot.connector.exchange.stellar.stellar_api_order_book_data_source import (
    StellarAPIOrderBookDataSource,
)


class Listener:
    """A data source of its own beside the traders, as Hummingbot's order book tracker runs it."""

    def __init__(self, url):
        clock = LedgerClock()
        horizon = stellar_web_utils.build_horizon("stellar_local", [url], clock)
        self.source = StellarAPIOrderBookDataSource(
            ["XLM-USDC"], horizon, AssetTable("stellar_local"), clock, "stellar_local"
        )
        self._task = None

    async def start(self):
        self._task = asyncio.create_task(self.source.listen_for_subscriptions())

    async def stop(self):
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    @property
    def amounts(self):
        """Whole lumens of the trades so far."""
        queue = self.source._message_queue[self.source._trade_messages_queue_key]
        return [trade.base_amount // 10**7 for _, trade in queue._queue]


@pytest.fixture
async def listener(faulty):
    """A listener whose Horizon can be broken."""
    made = Listener(faulty.url)
    yield made
    await made.stop()


@pytest.fixture
async def trade(traders):
    """Brings trades of as many lumens to the ledger, one after the other."""
    maker, taker = await traders("maker", "taker")
    maker.sell("1000", "0.1")
    await maker.resting(1)

    async def trade(*amounts):
        for amount in amounts:
            bid = taker.buy(str(amount), "0.1")
            await taker.until(lambda bid=bid: "BuyOrderCompleted" in taker.told(bid))

    trade.until, trade.sandbox = taker.until, taker.sandbox
    await trade(1)  # from now on the pair has a stream
    return trade


async def test_a_trade_that_cannot_be_read_is_left_out_and_stops_nothing(trade, listener, faulty, caplog):
    await listener.start()
    await trade.until(lambda: "/trades" in faulty.streams)
    streams = faulty.requests.count("GET /trades")
    faulty.garbled[b'"base_amount":"7.0000000"'] = b'"base_amount":"seven"'

    await trade(5, 7, 9)
    await trade.until(lambda: listener.amounts[-1:] == [9])

    assert listener.amounts == [5, 9]
    assert "A trade of XLM-USDC is left out: Horizon sent a trade that cannot be read" in caplog.text
    assert faulty.requests.count("GET /trades") == streams


async def test_trades_while_the_source_was_stopped_are_told_when_it_starts_again(trade, listener, faulty):
    await listener.start()
    await trade.until(lambda: "/trades" in faulty.streams)
    await trade(5)
    await trade.until(lambda: listener.amounts == [5])

    await listener.stop()
    await trade(7, 9)
    await listener.start()
    await trade.until(lambda: len(listener.amounts) == 3)

    assert listener.amounts == [5, 7, 9]


async def test_trades_begin_after_a_cursor_that_is_given(trade, listener, faulty):
    await trade(5, 7, 9)
    ledger = trade.sandbox.sandbox.history.latest
    listener.source.take_trades_after("XLM-USDC", "0")
    await listener.start()
    await trade.until(lambda: len(listener.amounts) == 4)

    assert listener.amounts == [1, 5, 7, 9]
    told = [trade for _, trade in listener.source._message_queue["trade"]._queue]
    assert {(trade.price_n, trade.price_d) for trade in told} == {(1, 10)}
    assert all(trade.position[0] >> 32 <= ledger for trade in told)


async def test_a_pair_subscribed_anew_begins_with_the_present(trade, listener, faulty):
    await listener.start()
    await trade.until(lambda: "/trades" in faulty.streams)
    await trade(5)
    await trade.until(lambda: listener.amounts == [5])

    await listener.source.unsubscribe_from_trading_pair("XLM-USDC")
    await trade(7)
    streams = faulty.requests.count("GET /trades")
    await listener.source.subscribe_to_trading_pair("XLM-USDC")
    await trade.until(lambda: faulty.requests.count("GET /trades") > streams)
    await trade(9)
    await trade.until(lambda: listener.amounts[-1:] == [9])

    assert listener.amounts == [5, 9]
