"""An idle hour of market time: a sandbox with a market, and a connector that watches it without an order."""

import asyncio
import gc
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import psutil
import pytest
from hummingbot.core.web_assistant.connections.connections_factory import ConnectionsFactory
from pytest_benchmark.fixture import BenchmarkFixture

import hummingbot
from hummingbot.connector.exchange.stellar.ledger.envelope import SigningKey
from hummingbot.connector.exchange.stellar.stellar_exchange import StellarExchange
from test.benchmarks.conftest import Promises

LEDGER_SECONDS = 5
HOUR = 3600 // LEDGER_SECONDS
WARM_UP = 0.5
HISTORY_MB = 3
"""What the sandbox may remember of an hour: ledgers and trades, until the history is as long as it may be."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What two processes hold."""

    sandbox_mb: float
    connector_mb: float
    tasks: int
    files: int


@pytest.fixture
def server() -> Iterator[tuple[str, psutil.Process]]:
    """A sandbox process with a market, whose ledgers follow each other as fast as they can be made."""
    command = [sys.executable, "-m", "hummingbot.strategy.ai_stellar.cli.main", "sandbox", "--port", "0"]
    process = subprocess.Popen(
        [*command, "--ledger-interval", "0.02", "--market-seconds", str(LEDGER_SECONDS)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    url = process.stdout.readline().split()[-1]
    yield url, psutil.Process(process.pid)
    process.terminate()
    process.wait()


async def idle(url: str, sandbox: psutil.Process) -> tuple[Usage, Usage]:
    """Watch for the warm-up and for an hour; return what was held before the hour and after it."""
    key = SigningKey(b"an idle account".ljust(32))
    async with (
        aiohttp.ClientSession(url) as http,
        http.get("/friendbot", params={"addr": key.account}) as response,
    ):
        await response.read()
    exchange = StellarExchange(key.reveal(), url, trading_pairs=["XLM-USDC"], domain="stellar_local")
    await exchange.start_network()
    ticker = asyncio.create_task(tick(exchange))
    clock = exchange.ledger_clock
    try:
        await clock.tick(10)
        first = clock.sequence
        usages = []
        for hours in (WARM_UP, WARM_UP + 1):
            while clock.sequence < first + hours * HOUR:
                await clock.tick(10)
            gc.collect()
            own = psutil.Process()
            megabytes = [process.memory_info().rss / 2**20 for process in (sandbox, own)]
            usages.append(Usage(*megabytes, len(asyncio.all_tasks()), own.num_fds()))
        return usages[0], usages[1]
    finally:
        ticker.cancel()
        await exchange.stop_network()
        await ConnectionsFactory().close()


async def tick(exchange: StellarExchange) -> None:
    while True:
        exchange.tick(asyncio.get_running_loop().time())
        await asyncio.sleep(0.1)


@pytest.mark.benchmark(group="an idle hour of market time")
def test_idle_hour(
    benchmark: BenchmarkFixture, promise: Promises, server: tuple[str, psutil.Process], tmp_path: Path
) -> None:
    hummingbot.set_data_path(str(tmp_path))
    usages: list[tuple[Usage, Usage]] = []
    benchmark.pedantic(lambda: usages.append(asyncio.run(idle(*server))), rounds=1)
    before, after = usages[0]
    grown = after.sandbox_mb - before.sandbox_mb
    promise("sandbox's growth in an idle hour, its history", grown, "MB", most=HISTORY_MB)
    promise("connector's growth in an idle hour", after.connector_mb - before.connector_mb, "MB", most=2)
    promise("tasks more after an idle hour", after.tasks - before.tasks, "tasks", most=0)
    promise("open files more after an idle hour", after.files - before.files, "files", most=0)
