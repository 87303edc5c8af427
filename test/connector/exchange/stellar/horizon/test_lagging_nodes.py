"""No read makes what is known go back, whichever node answers and whatever it claims."""

from contextlib import aclosing
from itertools import pairwise

import pytest

from hummingbot.connector.exchange.stellar.horizon.account_offers import read_offers
from hummingbot.connector.exchange.stellar.horizon.budget import Importance
from hummingbot.connector.exchange.stellar.horizon.errors import HorizonUnavailable
from hummingbot.connector.exchange.stellar.horizon.feed import State
from hummingbot.connector.exchange.stellar.horizon.trades import asset_params
from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE
from hummingbot.connector.exchange.stellar.ledger.operations import ManageSellOffer, Payment
from hummingbot.connector.exchange.stellar.transactions.horizon_source import HorizonSource
from hummingbot.connector.exchange.stellar.transactions.sent import Sent


def book_of(usdc):
    return State(
        "/order_book", {**asset_params("selling_asset", NATIVE), **asset_params("buying_asset", usdc)}
    )


def shown(record):
    """How much a book with one growing offer shows."""
    return sum(float(level["amount"]) for level in record["asks"])


async def test_a_book_never_goes_back_when_its_stream_moves_to_a_node_that_lags(nodes):
    (maker,) = nodes.sandbox.fund("maker", usdc=10**9)
    book, heard = book_of(nodes.sandbox.usdc), []

    async def listen():
        async with aclosing(nodes.horizon.follow(book, Importance.BOOK, "book")) as events:
            async for event in events:
                if event.kind == "message":
                    heard.append(shown(event.record()))

    async def grow(times):
        for _ in range(times):
            nodes.sandbox.submit(maker, ManageSellOffer(NATIVE, nodes.sandbox.usdc, 10**7, 1, 1))
            resting = len(nodes.sandbox.sandbox.network.state.offers)
            await nodes.until(lambda: heard[-1:] == [resting])  # noqa: B023  (awaited in this turn)

    nodes.follow()
    await nodes.until(lambda: nodes.clock.header is not None)
    nodes.run(listen())
    await grow(4)
    nodes.fail("lag", 2, 3, ledgers=2)
    await grow(3)
    nodes.fail("drop", 1)
    nodes.fail("stream_cut", 1)
    nodes.sandbox.submit(maker, Payment(nodes.root, NATIVE, 1))
    await nodes.until(lambda: nodes.streams[0] == 0)
    for _ in range(4):
        nodes.sandbox.submit(maker, ManageSellOffer(NATIVE, nodes.sandbox.usdc, 10**7, 1, 1))
    await nodes.until(lambda: heard[-1] >= 9)

    assert nodes.occurred("lag") > 0
    assert all(before <= after for before, after in pairwise(heard))


async def test_a_book_of_an_earlier_ledger_is_not_taken_for_the_present_one(nodes):
    book = book_of(nodes.sandbox.usdc)
    nodes.fail("lag", 2, 3, ledgers=2)
    await nodes.sandbox.close(5)
    reached = (await book.read(nodes.horizon)).ledger
    nodes.fail("drop", 1)

    with pytest.raises(HorizonUnavailable, match=f"as of ledger {reached - 2}, after ledger {reached}"):
        await book.read(nodes.horizon)

    await nodes.sandbox.close(2)
    assert (await book.read(nodes.horizon)).ledger == reached


async def test_an_offer_is_missed_by_nodes_alone_that_have_reached_the_ledger_which_made_it(nodes):
    (maker,) = nodes.sandbox.fund("maker", usdc=10**9)
    nodes.fail("stale", 1, ledgers=3)
    nodes.sandbox.submit(maker, ManageSellOffer(NATIVE, nodes.sandbox.usdc, 10**7, 1, 1))
    made = nodes.sandbox.sandbox.history.latest
    await nodes.sandbox.close()

    unproven, claimed = await read_offers(nodes.horizon, maker.account, nodes.clock)
    offers, ledger = await read_offers(nodes.horizon, maker.account, nodes.clock, made)

    assert (unproven, claimed) == ({}, made + 1)
    assert len(offers) == 1
    assert ledger == made + 1


async def test_only_a_node_that_has_reached_a_ledger_can_say_that_it_lacks_a_transaction(nodes):
    (key,) = nodes.sandbox.fund("someone")
    nodes.fail("lag", 1, ledgers=2)
    signed = nodes.sandbox.sign(key, Payment(nodes.root, NATIVE, 1))
    nodes.sandbox.sandbox.submit(signed.envelope_xdr)
    await nodes.sandbox.close(2)
    source = HorizonSource(nodes.horizon, nodes.clock, key.account, "stellar_local")
    latest = nodes.sandbox.sandbox.history.latest
    sent = Sent(signed, key.account, 1, 0, latest, bid=100)

    assert await source.find(sent) is None
    assert (await source.find(sent, latest)).hash == sent.name


@pytest.mark.parametrize("ahead", [3, 1000])
async def test_a_claim_to_be_well_ahead_of_the_others_must_be_shown(nodes, ahead):
    (key,) = nodes.sandbox.fund("someone")
    nodes.fail("latest_ledger", 1, ledgers=ahead)

    answer = await nodes.horizon.get(f"/accounts/{key.account}")

    assert nodes.occurred("latest_ledger") == 1
    assert answer.ledger == nodes.sandbox.sandbox.history.latest
