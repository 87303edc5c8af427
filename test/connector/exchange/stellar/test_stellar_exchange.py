"""The connector on a sandbox: orders go out, fills come in, and both sides of the ledger agree."""

import math
from decimal import Decimal

from hummingbot.connector.exchange.stellar.stellar_exchange import StellarExchange


async def test_two_orders_of_one_tick_rest_in_the_same_ledger(traders, sandbox):
    (maker,) = await traders("maker")

    bid, ask = maker.buy("100", "0.1"), maker.sell("100", "0.2")
    await maker.resting(2)

    ledgers = {offer.last_modified for offer in maker.offers.values()}
    assert len(ledgers) == 1
    assert maker.told(bid) == ["BuyOrderCreated"]
    assert maker.told(ask) == ["SellOrderCreated"]


async def test_a_cancel_takes_the_offer_off_the_ledger(traders):
    (maker,) = await traders("maker")
    bid = maker.buy("100", "0.1")
    await maker.resting(1)

    maker.exchange.cancel("XLM-USDC", bid)
    await maker.until(lambda: not maker.open_orders)

    assert not maker.offers
    assert maker.told(bid) == ["BuyOrderCreated", "OrderCancelled"]


async def test_an_order_that_fills_at_once_and_the_one_it_takes_both_complete(traders):
    maker, taker = await traders("maker", "taker")
    ask = maker.sell("100", "0.1")
    await maker.resting(1)

    bid = taker.buy("100", "0.1")
    await taker.until(lambda: "BuyOrderCompleted" in taker.told(bid))
    await maker.until(lambda: "SellOrderCompleted" in maker.told(ask))

    assert taker.told(bid) == ["BuyOrderCreated", "OrderFilled", "BuyOrderCompleted"]
    assert maker.told(ask) == ["SellOrderCreated", "OrderFilled", "SellOrderCompleted"]
    assert taker.filled(bid) == maker.filled(ask) == Decimal(100)
    assert taker.fills(bid)[0].price == Decimal("0.1")
    assert taker.fills(bid)[0].exchange_trade_id == maker.fills(ask)[0].exchange_trade_id


async def test_an_order_fills_in_parts_and_its_rest_can_be_cancelled(traders):
    maker, taker = await traders("maker", "taker")
    ask = maker.sell("100", "0.1")
    await maker.resting(1)

    for amount in ("30", "20"):
        order = taker.buy(amount, "0.1")
        await taker.until(lambda order=order: "BuyOrderCompleted" in taker.told(order))
    await maker.until(lambda: maker.filled(ask) == 50)
    maker.exchange.cancel("XLM-USDC", ask)
    await maker.until(lambda: not maker.open_orders)

    assert maker.told(ask) == ["SellOrderCreated", "OrderFilled", "OrderFilled", "OrderCancelled"]
    assert not maker.offers


async def test_balances_match_the_ledger_and_fall_when_orders_open(traders):
    maker, taker = await traders("maker", "taker")
    maker.sell("100", "0.1")
    maker.buy("200", "0.05")
    await maker.resting(2)
    taker.buy("40", "0.1")
    await maker.until(lambda: maker.fills() != [])
    await maker.until(lambda: maker.exchange.stroop_balances() == maker.ledger_balances())

    state = maker.sandbox.sandbox.network.state
    account = state.accounts[maker.key.account]
    free = account.balance - account.selling_liabilities - (2 + account.subentries) * 5_000_000
    assert maker.exchange.get_available_balance("XLM") == Decimal(free).scaleb(-7)
    assert maker.exchange.get_available_balance("USDC") == maker.exchange.get_balance("USDC") - 10
    await taker.until(lambda: taker.exchange.stroop_balances() == taker.ledger_balances())


async def test_pairs_prices_and_rules_are_there_without_trading(sandbox):
    exchange = StellarExchange("", sandbox.url, trading_required=False, domain="stellar_local")

    assert {"XLM-USDC", "USDC-XLM", "YXLM-XLM"} <= set(await exchange.all_trading_pairs())
    assert math.isnan(await exchange._get_last_traded_price("XLM-USDC"))


async def test_trade_aggregations_warm_a_strategy_up(traders, sandbox):
    maker, taker = await traders("maker", "taker")
    maker.sell("500", "0.1")
    await maker.resting(1)
    for amount in ("10", "20"):
        order = taker.buy(amount, "0.1")
        await taker.until(lambda order=order: "BuyOrderCompleted" in taker.told(order))

    source = taker.exchange.order_book_tracker.data_source
    start = 1_704_067_200
    (bar,) = await source.history.aggregations("XLM-USDC", 3600, start, start + 7200)
    (turned,) = await source.history.aggregations("USDC-XLM", 3600, start, start + 7200)

    assert (bar.start, bar.open, bar.close, bar.base_volume, bar.trade_count) == (start, 0.1, 0.1, 30.0, 2)
    assert (turned.open, turned.base_volume) == (10.0, 3.0)


async def test_network_fees_are_stated_with_the_first_fill_and_add_up(traders):
    maker, taker = await traders("maker", "taker")
    ask = maker.sell("100", "0.1")
    await maker.resting(1)
    for amount in ("10", "20"):
        order = taker.buy(amount, "0.1")
        await taker.until(lambda order=order: "BuyOrderCompleted" in taker.told(order))
    await maker.until(lambda: maker.filled(ask) == 30)

    fees = [fill.trade_fee.flat_fees for fill in maker.fills(ask)]
    assert [(fee.token, fee.amount) for fee in fees[0]] == [("XLM", Decimal("0.0000100"))]
    assert fees[1] == []
    assert [trade.fill.base_amount for trade in maker.exchange.own_trades] == [100_000_000, 200_000_000]
