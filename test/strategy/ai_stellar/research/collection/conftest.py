"""A market that writes down what its ledgers hold, and folders that are collected into from it."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from hummingbot.connector.exchange.stellar.ledger.amount import to_stroops
from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE, Asset
from hummingbot.connector.exchange.stellar.public_source import PublicSource
from hummingbot.connector.exchange.stellar.sandbox.faults import Fault
from hummingbot.connector.exchange.stellar.sandbox.http.order_book import render_order_book
from hummingbot.connector.exchange.stellar.sandbox.http.server import HorizonServer
from hummingbot.connector.exchange.stellar.sandbox.market.assets import issuer_key
from hummingbot.connector.exchange.stellar.sandbox.sandbox import Sandbox
from hummingbot.connector.exchange.stellar.sandbox.snapshot import Settings
from hummingbot.strategy.ai_stellar.research.collection import Collector
from hummingbot.strategy.ai_stellar.research.collection.folder import Folder

START = 1_704_067_200
LEVELS = 5
PAIR = "XLM-USDC"
ASSETS = NATIVE, Asset("USDC", issuer_key("USDC").account)


class Truth:
    """A sandbox whose ledgers close when asked to, and what each of them held.

    Attributes
    ----------
    books : dict of int to tuple
        Bids and asks (n, d, stroops) after each ledger.
    trades : list of tuple
        (id, close time, base, quote, whether the taker bought, n, d) of all trades since the beginning.
    """

    def __init__(self, sandbox: Sandbox, url: str, tmp_path: Path) -> None:
        self.sandbox, self.url = sandbox, url
        self.folder = tmp_path / "collected"
        self.books: dict[int, tuple[Any, Any]] = {}
        self.trades: list[tuple[Any, ...]] = []
        self._note()

    def close(self, ledgers: int = 1) -> None:
        """Close ledgers at once."""
        for _ in range(ledgers):
            self.sandbox.close_ledger()
            self._note()

    @asynccontextmanager
    async def ticking(self, interval: float = 0.06) -> AsyncIterator[None]:
        """Close ledgers while the block runs."""

        async def tick() -> None:
            while True:
                await asyncio.sleep(interval)
                self.close()

        task = asyncio.create_task(tick())
        try:
            yield
        finally:
            task.cancel()

    def fail(self, kind: str, **fields: Any) -> None:
        """Let a fault strike from now on."""
        self.sandbox.faults.add([Fault.read({"kind": kind, **fields})])

    def heal(self) -> None:
        """Take all faults out of force."""
        for rule in self.sandbox.faults.rules:
            self.sandbox.faults.remove(rule.name)

    async def until(self, condition: Callable[[], bool], seconds: float = 60.0) -> None:
        """Wait for something that ledgers to come will bring about."""
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, f"waited {seconds} s in vain"
            await asyncio.sleep(0.01)

    @asynccontextmanager
    async def collecting(
        self, pairs: tuple[str, ...] = (PAIR,), levels: int | None = LEVELS, flush: float = 0.2
    ) -> AsyncIterator[Collector]:
        """Collect from this market while the block runs."""
        source = PublicSource("stellar_local", self.url)
        folder = await Folder.open(self.folder, source, "stellar_local", list(pairs), levels)
        collector = Collector(source, folder, flush)
        recording = asyncio.create_task(collector.run())
        try:
            yield collector
            collector.stop()
            await recording
        finally:
            recording.cancel()
            folder.close()

    def _note(self) -> None:
        latest = self.sandbox.history.latest
        book = render_order_book(self.sandbox, *ASSETS, 200)
        self.books[latest] = tuple(
            [
                (level["price_r"]["n"], level["price_r"]["d"], to_stroops(level["amount"]))
                for level in book[side][:LEVELS]
            ]
            for side in ("bids", "asks")
        )
        newest = (latest << 32, 0)
        for trade in self.sandbox.history.trades(newest, 10_000, True, pair=ASSETS):
            what = trade.paging_token, trade.closed_at, trade.base_amount, trade.counter_amount
            self.trades.append((*what, trade.base_is_seller, trade.price_n, trade.price_d))


@pytest.fixture
async def truth(tmp_path: Path, fresh_connections: None) -> AsyncIterator[Truth]:
    """A market of XLM-USDC and XLM-EURC, 300 s a ledger, twelve ledgers old."""
    sandbox = Settings(seed=3, start=START, pairs=("USDC", "EURC"), history=None, market_seconds=300).found()
    async with HorizonServer(sandbox, "127.0.0.1", 0) as server:
        truth = Truth(sandbox, str(server.url).rstrip("/"), tmp_path)
        truth.close(12)
        yield truth
