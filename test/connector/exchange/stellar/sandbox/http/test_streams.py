"""Server-sent events: their bytes, when they come, and how a stream ends and is resumed."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest

from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE
from hummingbot.connector.exchange.stellar.ledger.operations import AccountMerge, ManageSellOffer, Payment
from hummingbot.connector.exchange.stellar.sandbox.http import streams
from hummingbot.connector.exchange.stellar.sandbox.http.node import Node, Views
from hummingbot.connector.exchange.stellar.sandbox.http.rate_limit import RateLimit
from hummingbot.connector.exchange.stellar.sandbox.http.server import HorizonServer

XLM = 10_000_000
HELLO = 'retry: 1000\nevent: open\ndata: "hello"\n\n'
BYEBYE = 'retry: 10\nevent: close\ndata: "byebye"\n\n'
STREAM = {"Accept": "text/event-stream"}


class EventStream:
    """A stream as its client sees it: blocks of text that end with an empty line."""

    def __init__(self, response) -> None:
        self.response = response

    async def next(self) -> str:
        """Return the next block, or nothing if the server ended the stream."""
        lines = b""
        while not lines.endswith(b"\n\n"):
            line = await self.response.content.readline()
            if not line:
                return lines.decode()
            lines += line
        return lines.decode()

    async def rest(self) -> list[str]:
        """Return the blocks up to the end of the stream."""
        blocks = []
        while block := await self.next():
            blocks.append(block)
        return blocks


@asynccontextmanager
async def opened(sandbox, path: str, **headers: str) -> AsyncIterator[EventStream]:
    """Open a stream; its *hello* is read."""
    async with sandbox.http.get(path, headers=STREAM | headers) as response:
        assert response.status == 200, await response.text()
        assert response.headers["Content-Type"] == "text/event-stream; charset=utf-8"
        assert response.headers["Cache-Control"] == "no-cache"
        stream = EventStream(response)
        assert await stream.next() == HELLO
        yield stream


def id_of(block: str) -> str:
    return re.match(r"id: (.*)\n", block)[1]


def data_of(block: str) -> dict:
    return json.loads(re.search(r"^data: (.*)$", block, re.MULTILINE)[1])


def book_path(sandbox) -> str:
    usdc = sandbox.usdc
    return (
        f"/order_book?selling_asset_type=native&buying_asset_type={usdc.type}"
        f"&buying_asset_code={usdc.code}&buying_asset_issuer={usdc.issuer}"
    )


def pair_path(sandbox) -> str:
    usdc = sandbox.usdc
    return (
        f"/trades?base_asset_type=native&counter_asset_type={usdc.type}&counter_asset_code={usdc.code}"
        f"&counter_asset_issuer={usdc.issuer}"
    )


async def test_ledgers_come_as_they_close_and_the_stream_closes_after_its_limit(sandbox):
    async with opened(sandbox, "/ledgers?cursor=now&limit=2") as stream:
        first = await sandbox.close()
        block = await stream.next()
        assert id_of(block) == str(first.header.sequence << 32)
        assert data_of(block)["sequence"] == first.header.sequence
        second = await sandbox.close()
        assert data_of(await stream.next())["sequence"] == second.header.sequence
        assert await stream.rest() == [BYEBYE]


async def test_a_stream_resumes_after_the_last_event_it_sent(sandbox):
    for _ in range(4):
        await sandbox.close()
    async with opened(sandbox, "/ledgers?cursor=now&limit=3", **{"Last-Event-ID": str(2 << 32)}) as stream:
        blocks = await stream.rest()
    assert [data_of(block)["sequence"] for block in blocks[:-1]] == [3, 4, 5]
    assert blocks[-1] == BYEBYE


async def events_after(sandbox, path: str, token: str, how: str, count: int) -> list[str]:
    """Open a stream that resumes after an event, by the header that browsers send or by a cursor."""
    cursor, headers = ("now", {"Last-Event-ID": token}) if how == "Last-Event-ID" else (token, {})
    async with opened(sandbox, f"{path}&cursor={cursor}&limit={count}", **headers) as stream:
        blocks = await stream.rest()
    assert blocks[-1] == BYEBYE
    return blocks[:-1]


@pytest.mark.parametrize("how", ["Last-Event-ID", "cursor"])
async def test_trades_resume_within_the_operation_that_made_them(sandbox, how):
    """A trade's id is that of its operation and its place in it: ``operation-order``."""
    maker, taker = sandbox.fund("maker", "taker", usdc=1000 * XLM)
    for price in (10, 9, 8):
        sandbox.submit(maker, ManageSellOffer(NATIVE, sandbox.usdc, 10 * XLM, 1, price))
    for usdc in (2, 3):
        sandbox.submit(taker, ManageSellOffer(sandbox.usdc, NATIVE, usdc * XLM, 1, 1))
    paths = (pair_path(sandbox), f"/accounts/{maker.account}/trades?order=asc")
    for path in paths:
        async with opened(sandbox, f"{path}&cursor=0&limit=4") as stream:
            tokens = [id_of(block) for block in (await stream.rest())[:-1]]
        operations = [token.partition("-")[0] for token in tokens]
        assert [token.partition("-")[2] for token in tokens] == ["0", "1", "0", "1"]
        assert operations[0] == operations[1] < operations[2] == operations[3]
        for seen in range(3):
            rest = await events_after(sandbox, path, tokens[seen], how, 3 - seen)
            assert [id_of(block) for block in rest] == tokens[seen + 1 :]
        # without an order the cursor stands after the whole operation
        rest = await events_after(sandbox, path, operations[0], how, 2)
        assert [id_of(block) for block in rest] == tokens[2:]


@pytest.mark.parametrize("how", ["Last-Event-ID", "cursor"])
async def test_an_accounts_transactions_resume_after_the_last_one_seen(sandbox, how):
    alice, bob = sandbox.fund("alice", "bob")
    applied = []
    for _ in range(3):
        applied.append(sandbox.submit(alice, Payment(alice.account, NATIVE, XLM)).hash.hex())
        sandbox.submit(bob, Payment(bob.account, NATIVE, XLM))
    path = f"/accounts/{alice.account}/transactions?order=asc"
    async with opened(sandbox, f"{path}&cursor=0&limit=4") as stream:
        blocks = (await stream.rest())[:-1]
    assert [data_of(block)["hash"] for block in blocks[1:]] == applied
    for seen in range(3):
        rest = await events_after(sandbox, path, id_of(blocks[seen]), how, 3 - seen)
        assert rest == blocks[seen + 1 :]


async def test_nothing_is_missed_or_told_twice_by_a_client_that_comes_back_again_and_again(sandbox):
    """Each stream ends after one event; what happens in between waits for the next."""
    (alice,) = sandbox.fund("alice")
    path = f"/accounts/{alice.account}/transactions?order=asc"
    token, heard, applied = str(sandbox.sandbox.history.latest + 1 << 32), [], []
    for _ in range(3):
        applied += [sandbox.submit(alice, Payment(alice.account, NATIVE, XLM)).hash.hex() for _ in range(2)]
        (block,) = await events_after(sandbox, path, token, "Last-Event-ID", 1)
        token = id_of(block)
        heard.append(data_of(block)["hash"])
    assert heard == applied[:3]


async def test_a_stream_may_run_backwards(sandbox):
    await sandbox.close(4)
    latest = sandbox.sandbox.history.latest
    async with opened(sandbox, f"/ledgers?order=desc&limit=3&cursor={latest << 32}") as stream:
        blocks = await stream.rest()
    assert [data_of(block)["sequence"] for block in blocks[:-1]] == [latest - 1, latest - 2, latest - 3]


async def test_an_order_book_has_no_ids_so_whoever_comes_back_gets_it_whole(sandbox):
    (maker,) = sandbox.fund("maker", usdc=1000 * XLM)
    async with opened(sandbox, book_path(sandbox)) as stream:
        first = await stream.next()
    for headers in (
        {},
        {"Last-Event-ID": str(sandbox.sandbox.history.latest << 32)},
        {"Last-Event-ID": "now"},
    ):
        async with opened(sandbox, book_path(sandbox), **headers) as stream:
            assert await stream.next() == first
    sandbox.submit(maker, ManageSellOffer(NATIVE, sandbox.usdc, 50 * XLM, 1, 10))
    async with opened(sandbox, book_path(sandbox)) as stream:
        missed = await stream.next()
    assert "id: " not in first + missed
    assert [level["amount"] for level in data_of(missed)["asks"]] == ["50.0000000"]


async def test_the_order_book_comes_at_once_and_then_only_when_it_changed(sandbox):
    (maker,) = sandbox.fund("maker", usdc=1000 * XLM)
    async with opened(sandbox, book_path(sandbox)) as stream:
        assert data_of(await stream.next())["asks"] == []
        await sandbox.close(3)  # nothing changes
        sandbox.submit(maker, ManageSellOffer(NATIVE, sandbox.usdc, 50 * XLM, 1, 10))
        block = await stream.next()
        assert not block.startswith("id:")
        assert data_of(block)["asks"] == [
            {"price_r": {"n": 1, "d": 10}, "price": "0.1000000", "amount": "50.0000000"}
        ]


async def test_an_order_book_stream_closes_after_ten_events(sandbox):
    (maker,) = sandbox.fund("maker", usdc=1000 * XLM)
    async with opened(sandbox, book_path(sandbox)) as stream:
        await stream.next()
        for price in range(9):
            sandbox.submit(maker, ManageSellOffer(NATIVE, sandbox.usdc, 10 * XLM, 1, 10 + price))
            await stream.next()
        assert await stream.rest() == [BYEBYE]


async def test_bids_are_in_the_counter_asset(sandbox):
    (maker,) = sandbox.fund("maker", usdc=1000 * XLM)
    sandbox.submit(maker, ManageSellOffer(sandbox.usdc, NATIVE, 5 * XLM, 10, 1))
    book = await sandbox.get(book_path(sandbox))
    assert book["bids"] == [{"price_r": {"n": 1, "d": 10}, "price": "0.1000000", "amount": "5.0000000"}]


async def test_trades_of_a_pair_come_oriented_as_asked(sandbox):
    maker, taker = sandbox.fund("maker", "taker", usdc=1000 * XLM)
    sandbox.submit(maker, ManageSellOffer(NATIVE, sandbox.usdc, 100 * XLM, 1, 10))
    sandbox.submit(taker, ManageSellOffer(sandbox.usdc, NATIVE, 1 * XLM, 10, 1))
    async with opened(sandbox, f"{pair_path(sandbox)}&cursor=now") as stream:
        sandbox.submit(taker, ManageSellOffer(sandbox.usdc, NATIVE, 2 * XLM, 10, 1))
        trade = data_of(await stream.next())
    assert (trade["base_amount"], trade["counter_amount"]) == ("20.0000000", "2.0000000")
    assert trade["price"] == {"n": "1", "d": "10"}
    assert trade["base_is_seller"] is True
    assert trade["base_account"] == maker.account
    assert int(trade["counter_offer_id"]) == 1 << 62 | int(trade["id"].split("-")[0])


async def test_a_pair_that_never_traded_is_not_found_and_opens_no_stream(sandbox):
    sandbox.fund("maker", usdc=0)
    async with sandbox.http.get(pair_path(sandbox), headers=STREAM) as response:
        assert response.status == 404
        assert response.headers["Content-Type"] == "application/problem+json; charset=utf-8"


async def test_a_makers_fill_shows_in_its_trades_but_not_in_its_transactions(sandbox):
    """As a running Horizon: an account's transactions are those it signed or is named in."""
    maker, taker = sandbox.fund("maker", "taker", usdc=1000 * XLM)
    sandbox.submit(maker, ManageSellOffer(NATIVE, sandbox.usdc, 100 * XLM, 1, 10))
    own = (await sandbox.get(f"/accounts/{maker.account}/transactions"))["_embedded"]["records"]
    async with opened(sandbox, f"/accounts/{maker.account}/trades?cursor=now&limit=1") as stream:
        sandbox.submit(taker, ManageSellOffer(sandbox.usdc, NATIVE, 1 * XLM, 10, 1))
        assert data_of(await stream.next())["base_amount"] in ("1.0000000", "10.0000000")
    after = (await sandbox.get(f"/accounts/{maker.account}/transactions"))["_embedded"]["records"]
    assert after == own


async def test_failed_transactions_come_only_if_asked_for(sandbox):
    (alice,) = sandbox.fund("alice", usdc=0)
    path = f"/accounts/{alice.account}/transactions?cursor=now&limit=1"
    async with opened(sandbox, f"{path}&include_failed=true") as every, opened(sandbox, path) as good:
        failing = sandbox.sign(alice, ManageSellOffer(sandbox.usdc, NATIVE, XLM, 10, 1))
        await sandbox.post_and_close(failing.envelope_xdr)
        assert data_of(await every.next())["successful"] is False
        applied = sandbox.submit(alice, Payment(alice.account, NATIVE, XLM))
        assert data_of(await good.next())["hash"] == applied.hash.hex()


async def test_an_account_is_sent_once_however_often_it_changes(sandbox):
    (alice,) = sandbox.fund("alice")
    async with opened(sandbox, f"/accounts/{alice.account}") as stream:
        assert data_of(await stream.next())["account_id"] == alice.account
        for _ in range(3):
            sandbox.submit(alice, Payment(alice.account, NATIVE, XLM))
        sandbox.sandbox.stop()
        assert await stream.rest() == [BYEBYE]


async def test_a_quiet_stream_says_byebye_in_the_end(sandbox, monkeypatch):
    monkeypatch.setattr(streams, "SECONDS", 0.2)
    async with opened(sandbox, "/transactions?cursor=now") as stream:
        assert await stream.rest() == [BYEBYE]


async def test_stopping_the_sandbox_ends_its_streams(sandbox):
    async with opened(sandbox, "/trades?cursor=now") as stream:
        sandbox.sandbox.stop()
        assert await stream.rest() == [BYEBYE]


@pytest.mark.parametrize("path", ["/fee_stats", "/offers", "/trade_aggregations", "/accounts"])
async def test_what_does_not_stream_is_not_acceptable(sandbox, path):
    async with sandbox.http.get(path, headers=STREAM) as response:
        assert response.status == 406
        assert (await response.json(content_type=None))["type"].endswith("not_acceptable")


async def test_many_streams_hear_of_one_ledger(sandbox):
    async def first_event() -> int:
        async with opened(sandbox, "/ledgers?cursor=now&limit=1") as stream:
            opened_streams.release()
            return data_of(await stream.next())["sequence"]

    opened_streams = asyncio.Semaphore(0)
    waiting = [asyncio.create_task(first_event()) for _ in range(50)]
    for _ in waiting:
        await opened_streams.acquire()
    closed = await sandbox.close()
    assert set(await asyncio.gather(*waiting)) == {closed.header.sequence}


@pytest.fixture
async def looking(sandbox) -> AsyncIterator[aiohttp.ClientSession]:
    """A client of a node whose streams look for ledgers in times of their own."""
    node = Node(1, RateLimit(), Views(sandbox.sandbox), look_seconds=0.2)
    async with (
        HorizonServer(sandbox.sandbox, "127.0.0.1", 0, node=node) as server,
        aiohttp.ClientSession(server.url) as http,
    ):
        yield http


async def test_a_stream_that_looks_now_and_then_sees_only_the_newest_book(sandbox, looking):
    (maker,) = sandbox.fund("maker", usdc=1000 * XLM)
    async with looking.get(book_path(sandbox), headers=STREAM) as response:
        stream = EventStream(response)
        assert await stream.next() == HELLO
        assert data_of(await stream.next())["asks"] == []
        for price in (10, 11, 12):
            sandbox.submit(maker, ManageSellOffer(NATIVE, sandbox.usdc, 10 * XLM, 1, price))
        assert len(data_of(await stream.next())["asks"]) == 3


async def test_a_stream_that_looks_now_and_then_misses_no_ledger(sandbox, looking):
    async with looking.get("/ledgers?cursor=now&limit=3", headers=STREAM) as response:
        stream = EventStream(response)
        assert await stream.next() == HELLO
        first = await sandbox.close()
        await sandbox.close(2)
        blocks = await stream.rest()
    sequences = [data_of(block)["sequence"] for block in blocks[:-1]]
    assert sequences == list(range(first.header.sequence, first.header.sequence + 3))
    assert blocks[-1] == BYEBYE


async def test_the_stream_of_an_account_ends_with_it(sandbox):
    (alice, bob) = sandbox.fund("alice", "bob")
    async with opened(sandbox, f"/accounts/{bob.account}") as stream:
        assert data_of(await stream.next())["id"] == bob.account
        sandbox.submit(bob, AccountMerge(alice.account), fee=100)
        assert await stream.rest() == ["event: error\ndata: problem: not_found\n\n"]
