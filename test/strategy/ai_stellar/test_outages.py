"""Horizon down at start and later: said in words, answered by no order, and forgotten once it is back."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from hummingbot.strategy.ai_stellar.market.bars import HOUR, Bar
from test.connector.exchange.stellar.conftest import FaultyHorizon, drop
from test.strategy.ai_stellar.trader import INTERVAL, PAIR, Market, Trader

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


class Gateway(FaultyHorizon):
    """A Horizon one of whose resources can be kept from answering.

    Attributes
    ----------
    silent : str or None
        Its path; Hummingbot judges the connection by the root ``/``.
    """

    def __init__(self, upstream: str) -> None:
        super().__init__(upstream)
        self.silent: str | None = None
        self._speaks = asyncio.Event()

    def silence(self, path: str) -> None:
        """Answer no request for a path."""
        self.silent = path
        self._speaks.clear()

    def speak(self) -> None:
        """Answer all requests again; those that waited are dropped, and asked anew."""
        self.silent = None
        self._speaks.set()

    def _fault_for(self, request: web.Request) -> Any:
        return self._hang if request.path == self.silent else super()._fault_for(request)

    async def _hang(self, request: web.Request, forward: Any) -> web.Response:
        await self._speaks.wait()
        return await drop(request, forward)


@pytest.fixture
async def gateway(market: Market) -> AsyncIterator[Gateway]:
    between = Gateway(market.url.rstrip("/"))
    await between.start()
    yield between
    between.speak()
    await between.stop()


@pytest.fixture
def trader(market: Market, gateway: Gateway) -> Trader:
    made = Trader(gateway.url, market.memory)
    made.connector.check_network_interval = 0.3
    made.connector.check_network_timeout = 0.5
    return made


async def until_status(trader: Trader, words: str) -> str:
    """Wait until the status holds some words; return it."""
    await trader.until(lambda: words in trader.strategy.format_status(), 30)
    return trader.strategy.format_status()


async def test_a_horizon_down_at_start_is_told_and_waited_for(
    market: Market, gateway: Gateway, trader: Trader
) -> None:
    gateway.go_down()
    async with trader.running():
        status = await until_status(trader, "cannot be reached")
        assert "stellar_local is not ready: waiting for " in status
        assert "its order books" in status
        assert "the account's balances" in status
        assert f"stellar_local is not connected: {trader.connector.trouble}." in status
        assert gateway.url in status
        gateway.is_down = False
        await trader.until(lambda: len(market.offers()) > 0)
        assert "is not connected" not in trader.strategy.format_status()
        await trader.stop()
    assert market.offers() == []


async def test_a_horizon_that_goes_down_later_is_told_and_no_bar_is_lost(
    market: Market, gateway: Gateway, trader: Trader, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[Bar] = []
    digest = trader.strategy._digest

    def take(pair: str, bars: list[Bar]) -> None:
        taken.extend(bars)
        digest(pair, bars)

    monkeypatch.setattr(trader.strategy, "_digest", take)
    market.resume(3 * INTERVAL)  # so slow that, connected, no trade is told after its bar has closed
    async with trader.running():
        await trader.until(lambda: len(trader.strategy._latencies) >= 3)
        gateway.go_down()
        status = await until_status(trader, "is not connected")
        assert "stellar_local is not ready: waiting for " in status
        decided = len(trader.strategy._latencies)
        closed = market.sandbox.network.header.close_time
        await trader.until(lambda: market.sandbox.network.header.close_time > closed + 3 * HOUR)
        assert len(trader.strategy._latencies) <= decided + 1
        gateway.silence("/trades")
        gateway.is_down = False
        await trader.until(lambda: len(trader.strategy._latencies) > decided)
        gateway.speak()  # the trades of the outage come after the ledgers that closed their bars
        await trader.until(lambda: len(trader.strategy._latencies) >= decided + 4)
        await trader.stop()
        told = await trader.strategy._venue.source.history.aggregations(
            PAIR, HOUR, taken[0].start, taken[-1].start + HOUR
        )
    assert market.offers() == []
    assert [bar.start for bar in taken] == list(range(taken[0].start, taken[-1].start + HOUR, HOUR))
    ledger = {bar.start: bar for bar in told}
    for bar in taken:
        assert bar.volume == pytest.approx(ledger[bar.start].base_volume)
        assert bar.close == pytest.approx(ledger[bar.start].close, rel=1e-6)


async def test_while_the_connection_is_in_doubt_the_gate_rejects(
    market: Market, gateway: Gateway, trader: Trader
) -> None:
    async with trader.running():
        await trader.until(lambda: len(trader.strategy._latencies) >= 2)
        gateway.silence("/")  # ledgers, books and trades go on
        status = await until_status(trader, "stellar_local is not connected")
        assert "No order is placed meanwhile." in status
        decided = len(trader.strategy._latencies)
        await trader.until(lambda: len(trader.strategy._latencies) >= decided + 5)
        rejected = trader.rows("SELECT * FROM decisions ORDER BY number")[decided : decided + 5]
        gateway.speak()
        await trader.until(lambda: "is not connected" not in trader.strategy.format_status())
        await trader.until(lambda: len(trader.orders.working) > 0)
        await trader.stop()
    assert market.offers() == []
    wanted = [row for row in rejected if row["side"] != "hold"]
    assert wanted
    assert {row["verdict"] for row in wanted} == {"rejected"}
    assert all('"obstacle", "stellar_local is not connected' in row["reasons"] for row in wanted)
    assert all(row["order_id"] is None for row in rejected)
