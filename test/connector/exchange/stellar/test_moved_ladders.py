"""A ladder that moves is one transaction in which resting offers become the new orders'.

On the ledger it moves whole or not at all, and every fill belongs to the order whose the offer was.
"""

from decimal import Decimal

import pytest
from hummingbot.core.data_type.common import OrderType
from hummingbot.core.data_type.limit_order import LimitOrder

from hummingbot.connector.exchange.stellar.ledger.operations import ManageSellOffer
from hummingbot.connector.exchange.stellar.ledger.xdr import decode_envelope

PAIR = "XLM-USDC"
CREATED = {"BuyOrderCreated", "SellOrderCreated"}


def sizes(faulty):
    """How many operations each transaction had."""
    return [len(decode_envelope(envelope).tx.operations) for envelope in faulty.envelopes]


def exchange_ids(trader):
    return [event.exchange_order_id for event in trader.log if type(event).__name__.endswith("CreatedEvent")]


def ladder(trader, levels, shift=0, amount="10"):
    """Ask for bids from 0.1 down and asks from 0.11 up, all shifted by ten-thousandths."""
    bids = [trader.buy(amount, str(Decimal(1000 - level + shift) / 10_000)) for level in range(levels)]
    asks = [trader.sell(amount, str(Decimal(1100 + level + shift) / 10_000)) for level in range(levels)]
    return [*bids, *asks]


def move(trader, orders, levels, shift):
    for order in orders:
        trader.exchange.cancel(PAIR, order)
    return ladder(trader, levels, shift)


async def test_fifty_and_fifty_orders_move_in_one_transaction_of_a_hundred_operations(traders, faulty):
    (maker,) = await traders("maker", url=faulty.url)
    orders = ladder(maker, 50)
    await maker.resting(100)
    ids = set(maker.offers)

    for shift in (5, -20, 200):
        before, orders = orders, move(maker, orders, 50, shift)
        await maker.until(lambda: all("OrderCancelled" in maker.told(order) for order in before))  # noqa: B023
        await maker.until(lambda: all(maker.told(order) for order in orders))  # noqa: B023
        assert set(maker.offers) == ids
        assert len({offer.last_modified for offer in maker.offers.values()}) == 1
        assert all(len(maker.told(order)) == 1 and set(maker.told(order)) <= CREATED for order in orders)

    assert sizes(faulty) == [100, 100, 100, 100]
    made = exchange_ids(maker)
    assert len(made) == len(set(made)) == 400


async def test_a_ladder_of_nearly_all_there_is_moves_whole(traders, faulty):
    (maker,) = await traders("maker", url=faulty.url)
    orders = [maker.sell("970", str(Decimal(110 + level) / 1000)) for level in range(10)]
    await maker.resting(10)

    for order in orders:
        maker.exchange.cancel(PAIR, order)
    moved = [maker.sell("970", str(Decimal(120 + level) / 1000)) for level in range(10)]
    await maker.until(lambda: all(maker.told(order) for order in moved))

    assert all(maker.told(order) == ["SellOrderCreated"] for order in moved)
    assert sizes(faulty) == [10, 10]


def limit_order(order_id, price):
    return LimitOrder(order_id, PAIR, False, "XLM", "USDC", Decimal(price), Decimal(10))


async def test_what_a_move_takes_over_is_not_counted_twice_while_it_is_under_way(traders, faulty, faults):
    (maker,) = await traders("maker", url=faulty.url)
    old = maker.sell("9000", "0.1")
    await maker.resting(1)
    await maker.until(lambda: maker.exchange.get_available_balance("XLM") < 1000)
    before = maker.exchange.get_available_balance("XLM")
    faulty.break_next("POST", "/transactions", faults.gateway_timeout, times=3)

    maker.exchange.cancel(PAIR, old)
    new = maker.sell("9100", "0.11")
    await maker.until(lambda: len(faulty.posts) >= 2)
    under_way = maker.exchange.get_available_balance("XLM")
    assert maker.told(new) == []
    await maker.until(lambda: maker.told(new) != [])

    assert before - 101 < under_way < before - 99
    await maker.until(lambda: before - 101 < maker.exchange.get_available_balance("XLM") < before - 99)


async def test_batches_of_cancels_and_of_orders_in_one_tick_are_changes(traders, faulty):
    (maker,) = await traders("maker", url=faulty.url)
    maker.exchange.batch_order_create([limit_order("", f"0.{200 + level}") for level in range(20)])
    await maker.resting(20)
    ids, orders = set(maker.offers), maker.open_orders

    maker.exchange.batch_order_create([limit_order("", f"0.{210 + level}") for level in range(20)])
    maker.exchange.batch_order_cancel([limit_order(order, "1") for order in orders])
    await maker.until(lambda: all("OrderCancelled" in maker.told(order) for order in orders))
    await maker.resting(20)
    assert set(maker.offers) == ids
    results = await maker.exchange.cancel_all(10)

    assert all(result.success for result in results)
    assert sizes(faulty) == [20, 20, 20]


async def test_an_order_that_was_filled_in_part_ends_with_that_part_and_the_new_one_is_whole(traders):
    maker, taker = await traders("maker", "taker")
    old = maker.sell("100", "0.1")
    await maker.resting(1)
    ((number, _),) = maker.offers.items()
    bid = taker.buy("30", "0.1")
    await taker.until(lambda: "BuyOrderCompleted" in taker.told(bid))

    maker.exchange.cancel(PAIR, old)
    new = maker.sell("100", "0.11")
    await maker.until(lambda: maker.told(new) != [])
    second = taker.buy("40", "0.11")
    await taker.until(lambda: "BuyOrderCompleted" in taker.told(second))
    await maker.until(lambda: maker.fills(new) != [])

    assert maker.told(old) == ["SellOrderCreated", "OrderFilled", "OrderCancelled"]
    assert maker.told(new) == ["SellOrderCreated", "OrderFilled"]
    assert (maker.filled(old), maker.filled(new)) == (30, 40)
    assert [(n, offer.amount) for n, offer in maker.offers.items()] == [(number, 600_000_000)]


async def test_an_order_that_takes_others_offers_by_its_new_price_is_told_these_fills(traders):
    maker, other = await traders("maker", "other")
    old = maker.buy("100", "0.1")
    await maker.resting(1)
    other.sell("60", "0.11")
    await other.resting(1)

    maker.exchange.cancel(PAIR, old)
    new = maker.buy("100", "0.11")
    await maker.until(lambda: maker.fills(new) != [])

    assert maker.told(old) == ["BuyOrderCreated", "OrderCancelled"]
    assert maker.told(new) == ["BuyOrderCreated", "OrderFilled"]
    assert maker.filled(new) == 60
    await maker.resting(1)


async def test_passive_orders_move_as_passive_ones(traders, faulty):
    (maker,) = await traders("maker", url=faulty.url)
    first = maker.sell("100", "0.1", OrderType.LIMIT_MAKER)
    await maker.resting(1)

    maker.exchange.cancel(PAIR, first)
    second = maker.sell("100", "0.11", OrderType.LIMIT_MAKER)
    await maker.until(lambda: maker.told(second) != [])
    assert sizes(faulty) == [1, 1]
    maker.exchange.cancel(PAIR, second)
    third = maker.sell("100", "0.12")
    await maker.until(lambda: maker.told(third) != [])

    assert sizes(faulty) == [1, 1, 2]
    assert [offer.passive for offer in maker.offers.values()] == [False]
    assert maker.told(first) == maker.told(second) == ["SellOrderCreated", "OrderCancelled"]


async def test_a_change_of_an_offer_that_is_gone_is_split_and_the_others_move_with_it(
    traders, sandbox, faulty
):
    (maker,) = await traders("maker", url=faulty.url)
    orders = [maker.sell("10", str(Decimal(110 + level) / 1000)) for level in range(5)]
    await maker.resting(5)
    number, offer = min(maker.offers.items())
    sandbox.submit(maker.key, ManageSellOffer(offer.selling, offer.buying, 0, 1, 1, number))

    for order in orders:
        maker.exchange.cancel(PAIR, order)
    moved = [maker.sell("10", str(Decimal(120 + level) / 1000)) for level in range(5)]
    await maker.until(lambda: all(maker.told(order) for order in moved))
    await maker.until(lambda: all("OrderCancelled" in maker.told(order) for order in orders))

    assert all(maker.told(order) == ["SellOrderCreated"] for order in moved)
    assert all(maker.told(order) == ["SellOrderCreated", "OrderCancelled"] for order in orders)
    assert set(sizes(faulty)) == {5}  # among them one with a sequence number that was used meanwhile
    assert len(maker.offers) == len(maker.open_orders) == 5


async def test_an_offer_that_fills_before_it_can_be_moved_completes_its_order(traders, faulty):
    (taker,) = await traders("taker")
    (maker,) = await traders("maker", url=faulty.url)
    old = maker.sell("100", "0.1")
    await maker.resting(1)

    async def fill_first(request, forward):
        bid = taker.buy("100", "0.1")
        await taker.until(lambda: "BuyOrderCompleted" in taker.told(bid))
        return await forward()

    faulty.break_next("POST", "/transactions", fill_first)
    maker.exchange.cancel(PAIR, old)
    new = maker.sell("50", "0.11")
    await maker.until(lambda: maker.told(new) != [] and maker.filled(old) == 100)
    await maker.until(lambda: "SellOrderCompleted" in maker.told(old))

    assert maker.told(old) == ["SellOrderCreated", "OrderFilled", "SellOrderCompleted"]
    assert maker.told(new) == ["SellOrderCreated"]
    assert len(maker.offers) == len(maker.open_orders) == 1


async def test_an_order_that_only_failed_behind_another_one_is_sent_again(traders, faulty):
    """A fill leaves too little for the new ask; so the old one stays, and the new bid would meet it."""
    (taker,) = await traders("taker")
    (maker,) = await traders("maker", url=faulty.url)
    ask, bid = maker.sell("9000", "0.11"), maker.buy("100", "0.1")
    await maker.resting(2)

    async def fill_first(request, forward):
        order = taker.buy("5000", "0.11")
        await taker.until(lambda: "BuyOrderCompleted" in taker.told(order))
        return await forward()

    faulty.break_next("POST", "/transactions", fill_first)
    for order in (ask, bid):
        maker.exchange.cancel(PAIR, order)
    higher_ask, higher_bid = maker.sell("9000", "0.13"), maker.buy("100", "0.12")
    await maker.until(lambda: maker.told(higher_ask) != [] and maker.told(higher_bid) != [])
    await maker.until(lambda: "OrderCancelled" in maker.told(ask) and "OrderCancelled" in maker.told(bid))

    assert maker.told(higher_ask) == ["MarketOrderFailure"]
    assert maker.told(higher_bid) == ["BuyOrderCreated"]
    assert maker.told(ask) == ["SellOrderCreated", "OrderFilled", "OrderCancelled"]
    assert maker.open_orders == [higher_bid]
    assert len(maker.offers) == 1


async def test_a_fill_told_before_the_answer_belongs_to_the_order_whose_the_offer_is_by_then(
    traders, faulty, faults
):
    (taker,) = await traders("taker")
    (maker,) = await traders("maker", url=faulty.url)
    old = maker.sell("100", "0.1")
    await maker.resting(1)
    ((number, offer),) = maker.offers.items()
    made = offer.last_modified
    faulty.break_next("POST", "/transactions", faults.gateway_timeout_but_arrived)
    faulty.break_next("POST", "/transactions", faults.gateway_timeout, times=10)

    maker.exchange.cancel(PAIR, old)
    new = maker.sell("80", "0.09")
    await maker.until(lambda: maker.offers[number].last_modified > made)
    bid = taker.buy("30", "0.09")
    await taker.until(lambda: "BuyOrderCompleted" in taker.told(bid))
    await maker.until(lambda: maker.filled(new) == 30)

    assert maker.told(old) == ["SellOrderCreated", "OrderCancelled"]
    assert maker.told(new) == ["SellOrderCreated", "OrderFilled"]
    assert maker.exchange.in_flight_orders[new].executed_amount_base == 30


@pytest.mark.parametrize("drops", [4, 10**6], ids=["moved after the fill", "never moved"])
async def test_a_fill_while_a_move_is_in_doubt_is_told_once_to_the_order_that_was_filled(
    traders, faulty, faults, drops
):
    (taker,) = await traders("taker")
    (maker,) = await traders("maker", url=faulty.url)
    old = maker.sell("100", "0.1")
    await maker.resting(1)
    faulty.break_next("POST", "/transactions", faults.gateway_timeout, times=drops)

    maker.exchange.cancel(PAIR, old)
    new = maker.sell("80", "0.11")
    await maker.until(lambda: len(faulty.posts) >= 2)
    sequence = maker.exchange.ledger_clock.sequence
    await maker.until(lambda: maker.exchange.ledger_clock.sequence > sequence)
    bid = taker.buy("30", "0.1")
    await taker.until(lambda: "BuyOrderCompleted" in taker.told(bid))
    if drops > 10:
        await maker.until(lambda: maker.told(new) != [])
        faulty.faults.clear()
    await maker.until(lambda: "OrderCancelled" in maker.told(old) and maker.told(new) != [])

    assert maker.told(old) == ["SellOrderCreated", "OrderFilled", "OrderCancelled"]
    assert maker.filled(old) == 30
    assert maker.told(new) == (["SellOrderCreated"] if drops < 10 else ["MarketOrderFailure"])
    assert len(maker.offers) == len(maker.open_orders) == (1 if drops < 10 else 0)


@pytest.mark.parametrize("arrives", [True, False])
async def test_a_move_that_was_in_doubt_at_the_end_of_a_run_is_told_whole_by_the_next(
    traders, sandbox, faulty, faults, arrives
):
    (taker,) = await traders("taker")
    (maker,) = await traders("maker", url=faulty.url)
    old = maker.sell("100", "0.1")
    await maker.resting(1)
    ((number, offer),) = maker.offers.items()
    made = offer.last_modified
    lost = faults.gateway_timeout_but_arrived if arrives else faults.gateway_timeout
    faulty.break_next("POST", "/transactions", lost)
    faulty.break_next("POST", "/transactions", faults.gateway_timeout, times=10**6)
    maker.exchange.cancel(PAIR, old)
    new = maker.sell("80", "0.1")
    await maker.until(lambda: len(faulty.posts) >= 2)
    if arrives:
        await maker.until(lambda: maker.offers[number].last_modified > made)
    await maker.stop()
    bid = taker.buy("30", "0.1")
    await taker.until(lambda: "BuyOrderCompleted" in taker.told(bid))

    restarted = type(maker)(sandbox, maker.key)
    assert set(restarted.open_orders) == {old, new}
    await restarted.start()
    await restarted.until(lambda: maker.told(new) + restarted.told(new) != [])
    moved = number in restarted.offers and restarted.offers[number].amount == 500_000_000
    await restarted.exchange.cancel_all(10)
    await restarted.until(lambda: not restarted.open_orders)

    told_old, told_new = (maker.told(order) + restarted.told(order) for order in (old, new))
    if arrives:
        assert moved
    if moved:
        assert told_old == ["SellOrderCreated", "OrderCancelled"]
        assert told_new == ["SellOrderCreated", "OrderFilled", "OrderCancelled"]
        assert restarted.filled(new) == 30
    else:
        assert told_old == ["SellOrderCreated", "OrderFilled", "OrderCancelled"]
        assert "OrderFilled" not in told_new
        assert restarted.filled(old) == 30
    assert not restarted.offers
    await restarted.stop()
