"""What is asked within a tick leaves together, and what cannot be done does not take the rest with it."""

from decimal import Decimal

import pytest

from hummingbot.connector.exchange.stellar import stellar_constants as CONSTANTS
from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE
from hummingbot.connector.exchange.stellar.ledger.operations import ChangeTrust, ManageSellOffer, Payment
from hummingbot.connector.exchange.stellar.ledger.xdr import decode_envelope

BID = CONSTANTS.FEE_CAP


def operations(envelope):
    """The kinds of a transaction's operations: an amount of 0 deletes, another of an offer changes it."""

    def kind(operation):
        if isinstance(operation, ManageSellOffer) and operation.amount == 0:
            return "cancel"
        return "change" if getattr(operation, "offer_id", 0) else "place"

    return [kind(operation) for operation in decode_envelope(envelope).tx.operations]


def reason(trader, order_id):
    """Why an order failed."""
    (event,) = [e for e in trader.log if e.order_id == order_id and hasattr(e, "error_message")]
    return event.error_message


@pytest.mark.parametrize("cancel_first", [True, False])
async def test_a_cancel_and_the_order_that_takes_its_place_are_one_operation(traders, faulty, cancel_first):
    (maker,) = await traders("maker", url=faulty.url)
    first = maker.sell("9000", "0.1")
    await maker.resting(1)

    if cancel_first:
        maker.exchange.cancel("XLM-USDC", first)
    second = maker.sell("9000", "0.11")
    if not cancel_first:
        maker.exchange.cancel("XLM-USDC", first)
    await maker.until(lambda: maker.told(second) != [] and "OrderCancelled" in maker.told(first))

    assert maker.told(second) == ["SellOrderCreated"]
    assert [operations(envelope) for envelope in faulty.envelopes] == [["place"], ["change"]]


async def test_what_a_cancel_frees_is_counted_no_higher_than_it_is(traders, faulty):
    maker, taker = await traders("maker", "taker", url=faulty.url)
    first = maker.sell("9000", "0.1")
    await maker.resting(1)
    bid = taker.buy("4000", "0.1")
    await taker.until(lambda: "BuyOrderCompleted" in taker.told(bid))
    await maker.until(lambda: maker.filled(first) == 4000)

    maker.exchange.cancel("XLM-USDC", first)
    second = maker.sell("6000", "0.11")
    await maker.until(lambda: maker.told(second) != [] and not maker.offers)

    assert "5997.99698 are available" in reason(maker, second)
    assert [operations(envelope) for envelope in faulty.envelopes][-1] == ["cancel"]


async def test_of_orders_behind_a_cancel_that_fails_those_stay_that_need_nothing_from_it(
    traders, sandbox, faulty
):
    (maker,) = await traders("maker", url=faulty.url)
    first = maker.sell("9000", "0.1")
    await maker.resting(1)
    (number, offer), *_ = maker.offers.items()
    delete = ManageSellOffer(offer.selling, offer.buying, 0, 1, 1, number)
    sandbox.submit(maker.key, delete, Payment(sandbox.issuer.account, offer.selling, 50_000_000_000))

    maker.exchange.cancel("XLM-USDC", first)
    second, third = maker.sell("6000", "0.11"), maker.sell("3000", "0.12")
    await maker.until(lambda: maker.told(second) != [] and maker.told(third) != [])

    assert "lower the amount" in reason(maker, second)
    assert maker.told(third) == ["SellOrderCreated"]


async def test_selling_all_lumens_leaves_what_a_cancel_costs(traders):
    (maker,) = await traders("maker")
    free = maker.exchange.get_available_balance("XLM")
    reserve = Decimal("0.5")

    too_much = maker.sell(str(free - reserve - Decimal(2 * BID - 1).scaleb(-7)), "1")
    await maker.until(lambda: maker.told(too_much) != [])
    all_there_is = maker.sell(str(free - reserve - Decimal(2 * BID).scaleb(-7)), "1")
    await maker.resting(1)
    await maker.exchange.cancel_all(10)
    await maker.until(lambda: not maker.open_orders)

    assert maker.told(too_much) == ["MarketOrderFailure"]
    assert maker.told(all_there_is) == ["SellOrderCreated", "OrderCancelled"]
    assert not maker.offers


async def test_cancels_go_for_as_little_as_the_network_takes(traders, sandbox, faulty):
    (maker,) = await traders("maker", url=faulty.url)
    orders = [maker.sell("100", price) for price in ("0.1", "0.11", "0.12")]
    await maker.resting(3)
    account = sandbox.sandbox.network.state.accounts[maker.key.account]
    spare = account.balance - 6 * 5_000_000 - 3 * 1_000_000_000
    sandbox.submit(maker.key, Payment(sandbox.issuer.account, NATIVE, spare - 100 - 1_000), fee=100)

    await maker.exchange.cancel_all(10)
    await maker.until(lambda: not maker.open_orders)

    assert all(maker.told(order) == ["SellOrderCreated", "OrderCancelled"] for order in orders)
    fees = [decode_envelope(envelope).tx.fee for envelope in faulty.envelopes]
    assert fees[-1] == 300


async def test_an_order_that_a_near_empty_account_cannot_pay_does_not_keep_the_rest(traders, sandbox):
    (maker,) = await traders("maker", lumens=20 * 10**7)
    first = maker.buy("10", "0.1")
    await maker.resting(1)

    maker.exchange.cancel("XLM-USDC", first)
    orders = [maker.buy("10", f"0.0{price}") for price in range(10, 60)]
    await maker.until(lambda: all(maker.told(order) for order in orders) and maker.told(first)[1:])

    placed = [order for order in orders if maker.told(order) == ["BuyOrderCreated"]]
    refused = [order for order in orders if order not in placed]
    assert placed
    assert all("fee bids" in reason(maker, order) for order in refused)
    assert refused
    assert maker.told(first) == ["BuyOrderCreated", "OrderCancelled"]
    assert len(maker.offers) == len(placed)


async def test_a_transaction_that_is_refused_as_a_whole_loses_its_orders_not_its_cancels(
    traders, faulty, faults
):
    (maker,) = await traders("maker", url=faulty.url)
    first = maker.sell("100", "0.1")
    await maker.resting(1)
    faulty.break_next("POST", "/transactions", faults.refusing("tx_insufficient_balance"))

    maker.exchange.cancel("XLM-USDC", first)
    second = maker.sell("100", "0.11")
    await maker.until(lambda: maker.told(second) != [] and not maker.offers)
    await maker.until(lambda: not maker.open_orders)

    assert "cannot pay the network fee" in reason(maker, second)
    assert maker.told(first) == ["SellOrderCreated", "OrderCancelled"]
    assert [operations(envelope) for envelope in faulty.envelopes][1:] == [["change"], ["cancel"]]


async def test_orders_of_one_tick_cannot_fill_one_trustline_twice(traders, sandbox):
    (maker,) = await traders("maker")
    held = sandbox.sandbox.network.state.trustlines[maker.key.account, sandbox.usdc].balance
    sandbox.submit(maker.key, ChangeTrust(sandbox.usdc, held + 15 * 10**7))
    await maker.exchange._update_balances()

    first, second = maker.sell("100", "0.1"), maker.sell("100", "0.11")
    await maker.until(lambda: maker.told(first) != [] and maker.told(second) != [])

    assert maker.told(first) == ["SellOrderCreated"]
    assert "has room for 5: raise its limit" in reason(maker, second)
