"""The sandbox as a whole: one seed one market, how it is founded, and what stops it."""

import asyncio
import os
import subprocess
import sys

import pytest

from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE
from hummingbot.connector.exchange.stellar.sandbox.clock import Clock
from hummingbot.connector.exchange.stellar.sandbox.errors import SandboxError
from hummingbot.connector.exchange.stellar.sandbox.http.server import HorizonServer, check_loopback
from hummingbot.connector.exchange.stellar.sandbox.market.assets import sandbox_asset
from hummingbot.connector.exchange.stellar.sandbox.market.errors import MarketError
from hummingbot.connector.exchange.stellar.sandbox.market.market import open_market
from hummingbot.connector.exchange.stellar.sandbox.market.parameters import MarketParameters
from hummingbot.connector.exchange.stellar.sandbox.sandbox import PASSPHRASE, Sandbox
from hummingbot.connector.exchange.stellar.sandbox.snapshot import EARLIEST_START, LATEST_START, Settings

from .conftest import hourly_bars

START = 1_704_067_200
MARKET = Settings(seed=7, start=START, pairs=("XLM/USDC",), history=None, market_seconds=300)
EMPTY = MARKET.having(pairs=())


def hashes(sandbox: Sandbox, ledgers: int) -> list[bytes]:
    """Close ledgers and return their hashes."""
    return [sandbox.close_ledger().header.hash for _ in range(ledgers)]


def test_the_same_seed_gives_the_same_ledgers():
    assert hashes(MARKET.found(), 30) == hashes(MARKET.found(), 30)
    assert hashes(MARKET.found(), 30) != hashes(MARKET.having(seed=8).found(), 30)


TWO_PAIRS = """
import sys
from pathlib import Path
from hummingbot.connector.exchange.stellar.sandbox.snapshot import Settings, save
settings = Settings(seed=7, start=1704067200, pairs=("XLM/USDC", "XLM/EURC"), history=None, market_seconds=60)
sandbox = settings.found()
for _ in range(40):
    sandbox.close_ledger()
save(sandbox, settings, Path(sys.argv[1]))
"""


@pytest.mark.end_to_end
def test_the_same_seed_gives_the_same_market_in_every_process(tmp_path):
    """Sets and hashes of strings are ordered otherwise in each: nothing may hang on that."""
    states = []
    for number in ("1", "2"):
        path = tmp_path / number
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONHASHSEED": number}
        subprocess.run([sys.executable, "-c", TWO_PAIRS, str(path)], env=environment, check=True, timeout=60)
        states.append(path.read_bytes())
    assert states[0] == states[1]


def test_the_market_trades_and_its_trades_are_told():
    sandbox = MARKET.found()
    usdc = sandbox_asset("USDC")
    hashes(sandbox, 30)
    assert sandbox.history.knows_asset(usdc)
    (hour,) = sandbox.history.aggregation.page(NATIVE, usdc, 3600, start=START, limit=1)
    assert hour.start == START
    before = sandbox.history.aggregation.page(NATIVE, usdc, 3600, end=START, ascending=False, limit=24)
    assert len(before) == 24
    assert before[0].close[0] / before[0].close[1] == pytest.approx(hour.open[0] / hour.open[1], rel=0.05)


@pytest.mark.parametrize("start", [EARLIEST_START, LATEST_START])
def test_a_market_is_founded_at_either_end_of_time(start):
    sandbox = MARKET.having(start=start).found()
    assert all(hashes(sandbox, 3))
    assert sandbox.history.knows_asset(sandbox_asset("USDC"))


def test_a_market_that_cannot_be_founded_says_so_at_once():
    crowd = MarketParameters(makers=40, takers=90, maker_funds=1e9, taker_funds=1e9)
    market = open_market(7, PASSPHRASE, start=START, parameters=crowd)
    with pytest.raises(
        SandboxError, match=r"cannot be founded: .* ledger 3 was answered CREATE_ACCOUNT_UNDERFUNDED"
    ):
        Sandbox.found(START, market)


async def test_the_clock_closes_ledgers_until_the_market_ends(tmp_path):
    file = hourly_bars(tmp_path / "short.csv", 49)
    sandbox = MARKET.having(history=str(file), market_seconds=600).found()
    clock = Clock(sandbox, 0.001)
    with pytest.raises(MarketError):
        await asyncio.wait_for(clock.run(), 60)
    assert clock.ledgers == 5
    assert clock.report()["ledgers"] == 5


async def test_a_port_in_use_is_named():
    async with HorizonServer(EMPTY.found(), "127.0.0.1", 0) as first:
        port = int(first.url.rsplit(":", 1)[1])
        with pytest.raises(SandboxError, match=f"cannot listen on 127.0.0.1:{port}"):
            await HorizonServer(EMPTY.found(), "127.0.0.1", port).start()


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.7", "example.org", ""])
def test_a_host_beyond_this_machine_is_refused(host):
    with pytest.raises(SandboxError, match="is not this machine's loopback"):
        check_loopback(host)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.8.8.8"])
def test_loopback_has_several_names(host):
    assert check_loopback(host) == host
