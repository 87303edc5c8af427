"""A sandbox with its market, for the strategy to trade on."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hummingbot.core.web_assistant.connections.connections_factory import ConnectionsFactory

from hummingbot.connector.exchange.stellar.sandbox.clock import Clock as LedgerTicker
from hummingbot.connector.exchange.stellar.sandbox.http.server import HorizonServer
from hummingbot.connector.exchange.stellar.sandbox.snapshot import Settings
from test.strategy.ai_stellar.trader import INTERVAL, PAIRS_OF_THE_MARKET, START, Market, fund


@pytest.fixture
async def fresh_connections() -> AsyncIterator[None]:
    """Hummingbot shares one HTTP session for the life of its process; each test has its own event loop."""
    yield
    await ConnectionsFactory().close()


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
