"""What is followed arrives once and whole, by streams or polls, whatever happens to connections and nodes."""

import asyncio
from contextlib import aclosing

import pytest

from hummingbot.connector.exchange.stellar.horizon.budget import Importance
from hummingbot.connector.exchange.stellar.horizon.feed import Listing, State
from hummingbot.connector.exchange.stellar.horizon.trades import asset_params, cursor_after
from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE
from hummingbot.connector.exchange.stellar.ledger.operations import ManageSellOffer, Payment

FEED = "what is heard"


class Heard:
    """Events of a feed, kept."""

    def __init__(self, nodes, resource, importance=Importance.TRADES):
        self.events = []
        self._follow = nodes.horizon.follow(resource, importance, FEED)
        nodes.run(self._listen())

    async def _listen(self):
        async with aclosing(self._follow) as events:
            async for event in events:
                self.events.append(event)

    @property
    def tokens(self):
        return [
            event.id or event.record()["paging_token"] for event in self.events if event.kind == "message"
        ]

    @property
    def lost(self):
        return [event.data.decode() for event in self.events if event.kind == "lost"]


def market(usdc):
    return {**asset_params("base_asset", NATIVE), **asset_params("counter_asset", usdc)}


async def pay(nodes, key, count):
    """Bring as many payments to the ledger, one a ledger, and return their paging tokens."""
    first = nodes.sandbox.sandbox.history.latest
    for _ in range(count):
        nodes.sandbox.submit(key, Payment(nodes.root, NATIVE, 1))
        await asyncio.sleep(0.01)  # let streams wake for each
    page = await nodes.sandbox.get("/transactions", limit=200, cursor=str((first + 1) << 32))
    return [record["paging_token"] for record in page["_embedded"]["records"]]


async def test_every_record_comes_once_though_streams_break_double_and_reorder(nodes):
    (key,) = nodes.sandbox.fund("someone")
    nodes.follow()
    await nodes.until(lambda: nodes.clock.header is not None)
    listing = Listing("/transactions", {}, str(nodes.clock.toid))
    heard = Heard(nodes, listing)
    await nodes.until(lambda: sum(nodes.streams) == 2)
    for kind in ("stream_cut", "stream_duplicate", "stream_reorder"):
        nodes.fail(kind, probability=0.2)

    tokens = await pay(nodes, key, 150)
    await nodes.until(lambda: len(heard.tokens) >= len(tokens))
    nodes.heal()
    tokens += await pay(nodes, key, 1)
    await nodes.until(lambda: heard.tokens[-1] == tokens[-1])

    assert sorted(heard.tokens, key=int) == tokens
    assert all(nodes.occurred(kind) > 5 for kind in ("stream_cut", "stream_duplicate", "stream_reorder"))


async def test_a_stalled_stream_of_ledgers_is_left_for_another_node(nodes):
    nodes.follow()
    async with nodes.sandbox.ticking():
        await nodes.until(lambda: nodes.clock.sequence > 20)
        nodes.fail("stream_stall", 1)
        await nodes.until(lambda: nodes.streams[:2] == [0, 1])
        await nodes.until(lambda: nodes.clock.sequence >= nodes.sandbox.sandbox.history.latest - 1)

    assert nodes.occurred("stream_stall") >= 1
    assert "was silent for" in nodes.trouble


async def test_a_stalled_stream_of_anything_else_is_renewed_before_long(nodes):
    (key,) = nodes.sandbox.fund("someone")
    nodes.follow()
    async with nodes.sandbox.ticking():
        await nodes.until(lambda: nodes.clock.sequence > 20)
        nodes.fail("stream_stall", count=1, path="/transactions")
        heard = Heard(nodes, Listing("/transactions", {}, str(nodes.clock.toid)))
        await nodes.until(lambda: sum(nodes.streams) == 2)
        nodes.sandbox.sandbox.submit(nodes.sandbox.sign(key, Payment(nodes.root, NATIVE, 1)).envelope_xdr)

        await nodes.until(lambda: len(heard.tokens) == 1)

    assert nodes.occurred("stream_stall") == 1
    assert heard.lost == []


async def test_where_no_stream_brings_anything_the_resource_is_polled_and_streamed_again_later(nodes):
    nodes.fail("stream_cut")
    nodes.follow()
    async with nodes.sandbox.ticking():
        await nodes.until(lambda: nodes.clock.sequence > 60)
        cut = nodes.occurred("stream_cut")
        nodes.heal()
        await nodes.until(lambda: sum(nodes.streams) == 1 and not nodes.trouble)

    assert cut > 3


async def test_a_stream_begun_on_one_node_goes_on_at_another_where_it_was(nodes):
    (key,) = nodes.sandbox.fund("someone")
    nodes.follow()
    await nodes.until(lambda: nodes.clock.header is not None)
    heard = Heard(nodes, Listing("/transactions", {}, str(nodes.clock.toid)))
    await nodes.until(lambda: nodes.streams[0] == 2)

    before = await pay(nodes, key, 3)
    await nodes.until(lambda: heard.tokens == before)
    nodes.fail("drop", 1)
    nodes.fail("stream_cut", 1)
    after = await pay(nodes, key, 3)
    await nodes.until(lambda: len(heard.tokens) == 6)
    await nodes.until(lambda: nodes.streams[:2] == [0, 2])

    assert heard.tokens == before + after


async def test_the_first_trade_of_a_pair_that_never_traded_is_heard(nodes):
    maker, taker = nodes.sandbox.fund("maker", "taker", usdc=10**9)
    usdc = nodes.sandbox.usdc
    nodes.follow()
    async with nodes.sandbox.ticking():
        await nodes.until(lambda: nodes.clock.sequence > 10)
        heard = Heard(nodes, Listing("/trades", market(usdc), cursor_after(nodes.clock.toid)))
        await nodes.until(lambda: any("404" in text for text in heard.lost))
        for key, selling, buying in ((maker, NATIVE, usdc), (taker, usdc, NATIVE)):
            offer = ManageSellOffer(selling, buying, 1000, 1, 1)
            nodes.sandbox.sandbox.submit(nodes.sandbox.sign(key, offer).envelope_xdr)

        await nodes.until(lambda: len(heard.tokens) == 1)

    assert nodes.states[0] == "in use"


async def test_a_polled_state_is_told_when_it_has_changed(nodes):
    (maker,) = nodes.sandbox.fund("maker", usdc=10**9)
    nodes.fail("unavailable", path="/order_book", probability=1.0, name="no stream")
    usdc = nodes.sandbox.usdc
    pair = {**asset_params("selling_asset", NATIVE), **asset_params("buying_asset", usdc)}
    nodes.follow()
    async with nodes.sandbox.ticking():
        await nodes.until(lambda: nodes.clock.sequence > 10)
        heard = Heard(nodes, State("/order_book", pair), Importance.BOOK)
        await nodes.until(lambda: len(heard.lost) > 3)
        nodes.heal()
        await nodes.until(lambda: any(event.kind == "message" for event in heard.events))
        offer = ManageSellOffer(NATIVE, usdc, 1000, 1, 1)
        nodes.sandbox.sandbox.submit(nodes.sandbox.sign(maker, offer).envelope_xdr)
        await nodes.until(lambda: heard.events[-1].kind == "message" and heard.events[-1].record()["asks"])


async def test_a_feed_tells_who_serves_it_and_how_far_it_is_behind(nodes):
    pair = {**asset_params("selling_asset", NATIVE), **asset_params("buying_asset", nodes.sandbox.usdc)}

    def status():
        return next(feed for feed in nodes.horizon.feed_statuses() if feed.name == FEED)

    nodes.follow()
    async with nodes.sandbox.ticking():
        await nodes.until(lambda: nodes.clock.sequence > 10)
        nodes.fail("html", path="/order_book", name="no book")
        heard = Heard(nodes, State("/order_book", pair), Importance.BOOK)
        await nodes.until(lambda: len(heard.lost) > 1)
        assert (status().node, status().ledgers_behind, status().seconds) == ("", None, None)
        assert "Horizon answered 502" in status().trouble

        nodes.heal()
        await nodes.until(lambda: status().node == nodes.urls[0])
        assert (status().ledgers_behind, status().trouble) == (0, "")

        nodes.fail("html", path="/order_book", name="no book")
        nodes.fail("stream_cut", path="/order_book")
        await nodes.until(lambda: (status().ledgers_behind or 0) > 5)
        assert status().node == ""
        nodes.heal()
        await nodes.until(lambda: status().ledgers_behind == 0)

    ledgers = nodes.horizon.feed_statuses()[0]
    assert (ledgers.name, ledgers.ledgers_behind) == ("ledgers", 0)


@pytest.mark.parametrize("rate_limit", [600])
async def test_a_node_that_limits_its_rate_still_brings_every_record(nodes):
    """Streams are ended by plain text in mid-stream; what they would have told is polled at the rate left."""
    (key,) = nodes.sandbox.fund("someone")
    nodes.follow()
    await nodes.until(lambda: nodes.clock.header is not None)
    heard = Heard(nodes, Listing("/transactions", {}, str(nodes.clock.toid)))
    await nodes.until(lambda: sum(nodes.streams) == 2)

    tokens = await pay(nodes, key, 120)
    await nodes.until(lambda: len(heard.tokens) == len(tokens), seconds=60)

    assert heard.tokens == tokens
    assert any("rate_limit_exceeded" in text or "429" in text for text in heard.lost)
