"""Many streams at once: all are served, and nothing is left of those that went."""

import asyncio
import gc
from contextlib import AsyncExitStack

import aiohttp

from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE
from hummingbot.connector.exchange.stellar.ledger.operations import Payment
from hummingbot.connector.exchange.stellar.sandbox.http.stream_faults import FaultyWire

CLIENTS = 150
STREAM = {"Accept": "text/event-stream"}


def wires() -> int:
    """Count the streams that are alive."""
    gc.collect()
    return sum(isinstance(thing, FaultyWire) for thing in gc.get_objects())


async def settle(sandbox, tasks, streams):
    """Close ledgers until as many tasks are left: a stream notices with the next one that its client went."""
    async with asyncio.timeout(60):
        while len(asyncio.all_tasks()) > tasks or wires() > streams:
            await sandbox.close()
            await sandbox.get("/fee_stats")


async def test_many_streams_come_and_go_and_leave_nothing_behind(sandbox):
    (alice,) = sandbox.fund("alice")
    paths = (
        "/ledgers?cursor=now",
        f"/accounts/{alice.account}/transactions?cursor=now",
        "/trades?cursor=now",
    )
    await sandbox.get("/fee_stats")  # its connection stays open
    tasks, other = len(asyncio.all_tasks()), wires()
    for _ in range(3):
        async with AsyncExitStack() as stack:
            connector = aiohttp.TCPConnector(limit=0)
            http = await stack.enter_async_context(aiohttp.ClientSession(sandbox.url, connector=connector))
            streams = []
            for number in range(CLIENTS):
                request = http.get(paths[number % len(paths)], headers=STREAM)
                streams.append(await stack.enter_async_context(request))
            assert wires() == CLIENTS + other
            for response in streams[: CLIENTS // 2]:
                response.close()  # in mid-stream, without a word
            for _ in range(3):
                sandbox.submit(alice, Payment(alice.account, NATIVE, 1))
                await asyncio.sleep(0)
            for number, response in enumerate(streams[CLIENTS // 2 :], CLIENTS // 2):
                assert b"hello" in await response.content.readuntil(b"\n\n")
                if number % len(paths) < 2:
                    assert b"data: {" in await response.content.readuntil(b"\n\n")
        await settle(sandbox, tasks, other)


async def test_a_client_that_never_reads_does_not_hold_up_the_others(sandbox):
    """What one does not take fills its own connection's buffers; the network goes on for all others."""
    async with (
        aiohttp.ClientSession(sandbox.url, read_bufsize=1024) as deaf,
        deaf.get("/ledgers?cursor=now&limit=200", headers=STREAM),
        sandbox.http.get("/ledgers?cursor=now&limit=200", headers=STREAM) as heard,
    ):
        for _ in range(200):
            await sandbox.close()
        body = await heard.read()
    assert body.count(b"\nid: ") + body.startswith(b"id: ") == 200
