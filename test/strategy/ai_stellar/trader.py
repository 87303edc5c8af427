"""The strategy on Hummingbot's clock, and a sandbox with its market to trade on, in one process."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from hummingbot.connector.exchange.paper_trade.paper_trade_exchange import PaperTradeExchange
from hummingbot.core.clock import Clock, ClockMode
from hummingbot.core.data_type.in_flight_order import OrderState
from hummingbot.strategy.market_trading_pair_tuple import MarketTradingPairTuple

from hummingbot.connector.exchange.stellar.ledger.asset import Asset
from hummingbot.connector.exchange.stellar.ledger.envelope import SigningKey
from hummingbot.connector.exchange.stellar.ledger.operations import (
    ChangeTrust,
    CreateAccount,
    Operation,
    Payment,
    Transaction,
)
from hummingbot.connector.exchange.stellar.ledger.xdr import sign_transaction
from hummingbot.connector.exchange.stellar.sandbox.clock import Clock as LedgerTicker
from hummingbot.connector.exchange.stellar.sandbox.market.assets import issuer_key
from hummingbot.connector.exchange.stellar.sandbox.sandbox import Sandbox
from hummingbot.connector.exchange.stellar.stellar_exchange import StellarExchange
from hummingbot.strategy.ai_stellar.ai_stellar import AiStellarStrategy
from hummingbot.strategy.ai_stellar.decision_path import DecisionPath
from hummingbot.strategy.ai_stellar.execution.order_history import OrderHistory
from hummingbot.strategy.ai_stellar.market.bars import HOUR
from hummingbot.strategy.ai_stellar.market.reference_feed import ReferenceFeed
from hummingbot.strategy.ai_stellar.memory.journal import Journal
from hummingbot.strategy.ai_stellar.memory.sizing import SizingRule
from hummingbot.strategy.ai_stellar.memory.store import MemoryStore
from hummingbot.strategy.ai_stellar.predictors.forecast import Forecast
from hummingbot.strategy.ai_stellar.predictors.protocol import Observation
from hummingbot.strategy.ai_stellar.risk.gate import RiskGate
from hummingbot.strategy.ai_stellar.risk.limits import Limits
from hummingbot.strategy.ai_stellar.strategist.forecast_following import ForecastFollowing

D = Decimal
PAIR = "XLM-USDC"
EURC_PAIR = "XLM-EURC"
PAIRS_OF_THE_MARKET = ("USDC", "EURC")
START = 1_704_067_200
XLM = 10_000_000
INTERVAL = 0.04
KEY = SigningKey(sha256(b"test strategy").digest())
LIMITS = Limits(D(120), D(1500), D(1500), 4, D("0.5"), D("0.5"), D("0.02"), 50, D(30))
STYLE = ForecastFollowing(D("0.5"), D("0.3"), 0.05, D("0.5"), D("0.25"), D("0.005"))


class LastReturn:
    """A forecaster simple enough to trade both ways within hours: what rose falls."""

    model_id = "reversal"

    def __init__(self, pair: str) -> None:
        self.pair, self.time, self.return_1 = pair, 0, 0.0
        self.told: list[tuple[float, ...]] = []

    def update(self, observation: Observation) -> None:
        self.time, self.return_1 = observation.time, float(observation.row[0])
        self.told.append((observation.bar.close, *observation.references))

    def forecast(self) -> Forecast:
        return Forecast(
            self.pair, self.time, HOUR, 0.5 - 0.05 * float(np.tanh(self.return_1)), 0.0, self.model_id
        )

    def contributions(self) -> list[tuple[str, float]]:
        return [("return_1", -self.return_1)]


class Trader:
    """A connector and the strategy on Hummingbot's clock, against a sandbox that may be another process's."""

    def __init__(
        self,
        url: str,
        memory: Path,
        *,
        paper: bool = False,
        pairs: tuple[str, ...] = (PAIR,),
        references: ReferenceFeed | None = None,
    ) -> None:
        exchange = StellarExchange(
            stellar_secret_key="" if paper else KEY.reveal(),
            stellar_horizon_url=url,
            trading_pairs=list(pairs),
            trading_required=not paper,
            domain="stellar_local",
        )
        self.connector: Any = exchange
        if paper:
            self.connector = PaperTradeExchange(exchange.order_book_tracker, StellarExchange, "stellar_local")
            for asset, amount in (("XLM", 10_000), ("USDC", 1300)):
                self.connector.set_balance(asset, amount)
        self.store = MemoryStore(memory)
        self.strategy = AiStellarStrategy()
        gate, timer = RiskGate(LIMITS), time.perf_counter_ns
        paths = {
            pair: DecisionPath(pair, LastReturn(pair), STYLE, SizingRule(), gate, timer) for pair in pairs
        }
        self.strategy.init_params(
            market_infos=[MarketTradingPairTuple(self.connector, pair, *pair.split("-")) for pair in pairs],
            model_id=LastReturn.model_id,
            paths=paths,
            limits=dict.fromkeys(pairs, LIMITS),
            journal=Journal(self.store, "stellar_local_paper_trade" if paper else "stellar_local"),
            account=KEY.account,
            configuration={},
            references=references,
        )
        self.ledger_clock = exchange.ledger_clock
        self.clock = Clock(ClockMode.REALTIME, tick_size=0.1)
        self.clock.add_iterator(self.connector)
        self.clock.add_iterator(self.strategy)

    @property
    def orders(self) -> OrderHistory:
        return self.strategy._orders

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
        await self.strategy.farewell.wait()

    async def until(self, done: Callable[[], bool], seconds: float = 60.0) -> None:
        """Wait for something that ledgers to come will bring about."""
        deadline = time.monotonic() + seconds
        while not done():
            assert time.monotonic() < deadline, f"waited {seconds} s in vain: {self.strategy.format_status()}"
            await self.ledger_clock.tick(0.5)

    def under_way(self) -> list[str]:
        """Return our orders that the ledger has not seen, in the order of placing."""
        orders = self.connector.in_flight_orders.values()
        return [order.client_order_id for order in orders if order.current_state is OrderState.PENDING_CREATE]

    def fills(self, pair: str) -> int:
        return sum(count for count, _, _ in self.orders.fills[pair].values())

    def traded_both_ways(self) -> bool:
        return min(count for count, _, _ in self.orders.fills[PAIR].values()) >= 2

    def rows(self, sql: str) -> list[Any]:
        if not self.strategy.farewell.is_over:
            self.store.flush()
        return self.store.read(sql)


@dataclass
class Market:
    """A sandbox with its market, and an account with money on it."""

    sandbox: Sandbox
    url: str
    memory: Path
    ticking: asyncio.Task[None]

    def resume(self, interval: float = INTERVAL) -> None:
        """Let ledgers close by themselves again, or at another pace."""
        self.ticking.cancel()
        self.ticking = asyncio.create_task(LedgerTicker(self.sandbox, interval).run())

    def offers(self) -> list[Any]:
        """Return the offers of the strategy's account."""
        return [offer for offer in self.sandbox.network.state.offers.values() if offer.seller == KEY.account]

    def balances(self) -> dict[str, int]:
        """Return what the ledger says the account holds, stroops."""
        state = self.sandbox.network.state
        balances = {"XLM": state.accounts[KEY.account].balance}
        for code in ("USDC", "EURC"):
            asset = Asset(code, issuer_key(code).account)
            balances[code] = state.trustlines[KEY.account, asset].balance
        return balances


def apply(sandbox: Sandbox, signer: SigningKey, operation: Operation) -> None:
    """Close a ledger with a transaction of one operation."""
    account = sandbox.network.state.accounts[signer.account]
    tx = Transaction(source=signer.account, operations=(operation,), fee=1000, sequence=account.sequence + 1)
    signed = sign_transaction(tx, sandbox.network.network_id, (signer,))
    sandbox.submit(signed.envelope_xdr)
    applied = [tx for tx in sandbox.close_ledger().transactions if tx.hash == signed.hash]
    assert [tx.result.code for tx in applied] == ["txSUCCESS"]


def fund(sandbox: Sandbox) -> None:
    """Give the strategy's account 10,000 XLM, 1,300 USDC and 600 EURC."""
    apply(sandbox, sandbox.network.root_key(), CreateAccount(KEY.account, 10_000 * XLM))
    for code, amount in (("USDC", 1300), ("EURC", 600)):
        asset = Asset(code, issuer_key(code).account)
        apply(sandbox, KEY, ChangeTrust(asset, 2**63 - 1))
        apply(sandbox, issuer_key(code), Payment(KEY.account, asset, amount * XLM))
