"""What the ledger shows of our orders becomes events, each once, in whatever order news arrives."""

from dataclasses import replace

from hummingbot.connector.exchange.stellar.horizon.trades import Trade
from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE, Asset
from hummingbot.connector.exchange.stellar.ledger.operations import ManageSellOffer
from hummingbot.connector.exchange.stellar.ledger.results import (
    ClaimAtom,
    OfferRecord,
    OperationResult,
    TransactionResult,
)
from hummingbot.connector.exchange.stellar.transactions.instructions import (
    Cancellation,
    Change,
    Order,
    Placement,
)
from hummingbot.connector.exchange.stellar.transactions.order_events import Ended, Ending, Filled, Opened
from hummingbot.connector.exchange.stellar.transactions.own_orders import OwnOrders
from hummingbot.connector.exchange.stellar.transactions.record import TransactionRecord

USDC = Asset("USDC", "GA5ZSEJYB37JRC5AVCIA5MOP4RHTM335X2KGX3IHOJAPP5RE34K4KZVN")
OURS, THEIRS = "ours", "theirs"
LEDGER = 100
TOID = LEDGER << 32


def placement(name, amount=1000):
    order = Order(name, "XLM-USDC", NATIVE, USDC, False, amount)
    return Placement(order, ManageSellOffer(NATIVE, USDC, amount, 1, 10))


def resting(number, amount=1000):
    offer = OfferRecord(OURS, number, NATIVE, USDC, amount, 1, 10)
    return OperationResult("manage_sell_offer", "MANAGE_SELL_OFFER_SUCCESS", effect="CREATED", offer=offer)


def gone(*claims):
    return OperationResult("manage_sell_offer", "MANAGE_SELL_OFFER_SUCCESS", claims, "DELETED")


def record(*operations, fee=100, toid=TOID):
    return TransactionRecord("hash", toid, toid >> 32, 1, TransactionResult(fee, "txSUCCESS", operations))


def trade(number, sold, ledger=LEDGER + 1, index=0):
    """Someone buys `sold` XLM from our offer."""
    toid = (ledger << 32) + (1 << 12) + 1
    return Trade(f"{toid}-{index}", 1, NATIVE, USDC, sold, sold // 10, OURS, THEIRS, number, True)


def names(events):
    return [(type(event).__name__, event.client_order_id) for event in events]


def test_an_offer_that_rests_opens_its_order_under_a_unique_id():
    orders = OwnOrders(OURS)

    events = orders.apply(record(resting(7), resting(8)), [placement("a"), placement("b")])

    assert events == [Opened("a", f"7:{TOID + 1}"), Opened("b", f"8:{TOID + 2}")]


def test_an_order_that_fills_at_once_has_the_id_of_an_offer_that_never_was():
    orders = OwnOrders(OURS)
    claim = ClaimAtom(THEIRS, 5, USDC, 100, NATIVE, 1000)

    events = orders.apply(record(gone(claim), fee=100), [placement("a")])

    exchange_id = f"0:{TOID + 1}"
    assert events == [
        Opened("a", exchange_id),
        Filled("a", exchange_id, f"{TOID + 1}-0", 1000, 100, True, 100, LEDGER, 1),
        Ended("a", Ending.FILLED),
    ]


def test_an_order_that_the_ledger_drops_as_dust_is_rejected():
    zero = ClaimAtom(THEIRS, 5, USDC, 0, NATIVE, 0)
    for result in (gone(), gone(zero)):
        (event,) = OwnOrders(OURS).apply(record(result), [placement("a")])
        assert (event.ending, "dust" in event.reason) == (Ending.REJECTED, True)


def test_a_trade_told_before_the_transaction_that_made_the_offer_is_kept_for_it():
    orders = OwnOrders(OURS)

    assert orders.take(trade(7, 400), keep_unclaimed=True) == []
    events = orders.apply(record(resting(7)), [placement("a")])

    assert names(events) == [("Opened", "a"), ("Filled", "a")]


def test_a_trade_of_another_programs_offer_says_nothing():
    orders = OwnOrders(OURS)

    assert orders.take(trade(7, 400), keep_unclaimed=False) == []
    assert names(orders.apply(record(resting(7)), [placement("a")])) == [("Opened", "a")]


def test_a_trade_told_twice_fills_once_and_the_last_one_ends_the_order():
    orders = OwnOrders(OURS)
    orders.apply(record(resting(7)), [placement("a")])

    events = [
        event
        for told in (trade(7, 400), trade(7, 400), trade(7, 600, index=1))
        for event in orders.take(told, keep_unclaimed=False)
    ]

    assert names(events) == [("Filled", "a"), ("Filled", "a"), ("Ended", "a")]
    assert events[-1].ending is Ending.FILLED
    assert len(orders) == 0


def test_a_rest_too_small_to_be_exchanged_ends_the_order_as_filled():
    orders = OwnOrders(OURS)
    orders.apply(record(resting(7)), [placement("a")])

    events = orders.take(trade(7, 991), keep_unclaimed=False)

    assert names(events) == [("Filled", "a"), ("Ended", "a")]


def test_a_fill_that_a_lagging_node_tells_after_the_cancel_is_still_told():
    orders = OwnOrders(OURS)
    orders.apply(record(resting(7)), [placement("a")])
    cancel = Cancellation("a", ManageSellOffer(NATIVE, USDC, 0, 1, 10, 7))

    (ended,) = orders.apply(record(gone(), toid=TOID + (5 << 32)), [cancel])
    late = orders.take(trade(7, 400), keep_unclaimed=False)

    assert ended.ending is Ending.CANCELLED
    assert names(late) == [("Filled", "a")]


def changed(orders, number=7, ledgers=5):
    """Let order b take over the offer of a; return the events."""
    toid = TOID + (ledgers << 32)
    change = Change(Cancellation("a", ManageSellOffer(NATIVE, USDC, 0, 1, 1, number)), placement("b", 3000))
    updated = replace(resting(number, 3000), effect="UPDATED")
    return orders.apply(record(updated, toid=toid), [change])


def test_an_order_that_takes_over_an_offer_has_an_id_of_its_own():
    orders = OwnOrders(OURS)
    orders.apply(record(resting(7)), [placement("a")])

    events = changed(orders)

    assert events == [Ended("a", Ending.CANCELLED), Opened("b", f"7:{TOID + (5 << 32) + 1}")]
    assert [own.order.client_order_id for own in orders] == ["b"]


def test_trades_of_an_offer_belong_to_the_order_whose_it_was_at_their_position():
    orders = OwnOrders(OURS)
    orders.apply(record(resting(7)), [placement("a")])
    orders.take(trade(7, 100, LEDGER + 1), keep_unclaimed=False)
    changed(orders)

    late = orders.take(trade(7, 200, LEDGER + 2), keep_unclaimed=False)
    of_that_ledger = orders.take(trade(7, 400, LEDGER + 5, index=1), keep_unclaimed=False)
    after = orders.take(trade(7, 2600, LEDGER + 6), keep_unclaimed=False)

    assert names(late) == [("Filled", "a")]
    assert names(of_that_ledger) == [("Filled", "b")]
    assert names(after) == [("Filled", "b"), ("Ended", "b")]
    assert after[-1].ending is Ending.FILLED


def test_an_offer_in_doubt_ends_no_order():
    orders = OwnOrders(OURS)
    orders.apply(record(resting(7)), [placement("a")])

    for ledger in range(LEDGER + 10, LEDGER + 15):
        assert orders.compare({}, ledger, in_doubt={7}) == []
    assert not orders.is_one_missing


def test_the_network_fee_is_shared_by_operations_and_stated_with_the_first_fill():
    orders = OwnOrders(OURS)
    orders.apply(record(resting(7), resting(8), resting(9), fee=301), [placement(n) for n in "abc"])

    fees = [
        orders.take(trade(number, 100, index=index), keep_unclaimed=False)[0].fee
        for index, number in enumerate((7, 8, 9, 7))
    ]

    assert fees == [101, 100, 100, 0]


def test_an_offer_must_be_absent_from_two_ledgers_some_time_after_it_came_before_its_order_ends():
    orders = OwnOrders(OURS)
    orders.apply(record(resting(7)), [placement("a")])

    for ledger in (LEDGER - 1, LEDGER + 5, LEDGER + 6, LEDGER + 7):
        assert orders.compare({}, ledger) == []
    assert orders.is_one_missing
    assert names(orders.compare({}, LEDGER + 10)) == [("Missing", "a")]
    assert orders.compare({}, LEDGER + 10) == []
    (ended,) = orders.compare({}, LEDGER + 11)

    assert (ended.ending, "gone" in ended.reason) == (Ending.CANCELLED, True)


def test_an_offer_that_is_shown_again_was_never_gone():
    orders = OwnOrders(OURS)
    orders.apply(record(resting(7)), [placement("a")])
    offer = resting(7).offer

    for ledger, offers in enumerate(({}, {7: offer}, {}, {7: offer}, {}), LEDGER + 10):
        assert names(orders.compare(offers, ledger)) in ([], [("Missing", "a")])

    assert orders.get("a") is not None
