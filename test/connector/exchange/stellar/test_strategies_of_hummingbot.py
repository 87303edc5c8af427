"""Hummingbot's own strategies, started from a file by its own core, on a sandbox with its market.

Each quotes, is filled by the sandbox's takers, and stops clean: none of its offers rests, and nothing was
logged as an error.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import AsyncMock

import pytest
import yaml
from hummingbot.client.config.client_config_map import AnonymizedMetricsDisabledMode, ClientConfigMap
from hummingbot.client.config.config_helpers import (
    ClientConfigAdapter,
    load_strategy_config_map_from_file,
)
from hummingbot.client.config.security import Security
from hummingbot.client.hummingbot_application import HummingbotApplication
from hummingbot.client.settings import AllConnectorSettings
from hummingbot.core.event.event_forwarder import EventForwarder
from hummingbot.core.event.events import MarketEvent
from hummingbot.core.trading_core import TradingCore
from hummingbot.core.utils.trading_pair_fetcher import TradingPairFetcher
from hummingbot.model.sql_connection_manager import SQLConnectionManager

from hummingbot.connector.exchange.stellar import stellar_constants as CONSTANTS
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
from hummingbot.connector.exchange.stellar.sandbox.http.server import HorizonServer
from hummingbot.connector.exchange.stellar.sandbox.market.assets import issuer_key
from hummingbot.connector.exchange.stellar.sandbox.sandbox import Sandbox
from hummingbot.connector.exchange.stellar.sandbox.snapshot import Settings

D = Decimal
PAIR = "XLM-USDC"
XLM = 10_000_000
KEY = SigningKey(sha256(b"account of Hummingbot's strategies").digest())
INTERVAL = 0.1

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

PURE_MARKET_MAKING = {
    "exchange": "stellar_local",
    "market": PAIR,
    "bid_spread": 0.02,
    "ask_spread": 0.02,
    "order_amount": 100,
    "order_refresh_time": 2.0,
    "order_levels": 2,
    "order_level_spread": 0.05,
    "filled_order_delay": 1.0,
}
AVELLANEDA = {
    "exchange": "stellar_local",
    "market": PAIR,
    "execution_timeframe_mode": {},
    "order_amount": 100,
    "order_refresh_time": 2.0,
    "filled_order_delay": 1.0,
    "inventory_target_base_pct": 50,
    "volatility_buffer_size": 10,
    "trading_intensity_buffer_size": 10,
}
LIQUIDITY_MINING = {
    "exchange": "stellar_local",
    "markets": f"{PAIR},XLM-EURC",
    "token": "XLM",
    "order_amount": 100,
    "spread": 0.02,
    "inventory_skew_enabled": False,
    "target_base_pct": 50,
    "order_refresh_time": 2.0,
    "order_refresh_tolerance_pct": 0.01,
}
CROSS_EXCHANGE = {
    "maker_market": "stellar_local",
    "taker_market": "stellar_local_paper_trade",
    "maker_market_trading_pair": PAIR,
    "taker_market_trading_pair": PAIR,
    "min_profitability": -0.2,
    "order_amount": 100,
    "order_refresh_mode": {},
    "conversion_rate_mode": {},
    "anti_hysteresis_duration": 2.0,
}


class Bot:
    """Hummingbot's core with one strategy, and what it says and is told."""

    def __init__(self, core: TradingCore, sandbox: Sandbox, caplog: pytest.LogCaptureFixture) -> None:
        self.core = core
        self.sandbox = sandbox
        self.caplog = caplog
        self.filled: dict[str, list[Any]] = {}
        self._listeners: list[EventForwarder] = []

    @property
    def exchange(self) -> Any:
        return self.core.connectors["stellar_local"]

    @property
    def offers(self) -> list[Any]:
        """Offers of the bot's account on the ledger."""
        return [offer for offer in self.sandbox.network.state.offers.values() if offer.seller == KEY.account]

    @property
    def errors(self) -> list[str]:
        """What was logged as an error, or as something unexpected."""
        records = self.caplog.get_records("call")
        return [
            record.getMessage() for record in records if record.levelno >= logging.ERROR or record.exc_info
        ]

    async def start(self, strategy: str, path: Path) -> None:
        """Start as Hummingbot does."""
        self.core.strategy_config_map = await load_strategy_config_map_from_file(path)
        name = str(path)
        assert await self.core.start_strategy(strategy, self.core.strategy_config_map, name), self.errors
        for venue, connector in self.core.connectors.items():
            self.filled[venue] = []
            self._listeners.append(EventForwarder(self.filled[venue].append))
            connector.add_listener(MarketEvent.OrderFilled, self._listeners[-1])

    async def until(self, condition: Callable[[], bool], seconds: float = 90.0) -> None:
        """Wait for something that ledgers to come will bring about."""
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, f"waited {seconds} s in vain: {self.caplog.text[-3000:]}"
            await asyncio.sleep(0.05)

    def traded_both_ways(self, venue: str) -> bool:
        """Whether an order was filled there on each side."""
        return {fill.trade_type.name for fill in self.filled[venue]} == {"BUY", "SELL"}


def apply(sandbox: Sandbox, signer: SigningKey, *operations: Operation) -> None:
    """Close a ledger with a transaction."""
    sequence = sandbox.network.state.accounts[signer.account].sequence + 1
    tx = Transaction(source=signer.account, operations=operations, fee=10_000, sequence=sequence)
    signed = sign_transaction(tx, sandbox.network.network_id, (signer,))
    sandbox.submit(signed.envelope_xdr)
    (applied,) = [tx for tx in sandbox.close_ledger().transactions if tx.hash == signed.hash]
    assert applied.result.code == "txSUCCESS"


@pytest.fixture
async def market() -> AsyncIterator[tuple[Sandbox, str]]:
    """A sandbox with its market, and an account with 10,000 XLM, 1,500 USDC and 1,500 EURC."""
    sandbox = Settings(
        seed=5, start=1_704_067_200, pairs=("USDC", "EURC"), history=None, market_seconds=60
    ).found()
    apply(sandbox, sandbox.network.root_key(), CreateAccount(KEY.account, 10_000 * XLM))
    for code in ("USDC", "EURC"):
        asset = Asset(code, issuer_key(code).account)
        apply(sandbox, KEY, ChangeTrust(asset, 2**63 - 1))
        apply(sandbox, issuer_key(code), Payment(KEY.account, asset, 1500 * XLM))
    async with HorizonServer(sandbox, "127.0.0.1", 0) as server:
        ticking = asyncio.create_task(LedgerTicker(sandbox, INTERVAL).run())
        yield sandbox, server.url
        ticking.cancel()


@pytest.fixture
async def bot(
    market: tuple[Sandbox, str], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> AsyncIterator[Bot]:
    """A core that is set up as an instance for the sandbox is, in place of whose client stands a stand-in."""
    sandbox, url = market
    monkeypatch.setattr(Security, "api_keys", lambda _: {"stellar_local_secret_key": KEY.reveal()})
    monkeypatch.setattr(TradingPairFetcher, "_sf_shared_instance", None)
    monkeypatch.setattr(TradingPairFetcher, "fetch_all", AsyncMock())
    monkeypatch.setattr(SQLConnectionManager, "_scm_trade_fills_instance", None)
    monkeypatch.setitem(CONSTANTS.HORIZON_URLS, CONSTANTS.LOCAL, url)
    AllConnectorSettings.initialize_paper_trade_settings(["stellar_local"])
    client = ClientConfigMap()
    client.anonymized_metrics_mode = AnonymizedMetricsDisabledMode()
    client.tick_size = 0.1
    client.paper_trade.paper_trade_account_balance = {"XLM": 10_000, "USDC": 1500}
    application = SimpleNamespace(
        strategy_file_name="conf.yml", client_config_map=ClientConfigAdapter(client), notify=lambda _: None
    )
    monkeypatch.setattr(HummingbotApplication, "main_application", lambda **_: application)
    core = TradingCore(client)
    core.gateway_monitor.stop_monitor()
    with caplog.at_level(logging.INFO):
        yield Bot(core, sandbox, caplog)
    await core.shutdown()


@pytest.mark.parametrize(
    ("strategy", "fields"),
    [
        ("pure_market_making", PURE_MARKET_MAKING),
        ("avellaneda_market_making", AVELLANEDA),
        ("liquidity_mining", LIQUIDITY_MINING),
        ("cross_exchange_market_making", CROSS_EXCHANGE),
    ],
    ids=("pure", "avellaneda", "liquidity mining", "cross exchange"),
)
async def test_it_quotes_is_filled_on_both_sides_and_stops_clean(
    bot: Bot, strategy: str, fields: dict[str, Any], tmp_path: Path
) -> None:
    path = tmp_path / "conf.yml"
    path.write_text(yaml.safe_dump({"strategy": strategy, **fields}))

    await bot.start(strategy, path)
    exchange = bot.exchange
    for venue in bot.core.connectors:  # the cross-exchange maker's fills are hedged on the other venue
        await bot.until(lambda venue=venue: bot.traded_both_ways(venue))
    await bot.core.shutdown()

    assert bot.offers == []
    assert not exchange.in_flight_orders
    assert bot.errors == []
    told = [D(fill.amount) for fill in bot.filled["stellar_local"]]
    assert told == [D(trade.fill.base_amount).scaleb(-7) for trade in exchange.own_trades]
