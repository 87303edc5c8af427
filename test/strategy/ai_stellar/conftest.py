"""A sandbox with its market, for the strategy to trade on."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from hummingbot.core.web_assistant.connections.connections_factory import ConnectionsFactory

from hummingbot.connector.exchange.stellar import stellar_constants as CONSTANTS
from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE
from hummingbot.connector.exchange.stellar.ledger.operations import ManageSellOffer
from hummingbot.connector.exchange.stellar.sandbox.clock import Clock as LedgerTicker
from hummingbot.connector.exchange.stellar.sandbox.http.server import HorizonServer
from hummingbot.connector.exchange.stellar.sandbox.snapshot import Settings
from test.strategy.ai_stellar.trader import HOUR, INTERVAL, PAIRS_OF_THE_MARKET, START, XLM, Market, fund


@pytest.fixture
async def fresh_connections() -> AsyncIterator[None]:
    """Hummingbot shares one HTTP session for the life of its process; each test has its own event loop."""
    yield
    await ConnectionsFactory().close()


@pytest.fixture
async def traded(sandbox: Any, monkeypatch: pytest.MonkeyPatch, fresh_connections: None) -> Any:
    """A sandbox on which XLM-USDC traded in each of 40 hours of its first two days, ever a little dearer."""
    monkeypatch.setitem(CONSTANTS.HORIZON_URLS, "stellar_local", str(sandbox.url).rstrip("/"))
    maker, taker = sandbox.fund("maker", "taker", usdc=10**11)
    network = sandbox.sandbox.network
    for hour in range(40):
        n = 100 + hour
        sandbox.sandbox.market_seconds = 1
        sandbox.submit(maker, ManageSellOffer(NATIVE, sandbox.usdc, XLM, n, 1000))
        sandbox.submit(taker, ManageSellOffer(sandbox.usdc, NATIVE, XLM * n // 1000, 1000, n))
        sandbox.sandbox.market_seconds = HOUR - network.header.close_time % HOUR
        await sandbox.close()
    return sandbox


@pytest.fixture
async def market(tmp_path: Path, fresh_connections: None) -> AsyncIterator[Market]:
    sandbox = Settings(
        seed=3, start=START, pairs=PAIRS_OF_THE_MARKET, history=None, market_seconds=300
    ).found()
    fund(sandbox)
    async with HorizonServer(sandbox, "127.0.0.1", 0) as server:
        ticking = asyncio.create_task(LedgerTicker(sandbox, INTERVAL).run())
        market = Market(sandbox, server.url, tmp_path / "memory.sqlite", ticking)
        yield market
        market.ticking.cancel()
