"""A plan of orders and cancels is applied whole by the ledger, in as few operations as there can be."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE
from hummingbot.connector.exchange.stellar.ledger.operations import ManageBuyOffer, ManageSellOffer
from hummingbot.connector.exchange.stellar.transactions.instructions import (
    Cancellation,
    Change,
    Placement,
    cancellations,
    placements,
)
from hummingbot.connector.exchange.stellar.transactions.offers import limit_offer

from .ladders import UNIT, Ask, Trader

PRICES = st.integers(90, 110).map(lambda cents: Decimal(cents) / 1000)
AMOUNTS = st.integers(1, 4000).map(lambda units: units * UNIT)
ORDERS = st.lists(st.tuples(st.booleans(), AMOUNTS, PRICES), max_size=8)
KEPT = st.lists(st.booleans(), min_size=8, max_size=8)


def trade_with(trader: Trader, orders: list[Ask]) -> None:
    """Let bob offer what he can, and take some of the trader's."""
    for is_buy, amount, price in orders:
        offer = limit_offer(NATIVE, trader.town.usd, is_buy, amount // 10, price)
        trader.town.apply("bob", offer)
    there = {offer.offer_id: offer.amount for offer in trader.town.offers("alice")}
    trader.orders = {
        name: replace(offer, amount=there[offer.offer_id])
        for name, offer in trader.orders.items()
        if offer.offer_id in there
    }


@settings(max_examples=150, deadline=None)
@given(first=ORDERS, others=ORDERS, second=ORDERS, kept=KEPT, passive=st.integers(0, 8))
def test_whatever_is_planned_the_ledger_applies_whole(first, others, second, kept, passive):
    trader = Trader()
    trader.place(*first[:4])
    trader.place(*first[4:], is_passive=True)
    trade_with(trader, others)
    cancelled = [name for name, keep in zip(list(trader.orders), kept, strict=False) if not keep]
    wanted = [trader.placement(*order, number >= passive) for number, order in enumerate(second)]

    plan = trader.plan(*map(trader.cancellation, cancelled), *wanted)
    results = trader.carry_out(plan)

    refused = {placement.client_order_id for placement, _ in plan.refusals}
    assert {entry.client_order_id for entry in cancellations(plan.steps)} == set(cancelled)
    assert {entry.client_order_id for entry in placements(plan.steps)} | refused == {
        entry.client_order_id for entry in wanted
    }
    for step, result in zip(plan.steps, results, strict=True):
        if isinstance(step, Change) and result.offer is not None:
            assert result.offer.offer_id == step.cancellation.operation.offer_id
            assert result.offer.passive == step.placement.is_passive


@settings(max_examples=60, deadline=None)
@given(first=ORDERS, second=ORDERS, room=st.integers(1, 400))
def test_what_is_refused_the_ledger_refuses_too(first, second, room):
    trader = Trader()
    trader.place(*first)
    line = trader.town.line("alice")
    trader.limit_dollars(line.balance + line.buying_liabilities + room * UNIT)
    plan = trader.plan(*(trader.placement(*order) for order in second))
    assume(plan.refusals)
    trader.carry_out(plan)
    for placement, _ in plan.refusals:
        (code,) = trader.town.codes("alice", placement.operation)
        assert code.endswith(("CROSS_SELF", "UNDERFUNDED", "LINE_FULL", "LOW_RESERVE"))


def ladder(levels: int, shift: str = "0", amount: int = 10 * UNIT) -> list[Ask]:
    """Bids from 0.1 down and asks from 0.11 up, a tenth of a cent apart, all shifted."""
    bids = [(True, amount, Decimal(100_000 - 100 * level).scaleb(-6)) for level in range(levels)]
    asks = [(False, amount, Decimal(110_000 + 100 * level).scaleb(-6)) for level in range(levels)]
    return [(is_buy, stroops, price + Decimal(shift)) for is_buy, stroops, price in (*bids, *asks)]


@pytest.mark.parametrize("shift", ["0.0001", "-0.0001", "0.005", "0.03", "-0.03"])
def test_a_ladder_of_fifty_and_fifty_moves_in_a_hundred_operations(shift):
    trader = Trader()
    names = trader.place(*ladder(50))
    ids = {offer.offer_id for offer in trader.orders.values()}
    assert len(ids) == 100

    plan = trader.plan(
        *map(trader.cancellation, names), *(trader.placement(*order) for order in ladder(50, shift))
    )
    trader.carry_out(plan)

    assert len(plan.steps) == 100
    assert all(isinstance(step, Change) for step in plan.steps)
    assert {offer.offer_id for offer in trader.orders.values()} == ids


def test_offers_whose_price_stays_keep_their_place_in_the_queue():
    trader = Trader()
    names = trader.place(*ladder(10))
    at_price = {(o.selling, o.price_n, o.price_d): o.offer_id for o in trader.orders.values()}

    plan = trader.plan(
        *map(trader.cancellation, names), *(trader.placement(*order) for order in ladder(10, "0.0001"))
    )
    trader.carry_out(plan)

    after = {(o.selling, o.price_n, o.price_d): o.offer_id for o in trader.orders.values()}
    same = at_price.keys() & after.keys()
    assert len(same) == 18
    assert all(after[price] == at_price[price] for price in same)


def test_a_ladder_that_holds_all_there_is_moves_without_lending_itself_more():
    trader = Trader(lumens=1_000 * UNIT, dollars=100 * UNIT)
    sells = [(False, 95 * UNIT, Decimal(110 + level) / 1000) for level in range(10)]
    names = trader.place(*sells)
    assert len(names) == 10

    up = [(is_buy, amount, price + Decimal("0.01")) for is_buy, amount, price in sells]
    plan = trader.plan(*map(trader.cancellation, names), *(trader.placement(*order) for order in up))
    trader.carry_out(plan)

    assert plan.refusals == ()
    assert len(plan.steps) == 10


def test_the_retreating_side_goes_first():
    trader = Trader()
    ask, bid = trader.place((False, UNIT, Decimal("0.11")), (True, UNIT, Decimal("0.10")))
    higher_bid = trader.placement(True, UNIT, Decimal("0.115"))
    higher_ask = trader.placement(False, UNIT, Decimal("0.12"))
    plan = trader.plan(trader.cancellation(bid), trader.cancellation(ask), higher_bid, higher_ask)
    assert placements(plan.steps) == [higher_ask, higher_bid]
    assert len(plan.steps) == 2
    trader.carry_out(plan)


def test_changes_that_wait_for_each_other_cost_one_operation_more():
    """One needs the lumens that the other frees, and that one room for dollars, which the first makes."""
    trader = Trader(lumens=1_000 * UNIT, dollars=100 * UNIT)
    cheap, dear = trader.place((False, 400 * UNIT, Decimal("0.1")), (False, 500 * UNIT, Decimal("0.2")))
    trader.limit_dollars(260 * UNIT)
    larger = trader.placement(False, 600 * UNIT, Decimal("0.01"))
    smaller = trader.placement(False, 300 * UNIT, Decimal("0.5"))

    plan = trader.plan(trader.cancellation(cheap), trader.cancellation(dear), larger, smaller)
    trader.carry_out(plan)

    assert [type(step) for step in plan.steps] == [Cancellation, Change, Placement]
    assert plan.refusals == ()
    assert len(trader.orders) == 2


def test_what_frees_money_goes_before_what_needs_it():
    trader = Trader(lumens=1_000 * UNIT)
    large, small = trader.place((False, 900 * UNIT, Decimal("0.11")), (False, 50 * UNIT, Decimal("0.12")))
    grown = trader.placement(False, 900 * UNIT, Decimal("0.12"))
    shrunk = trader.placement(False, 50 * UNIT, Decimal("0.11"))
    plan = trader.plan(trader.cancellation(small), trader.cancellation(large), grown, shrunk)
    assert plan.refusals == ()
    assert len(plan.steps) == 2
    trader.carry_out(plan)
    assert sorted(offer.amount for offer in trader.orders.values()) == [50 * UNIT, 900 * UNIT]


def test_a_passive_offer_becomes_a_passive_one_and_no_other():
    trader = Trader()
    (passive,) = trader.place((False, UNIT, Decimal("0.11")), is_passive=True)
    (plain,) = trader.place((False, UNIT, Decimal("0.12")))
    again = trader.placement(False, UNIT, Decimal("0.13"), True)
    plan = trader.plan(trader.cancellation(passive), trader.cancellation(plain), again)
    trader.carry_out(plan)
    (change,) = [step for step in plan.steps if isinstance(step, Change)]
    assert (change.cancellation.client_order_id, change.placement) == (passive, again)
    assert [offer.passive for offer in trader.orders.values()] == [True]


def test_room_is_given_once_to_orders_of_one_plan():
    trader = Trader()
    trader.limit_dollars(trader.town.line("alice").balance + 15 * UNIT)
    first, second = (trader.placement(False, 100 * UNIT, Decimal("0.1")) for _ in range(2))
    plan = trader.plan(first, second)
    ((refused, reason),) = plan.refusals
    assert refused is second
    assert "the trustline has room for 5" in str(reason)
    trader.carry_out(plan)


def test_a_passive_order_may_rest_level_with_ones_own_but_not_across_it():
    trader = Trader()
    trader.place((False, UNIT, Decimal("0.1")))
    level, across = (trader.placement(True, UNIT, Decimal(price), True) for price in ("0.1", "0.11"))
    plan = trader.plan(level, across)
    assert [placement for placement, _ in plan.refusals] == [across]
    trader.carry_out(plan)
    assert len(trader.orders) == 2


def test_a_hundred_cancels_are_one_transaction():
    trader = Trader()
    names = trader.place(*((False, UNIT, Decimal(110 + level) / 1000) for level in range(100)))
    plan = trader.plan(*map(trader.cancellation, names))
    assert len(plan.steps) == 100
    assert all(isinstance(step, Cancellation) for step in plan.steps)
    trader.carry_out(plan)
    assert trader.town.offers("alice") == []


@pytest.mark.parametrize(
    ("order", "says"),
    [
        ((True, UNIT, Decimal("0.12")), "own order order 1"),
        ((False, 20_000 * UNIT, Decimal("0.2")), "it sells 20000 native but"),
        ((True, 20_000 * UNIT, Decimal("0.1")), "are available"),
        ((False, 1, Decimal("0.2")), "dust"),
    ],
)
def test_a_refusal_says_why_and_takes_nothing_else_along(order, says):
    trader = Trader()
    trader.place((False, UNIT, Decimal("0.11")))
    plan = trader.plan(trader.placement(*order), trader.placement(False, UNIT, Decimal("0.13")))
    ((_, reason),) = plan.refusals
    assert says in str(reason)
    assert len(plan.steps) == 1
    trader.carry_out(plan)


def test_a_change_carries_the_whole_new_order_at_its_own_price():
    trader = Trader()
    sell, buy = trader.place((False, UNIT, Decimal("0.11")), (True, UNIT, Decimal("0.1")))
    plan = trader.plan(
        trader.cancellation(sell),
        trader.cancellation(buy),
        trader.placement(False, 3 * UNIT, Decimal("0.12")),
        trader.placement(True, 2 * UNIT, Decimal("0.09")),
    )
    selling, buying = (step.operation for step in plan.steps)
    assert isinstance(selling, ManageSellOffer)
    assert isinstance(buying, ManageBuyOffer)
    assert (selling.amount, selling.price_n, selling.price_d) == (3 * UNIT, 3, 25)
    assert (buying.buy_amount, buying.price_n, buying.price_d) == (2 * UNIT, 9, 100)
    trader.carry_out(plan)
