"""However an order ends, on the ledger and with what remainder: the right event, once, and every fill."""

import asyncio
import random
from decimal import Decimal
from fractions import Fraction

import pytest
from hummingbot.core.data_type.common import OrderType

from hummingbot.connector.exchange.stellar.ledger.account_operations import SetOptions
from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE
from hummingbot.connector.exchange.stellar.ledger.operations import ManageSellOffer, SetTrustLineFlags

AUTH_REVOCABLE = 2
AUTHORIZED, MAINTAIN_LIABILITIES = 1, 2
ENDINGS = ("OrderCancelled", "BuyOrderCompleted", "SellOrderCompleted", "MarketOrderFailure")


def endings(trader, order):
    """The events that ended an order."""
    return [told for told in trader.told(order) if told in ENDINGS]


async def test_the_rest_that_the_ledger_drops_as_dust_completes_the_order_at_once(traders, caplog):
    maker, taker = await traders("maker", "taker")
    ask = maker.sell("100.0000003", "0.1")
    await maker.resting(1)

    taker.buy("100", "0.1")
    await maker.until(lambda: not maker.open_orders)

    assert maker.told(ask) == ["SellOrderCreated", "OrderFilled", "SellOrderCompleted"]
    assert maker.filled(ask) == 100
    completed = maker.log[-1]
    assert completed.base_asset_amount == 100
    assert not maker.offers
    assert "did not arrive on time" not in caplog.text


async def test_an_order_of_which_much_is_dropped_as_dust_ends_as_cancelled(traders):
    maker, taker = await traders("maker", "taker")
    ask = maker.sell("0.000015", "1.7777777")
    await maker.resting(1)

    taker.buy("0.000013", "1.7777777")
    await maker.until(lambda: not maker.open_orders)

    assert maker.told(ask) == ["SellOrderCreated", "OrderFilled", "OrderCancelled"]
    assert not maker.offers


async def test_a_buy_that_has_its_amount_leaves_none_of_its_offer_behind(traders, sandbox):
    """Rounding favours the offer that rests: many small trades bring it more than it asked for."""
    maker, taker = await traders("maker", "taker")
    bid = maker.buy("0.002", "0.1234567")
    await maker.resting(1)

    sold = 0
    while sold < 20_000:
        sandbox.submit(taker.key, ManageSellOffer(NATIVE, sandbox.usdc, 106, 1234566, 10_000_000))
        sold += 106
    await maker.until(lambda: not maker.open_orders)

    assert maker.filled(bid) >= Decimal("0.002")
    assert endings(maker, bid) == ["BuyOrderCompleted"]
    assert not maker.offers


async def test_fills_over_many_ledgers_are_told_each_once_and_complete_the_order(traders):
    maker, taker = await traders("maker", "taker")
    ask = maker.sell("100", "0.1")
    await maker.resting(1)

    for _ in range(25):
        order = taker.buy("4", "0.1")
        await taker.until(lambda order=order: "BuyOrderCompleted" in taker.told(order))
    await maker.until(lambda: not maker.open_orders)

    assert maker.told(ask) == ["SellOrderCreated", *["OrderFilled"] * 25, "SellOrderCompleted"]
    assert [fill.amount for fill in maker.fills(ask)] == [Decimal(4)] * 25
    ledgers = [int(fill.exchange_trade_id.split("-")[0]) >> 32 for fill in maker.fills(ask)]
    assert ledgers == sorted(set(ledgers))


async def test_a_cancel_and_a_fill_of_one_ledger_end_the_order_as_the_ledger_applied_them(traders):
    maker, taker = await traders("maker", "taker", lumens=10**12)
    seen = set()
    for _ in range(60):
        ask = maker.sell("10", "0.1")
        await maker.resting(1)

        maker.exchange.cancel("XLM-USDC", ask)
        bid = taker.buy("10", "0.1")
        await maker.until(lambda: not maker.open_orders)
        await taker.until(lambda bid=bid: taker.told(bid) != [])
        await taker.exchange.cancel_all(10)
        await taker.until(lambda: not taker.open_orders)

        (ending,) = endings(maker, ask)
        assert maker.filled(ask) == taker.filled(bid) == (10 if ending == "SellOrderCompleted" else 0)
        seen.add(ending)
        if len(seen) == 2:
            break
    assert seen == {"SellOrderCompleted", "OrderCancelled"}


@pytest.mark.parametrize("left", [0, MAINTAIN_LIABILITIES], ids=["fully", "but for its liabilities"])
async def test_an_issuer_that_revokes_in_mid_trade(traders, sandbox, left):
    maker, taker = await traders("maker", "taker")
    ask, bid = maker.sell("100", "0.1"), maker.buy("100", "0.09")
    await maker.resting(2)
    order = taker.buy("40", "0.1")
    await taker.until(lambda: "BuyOrderCompleted" in taker.told(order))
    await maker.until(lambda: maker.filled(ask) == 40)

    sandbox.submit(sandbox.issuer, SetOptions(set_flags=AUTH_REVOCABLE))
    clear = AUTHORIZED
    sandbox.submit(sandbox.issuer, SetTrustLineFlags(maker.key.account, sandbox.usdc, clear, left))
    if left:
        await asyncio.gather(*(maker.exchange._update_order_status() for _ in range(3)))
        assert len(maker.offers) == len(maker.open_orders) == 2
        return
    assert not maker.offers
    await maker.until(lambda: not maker.open_orders)

    assert maker.told(ask) == ["SellOrderCreated", "OrderFilled", "OrderCancelled"]
    assert maker.told(bid) == ["BuyOrderCreated", "OrderCancelled"]
    again = maker.sell("10", "0.1")
    await maker.until(lambda: maker.told(again) != [])
    assert "has not authorized the account" in maker.log[-1].error_message


async def test_a_revocation_and_a_fill_of_one_ledger_end_the_order_as_the_ledger_applied_them(
    traders, sandbox
):
    (maker,) = await traders("maker")
    (taker,) = sandbox.fund("taker", usdc=10**10)
    state, usdc = sandbox.sandbox.network.state, sandbox.usdc
    sandbox.submit(sandbox.issuer, SetOptions(set_flags=AUTH_REVOCABLE))
    seen = set()
    for _ in range(60):
        ask = maker.sell("20", "0.1")
        await maker.resting(1)

        ten_lumens = sandbox.sign(taker, ManageSellOffer(usdc, NATIVE, 10**7, 10, 1))
        revocation = sandbox.sign(sandbox.issuer, SetTrustLineFlags(maker.key.account, usdc, AUTHORIZED, 0))
        for signed in (ten_lumens, revocation):
            assert sandbox.sandbox.submit(signed.envelope_xdr).status == "PENDING"
        await maker.until(lambda: not maker.open_orders)

        left = [offer.offer_id for offer in state.offers.values() if offer.seller == taker.account]
        assert maker.told(ask)[-1] == "OrderCancelled"
        assert endings(maker, ask) == ["OrderCancelled"]
        assert maker.filled(ask) == (0 if left else 10)
        seen.add(maker.filled(ask))
        if len(seen) == 2:
            break
        for offer_id in left:
            sandbox.submit(taker, ManageSellOffer(usdc, NATIVE, 0, 10, 1, offer_id))
        sandbox.submit(sandbox.issuer, SetTrustLineFlags(maker.key.account, usdc, 0, AUTHORIZED))
        await maker.exchange._update_balances()  # as Hummingbot's polling will: no stream tells it
    assert seen == {0, 10}


async def test_an_offer_that_another_program_cancels_ends_its_order_without_being_asked_for(traders, sandbox):
    (maker,) = await traders("maker")
    order = maker.sell("100", "0.1")
    await maker.resting(1)
    ((number, resting),) = maker.offers.items()

    sandbox.submit(maker.key, ManageSellOffer(resting.selling, resting.buying, 0, 1, 1, number))
    await maker.until(lambda: not maker.open_orders)

    assert maker.told(order) == ["SellOrderCreated", "OrderCancelled"]


async def test_a_passive_order_takes_a_better_offer_that_its_book_did_not_show(
    traders, faulty, faults, sandbox
):
    (maker,) = await traders("maker", url=faulty.url)
    (other,) = await traders("other")
    await maker.until(lambda: "/order_book" in faulty.streams)
    faulty.break_next("GET", "/order_book", faults.gateway_timeout, times=10**6)
    faulty.cut_streams()
    other.sell("100", "0.1")
    await other.resting(1)

    bid = maker.buy("50", "0.11", OrderType.LIMIT_MAKER)
    await maker.until(lambda: endings(maker, bid) != [])

    (fill,) = maker.fills(bid)
    assert fill.price == Decimal("0.1")
    assert fill.amount == 55  # 50 XLM may cost 5.5 USDC, and that buys 55
    assert maker.told(bid) == ["BuyOrderCreated", "OrderFilled", "BuyOrderCompleted"]


async def test_no_order_executes_worse_than_its_limit_by_even_a_stroop(traders, sandbox):
    """A price that no offer of the ledger can have, and amounts that no price divides."""
    chance = random.Random(7)
    maker, taker = await traders("maker", "taker", lumens=10**13, usdc=10**13)
    limits = {}
    for _ in range(40):
        price = Decimal(chance.randint(10**5, 10**13)).scaleb(-chance.randint(6, 12))
        amount = str(Decimal(chance.randint(10**4, 10**10)).scaleb(-7))
        if Decimal(amount) * price * 10**7 < 1000:
            continue
        ask = maker.sell(amount, str(price))
        await maker.until(lambda ask=ask: maker.told(ask) != [])
        bid = taker.buy(amount, str(price * Decimal("1.0001")))
        await taker.until(lambda bid=bid: taker.told(bid) != [])
        limits |= {ask: price, bid: price * Decimal("1.0001")}
        await asyncio.gather(maker.exchange.cancel_all(10), taker.exchange.cancel_all(10))
        await maker.until(lambda: not maker.open_orders and not taker.open_orders)

    trades = [*maker.exchange.own_trades, *taker.exchange.own_trades]
    assert len(trades) >= 30
    for trade in trades:
        base, quote = trade.fill.base_amount, trade.fill.quote_amount
        beyond = (quote - base * Fraction(limits[trade.fill.client_order_id])) * (1 if trade.is_buy else -1)
        assert beyond < 1
