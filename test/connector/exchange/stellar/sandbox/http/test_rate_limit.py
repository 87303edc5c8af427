"""Rate limits: the tokens of an address, as a running Horizon counted them, and who is refused how."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest

from hummingbot.connector.exchange.stellar.sandbox.http.node import Node, Views
from hummingbot.connector.exchange.stellar.sandbox.http.rate_limit import BURST, RateLimit
from hummingbot.connector.exchange.stellar.sandbox.http.server import HorizonServer

from .conftest import recorded

STREAM = {"Accept": "text/event-stream"}
SHOWN = ("X-Ratelimit-Limit", "X-Ratelimit-Remaining", "X-Ratelimit-Reset", "Retry-After")


@pytest.fixture
async def limited(sandbox) -> AsyncIterator[aiohttp.ClientSession]:
    """A client of a node with Horizon's default limit."""
    node = Node(1, RateLimit(3600), Views(sandbox.sandbox))
    async with (
        HorizonServer(sandbox.sandbox, "127.0.0.1", 0, node=node) as server,
        aiohttp.ClientSession(server.url) as http,
    ):
        yield http


async def spend(http, requests):
    for _ in range(requests):
        async with http.get("/fee_stats") as response:
            assert response.status == 200


def test_tokens_are_counted_as_a_running_horizon_counted_them():
    """The recording shows some of its requests; those between two of them are made up for."""
    exchanges = [
        e for e in recorded("exchanges") if e.get("instance") and e["request"]["path"] == "/fee_stats"
    ]
    limit, made, compared = RateLimit(3600), 0, 0
    start = exchanges[0]["t"]
    for exchange in exchanges:
        headers = exchange["response"]["headers"]
        now = exchange["t"] - start
        if headers["X-Ratelimit-Remaining"] == "1" and now > 1:
            break  # a stream spends tokens too by then
        while now < 1 and made < BURST + 1 - int(headers["X-Ratelimit-Remaining"]) - 1:
            limit.take("client", now)
            made += 1
        tokens = limit.take("client", now)
        made += not tokens.limited
        assert tokens.limited == (exchange["response"]["status"] == 429)
        assert tokens.headers(limit.limit) == {name: headers[name] for name in SHOWN if name in headers}
        compared += 1
    assert compared > 10


async def test_a_burst_is_answered_and_then_refused(limited):
    async with limited.get("/fee_stats") as response:
        assert response.headers["X-Ratelimit-Limit"] == "101"
        assert response.headers["X-Ratelimit-Remaining"] == "100"
    await spend(limited, BURST)
    async with limited.get("/fee_stats") as response:
        problem = await response.json(content_type=None)
        assert response.status == 429
        assert problem["type"] == "https://stellar.org/horizon-errors/rate_limit_exceeded"
        assert response.headers["Retry-After"] == "1"
        assert response.headers["X-Ratelimit-Remaining"] == "0"
    async with limited.post("/transactions", data={"tx": "AAAA"}) as response:
        assert response.status == 429


async def test_a_stream_is_refused_plainly_at_its_start(limited):
    await spend(limited, BURST + 1)
    async with limited.get("/ledgers?cursor=now", headers=STREAM) as response:
        assert response.status == 429
        assert response.headers["Content-Type"] == "application/problem+json; charset=utf-8"
        assert "X-Ratelimit-Limit" not in response.headers


async def test_a_stream_pays_for_every_ledger_and_ends_with_plain_text(sandbox, limited):
    async with limited.get("/ledgers?cursor=now", headers=STREAM) as response:
        await response.content.readuntil(b"\n\n")
        await spend(limited, BURST)
        await sandbox.close()
        assert await response.read() == b"event: error\ndata: problem: rate_limit_exceeded\n\n"


async def test_addresses_are_limited_apart_and_get_a_token_back_with_time():
    limit = RateLimit(3600)
    for _ in range(BURST + 1):
        assert not limit.take("first", 0.0).limited
    refused = limit.take("first", 0.25)
    assert refused.limited
    assert refused.retry_after == pytest.approx(0.75)
    assert not limit.take("second", 0.25).limited
    assert not limit.take("first", 1.0).limited
    assert limit.take("first", 1.0).limited


async def test_without_a_limit_no_one_is_refused(sandbox):
    await asyncio.gather(*(sandbox.get("/fee_stats") for _ in range(150)))
    async with sandbox.http.get("/fee_stats") as response:
        assert response.headers["X-Ratelimit-Remaining"] == "100"
