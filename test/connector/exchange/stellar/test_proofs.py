"""An order ends by the ledger's proof alone: nodes that lag, refuse or lie never end one that lives."""

import asyncio
import json
from decimal import Decimal

import pytest
from aiohttp import web

from hummingbot.connector.exchange.stellar.ledger.account_operations import AccountMerge
from hummingbot.connector.exchange.stellar.ledger.operations import ChangeTrust, ManageSellOffer, Payment
from hummingbot.connector.exchange.stellar.transactions.submission import Submission


async def in_limbo(traders, faulty, faults):
    """Stop a run whose order came to the ledger while its answer was lost; return its saved state, too."""
    (maker,) = await traders("maker", url=faulty.url)
    faulty.break_next("POST", "/transactions", faults.gateway_timeout_but_arrived)
    order = maker.sell("100", "0.1")
    await maker.until(lambda: len(faulty.posts) >= 1)
    saved = json.loads(json.dumps(maker.exchange.tracking_states))
    faulty.go_down()
    await maker.until(lambda: len(maker.offers) == 1)
    await maker.stop()
    faulty.is_down = False
    return maker, order, saved


async def missing(request, forward):
    """A node that has not ingested the ledger yet."""
    return web.json_response({"title": "Resource Missing", "status": 404}, status=404)


async def test_fills_between_a_lost_answer_and_the_next_start_are_told(traders, sandbox, faulty, faults):
    (taker,) = await traders("taker")
    maker, order, saved = await in_limbo(traders, faulty, faults)
    bid = taker.buy("30", "0.1")
    await taker.until(lambda: "BuyOrderCompleted" in taker.told(bid))

    restarted = type(maker)(sandbox, maker.key)
    restarted.exchange.restore_tracking_states(saved)
    await restarted.start()
    await restarted.until(lambda: restarted.filled(order) == 30)

    assert maker.told(order) + restarted.told(order) == ["SellOrderCreated", "OrderFilled"]
    assert restarted.open_orders == [order]
    await restarted.stop()


@pytest.mark.parametrize("code", ["tx_bad_seq", "tx_too_late", "tx_failed", "tx_insufficient_balance"])
async def test_an_envelope_of_an_earlier_run_is_not_given_up_for_a_refusal_and_a_404(
    traders, sandbox, faulty, faults, code
):
    maker, order, saved = await in_limbo(traders, faulty, faults)
    faulty.break_next("POST", "/transactions", faults.refusing(code))
    faulty.break_next("GET", "/transactions/", missing)

    restarted = type(maker)(sandbox, maker.key, faulty.url)
    restarted.exchange.restore_tracking_states(saved)
    await restarted.start()
    await restarted.until(lambda: maker.told(order) + restarted.told(order) != [])

    assert maker.told(order) + restarted.told(order) == ["SellOrderCreated"]
    assert len(restarted.offers) == 1
    await restarted.stop()


@pytest.mark.parametrize("code", ["tx_bad_seq", "tx_failed"])
async def test_a_refusal_that_the_transactions_own_success_explains_is_not_believed(
    traders, faulty, faults, code
):
    (maker,) = await traders("maker", url=faulty.url)
    refuse = faults.refusing(code)

    async def deliver_twice(request, forward):
        await forward()
        return await refuse(request, forward)

    faulty.break_next("POST", "/transactions", deliver_twice)
    faulty.break_next("GET", "/transactions/", missing)
    order = maker.sell("100", "0.1")
    await maker.resting(1)

    assert maker.told(order) == ["SellOrderCreated"]


async def test_a_node_that_refuses_to_show_the_account_leaves_no_order_hanging(traders, faulty):
    (maker,) = await traders("maker", url=faulty.url)

    async def slow(request, forward):
        answer = await forward()
        await asyncio.sleep(2)
        return answer

    async def forbidden(request, forward):
        return web.json_response({"title": "Forbidden", "status": 403}, status=403)

    faulty.break_next("POST", "/transactions", slow)
    faulty.break_next("GET", f"/accounts/{maker.key.account}/transactions", forbidden, times=3)
    first = maker.sell("100", "0.1")
    await maker.until(lambda: maker.told(first) != [])
    second = maker.sell("100", "0.11")
    await maker.resting(2)

    assert maker.told(first) == maker.told(second) == ["SellOrderCreated"]


async def test_an_error_nobody_expected_does_not_end_the_deciding(traders, monkeypatch):
    (maker,) = await traders("maker")
    send, seen = Submission._send, []

    async def broken(self, sent, due):
        seen.append(sent.signed.envelope_xdr)
        if len(seen) < 3:
            raise TypeError("a bug")
        return await send(self, sent, due)

    monkeypatch.setattr(Submission, "_send", broken)
    order = maker.sell("100", "0.1")
    await maker.resting(1)

    assert maker.told(order) == ["SellOrderCreated"]
    assert len(seen) == 3
    assert len(set(seen)) == 1


async def test_an_error_while_a_result_is_taken_does_not_leave_its_order_hanging(traders, monkeypatch):
    (maker,) = await traders("maker")
    desk = maker.exchange._desk._desk
    deliver, calls = desk._deliver, []

    async def broken(record, instructions):
        calls.append(record.hash)
        if len(calls) == 1:
            raise TypeError("a bug")
        await deliver(record, instructions)

    monkeypatch.setattr(desk, "_deliver", broken)
    order = maker.sell("100", "0.1")
    await maker.resting(1)

    assert maker.told(order) == ["SellOrderCreated"]
    assert len(calls) == 2


@pytest.mark.parametrize("cancelled_by", ["us", "another program"])
async def test_a_lagging_node_is_not_believed_when_an_order_ends(traders, sandbox, faulty, cancelled_by):
    (taker,) = await traders("taker")
    (maker,) = await traders("maker", url=faulty.url)
    order = maker.sell("100", "0.1")
    await maker.resting(1)
    lag = await faulty.fall_behind(maker.key.account)
    bid = taker.buy("30", "0.1")
    await taker.until(lambda: "BuyOrderCompleted" in taker.told(bid))
    if cancelled_by == "another program":
        (number, offer), *_ = maker.offers.items()
        sandbox.submit(maker.key, ManageSellOffer(offer.selling, offer.buying, 0, 1, 1, number))

    maker.exchange.cancel("XLM-USDC", order)
    await maker.until(lambda: not maker.offers)
    asked = lag.answers
    await maker.until(lambda: lag.answers >= asked + 6)
    assert "OrderCancelled" not in maker.told(order)
    faulty.lag = None
    await maker.until(lambda: not maker.open_orders)

    assert maker.told(order) == ["SellOrderCreated", "OrderFilled", "OrderCancelled"]
    assert maker.filled(order) == Decimal(30)


async def test_a_sequence_number_that_was_jumped_over_ends_the_wait_at_the_time_bound(
    traders, sandbox, faulty, faults
):
    (maker,) = await traders("maker", url=faulty.url)
    faulty.break_next("POST", "/transactions", faults.gateway_timeout, times=3)
    order = maker.sell("100", "0.1")
    await maker.until(lambda: len(faulty.posts) >= 1)
    sandbox.sandbox.network.state.accounts[maker.key.account].sequence += 100

    await maker.until(lambda: maker.told(order) != [])
    again = maker.sell("100", "0.1")
    await maker.resting(1)

    assert maker.told(order) == ["MarketOrderFailure"]
    assert maker.told(again) == ["SellOrderCreated"]


async def test_an_account_that_is_merged_away_ends_its_orders(traders, sandbox, faulty):
    (heir,) = sandbox.fund("heir")
    (maker,) = await traders("maker", url=faulty.url)
    order = maker.sell("100", "0.1")
    await maker.resting(1)

    async def merge(request, forward):
        answer = await forward()
        usdc = maker.ledger_balances()["USDC"]
        sandbox.submit(
            maker.key,
            Payment(sandbox.issuer.account, sandbox.usdc, usdc),
            ChangeTrust(sandbox.usdc, 0),
            AccountMerge(heir.account),
        )
        return answer

    faulty.break_next("POST", "/transactions", merge)
    maker.exchange.cancel("XLM-USDC", order)
    await maker.until(lambda: not maker.open_orders, 20)

    assert maker.told(order) == ["SellOrderCreated", "OrderCancelled"]
