"""Horizon fails in every way it can; no order is lost, doubled, or declared dead without proof."""

import asyncio
from decimal import Decimal

import pytest

from hummingbot.connector.exchange.stellar.ledger.xdr import decode_envelope


@pytest.fixture
def ledger_interval():
    """A time bound is six ledgers: slow ones leave room for what fails within it."""
    return 0.2


def agrees_with_the_ledger(trader):
    """Whether the connector's balances are those of the ledger, and its open orders those that rest."""
    return trader.exchange.stroop_balances() == trader.ledger_balances() and len(trader.open_orders) == len(
        trader.offers
    )


@pytest.mark.parametrize(
    "fault",
    ["gateway_timeout_but_arrived", "html_but_arrived", "cut_json_but_arrived"],
)
async def test_an_order_whose_answer_was_lost_is_found_on_the_ledger(traders, faulty, faults, fault):
    (maker,) = await traders("maker", url=faulty.url)
    faulty.break_next("POST", "/transactions", getattr(faults, fault))

    order = maker.buy("100", "0.1")
    await maker.resting(1)

    assert maker.told(order) == ["BuyOrderCreated"]
    assert len(set(faulty.posts)) == 1


@pytest.mark.parametrize("fault", ["dropped", "gateway_timeout", "html", "too_many_requests"])
async def test_a_transaction_that_did_not_arrive_is_sent_again_unchanged(traders, faulty, faults, fault):
    (maker,) = await traders("maker", url=faulty.url)
    faulty.break_next("POST", "/transactions", getattr(faults, fault), times=3)

    order = maker.buy("100", "0.1")
    await maker.resting(1)

    assert maker.told(order) == ["BuyOrderCreated"]
    assert len(faulty.posts) == 4
    assert len(set(faulty.posts)) == 1


async def test_an_order_that_never_arrives_is_rejected_only_when_a_later_ledger_proves_it(
    traders, faulty, faults
):
    (maker,) = await traders("maker", url=faulty.url)
    faulty.break_next("POST", "/transactions", faults.gateway_timeout, times=1000)
    sequence = maker.exchange.ledger_clock.sequence

    order = maker.buy("100", "0.1")
    await maker.until(lambda: maker.told(order) == ["MarketOrderFailure"])
    passed = maker.exchange.ledger_clock.sequence - sequence
    faulty.faults.clear()
    again = maker.buy("100", "0.1")
    await maker.resting(1)

    assert passed >= 6  # a time bound of 30 s, in ledgers of 5 s
    assert "proves it" in maker.log[0].error_message
    assert maker.told(again) == ["BuyOrderCreated"]


async def test_an_order_stays_open_through_ten_504s(traders, faulty, faults):
    (maker,) = await traders("maker", url=faulty.url)
    order = maker.buy("100", "0.1")
    await maker.resting(1)

    faulty.break_next("GET", "/offers", faults.gateway_timeout, times=10)
    looks = sum("/offers" in request for request in faulty.requests)
    for _ in range(10):
        await maker.exchange._update_order_status()
    await asyncio.sleep(0)

    assert sum("/offers" in request for request in faulty.requests) - looks == 10
    assert maker.open_orders == [order]
    assert maker.told(order) == ["BuyOrderCreated"]
    assert not maker.exchange._order_tracker._order_not_found_records


async def test_fills_while_horizon_is_down_are_told_once_when_it_is_back(traders, faulty):
    (maker,) = await traders("maker", url=faulty.url)
    (taker,) = await traders("taker")
    order = maker.sell("100", "0.1")
    await maker.resting(1)
    await maker.until(lambda: f"/accounts/{maker.key.account}/trades" in faulty.streams)

    faulty.go_down()
    for amount in ("10", "20", "30"):
        bid = taker.buy(amount, "0.1")
        await taker.until(lambda bid=bid: "BuyOrderCompleted" in taker.told(bid))
    assert maker.fills() == []
    faulty.is_down = False
    await maker.until(lambda: maker.filled(order) == 60)
    await maker.until(lambda: agrees_with_the_ledger(maker))

    assert [fill.amount for fill in maker.fills(order)] == [Decimal(10), Decimal(20), Decimal(30)]
    assert maker.open_orders == [order]


async def test_fills_are_neither_missed_nor_doubled_while_streams_break(traders, faulty):
    (maker,) = await traders("maker", url=faulty.url)
    (taker,) = await traders("taker")
    ask = maker.sell("200", "0.1")
    await maker.resting(1)
    stream = f"/accounts/{maker.key.account}/trades"

    for _ in range(20):
        await maker.until(lambda: stream in faulty.streams)
        order = taker.buy("10", "0.1")
        await taker.until(lambda order=order: "BuyOrderCompleted" in taker.told(order))
        assert faulty.cut_streams() >= 1
    await maker.until(lambda: "SellOrderCompleted" in maker.told(ask))
    await maker.until(lambda: agrees_with_the_ledger(maker))

    assert len(maker.fills(ask)) == 20
    assert len({fill.exchange_trade_id for fill in maker.fills(ask)}) == 20
    assert {fill.exchange_trade_id for fill in maker.fills()} == {
        fill.exchange_trade_id for fill in taker.fills()
    }


async def test_a_connector_started_before_horizon_becomes_ready_when_it_is_up(traders, faulty, sandbox):
    faulty.go_down()
    starting = asyncio.create_task(traders("early", url=faulty.url))
    await faulty.asked(3)
    assert not starting.done()

    faulty.is_down = False
    (early,) = await starting
    order = early.buy("100", "0.1")
    await early.resting(1)

    assert early.told(order) == ["BuyOrderCreated"]


async def test_an_order_placed_while_horizon_is_down_is_settled_when_it_is_back(traders, faulty):
    (maker,) = await traders("maker", url=faulty.url)
    faulty.go_down()

    order = maker.buy("100", "0.1")
    await maker.until(lambda: len(faulty.posts) >= 2)
    faulty.is_down = False
    await maker.until(lambda: maker.told(order) != [])
    await maker.until(lambda: agrees_with_the_ledger(maker))

    assert maker.told(order) in (["BuyOrderCreated"], ["MarketOrderFailure"])


async def test_a_cancel_whose_answer_was_lost_is_found_on_the_ledger(traders, faulty, faults):
    (maker,) = await traders("maker", url=faulty.url)
    order = maker.buy("100", "0.1")
    await maker.resting(1)

    faulty.break_next("POST", "/transactions", faults.gateway_timeout_but_arrived)
    maker.exchange.cancel("XLM-USDC", order)
    await maker.until(lambda: not maker.open_orders)

    assert maker.told(order) == ["BuyOrderCreated", "OrderCancelled"]
    assert not maker.offers


async def test_cancelling_all_is_tried_again_when_a_read_fails(traders, faulty, faults):
    (maker,) = await traders("maker", url=faulty.url)
    orders = [maker.sell("10", f"0.{100 + level}") for level in range(30)]
    await maker.resting(30)
    faulty.break_next("POST", "/transactions", faults.refusing("tx_insufficient_fee"))
    faulty.break_next("GET", f"/accounts/{maker.key.account}", faults.gateway_timeout, times=3)

    results = await maker.exchange.cancel_all(10)

    assert {result.order_id for result in results if result.success} == set(orders)
    assert not maker.offers
    sizes = [len(decode_envelope(envelope).tx.operations) for envelope in faulty.envelopes]
    assert sizes == [30, 30, 30]


async def test_what_could_not_be_cancelled_in_time_is_named(traders, faulty, caplog):
    (maker,) = await traders("maker", url=faulty.url)
    orders = [maker.sell("10", price) for price in ("0.1", "0.2")]
    await maker.resting(2)
    faulty.go_down()

    results = await maker.exchange.cancel_all(2)

    assert not any(result.success for result in results)
    assert f"Not confirmed as cancelled on the ledger: {', '.join(orders)}." in caplog.text
    assert set(maker.open_orders) == set(orders)
