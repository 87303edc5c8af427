"""The sandbox over HTTP: transactions a second, and a book of 200 levels a side, beside the naive ways."""

import asyncio
import json
import os
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Iterator
from statistics import median
from urllib.parse import quote

import aiohttp
import psutil
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE, Asset
from hummingbot.connector.exchange.stellar.ledger.envelope import SigningKey
from hummingbot.connector.exchange.stellar.ledger.operations import Payment, Transaction
from hummingbot.connector.exchange.stellar.ledger.xdr import network_id, sign_transaction
from hummingbot.connector.exchange.stellar.sandbox.entries import Account, Offer
from hummingbot.connector.exchange.stellar.sandbox.http.order_book import BookCache, render_order_book
from hummingbot.connector.exchange.stellar.sandbox.sandbox import PASSPHRASE, Sandbox
from test.benchmarks.conftest import Promises

ACCOUNTS = 400
EACH = 4
NETWORK = network_id(PASSPHRASE)
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
START = 1_704_067_200


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[str, psutil.Process]]:
    """A sandbox process without a market, ten ledgers a second."""
    command = [sys.executable, "-m", "hummingbot.strategy.ai_stellar.cli.main", "sandbox", "--no-market"]
    process = subprocess.Popen(
        [*command, "--port", "0", "--ledger-interval", "0.1"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    url = process.stdout.readline().split()[-1]
    yield url, psutil.Process(process.pid)
    process.terminate()
    process.wait()


class Payer:
    """An account that pays itself a stroop, again and again."""

    def __init__(self, number: int) -> None:
        self.key = SigningKey(f"bench payer {number:<20}".encode()[:32].ljust(32))
        self.sequence = 0

    def body(self) -> str:
        self.sequence += 1
        tx = Transaction(self.key.account, 100, self.sequence, (Payment(self.key.account, NATIVE, 1),))
        return "tx=" + quote(
            b64encode(sign_transaction(tx, NETWORK, (self.key,)).envelope_xdr).decode(), safe=""
        )

    async def open(self, http: aiohttp.ClientSession) -> None:
        async with http.get("/friendbot", params={"addr": self.key.account}) as response:
            await response.read()
        async with http.get(f"/accounts/{self.key.account}") as response:
            self.sequence = int((await response.json())["sequence"])

    async def post(self, http: aiohttp.ClientSession, body: str) -> None:
        async with http.post("/transactions", data=body, headers=FORM) as response:
            assert response.status == 200, await response.text()
            await response.read()


def transactions(url: str, accounts: int, each: int) -> float:
    """Post `each` transactions from each account, all accounts at once; return transactions a second."""

    async def post_all() -> float:
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(url, connector=connector) as http:
            payers = [Payer(number) for number in range(accounts)]
            await asyncio.gather(*(payer.open(http) for payer in payers))
            bodies = [[payer.body() for _ in range(each)] for payer in payers]

            async def pay(payer: Payer, texts: list[str]) -> None:
                for text in texts:
                    await payer.post(http, text)

            started = time.perf_counter()
            await asyncio.gather(*map(pay, payers, bodies))
            return accounts * each / (time.perf_counter() - started)

    return asyncio.run(post_all())


@pytest.mark.benchmark(group="sandbox: one-operation transactions over HTTP")
@pytest.mark.parametrize(
    ("accounts", "each"), [(ACCOUNTS, EACH), (1, 3)], ids=["many accounts", "one account"]
)
def test_transactions(
    benchmark: BenchmarkFixture,
    promise: Promises,
    server: tuple[str, psutil.Process],
    accounts: int,
    each: int,
) -> None:
    """The naive way, one account that waits for each ledger, is what a network allows an account."""
    url, _ = server
    rates: list[float] = []
    benchmark.pedantic(lambda: rates.append(transactions(url, accounts, each)), rounds=3)
    if accounts == ACCOUNTS:
        promise("one-operation transactions over HTTP", median(rates), "a second", least=500)


def deep_book() -> tuple[Sandbox, Asset]:
    """Return a sandbox with 200 levels a side."""
    sandbox = Sandbox.found(START)
    issuer, maker = SigningKey(b"i" * 32), SigningKey(b"m" * 32)
    usdc, state = Asset("USDC", issuer.account), sandbox.network.state
    state.load(Account(maker.account, 10**12, 0))
    for level in range(200):
        state.load(Offer(maker.account, 2 * level + 1, NATIVE, usdc, 10**9, 100_000 + level, 1_000_000))
        state.load(Offer(maker.account, 2 * level + 2, usdc, NATIVE, 10**8, 1_000_000, 99_999 - level))
    return sandbox, usdc


@pytest.mark.benchmark(group="sandbox: order book of 200 levels a side to JSON")
@pytest.mark.parametrize("way", ["once a ledger for all", "orjson", "json"])
def test_order_book(benchmark: BenchmarkFixture, way: str) -> None:
    sandbox, usdc = deep_book()
    if way == "once a ledger for all":
        cache = BookCache()
        size = len(benchmark(cache.book, sandbox, NATIVE, usdc, 200))
    elif way == "orjson":
        size = len(benchmark(lambda: BookCache().book(sandbox, NATIVE, usdc, 200)))
    else:
        size = len(benchmark(lambda: json.dumps(render_order_book(sandbox, NATIVE, usdc, 200)).encode()))
    assert size > 20_000
