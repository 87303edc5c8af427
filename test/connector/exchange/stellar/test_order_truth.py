"""What became of an order the ledger tells: after restarts, beside other programs, in every kind of pair."""

import json
from decimal import Decimal

import pytest
from hummingbot.core.data_type.common import OrderType

from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE
from hummingbot.connector.exchange.stellar.ledger.operations import ChangeTrust, ManageSellOffer, Payment
from test.conftest import XLM


async def test_an_order_of_an_earlier_run_gets_its_missed_fills_and_can_be_cancelled(traders, sandbox):
    maker, taker = await traders("maker", "taker")
    ask = maker.sell("100", "0.1")
    await maker.resting(1)
    first = taker.buy("10", "0.1")
    await taker.until(lambda: "BuyOrderCompleted" in taker.told(first))
    await maker.until(lambda: maker.filled(ask) == 10)
    saved = maker.exchange.tracking_states
    await maker.stop()
    second = taker.buy("20", "0.1")
    await taker.until(lambda: "BuyOrderCompleted" in taker.told(second))

    restarted = type(maker)(sandbox, maker.key)
    restarted.exchange.restore_tracking_states(saved)
    await restarted.start()
    await restarted.until(lambda: restarted.filled(ask) == 20)
    third = taker.buy("5", "0.1")
    await taker.until(lambda: "BuyOrderCompleted" in taker.told(third))
    await restarted.until(lambda: restarted.filled(ask) == 25)
    restarted.exchange.cancel("XLM-USDC", ask)
    await restarted.until(lambda: not restarted.open_orders)

    assert restarted.told(ask) == ["OrderFilled", "OrderFilled", "OrderCancelled"]
    assert not restarted.offers
    await restarted.stop()


async def test_an_order_that_filled_while_the_bot_was_stopped_completes_at_the_next_start(traders, sandbox):
    maker, taker = await traders("maker", "taker")
    ask = maker.sell("100", "0.1")
    await maker.resting(1)
    saved = maker.exchange.tracking_states
    await maker.stop()
    order = taker.buy("100", "0.1")
    await taker.until(lambda: "BuyOrderCompleted" in taker.told(order))

    restarted = type(maker)(sandbox, maker.key)
    restarted.exchange.restore_tracking_states(saved)
    await restarted.start()
    await restarted.until(lambda: restarted.filled(ask) == 100)
    for _ in range(3):
        sequence = restarted.exchange.ledger_clock.sequence
        await restarted.exchange._update_order_status()
        await restarted.until(lambda s=sequence: restarted.exchange.ledger_clock.sequence > s)

    assert restarted.told(ask) == ["OrderFilled", "SellOrderCompleted"]
    await restarted.stop()


async def test_an_order_whose_fate_was_open_at_the_end_of_a_run_is_decided_by_the_next(
    traders, sandbox, faulty, faults
):
    (maker,) = await traders("maker", url=faulty.url)
    faulty.break_next("POST", "/transactions", faults.dropped, times=1000)
    first, second = maker.buy("100", "0.1"), maker.sell("100", "0.2")
    await maker.until(lambda: len(faulty.posts) >= 1)
    await maker.stop()

    restarted = type(maker)(sandbox, maker.key)
    assert set(restarted.open_orders) == {first, second}
    await restarted.start()
    await restarted.until(lambda: restarted.told(first) != [] and restarted.told(second) != [])

    fates = restarted.told(first), restarted.told(second)
    assert fates in (
        (["BuyOrderCreated"], ["SellOrderCreated"]),
        (["MarketOrderFailure"], ["MarketOrderFailure"]),
    )
    assert len(restarted.offers) == len(restarted.open_orders)
    await restarted.stop()


async def test_an_order_that_was_never_sent_ends_at_the_next_start(traders, sandbox):
    (maker,) = await traders("maker")
    order = maker.buy("100", "0.1")
    await maker.until(lambda: order in maker.exchange.tracking_states)
    saved = json.loads(json.dumps(maker.exchange.tracking_states))
    await maker.resting(1)
    never_sent = order[:-1] + ("0" if order[-1] != "0" else "1")
    saved[never_sent] = {**saved[order], "client_order_id": never_sent}
    await maker.stop()

    restarted = type(maker)(sandbox, maker.key)
    restarted.exchange.restore_tracking_states(saved)
    await restarted.until(lambda: restarted.told(never_sent) == ["MarketOrderFailure"])

    assert restarted.open_orders == [order]


async def test_fills_are_told_when_the_network_stops_and_starts_again(traders):
    maker, taker = await traders("maker", "taker")
    ask = maker.sell("100", "0.1")
    await maker.resting(1)

    for amount in ("10", "20"):
        await maker.exchange.stop_network()
        order = taker.buy(amount, "0.1")
        await taker.until(lambda order=order: "BuyOrderCompleted" in taker.told(order))
        await maker.exchange.start_network()
    await maker.until(lambda: maker.filled(ask) == 30)

    assert maker.told(ask) == ["SellOrderCreated", "OrderFilled", "OrderFilled"]


async def test_two_bots_on_one_account_never_touch_each_others_orders(traders, sandbox, tmp_path):
    (first,) = await traders("shared")
    second = type(first)(sandbox, first.key, data=tmp_path / "other instance")
    await second.start()

    ours, theirs = first.buy("100", "0.1"), second.buy("50", "0.09")
    await first.until(lambda: first.told(ours) == ["BuyOrderCreated"])
    await second.until(lambda: second.told(theirs) == ["BuyOrderCreated"])
    await first.exchange.cancel_all(10)
    await first.until(lambda: not first.open_orders)

    assert first.told(ours) == ["BuyOrderCreated", "OrderCancelled"]
    assert second.open_orders == [theirs]
    assert [offer.amount for offer in second.offers.values()] == [45_000_000]
    await second.stop()


async def test_a_bot_is_told_only_its_own_fills_on_a_shared_account(traders, sandbox, tmp_path):
    first, taker = await traders("shared", "taker")
    second = type(first)(sandbox, first.key, data=tmp_path / "other instance")
    await second.start()
    ours, theirs = first.sell("100", "0.1"), second.sell("50", "0.1")
    await first.until(lambda: len(first.offers) == 2 and first.told(ours) != [])
    await second.until(lambda: second.told(theirs) != [])

    taker.buy("150", "0.1")
    await first.until(lambda: "SellOrderCompleted" in first.told(ours))
    await second.until(lambda: "SellOrderCompleted" in second.told(theirs))

    assert first.told() == ["SellOrderCreated", "OrderFilled", "SellOrderCompleted"]
    assert second.told() == ["SellOrderCreated", "OrderFilled", "SellOrderCompleted"]
    await second.stop()


async def test_an_offer_that_another_program_deletes_ends_its_order(traders, sandbox):
    (maker,) = await traders("maker")
    order = maker.sell("100", "0.1")
    await maker.resting(1)
    (number, offer), *_ = maker.offers.items()
    sandbox.submit(maker.key, ManageSellOffer(offer.selling, offer.buying, 0, 1, 1, number))

    for _ in range(3):
        sequence = maker.exchange.ledger_clock.sequence
        await maker.exchange._update_order_status()
        await maker.until(lambda s=sequence: maker.exchange.ledger_clock.sequence > s)
    await maker.until(lambda: not maker.open_orders)

    assert maker.told(order) == ["SellOrderCreated", "OrderCancelled"]


async def test_cancelling_an_order_that_is_gone_does_not_keep_the_others(traders, sandbox):
    (maker,) = await traders("maker")
    first, second = maker.sell("100", "0.1"), maker.sell("100", "0.11")
    await maker.resting(2)
    number, offer = min(maker.offers.items())
    sandbox.submit(maker.key, ManageSellOffer(offer.selling, offer.buying, 0, 1, 1, number))

    await maker.exchange.cancel_all(10)
    await maker.until(lambda: not maker.open_orders)

    assert not maker.offers
    assert maker.told(first) == maker.told(second) == ["SellOrderCreated", "OrderCancelled"]


async def test_one_faulty_order_of_a_tick_is_rejected_alone(traders, sandbox):
    (maker,) = await traders("maker")
    sandbox.submit(maker.key, ManageSellOffer(NATIVE, sandbox.usdc, 100 * XLM, 1, 10))  # another program's

    crossing, sound = maker.buy("10", "0.2"), maker.buy("10", "0.05")
    await maker.until(lambda: maker.told(sound))

    assert maker.told(crossing) == ["MarketOrderFailure"]
    assert maker.told(sound) == ["BuyOrderCreated"]
    failure = next(event for event in maker.log if event.order_id == crossing)
    assert "CROSS_SELF" in failure.error_message


async def test_an_order_across_ones_own_is_never_sent(traders):
    (maker,) = await traders("maker")
    ask = maker.sell("100", "0.1")
    await maker.resting(1)
    sequence = maker.sandbox.sandbox.network.state.accounts[maker.key.account].sequence

    across, second = maker.buy("10", "0.2"), maker.buy("10", "0.1")
    bid, over = maker.buy("10", "0.05"), maker.sell("10", "0.05")
    await maker.resting(2)

    for order, other in ((across, ask), (second, ask), (over, bid)):
        assert maker.told(order) == ["MarketOrderFailure"]
        failure = next(event for event in maker.log if event.order_id == order)
        assert f"own order {other}" in failure.error_message
    assert maker.sandbox.sandbox.network.state.accounts[maker.key.account].sequence == sequence + 1


async def test_orders_beyond_a_hundred_leave_in_further_transactions(traders):
    (maker,) = await traders("maker", lumens=10**12)

    orders = [maker.sell("1", f"0.{200 + i}") for i in range(120)]
    await maker.resting(120)

    assert all(maker.told(order) == ["SellOrderCreated"] for order in orders)
    assert len({offer.last_modified for offer in maker.offers.values()}) == 2
    results = await maker.exchange.cancel_all(10)
    assert all(result.success for result in results)
    await maker.until(lambda: not maker.offers)


async def test_fills_between_two_credits_are_told(traders, sandbox):
    maker, taker = await traders("maker", "taker")
    euro = maker.exchange._assets.asset("EURC")
    issuer = sandbox_key("EURC")
    sandbox.submit(sandbox.sandbox.network.root_key(), *_create(issuer))
    for trader in (maker, taker):
        sandbox.submit(trader.key, ChangeTrust(euro, 10**12))
    sandbox.submit(issuer, *(Payment(trader.key.account, euro, 10**10) for trader in (maker, taker)))
    for trader in (maker, taker):
        await trader.exchange.add_trading_pair("EURC-USDC")
        await trader.exchange._update_trading_rules()
        await trader.exchange._update_balances()

    ask = maker.sell("100", "1.1", pair="EURC-USDC")
    await maker.resting(1)
    taker.buy("40", "1.1", pair="EURC-USDC")
    await maker.until(lambda: maker.fills(ask) != [])

    assert maker.filled(ask) == 40
    assert maker.fills(ask)[0].price == Decimal("1.1")


async def test_a_passive_order_does_not_take_and_one_that_would_is_refused(traders):
    maker, other = await traders("maker", "other")
    other.sell("100", "0.1")
    await other.resting(1)
    await maker.until(lambda: any(maker.exchange.get_order_book("XLM-USDC").ask_entries()))

    taking = maker.buy("50", "0.11", OrderType.LIMIT_MAKER)
    resting = maker.buy("50", "0.1", OrderType.LIMIT_MAKER)
    await maker.resting(1)
    await maker.until(lambda: maker.told(taking) != [])

    assert maker.told(taking) == ["MarketOrderFailure"]
    assert maker.told(resting) == ["BuyOrderCreated"]
    assert all(offer.passive for offer in maker.offers.values())


@pytest.mark.parametrize("price", ["0.1234567", "0.0000001", "123.4567891", "0.3333333"])
async def test_a_whole_order_at_an_awkward_price_completes_without_waiting(traders, price, caplog):
    maker, taker = await traders("maker", "taker")
    amount = "7.7777777" if Decimal(price) > 1 else "777.7777777"
    bid = maker.buy(amount, price)
    await maker.resting(1)

    taker.sell(amount, price)
    await maker.until(lambda: not maker.open_orders)

    assert "did not arrive on time" not in caplog.text
    assert maker.told(bid) == ["BuyOrderCreated", "OrderFilled", "BuyOrderCompleted"]
    assert abs(maker.filled(bid) - Decimal(amount)) <= Decimal("0.0000010") / min(Decimal(price), 1)


def sandbox_key(code):
    from hummingbot.connector.exchange.stellar.sandbox.market.assets import issuer_key

    return issuer_key(code)


def _create(issuer):
    from hummingbot.connector.exchange.stellar.ledger.operations import CreateAccount

    return (CreateAccount(issuer.account, 10**10),)
