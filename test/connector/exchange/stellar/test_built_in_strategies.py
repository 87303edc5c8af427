"""Hummingbot's own strategies and paper trade, driven by Hummingbot's clock, on a sandbox."""

import time
from decimal import Decimal
from typing import Any

import pytest
from hummingbot.connector.exchange.paper_trade import create_paper_trade_market
from hummingbot.core.data_type.common import OrderType
from hummingbot.core.event.event_forwarder import EventForwarder
from hummingbot.core.event.events import MarketEvent, OrderBookEvent
from hummingbot.core.network_iterator import NetworkStatus
from hummingbot.strategy.market_trading_pair_tuple import MarketTradingPairTuple
from hummingbot.strategy.pure_market_making import PureMarketMakingStrategy

from hummingbot.connector.exchange.stellar import stellar_constants as CONSTANTS
from hummingbot.connector.exchange.stellar.ledger.operations import ManageSellOffer
from hummingbot.connector.exchange.stellar.ledger.xdr import decode_envelope
from test.connector.exchange.stellar.hummingbot_clock import clock_of

PAIR = "XLM-USDC"


def market_maker(exchange: Any, refresh_seconds: float) -> PureMarketMakingStrategy:
    """Quote 100 XLM on both sides, 1 % from the middle."""
    strategy = PureMarketMakingStrategy()
    strategy.init_params(
        market_info=MarketTradingPairTuple(exchange, PAIR, "XLM", "USDC"),
        bid_spread=Decimal("0.01"),
        ask_spread=Decimal("0.01"),
        order_amount=Decimal(100),
        order_refresh_time=refresh_seconds,
        filled_order_delay=refresh_seconds,
    )
    return strategy


async def test_pure_market_making_rests_both_sides_in_one_ledger_and_moves_them(traders):
    (other,) = await traders("other")
    other.buy("500", "0.09")
    other.sell("500", "0.11")
    await other.resting(2)
    (maker,) = await traders("maker")
    await maker.until(lambda: any(maker.exchange.get_order_book(PAIR).ask_entries()))

    async with clock_of(maker.exchange, market_maker(maker.exchange, refresh_seconds=2.0)):
        await maker.resting(2)
        first = dict(maker.offers)
        await maker.until(lambda: len(maker.offers) == 2 and not set(maker.offers) & set(first))

        for offers in (first, maker.offers):
            assert len({offer.last_modified for offer in offers.values()}) == 1
            assert {str(offer.selling.code) for offer in offers.values()} == {"XLM", "USDC"}
    assert "MarketOrderFailure" not in maker.told()


async def test_pure_market_making_is_filled_on_both_sides(traders):
    (other,) = await traders("other")
    other.buy("500", "0.09")
    other.sell("500", "0.11")
    await other.resting(2)
    maker, taker = await traders("maker", "taker")
    await maker.until(lambda: any(maker.exchange.get_order_book(PAIR).ask_entries()))

    async with clock_of(maker.exchange, market_maker(maker.exchange, refresh_seconds=30.0)):
        await maker.resting(2)
        bid = taker.buy("100", "0.102")
        await taker.until(lambda: "BuyOrderCompleted" in taker.told(bid))
        taker.sell("100", "0.098")
        await maker.until(lambda: {"BuyOrderCompleted", "SellOrderCompleted"} <= set(maker.told()))

    assert {fill.amount for fill in maker.fills()} == {Decimal(100)}


async def test_two_market_makers_on_one_account_never_touch_each_others_offers(
    traders, sandbox, faulty, tmp_path
):
    (other,) = await traders("other")
    other.buy("500", "0.09")
    other.sell("500", "0.11")
    await other.resting(2)
    (first,) = await traders("shared")
    second = type(first)(sandbox, first.key, faulty.url, data=tmp_path / "other instance")
    await second.start()
    await first.until(lambda: any(first.exchange.get_order_book(PAIR).ask_entries()))
    bots = market_maker(first.exchange, 1.0), market_maker(second.exchange, 1.5)

    async with clock_of(first.exchange, second.exchange, *bots):
        await first.until(lambda: min(bot.told().count("OrderCancelled") for bot in (first, second)) >= 6)
    for bot in (first, second):
        await bot.exchange.cancel_all(10)
        await bot.until(lambda bot=bot: not bot.open_orders)

    made = {
        int(event.exchange_order_id.split(":")[0])
        for event in second.log
        if type(event).__name__.endswith("OrderCreatedEvent")
    }
    cancelled = {
        operation.offer_id
        for envelope in faulty.envelopes
        for operation in decode_envelope(envelope).tx.operations
        if isinstance(operation, ManageSellOffer) and operation.amount == 0
    }
    assert cancelled
    assert cancelled <= made
    assert "MarketOrderFailure" not in first.told() + second.told()
    assert not first.offers
    await second.stop()


async def test_hummingbot_stops_and_restarts_a_connector_whose_node_goes_and_comes(traders, faulty):
    (taker,) = await traders("taker")
    (maker,) = await traders("maker", url=faulty.url)
    await maker.stop()
    maker.exchange.check_network_interval = 0.5

    async with clock_of(maker.exchange):
        await maker.until(lambda: maker.exchange.network_status is NetworkStatus.CONNECTED)
        await maker.until(lambda: maker.exchange.ready)
        ask = maker.sell("100", "0.1")
        await maker.resting(1)
        faulty.go_down()
        await maker.until(lambda: maker.exchange.network_status is NetworkStatus.NOT_CONNECTED)
        order = taker.buy("40", "0.1")
        await taker.until(lambda: "BuyOrderCompleted" in taker.told(order))
        faulty.is_down = False
        await maker.until(lambda: maker.filled(ask) == 40)

    assert maker.told(ask) == ["SellOrderCreated", "OrderFilled"]


async def test_paper_trade_gets_books_and_trades_and_fills(traders, sandbox, monkeypatch):
    maker, taker = await traders("maker", "taker")
    maker.sell("500", "0.11")
    maker.buy("500", "0.09")
    await maker.resting(2)
    monkeypatch.setitem(CONSTANTS.HORIZON_URLS, CONSTANTS.LOCAL, sandbox.url)
    paper = create_paper_trade_market("stellar_local", [PAIR])
    paper.set_balance("XLM", Decimal(1000))
    paper.set_balance("USDC", Decimal(1000))
    trades: list[Any] = []
    filled: list[Any] = []
    exact: list[Any] = []
    listeners = EventForwarder(trades.append), EventForwarder(filled.append)
    paper.add_listener(MarketEvent.OrderFilled, listeners[1])
    paper.order_book_tracker.data_source.add_trade_listener(lambda pair, trade: exact.append((pair, trade)))

    async with clock_of(paper):
        await taker.until(lambda: paper.ready)
        book = paper.get_order_book(PAIR)
        book.add_listener(OrderBookEvent.TradeEvent, listeners[0])
        assert book.get_price(True) == pytest.approx(0.11)
        assert book.get_price(False) == pytest.approx(0.09)

        taker.buy("50", "0.11")
        await taker.until(lambda: trades != [])
        paper.buy(PAIR, Decimal(10), OrderType.LIMIT, Decimal("0.12"))
        await taker.until(lambda: filled != [])

    assert (trades[0].amount, trades[0].price) == (pytest.approx(50), pytest.approx(0.11))
    assert abs(trades[0].timestamp - time.time()) < 60  # Hummingbot's events are in wall time
    ((pair, trade),) = exact
    assert (pair, trade.base_amount, trade.counter_amount) == (PAIR, 500_000_000, 55_000_000)
    assert trade.close_time < 1_710_000_000  # ledger time: the sandbox's clock began in January 2024
    assert paper.order_book_tracker.data_source.ledger_clock.sequence > 0


@pytest.mark.parametrize("pair", ["XLM-XLM", "XLM-NOSUCH", "XLM"])
def test_a_pair_that_cannot_be_traded_is_refused_by_name(pair):
    with pytest.raises(Exception, match=pair.split("-")[-1]):
        create_paper_trade_market("stellar_local", [pair])
