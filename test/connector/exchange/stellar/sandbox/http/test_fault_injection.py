"""Faults over real HTTP: each strikes as described, where and as often as it is told to, and is counted."""

import asyncio
import json
import re
from base64 import b64encode
from contextlib import AsyncExitStack

import aiohttp
import pytest

from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE
from hummingbot.connector.exchange.stellar.ledger.operations import ManageSellOffer, Payment
from hummingbot.connector.exchange.stellar.sandbox.clock import Clock
from hummingbot.connector.exchange.stellar.sandbox.faults import KINDS, Fault
from hummingbot.connector.exchange.stellar.sandbox.http.node import Node, Views
from hummingbot.connector.exchange.stellar.sandbox.http.rate_limit import RateLimit
from hummingbot.connector.exchange.stellar.sandbox.http.server import HorizonServer

XLM = 10_000_000
HELLO = 'retry: 1000\nevent: open\ndata: "hello"\n\n'
STREAM = {"Accept": "text/event-stream"}


async def inject(sandbox, *faults, seed=1):
    """Put faults in force at run time."""
    async with sandbox.http.post("/sandbox/faults", json={"seed": seed, "faults": faults}) as response:
        document = await response.json(content_type=None)
        assert response.status == 200, document
    return document


async def occurred(sandbox):
    return (await sandbox.get("/sandbox/faults"))["occurred_by_kind"]


async def payment(sandbox, **fields):
    (alice,) = sandbox.fund("alice")
    return alice, sandbox.sign(alice, Payment(alice.account, NATIVE, XLM), **fields)


def on_ledger(sandbox, signed):
    return sandbox.sandbox.history.transaction(signed.hash) is not None


async def events(response, count):
    """Return the next blocks of a stream."""
    blocks = []
    while len(blocks) < count:
        block = b""
        while not block.endswith(b"\n\n"):
            block += await response.content.readline()
        blocks.append(block.decode())
    return blocks


def sequence_of(block):
    return json.loads(re.search(r"^data: (.*)$", block, re.MULTILINE)[1])["sequence"]


@pytest.mark.parametrize(
    ("kind", "status", "type"),
    [
        ("rate_limited", 429, "rate_limit_exceeded"),
        ("unavailable", 503, "still_ingesting"),
        ("timeout", 504, "timeout"),
    ],
)
async def test_a_refusal_looks_like_horizons(sandbox, kind, status, type):
    await inject(sandbox, {"kind": kind, "count": 1})
    problem = await sandbox.problem("/fee_stats", status)
    assert problem["type"].endswith(type)
    assert (await sandbox.get("/fee_stats"))["last_ledger"]
    assert await occurred(sandbox) == {kind: 1}


async def test_a_refused_request_says_when_to_come_again(sandbox):
    await inject(sandbox, {"kind": "rate_limited"})
    async with sandbox.http.get("/fee_stats") as response:
        assert response.headers["Retry-After"] == "1"


@pytest.mark.parametrize("kind", ["timeout", "drop", "html", "unavailable", "rate_limited"])
@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_lost_answer_tells_nothing_of_the_transaction(sandbox, kind, when):
    _, signed = await payment(sandbox)
    await inject(sandbox, {"kind": kind, "when": when, "method": "POST", "path": "/transactions"})

    async def post():
        form = {"tx": b64encode(signed.envelope_xdr).decode()}
        async with sandbox.http.post("/transactions", data=form) as response:
            return response.status, response.content_type

    async with sandbox.ticking(0.01):
        if kind == "drop":
            with pytest.raises(aiohttp.ClientConnectionError):
                await post()
        else:
            status, content = await post()
            assert status in (429, 502, 503, 504)
            assert content == ("text/html" if kind == "html" else "application/problem+json")
    assert on_ledger(sandbox, signed) == (when == "after")


async def test_half_an_answer_breaks_off_after_the_transaction_took_effect(sandbox):
    _, signed = await payment(sandbox)
    await inject(sandbox, {"kind": "half", "method": "POST", "share": 0.3})
    form = {"tx": b64encode(signed.envelope_xdr).decode()}
    async with sandbox.ticking(0.01), sandbox.http.post("/transactions", data=form) as response:
        assert response.status == 200
        with pytest.raises(aiohttp.ClientPayloadError):
            await response.read()
    assert on_ledger(sandbox, signed)


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_delay_holds_the_request_or_its_answer(sandbox, when):
    _, signed = await payment(sandbox)
    await inject(sandbox, {"kind": "delay", "when": when, "seconds": 3600, "method": "POST"})
    waiting = asyncio.create_task(sandbox.post(signed.envelope_xdr))
    while not await occurred(sandbox):
        await sandbox.close()
    await sandbox.get("/fee_stats")
    await sandbox.close(3)
    assert on_ledger(sandbox, signed) == (when == "after")
    assert not waiting.done()
    waiting.cancel()


async def test_a_swallowed_transaction_is_pending_for_ever(sandbox):
    _, signed = await payment(sandbox)
    await inject(sandbox, {"kind": "swallow"})
    form = {"tx": b64encode(signed.envelope_xdr).decode()}
    async with sandbox.http.post("/transactions_async", data=form) as response:
        assert response.status == 201
        assert (await response.json())["tx_status"] == "PENDING"
    await sandbox.close(8)
    assert not on_ledger(sandbox, signed)
    status, problem = await sandbox.post_and_close(signed.envelope_xdr)
    assert (status, problem["extras"]["hash"]) == (504, signed.hash.hex())
    assert await occurred(sandbox) == {"swallow": 2}


async def test_a_repeated_request_is_carried_out_twice(sandbox):
    _, signed = await payment(sandbox)
    await inject(sandbox, {"kind": "repeat", "path": "/transactions_async"})
    form = {"tx": b64encode(signed.envelope_xdr).decode()}
    async with sandbox.http.post("/transactions_async", data=form) as response:
        assert response.status == 409
        assert (await response.json())["tx_status"] == "DUPLICATE"


@pytest.mark.parametrize("when", ["before", "after"])
async def test_an_answer_is_held_until_another_overtakes_it(sandbox, when):
    await inject(sandbox, {"kind": "reorder", "when": when, "count": 1, "seconds": 3600})
    first = asyncio.create_task(sandbox.get("/fee_stats"))
    while not await occurred(sandbox):
        pass
    await sandbox.close(3)
    assert not first.done()
    await sandbox.get("/ledgers")
    newest = sandbox.sandbox.history.latest
    assert int((await first)["last_ledger"]) == (newest if when == "before" else newest - 3)


@pytest.mark.parametrize(("kind", "shown"), [("lag", "old"), ("stale", "new")])
async def test_a_node_that_is_behind_says_so_or_lies(sandbox, kind, shown):
    alice, bob = sandbox.fund("alice", "bob")
    await inject(sandbox, {"kind": kind, "ledgers": 2})
    for _ in range(4):
        sandbox.submit(alice, Payment(bob.account, NATIVE, XLM))
    newest = sandbox.sandbox.history.latest
    async with sandbox.http.get(f"/accounts/{bob.account}") as response:
        document, header = await response.json(), int(response.headers["Latest-Ledger"])
    assert document["balances"][-1]["balance"] == "10002.0000000"
    assert document["last_modified_ledger"] == newest - 2
    assert header == (newest - 2 if shown == "old" else newest)


async def test_what_is_behind_knows_no_later_record(sandbox):
    maker, taker = sandbox.fund("maker", "taker", usdc=1000 * XLM)
    sandbox.submit(maker, ManageSellOffer(NATIVE, sandbox.usdc, 100 * XLM, 1, 10))
    await inject(sandbox, {"kind": "lag", "ledgers": 1})
    taken = sandbox.submit(taker, ManageSellOffer(sandbox.usdc, NATIVE, XLM, 10, 1))
    hash = taken.hash.hex()
    newest, old = sandbox.sandbox.history.latest, sandbox.sandbox.history.latest - 1
    pair = {
        "base_asset_type": "native",
        "counter_asset_type": "credit_alphanum4",
        "counter_asset_code": "USDC",
        "counter_asset_issuer": sandbox.usdc.issuer,
    }
    await sandbox.problem(f"/transactions/{hash}", 404)
    await sandbox.problem(f"/ledgers/{newest}", 404)
    await sandbox.problem("/trades", 404, **pair)
    root = await sandbox.get("/")
    assert root["history_latest_ledger"] == old
    for family in ("ledgers", "transactions", "operations", "effects"):
        page = await sandbox.get(f"/{family}", order="desc", limit=200)
        tokens = [record["paging_token"] for record in page["_embedded"]["records"]]
        assert tokens
        assert all(int(token.split("-")[0]) >> 32 <= old for token in tokens)
    book = {name.replace("base", "selling").replace("counter", "buying"): v for name, v in pair.items()}
    asks = (await sandbox.get("/order_book", **book))["asks"]
    assert asks[0]["amount"] == "100.0000000"
    await sandbox.close()
    assert (await sandbox.get("/order_book", **book))["asks"][0]["amount"] == "90.0000000"
    assert (await sandbox.get(f"/transactions/{hash}"))["successful"]
    assert len((await sandbox.get("/trades", **pair))["_embedded"]["records"]) == 1


async def test_a_node_that_lags_takes_transactions_and_sees_them_later(sandbox):
    _, signed = await payment(sandbox)
    await inject(sandbox, {"kind": "lag", "ledgers": 3})
    before = sandbox.sandbox.history.latest
    status, _ = await sandbox.post_and_close(signed.envelope_xdr)
    assert status == 200
    assert sandbox.sandbox.history.transaction(signed.hash).id >> 32 == before + 1
    assert sandbox.sandbox.history.latest >= before + 4


async def test_a_frozen_node_stands_still_and_then_catches_up(sandbox):
    await inject(sandbox, {"kind": "freeze", "ledgers": 3, "count": 1})
    frozen_at = sandbox.sandbox.history.latest
    shown = []
    for _ in range(5):
        shown.append((await sandbox.get("/"))["history_latest_ledger"])
        await sandbox.close()
    assert shown == [frozen_at, frozen_at, frozen_at, frozen_at + 3, frozen_at + 4]
    assert await occurred(sandbox) == {"freeze": 1}


async def test_a_stream_of_a_frozen_node_goes_on_when_it_thaws(sandbox):
    await inject(sandbox, {"kind": "freeze", "ledgers": 3, "count": 1})
    first = sandbox.sandbox.history.latest + 1
    async with sandbox.http.get("/ledgers?cursor=now", headers=STREAM) as response:
        assert await events(response, 1) == [HELLO]
        await sandbox.close(3)
        assert [sequence_of(block) for block in await events(response, 3)] == [first, first + 1, first + 2]


async def test_headers_and_root_can_lie(sandbox):
    (alice,) = sandbox.fund("alice")
    await inject(
        sandbox,
        {"kind": "latest_ledger", "ledgers": 40},
        {"kind": "passphrase", "text": "Public Global Stellar Network ; September 2015"},
    )
    async with sandbox.http.get(f"/accounts/{alice.account}") as response:
        assert int(response.headers["Latest-Ledger"]) == sandbox.sandbox.history.latest + 40
    assert (await sandbox.get("/"))["network_passphrase"].startswith("Public Global")
    assert await occurred(sandbox) == {"latest_ledger": 1, "passphrase": 1}


async def test_a_stream_is_cut_in_the_middle_of_an_event(sandbox):
    await inject(sandbox, {"kind": "stream_cut", "count": 1})
    async with sandbox.http.get("/ledgers?cursor=now", headers=STREAM) as response:
        await sandbox.close()
        with pytest.raises(aiohttp.ClientPayloadError):
            await response.read()
    async with sandbox.http.get("/ledgers?cursor=now&limit=1", headers=STREAM) as response:
        closed = await sandbox.close()
        assert sequence_of((await events(response, 2))[1]) == closed.header.sequence


async def test_a_stalled_stream_says_nothing_and_stays_open(sandbox):
    await inject(sandbox, {"kind": "stream_stall", "count": 1, "seconds": 3600})
    async with sandbox.http.get("/ledgers?cursor=now", headers=STREAM) as response:
        assert await events(response, 1) == [HELLO]
        await sandbox.close(3)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(response.content.readline(), 0.05)
        assert not response.content.at_eof()
    assert await occurred(sandbox) == {"stream_stall": 1}


async def test_events_are_doubled_and_change_places(sandbox):
    await inject(sandbox, {"kind": "stream_reorder", "count": 1}, {"kind": "stream_duplicate", "count": 1})
    first = sandbox.sandbox.history.latest + 1
    async with sandbox.http.get("/ledgers?cursor=now&limit=3", headers=STREAM) as response:
        await sandbox.close(3)
        blocks = await events(response, 6)
    got = [sequence_of(block) for block in blocks[1:-1]]
    assert got == [first + 1, first + 1, first, first + 2]
    assert blocks[-1].endswith('"byebye"\n\n')


async def test_a_network_that_halts_closes_no_ledger(sandbox):
    await inject(sandbox, {"kind": "halt", "seconds": 3600, "count": 1})
    before = sandbox.sandbox.history.latest
    clock = asyncio.create_task(Clock(sandbox.sandbox, 0.001).run())
    while not await occurred(sandbox):
        pass
    for _ in range(50):
        await sandbox.get("/fee_stats")
    clock.cancel()
    assert sandbox.sandbox.history.latest == before


async def test_nodes_of_one_network_fail_apart(sandbox):
    views = Views(sandbox.sandbox)
    async with AsyncExitStack() as stack:
        clients = []
        for number in (1, 2, 3):
            node = Node(number, RateLimit(), views)
            server = HorizonServer(sandbox.sandbox, "127.0.0.1", 0, node=node)
            await stack.enter_async_context(server)
            clients.append(await stack.enter_async_context(aiohttp.ClientSession(server.url)))
        faults = [{"kind": "timeout", "nodes": [2]}, {"kind": "lag", "ledgers": 2, "nodes": [3]}]
        async with clients[0].post("/sandbox/faults", json=faults) as response:
            assert response.status == 200
        await sandbox.close(4)
        shown = []
        for client in clients:
            async with client.get("/") as response:
                shown.append((response.status, (await response.json()).get("history_latest_ledger")))
    newest = sandbox.sandbox.history.latest
    assert shown == [(200, newest), (504, None), (200, newest - 2)]


async def test_the_same_seed_strikes_the_same_requests(sandbox):
    async def strikes(seed, *more):
        async with sandbox.http.delete("/sandbox/faults") as response:
            assert response.status == 200
        await inject(sandbox, {"kind": "timeout", "probability": 0.3}, *more, seed=seed)
        statuses = []
        for _ in range(40):
            async with sandbox.http.get("/fee_stats") as response:
                statuses.append(response.status)
        return statuses

    first = await strikes(7)
    assert 0 < first.count(504) < 40
    assert await strikes(7) == first
    assert await strikes(7, {"kind": "delay", "probability": 0.5, "seconds": 0}) == first
    assert await strikes(8) != first


async def test_a_filter_spares_other_requests(sandbox):
    await inject(sandbox, {"kind": "timeout", "path": "/ledgers", "method": "GET"})
    await sandbox.get("/fee_stats")
    await sandbox.problem("/ledgers", 504)
    report = await sandbox.get("/sandbox/faults")
    assert [(fault["considered"], fault["occurred"]) for fault in report["faults"]] == [(1, 1)]


async def test_a_fault_that_was_not_announced_finds_its_view_all_the_same(sandbox):
    sandbox.sandbox.faults.add([Fault.read({"kind": "lag", "ledgers": 2})])
    newest = sandbox.sandbox.history.latest
    assert (await sandbox.get("/"))["history_latest_ledger"] == newest
    await sandbox.close(3)
    assert (await sandbox.get("/"))["history_latest_ledger"] == newest + 1


async def test_faults_come_and_go_and_stay_counted(sandbox):
    await inject(
        sandbox, {"kind": "timeout", "name": "ledgers late", "path": "/ledgers"}, {"kind": "timeout"}
    )
    await sandbox.problem("/ledgers", 504)
    async with sandbox.http.delete("/sandbox/faults/ledgers%20late") as response:
        assert response.status == 200
    async with sandbox.http.delete("/sandbox/faults/ledgers%20late") as response:
        assert response.status == 404
    await sandbox.problem("/ledgers", 504)
    async with sandbox.http.delete("/sandbox/faults") as response:
        assert (await response.json())["faults"] == []
    await sandbox.get("/ledgers")
    report = await sandbox.get("/sandbox/faults")
    assert report["occurred"] == {"ledgers late": 1, "timeout": 1}
    assert report["occurred_by_kind"] == {"timeout": 2}


async def test_a_fault_may_come_alone(sandbox):
    async with sandbox.http.post("/sandbox/faults", json={"kind": "timeout", "count": 1}) as response:
        assert [fault["kind"] for fault in (await response.json())["faults"]] == ["timeout"]
    await sandbox.problem("/ledgers", 504)
    await sandbox.get("/ledgers")


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"{", "not JSON"),
        (b'{"fault": []}', "expected a fault, a list of faults, or a table with faults and seed"),
        (b'[{"kind": "fire"}]', "fault kind 'fire' is unknown: use one of delay"),
        (b'[{"kind": "drop", "ledgers": 3}]', "fault drop has no field 'ledgers': it has kind, name"),
        (b'[{"kind": "drop", "probability": 2}]', "probability 2 is not a number above 0"),
        (b'[{"kind": "delay", "seconds": [2, 1]}]', "seconds [2, 1] is not a span"),
        (b'[{"kind": "lag", "ledgers": 0}]', "ledgers 0 is not a whole number from 1"),
        (b'[{"kind": "drop", "when": "soon"}]', "when 'soon' is not before or after"),
        (b'[{"kind": "drop", "nodes": [0]}]', "nodes [0] is not a list of nodes"),
        (b'[{"kind": "drop", "name": "x"}, {"kind": "half", "name": "x"}]', "two faults are named 'x'"),
    ],
)
async def test_a_fault_that_is_not_one_is_refused_in_a_sentence(sandbox, body, sentence):
    async with sandbox.http.post("/sandbox/faults", data=body) as response:
        assert response.status == 400
        problem = await response.json(content_type=None)
    assert sentence in problem["detail"]
    assert (await sandbox.get("/sandbox/faults"))["faults"] == []


def test_every_kind_says_what_it_does():
    assert all(kind.does.endswith(".") for kind in KINDS.values())
