"""What is bid follows the network up to the user's cap; what is passed over is bumped, never made anew."""

import logging

from hummingbot.connector.exchange.stellar.ledger.xdr import decode_envelope


def bids(faulty):
    """What each envelope sent bids for an operation, repetitions left out."""
    envelopes = map(decode_envelope, dict.fromkeys(faulty.envelopes))
    return [envelope.fee // envelope.fee_units for envelope in envelopes]


def transactions(faulty):
    """The different transactions sent, in fee bumps or not."""
    envelopes = map(decode_envelope, faulty.envelopes)
    return {(envelope.tx_xdr, envelope.signatures) for envelope in envelopes}


async def statistics_show(maker, rate):
    """Wait until the node's statistics know of a rate."""

    async def look():
        while maker.exchange.fee_market.going_rate != rate:
            await maker.exchange.ledger_clock.tick(1.0)
            await maker.exchange.fee_market.refresh()

    await look()


def failure(trader, order_id):
    (event,) = [e for e in trader.log if e.order_id == order_id and hasattr(e, "error_message")]
    return event.error_message


async def test_a_quiet_network_is_bid_its_base_fee(traders, faulty):
    (maker,) = await traders("maker", url=faulty.url)

    maker.sell("100", "0.1")
    await maker.resting(1)

    assert bids(faulty) == [100]
    assert maker.exchange.network_fees.charged == 100


async def test_the_bid_follows_what_full_ledgers_charge(traders, faulty, crowd):
    (maker,) = await traders("maker", url=faulty.url)
    crowd(6, 1_000)
    await statistics_show(maker, 1_000)

    maker.sell("100", "0.1")
    await maker.resting(1)

    assert bids(faulty) == [2_000]
    assert maker.exchange.network_fees.charged == 1_000


async def test_a_transaction_that_ledgers_pass_over_is_bumped(traders, sandbox, faulty, crowd):
    (maker,) = await traders("maker", url=faulty.url)
    crowd(6, 1_000)

    order = maker.sell("100", "0.1")
    await maker.resting(1)

    assert maker.told(order) == ["SellOrderCreated"]
    assert bids(faulty) == [100, 2_000]
    assert len(transactions(faulty)) == 1
    listed = await sandbox.get(f"/accounts/{maker.key.account}/transactions", order="desc", limit=1)
    (record,) = listed["_embedded"]["records"]
    assert record["fee_account"] == record["source_account"] == maker.key.account
    assert maker.exchange.network_fees.charged == int(record["fee_charged"]) == 2 * 1_000
    await maker.until(lambda: maker.exchange.stroop_balances() == maker.ledger_balances())


async def test_a_transaction_that_a_full_queue_refuses_is_bumped_at_once(traders, faulty, crowd):
    (maker,) = await traders("maker", url=faulty.url)
    crowd(12, 1_000)
    sequence = maker.exchange.ledger_clock.sequence
    await maker.until(lambda: maker.exchange.ledger_clock.sequence > sequence + 1)

    order = maker.sell("100", "0.1")
    await maker.resting(1)

    assert maker.told(order) == ["SellOrderCreated"]
    assert len(transactions(faulty)) == 1
    assert bids(faulty)[0] == 100
    assert 1_000 < bids(faulty)[1] <= 2_000


async def test_a_bump_that_is_passed_over_is_bumped_tenfold(traders, faulty, crowd):
    (maker,) = await traders("maker", url=faulty.url, fee_cap="100000")
    throng = crowd(6, 1_000)

    maker.sell("100", "0.1")
    await maker.until(lambda: len(bids(faulty)) == 2)
    throng.bid = 5_000
    await maker.resting(1)

    assert bids(faulty) == [100, 2_000, 20_000]
    assert len(transactions(faulty)) == 1


async def test_beyond_the_cap_an_order_is_resent_until_its_time_bound_and_then_rejected(
    traders, faulty, crowd, caplog
):
    (maker,) = await traders("maker", url=faulty.url, fee_cap="500")
    crowd(6, 1_000)
    sequence = maker.exchange.ledger_clock.sequence

    with caplog.at_level(logging.WARNING):
        order = maker.sell("100", "0.1")
        await maker.until(lambda: maker.told(order) != [])

    assert maker.told(order) == ["MarketOrderFailure"]
    assert "more than the cap on fees: raise the cap" in failure(maker, order)
    assert maker.exchange.ledger_clock.sequence - sequence >= 6
    assert bids(faulty) == [100, 500]
    assert len(transactions(faulty)) == 1
    assert len(faulty.posts) > 2
    assert caplog.text.count("but the cap is 500") == 1
    assert maker.exchange.network_fees.charged == 0
    assert not maker.offers


async def test_a_cancel_beyond_the_cap_gets_through_when_the_crowd_has_gone(traders, faulty, crowd):
    (maker,) = await traders("maker", url=faulty.url, fee_cap="500")
    order = maker.sell("100", "0.1")
    await maker.resting(1)
    throng = crowd(6, 1_000)

    maker.exchange.cancel("XLM-USDC", order)
    await maker.until(lambda: len(transactions(faulty)) == 3)
    assert maker.told(order) == ["SellOrderCreated"]
    throng.leave()
    await maker.until(lambda: not maker.open_orders)

    assert maker.told(order) == ["SellOrderCreated", "OrderCancelled"]
    assert max(bids(faulty)) == 500


async def test_a_bump_that_the_account_cannot_pay_leaves_the_transaction_as_it_was(
    traders, faulty, faults, crowd
):
    (maker,) = await traders("maker", url=faulty.url)
    throng = crowd(6, 1_000)

    async def as_poor(request, forward):
        throng.leave()
        return await faults.refusing("tx_insufficient_balance")(request, forward)

    maker.sell("100", "0.1")
    await maker.until(lambda: len(faulty.posts) == 1)
    faulty.break_next("POST", "/transactions", as_poor)
    await maker.resting(1)

    assert bids(faulty) == [100, 2_000]
    assert faulty.envelopes[-1] == faulty.envelopes[0]


async def test_without_statistics_the_cap_is_bid(traders, faulty, faults):
    faulty.break_next("GET", "/fee_stats", faults.gateway_timeout, times=1000)
    (maker,) = await traders("maker", url=faulty.url, fee_cap="7000")

    maker.sell("100", "0.1")
    await maker.resting(1)

    assert bids(faulty) == [7_000]
    assert maker.exchange.network_fees.charged == 100
