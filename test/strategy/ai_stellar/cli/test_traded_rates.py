"""``hbot history`` values the trades of a sandbox by its own books, also those made while it runs."""

import sqlite3
from decimal import Decimal

import pytest
from hummingbot.core.rate_oracle.rate_oracle import RateOracle

from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE
from hummingbot.connector.exchange.stellar.ledger.operations import ManageSellOffer
from hummingbot.strategy.ai_stellar.cli.traded_rates import TradedRates
from test.strategy.ai_stellar.trader import XLM

OTHERS = {"BTC-USDT": Decimal(60_000)}


class Elsewhere:
    """A source that knows other prices."""

    name = "elsewhere"

    async def get_prices(self, quote_token=None):
        return OTHERS


@pytest.fixture
def oracle():
    shared = RateOracle.get_instance()
    before = shared.source
    yield shared
    shared.source = before


@pytest.fixture
async def quoted(traded):
    """A sandbox whose book of XLM-USDC has two sides, about 0.14."""
    maker = traded.key("maker")
    traded.submit(maker, ManageSellOffer(NATIVE, traded.usdc, XLM, 15, 100))
    traded.submit(maker, ManageSellOffer(traded.usdc, NATIVE, XLM, 100, 13))
    await traded.close()
    return traded


@pytest.fixture
def trades(tmp_path):
    """Hummingbot's database, still without a trade."""
    with sqlite3.connect(tmp_path / "trades.sqlite") as database:
        database.execute("CREATE TABLE TradeFill (market TEXT, symbol TEXT)")
    yield database
    database.close()


def make(trades, market, pair):
    with trades:
        trades.execute("INSERT INTO TradeFill VALUES (?, ?)", (market, pair))


async def test_the_first_trade_may_come_after_the_command_began(quoted, trades, oracle, tmp_path):
    rates = TradedRates(lambda: str(tmp_path / "trades.sqlite"), Elsewhere())
    assert await rates.get_prices("USDT") == OTHERS
    make(trades, "stellar_local", "XLM-USDC")
    assert (await rates.get_prices("USDT"))["XLM-USDC"] == Decimal("0.14")


async def test_trades_of_other_markets_are_valued_as_hummingbot_does(quoted, trades, oracle, tmp_path):
    make(trades, "stellar_local", "XLM-USDC")
    make(trades, "binance", "BTC-USDT")
    assert await TradedRates(lambda: str(tmp_path / "trades.sqlite"), Elsewhere()).get_prices() == OTHERS


@pytest.mark.parametrize("database", [None, "missing.sqlite"])
async def test_without_trades_hummingbots_source_answers(database, oracle):
    assert await TradedRates(lambda: database, Elsewhere()).get_prices() == OTHERS


def test_history_asks_it(oracle, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    before = oracle.source.name
    TradedRates.install(["of-no-bot"])
    assert isinstance(oracle.source, TradedRates)
    assert oracle.source.name == before
