"""Clients that each want a transaction in every ledger of a network with one ledger a second."""

import asyncio
import os
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from urllib.parse import quote

import aiohttp
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE
from hummingbot.connector.exchange.stellar.ledger.envelope import SigningKey
from hummingbot.connector.exchange.stellar.ledger.operations import Payment, Transaction
from hummingbot.connector.exchange.stellar.ledger.xdr import network_id, sign_transaction
from hummingbot.connector.exchange.stellar.sandbox.sandbox import PASSPHRASE
from test.benchmarks.conftest import Promises

LEDGERS = 6
ROUNDS = 3
NETWORK = network_id(PASSPHRASE)
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A sandbox process without a market, one ledger a second."""
    command = [sys.executable, "-m", "hummingbot.strategy.ai_stellar.cli.main", "sandbox", "--no-market"]
    process = subprocess.Popen(
        [*command, "--port", "0", "--ledger-interval", "1"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    url = process.stdout.readline().split()[-1]
    yield url
    process.terminate()
    process.wait()


class Client:
    """An account that sends one transaction after the other, the next as soon as the last is answered."""

    def __init__(self, number: int) -> None:
        self.key = SigningKey(f"bench client {number:<19}".encode()[:32].ljust(32))

    async def open(self, http: aiohttp.ClientSession) -> int:
        """Create the account and return its sequence number."""
        async with http.get("/friendbot", params={"addr": self.key.account}) as response:
            await response.read()
        async with http.get(f"/accounts/{self.key.account}") as response:
            return int((await response.json())["sequence"])

    def body(self, sequence: int, operations: int) -> str:
        pay = (Payment(self.key.account, NATIVE, 1),) * operations
        tx = Transaction(self.key.account, 100 * operations, sequence, pay)
        envelope = sign_transaction(tx, NETWORK, (self.key,)).envelope_xdr
        return "tx=" + quote(b64encode(envelope).decode(), safe="")

    async def send(self, http: aiohttp.ClientSession, bodies: list[str]) -> list[int]:
        """Return the ledger of each."""
        ledgers = []
        for body in bodies:
            async with http.post("/transactions", data=body, headers=FORM) as response:
                document = await response.json(content_type=None)
                assert response.status == 200, document
                ledgers.append(document["ledger"])
        return ledgers


async def missed(url: str, accounts: int, operations: int) -> int:
    """Return how many ledgers went by without a transaction of a client that was waiting to be in it."""
    async with aiohttp.ClientSession(url, connector=aiohttp.TCPConnector(limit=0)) as http:
        clients = [Client(number) for number in range(accounts)]
        sequences = await asyncio.gather(*(client.open(http) for client in clients))
        bodies = [
            [client.body(sequence + n, operations) for n in range(1, LEDGERS + 1)]
            for client, sequence in zip(clients, sequences, strict=True)
        ]
        ledgers = await asyncio.gather(
            *(client.send(http, own) for client, own in zip(clients, bodies, strict=True))
        )
    return sum(own[-1] - own[0] + 1 - LEDGERS for own in ledgers)


@pytest.mark.benchmark(group="sandbox: a transaction in every ledger, at one ledger a second")
@pytest.mark.parametrize(("accounts", "operations"), [(20, 50), (500, 1)])
def test_every_ledger(
    benchmark: BenchmarkFixture, promise: Promises, server: str, accounts: int, operations: int
) -> None:
    misses: list[int] = []
    benchmark.pedantic(
        lambda: misses.append(asyncio.run(missed(server, accounts, operations))), rounds=ROUNDS
    )
    what = f"ledgers missed by {accounts} clients, {operations} operations in each, fewest of {ROUNDS} runs"
    promise(what, min(misses), "ledgers", most=0)
