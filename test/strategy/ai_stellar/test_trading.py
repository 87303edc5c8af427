"""The strategy on a sandbox with its market, by the real connector: it decides, trades, records and leaves."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hummingbot.core.clock import Clock, ClockMode
from hummingbot.strategy.market_trading_pair_tuple import MarketTradingPairTuple
from numpy.typing import NDArray

from hummingbot.connector.exchange.stellar.ledger.asset import Asset
from hummingbot.connector.exchange.stellar.ledger.envelope import SigningKey
from hummingbot.connector.exchange.stellar.ledger.operations import (
    ChangeTrust,
    CreateAccount,
    Payment,
    Transaction,
)
from hummingbot.connector.exchange.stellar.ledger.xdr import sign_transaction
from hummingbot.connector.exchange.stellar.sandbox.clock import Clock as LedgerTicker
from hummingbot.connector.exchange.stellar.sandbox.http.server import HorizonServer
from hummingbot.connector.exchange.stellar.sandbox.market.assets import issuer_key
from hummingbot.connector.exchange.stellar.sandbox.sandbox import Sandbox
from hummingbot.connector.exchange.stellar.sandbox.snapshot import Settings
from hummingbot.connector.exchange.stellar.stellar_exchange import StellarExchange
from hummingbot.strategy.ai_stellar.ai_stellar import AiStellarStrategy
from hummingbot.strategy.ai_stellar.decision_path import DecisionPath
from hummingbot.strategy.ai_stellar.market.bars import HOUR
from hummingbot.strategy.ai_stellar.memory.journal import Journal
from hummingbot.strategy.ai_stellar.memory.sizing import SizingRule
from hummingbot.strategy.ai_stellar.memory.store import MemoryStore
from hummingbot.strategy.ai_stellar.predictors.forecast import Forecast
from hummingbot.strategy.ai_stellar.risk.gate import RiskGate
from hummingbot.strategy.ai_stellar.risk.limits import Limits
from hummingbot.strategy.ai_stellar.strategist.forecast_following import ForecastFollowing

D = Decimal
PAIR = "XLM-USDC"
START = 1_704_067_200
XLM = 10_000_000
INTERVAL = 0.04
KEY = SigningKey(sha256(b"test strategy").digest())
LIMITS = Limits(D(120), D(1500), D(1500), 4, D("0.5"), D("0.5"), D("0.02"), 50, D(30))
STYLE = ForecastFollowing(D("0.5"), D("0.3"), 0.05, D("0.5"), D("0.25"), D("0.005"))

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


class LastReturn:
    """A forecaster simple enough to trade both ways within hours: what rose falls."""

    model_id = "reversal"

    def forecast(self, pair: str, time: int, row: NDArray[np.float64]) -> Forecast:
        return Forecast(pair, time, HOUR, 0.5 - 0.05 * float(np.tanh(row[0])), 0.0, self.model_id)

    def contributions(self, row: NDArray[np.float64]) -> list[tuple[str, float]]:
        return [("return_1", -float(row[0]))]


class Trading:
    """A sandbox with a market, a funded account, a connector and a strategy on Hummingbot's clock."""

    def __init__(self, sandbox: Sandbox, url: str, memory: Path) -> None:
        self.sandbox = sandbox
        self.url = url
        self.memory = memory
        self.begin()

    def begin(self, memory: Path | None = None) -> None:
        self.connector = StellarExchange(
            stellar_secret_key=KEY.reveal(),
            stellar_horizon_url=self.url,
            trading_pairs=[PAIR],
            domain="stellar_local",
        )
        self.store = MemoryStore(memory or self.memory)
        self.strategy = AiStellarStrategy()
        predictor: Any = LastReturn()
        path = DecisionPath(PAIR, predictor, STYLE, SizingRule(), RiskGate(LIMITS), time.perf_counter_ns)
        self.strategy.init_params(
            market_infos=[MarketTradingPairTuple(self.connector, PAIR, *PAIR.split("-"))],
            predictor=predictor,
            paths={PAIR: path},
            limits=LIMITS,
            journal=Journal(self.store, self.connector.name),
            account=KEY.account,
            configuration={},
        )
        self.clock = Clock(ClockMode.REALTIME, tick_size=0.1)
        self.clock.add_iterator(self.connector)
        self.clock.add_iterator(self.strategy)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        async def run() -> None:
            with self.clock as clock:
                await clock.run()

        task = asyncio.create_task(run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def stop(self) -> None:
        """Do what Hummingbot's ``stop`` does."""
        self.clock.remove_iterator(self.strategy)
        if self.connector.limit_orders:
            await self.connector.cancel_all(20.0)

    async def until(self, done: Callable[[], bool], ledgers: int = 2000) -> None:
        last = self.sandbox.network.header.sequence + ledgers
        while not done():
            assert self.sandbox.network.header.sequence < last, self.strategy.format_status()
            await self.connector.ledger_clock.tick(1.0)

    def rows(self, sql: str) -> list[Any]:
        self.store.flush() if not self.strategy._closed else None
        return self.store.read(sql)

    def offers(self) -> list[Any]:
        return [offer for offer in self.sandbox.network.state.offers.values() if offer.seller == KEY.account]


def fund(sandbox: Sandbox) -> None:
    """Give the strategy's account 10,000 XLM and 1,300 USDC."""
    issuer = issuer_key("USDC")
    usdc = Asset("USDC", issuer.account)
    for signer, operation in (
        (sandbox.network.root_key(), CreateAccount(KEY.account, 10_000 * XLM)),
        (KEY, ChangeTrust(usdc, 2**63 - 1)),
        (issuer, Payment(KEY.account, usdc, 1300 * XLM)),
    ):
        account = sandbox.network.state.accounts[signer.account]
        tx = Transaction(
            source=signer.account, operations=(operation,), fee=1000, sequence=account.sequence + 1
        )
        sandbox.submit(sign_transaction(tx, sandbox.network.network_id, (signer,)).envelope_xdr)
        sandbox.close_ledger()


@pytest.fixture
async def trading(tmp_path: Path) -> AsyncIterator[Trading]:
    sandbox = Settings(seed=3, start=START, pairs=("USDC",), history=None, market_seconds=300).found()
    fund(sandbox)
    async with HorizonServer(sandbox, "127.0.0.1", 0) as server:
        ticking = asyncio.create_task(LedgerTicker(sandbox, INTERVAL).run())
        yield Trading(sandbox, server.url, tmp_path / "memory.sqlite")
        ticking.cancel()


async def test_it_decides_each_hour_trades_both_ways_and_leaves_nothing_behind(trading: Trading) -> None:
    async with trading.running():
        strategy = trading.strategy

        def traded_both_ways() -> bool:
            fills = strategy._orders.fills[PAIR]
            return min(fills["buy"][0], fills["sell"][0]) >= 2

        await trading.until(traded_both_ways)
        status = strategy.format_status()
        await trading.stop()
        assert trading.offers() == []
        assert trading.strategy._closed

    decisions = trading.rows("SELECT * FROM decisions ORDER BY number")
    ends = [row["bar_end"] for row in decisions]
    assert ends == list(range(ends[0], ends[0] + HOUR * len(ends), HOUR))  # each hour once, none left out
    assert all(0 <= row["time"] - row["bar_end"] < HOUR for row in decisions)
    assert {row["verdict"] for row in decisions} <= {"approved", "reduced", "rejected", "none"}

    # the journal's fills are the ledger's, to the last stroop
    recorded = sorted(D(row["amount"]) for row in trading.rows("SELECT amount FROM fills"))
    assert recorded == sorted(D(trade.fill.base_amount) / XLM for trade in trading.connector.own_trades)
    learnt = [row for row in decisions if row["known_at"] is not None]
    assert all(row["known_at"] >= row["bar_end"] + HOUR for row in learnt)
    assert all(row["order_end"] is not None for row in decisions if row["order_id"] is not None)
    for shown in (
        "Market (stellar_local)",
        "Forecast for",
        "Verdict on",
        "Position",
        "Memory of",
        "PnL (USDC)",
    ):
        assert shown in status
