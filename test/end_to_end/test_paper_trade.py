"""Paper trade through Hummingbot's own start, at real-time speed, on books that an instance's file names.

`stellar_local_paper_trade` reads a sandbox; `stellar_paper_trade` one that calls itself the public network
and trades Circle's USDC.
"""

import asyncio
import json
import os
import re
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from hummingbot.connector.exchange.stellar.assets import AssetTable
from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE
from hummingbot.connector.exchange.stellar.ledger.envelope import SigningKey
from hummingbot.connector.exchange.stellar.ledger.operations import (
    ChangeTrust,
    CreateAccount,
    ManageSellOffer,
    Operation,
    Transaction,
)
from hummingbot.connector.exchange.stellar.ledger.xdr import sign_transaction
from hummingbot.connector.exchange.stellar.sandbox.clock import Clock
from hummingbot.connector.exchange.stellar.sandbox.http.server import HorizonServer
from hummingbot.connector.exchange.stellar.sandbox.sandbox import Sandbox
from hummingbot.connector.exchange.stellar.stellar_constants import PASSPHRASES
from hummingbot.strategy.ai_stellar.cli.instance import build_instance

pytestmark = [
    pytest.mark.slow,
    pytest.mark.end_to_end,
    pytest.mark.timeout(180),
]

UNIT = 10_000_000
HOUR = 3600
START = 1_704_067_200 + 3500  # a minute and forty seconds before an hour is over
HOURS_OF_HISTORY = 205
CONFIGURATIONS = {
    "ai_stellar": {"markets": ["XLM-USDC"], "neutral_share": 10, "tilt": 0},
    "pure_market_making": {
        "market": "XLM-USDC", "bid_spread": 0.01, "ask_spread": 0.01, "order_amount": 100,
        "order_refresh_time": 60.0, "filled_order_delay": 60.0,
    },
}  # fmt: skip


class Exchange:
    """A network on which one account keeps 0.0999 bid and 0.1001 asked, and another takes when told to."""

    def __init__(self, domain: str) -> None:
        passphrase = PASSPHRASES[domain]
        named = {"passphrase": passphrase} if passphrase else {}
        self.sandbox = Sandbox.found(START, market_seconds=HOUR, **named)
        self.usdc = AssetTable(domain).asset("USDC")
        self.maker, self.taker = (SigningKey(bytes([number]) * 32) for number in (1, 2))
        accounts = (self.maker.account, self.taker.account, self.usdc.issuer)
        root = self.sandbox.network.root_key()
        self.submit(root, *(CreateAccount(account, 10**15) for account in accounts))
        for key in (self.maker, self.taker):
            self.submit(key, ChangeTrust(self.usdc, 2**63 - 1))
            line = self.sandbox.network.state.trustlines[key.account, self.usdc]
            line.balance = 10**15  # the issuer's key is not ours to pay with
        self.wander()
        self.submit(
            self.maker,
            ManageSellOffer(NATIVE, self.usdc, 10**13, 1001, 10_000, 0),
            ManageSellOffer(self.usdc, NATIVE, 10**12, 10_000, 999, 0),
        )
        self.sandbox.market_seconds = 1

    def wander(self) -> None:
        """Let four lumens trade in each hour of a history, at prices that wander from 0.1 to 0.1."""
        steps = 4 * HOURS_OF_HISTORY
        walk = np.cumsum(np.random.default_rng(5).standard_t(4, steps) * 0.0018)
        prices = 0.1 * np.exp(walk - np.linspace(0.0, 1.0, steps) * walk[-1])
        self.sandbox.market_seconds = HOUR // 4
        for n in np.round(prices * 100_000).astype(int).tolist():
            for key, offer in (
                (self.maker, ManageSellOffer(NATIVE, self.usdc, UNIT, n, 100_000, 0)),
                (self.taker, ManageSellOffer(self.usdc, NATIVE, UNIT // 100_000 * n, 100_000, n, 0)),
            ):
                self.sandbox.submit(self.sign(key, (offer,)).envelope_xdr)
            self.sandbox.close_ledger()
        self.sandbox.market_seconds = HOUR

    def submit(self, key: SigningKey, *operations: Operation) -> None:
        """Close a ledger with a transaction, which must succeed."""
        signed = self.sign(key, operations)
        self.sandbox.submit(signed.envelope_xdr)
        applied = [tx for tx in self.sandbox.close_ledger().transactions if tx.hash == signed.hash]
        assert [tx.result.code for tx in applied] == ["txSUCCESS"]

    def sign(self, key: SigningKey, operations: tuple[Operation, ...]) -> Any:
        network = self.sandbox.network
        sequence = network.state.accounts[key.account].sequence + 1
        transaction = Transaction(key.account, 1000 * len(operations), sequence, operations)
        return sign_transaction(transaction, network.network_id, (key,))

    def take(self, *, buys: bool) -> None:
        """Let the next ledger hold a trade of one lumen at the maker's ask, or bid."""
        offer = (
            ManageSellOffer(self.usdc, NATIVE, UNIT // 10, 10_000, 1001, 0)
            if buys
            else ManageSellOffer(NATIVE, self.usdc, UNIT, 999, 10_000, 0)
        )
        self.sandbox.submit(self.sign(self.taker, (offer,)).envelope_xdr)

    def let_the_hour_end(self) -> None:
        """Let market time go on to three seconds before the hour is over."""
        now = self.sandbox.network.header.close_time
        self.sandbox.market_seconds = HOUR - now % HOUR - 3
        self.sandbox.close_ledger()
        self.sandbox.market_seconds = 1


class Bot:
    """A bot in a process of its own, and what it tells."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.told: list[dict[str, Any]] = []

    async def hear(self, wanted: Callable[[dict[str, Any]], bool], seconds: float = 60) -> dict[str, Any]:
        """Wait until it tells something; return that."""
        assert self.process.stdout is not None
        async with asyncio.timeout(seconds):
            while line := await self.process.stdout.readline():
                self.told.append(json.loads(line))
                if wanted(self.told[-1]):
                    return self.told[-1]
        raise AssertionError(f"it ended, having told {self.told[-3:]}")

    async def hear_of(self, event: str) -> dict[str, Any]:
        return await self.hear(lambda told: told["event"] == event)

    async def stop(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(b"stop\n")
        await self.hear_of("stopped")
        assert await self.process.wait() == 0


@asynccontextmanager
async def bot(directory: Path, url: str, domain: str, strategy: str) -> AsyncIterator[Bot]:
    """A bot without a key, in an instance whose file of nodes names the URL."""
    build_instance(directory, sandbox=domain == "stellar_local")
    (directory / "conf" / "stellar_nodes.yml").write_text(yaml.safe_dump({domain: url}))
    settings = {"strategy": strategy, "exchange": f"{domain}_paper_trade", **CONFIGURATIONS[strategy]}
    (directory / "conf" / "strategies" / "paper.yml").write_text(yaml.safe_dump(settings))
    with (directory / "errors").open("wb") as errors:
        process = await asyncio.create_subprocess_exec(
            sys.executable, str(Path(__file__).with_name("paper_bot.py")), "paper.yml", cwd=directory,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=errors, limit=2**20,
            env=os.environ | {"PYTHONPATH": str(directory)},
        )  # fmt: skip
    try:
        yield Bot(process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


@asynccontextmanager
async def trading(domain: str) -> AsyncIterator[tuple[Exchange, str]]:
    """An exchange whose ledgers stand for as much market time as they take, and its URL."""
    exchange = Exchange(domain)
    async with HorizonServer(exchange.sandbox, "127.0.0.1", 0) as server:
        ticking = asyncio.create_task(Clock(exchange.sandbox, 1.0).run())
        try:
            yield exchange, server.url
        finally:
            ticking.cancel()


@pytest.mark.parametrize("domain", ["stellar_local", "stellar"])
async def test_ai_stellar_decides_and_is_filled_on_paper(tmp_path: Path, domain: str) -> None:
    async with trading(domain) as (exchange, url), bot(tmp_path / "bot", url, domain, "ai_stellar") as paper:
        assert (await paper.hear_of("started"))["connector"] == f"{domain}_paper_trade"
        await paper.hear(lambda told: "PnL (USDC)" in told.get("text", "") and "history" not in told["text"])
        exchange.let_the_hour_end()
        order = await paper.hear_of("SellOrderCreatedEvent")
        assert 0.0999 < float(order["price"]) <= 0.1001
        exchange.take(buys=True)
        fill = await paper.hear_of("OrderFilledEvent")
        assert fill["amount"] == order["amount"]
        shown = await paper.hear(lambda told: re.search(r"sell fills +1 ", told.get("text", "")) is not None)
        status = shown["text"]
        assert f"Market ({domain}_paper_trade)" in status
        assert "Verdict on XLM-USDC" in status
        await paper.stop()


@pytest.mark.parametrize("domain", ["stellar_local", "stellar"])
async def test_pure_market_making_is_filled_on_both_sides_on_paper(tmp_path: Path, domain: str) -> None:
    async with (
        trading(domain) as (exchange, url),
        bot(tmp_path / "bot", url, domain, "pure_market_making") as paper,
    ):
        await paper.hear_of("started")
        orders = [
            await paper.hear(lambda told: told["event"].endswith("OrderCreatedEvent")) for _ in range(2)
        ]
        assert {order["event"] for order in orders} == {"BuyOrderCreatedEvent", "SellOrderCreatedEvent"}
        exchange.take(buys=True)
        await paper.hear_of("OrderFilledEvent")
        exchange.take(buys=False)
        await paper.hear_of("OrderFilledEvent")
        await paper.stop()
