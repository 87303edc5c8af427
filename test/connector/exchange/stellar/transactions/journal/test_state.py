"""An order that the journal gives back is the order that was watched: offer, fills and fees."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hummingbot.connector.exchange.stellar.horizon.trades import Trade
from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE, Asset
from hummingbot.connector.exchange.stellar.ledger.operations import ManageBuyOffer, ManageSellOffer
from hummingbot.connector.exchange.stellar.ledger.results import (
    ClaimAtom,
    OfferRecord,
    OperationResult,
    TransactionResult,
)
from hummingbot.connector.exchange.stellar.transactions.instructions import Order, Placement
from hummingbot.connector.exchange.stellar.transactions.journal.state import JournaledOrder
from hummingbot.connector.exchange.stellar.transactions.own_orders import OwnOrders
from hummingbot.connector.exchange.stellar.transactions.record import TransactionRecord

USDC = Asset("USDC", "GA5ZSEJYB37JRC5AVCIA5MOP4RHTM335X2KGX3IHOJAPP5RE34K4KZVN")
OURS, THEIRS = "ours", "theirs"
AMOUNT, TAKEN = 10_000, 500
TOID = 100 << 32


def placed(orders, is_buy):
    """An order at 1/7 that took a little at once and rests with what is left."""
    order = Order("a", "XLM-USDC", NATIVE, USDC, is_buy, AMOUNT)
    claim = ClaimAtom(THEIRS, 5, USDC, TAKEN // 7, NATIVE, TAKEN)
    operation = ManageSellOffer(NATIVE, USDC, AMOUNT, 1, 7)
    offer = OfferRecord(OURS, 9, NATIVE, USDC, AMOUNT - TAKEN, 1, 7)
    if is_buy:
        operation = ManageBuyOffer(USDC, NATIVE, AMOUNT, 1, 7)
        claim = ClaimAtom(THEIRS, 5, NATIVE, TAKEN, USDC, TAKEN // 7)
        offer = OfferRecord(OURS, 9, USDC, NATIVE, (AMOUNT - TAKEN) // 7, 7, 1)
    made = OperationResult("manage_sell_offer", "MANAGE_SELL_OFFER_SUCCESS", (claim,), "CREATED", offer)
    result = TransactionResult(101, "txSUCCESS", (made,))
    return order, orders.apply(TransactionRecord("h", TOID, 100, 1, result), [Placement(order, operation)])


def trade(number, lumens, is_buy):
    """Someone takes some of our offer."""
    toid = ((101 + number) << 32) + 1
    return Trade(f"{toid}-0", 1, NATIVE, USDC, lumens, lumens // 7, OURS, THEIRS, 9, not is_buy)


@pytest.mark.parametrize("is_buy", [False, True])
@given(st.lists(st.integers(0, 4000), max_size=8))
def test_an_order_is_given_back_as_it_was(is_buy, sizes):
    orders = OwnOrders(OURS)
    order, events = placed(orders, is_buy)
    for number, size in enumerate(sizes):
        own = orders.get("a")
        if own is not None:
            lumens = min(size, own.offer.amount * 7 if is_buy else own.offer.amount)
            events += orders.take(trade(number, lumens, is_buy), keep_unclaimed=False)

    journaled = JournaledOrder(order)
    for event in events:
        journaled.take(event)
    read_again = JournaledOrder.from_json(journaled.to_json())

    own = orders.get("a")
    assert journaled.has_ended == (own is None)
    for given_back in (journaled.own(), read_again.own()):
        if own is not None:
            assert (given_back.offer, given_back.as_of) == (own.offer, own.as_of)
            assert (given_back.fee_due, given_back.filled) == (own.fee_due, own.filled)
            assert given_back.exchange_order_id == own.exchange_order_id


@pytest.mark.parametrize("is_buy", [False, True])
def test_an_order_that_was_given_back_takes_no_trade_twice(is_buy):
    before, after = OwnOrders(OURS), OwnOrders(OURS)
    order, events = placed(before, is_buy)
    trades = [trade(number, 1000, is_buy) for number in range(4)]
    for told in trades[:2]:
        events += before.take(told, keep_unclaimed=False)
    journaled = JournaledOrder(order)
    for event in events:
        journaled.take(event)

    after.restore(journaled.own())
    ids = [event.trade_id for told in trades for event in after.take(told, keep_unclaimed=False)]

    assert ids == [told.id for told in trades[2:]]
