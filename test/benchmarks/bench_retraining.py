"""How late ticks come while a model is trained again beside the strategy, and while none is."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from test.benchmarks.conftest import Promises
from test.strategy.ai_stellar.research.walks import write_walk

INTERVAL = 0.01
TICKS = 1000
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


@pytest.fixture
def retraining(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """``ai-stellar retrain price`` on ten years of bars, under way."""
    prices = tmp_path / "prices"
    prices.mkdir()
    write_walk(prices, 0.2, "2016", "2026", name="XLMUSDT_1h_binance_spot.parquet")
    command = [sys.executable, "-m", "hummingbot.strategy.ai_stellar.cli.main", "retrain", "price"]
    process = subprocess.Popen(
        [*command, "--data", str(prices), "--models", str(tmp_path / "models")],
        env={**ENVIRONMENT, "AI_STELLAR_HOME": str(tmp_path)}, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    time.sleep(4)  # it has read its data and fits
    yield process
    process.kill()
    process.wait()


async def lateness() -> float:
    """Return how late the 99th of a hundred ticks of an event loop comes, seconds."""
    late = []
    due = time.perf_counter()
    for _ in range(TICKS):
        due += INTERVAL
        await asyncio.sleep(max(due - time.perf_counter(), 0.0))
        late.append(time.perf_counter() - due)
    return float(np.quantile(late, 0.99))


@pytest.mark.benchmark(group="ticks: lateness at p99")
def test_alone(benchmark: BenchmarkFixture, promise: Promises) -> None:
    late = benchmark.pedantic(lambda: asyncio.run(lateness()), rounds=1)
    promise("ticks late at p99, nothing trained", 1e3 * late, "ms", most=20)


@pytest.mark.benchmark(group="ticks: lateness at p99")
def test_beside_a_retraining(
    benchmark: BenchmarkFixture, promise: Promises, retraining: subprocess.Popen[bytes]
) -> None:
    late = benchmark.pedantic(lambda: asyncio.run(lateness()), rounds=1)
    assert retraining.poll() is None, "it ended too early to be beside anything"
    promise("ticks late at p99, a model trained beside", 1e3 * late, "ms", most=20)
