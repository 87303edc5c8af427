"""What the processes hold in memory, beside the usual way to load the same."""

import os
import subprocess
import sys
import time

import psutil
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from test.benchmarks.conftest import Promises

ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
ENGINE = "import hummingbot.core.trading_core, hummingbot.cli.engine"
STRATEGY = f"""
{ENGINE}
from hummingbot.connector.exchange.stellar.stellar_exchange import StellarExchange
from hummingbot.strategy.ai_stellar import start
from hummingbot.strategy.ai_stellar.predictors.forecast_stack import Models
models = Models.load()
"""
NAIVE_STRATEGY = f"""
{ENGINE}
import lightgbm, pandas, sklearn.ensemble, stellar_sdk
from hummingbot.strategy.ai_stellar.predictors.price import PRETRAINED
boosters = [lightgbm.Booster(model_file=str(path)) for path in PRETRAINED.glob("*.txt")]
"""
PEAK = """
import re
print(re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())[1])
"""


def peak_of(program: str) -> float:
    """Run a Python program and return the most memory it held, in MB."""
    printed = subprocess.run(
        [sys.executable, "-c", program + PEAK], env=ENVIRONMENT, capture_output=True, text=True, check=True
    ).stdout
    return int(printed.split()[-1]) / 1024


@pytest.mark.benchmark(group="memory: load Hummingbot, connector, strategy and model")
@pytest.mark.parametrize("way", [STRATEGY, NAIVE_STRATEGY], ids=["ours", "lightgbm, sklearn, stellar-sdk"])
def test_strategy_process(benchmark: BenchmarkFixture, promise: Promises, way: str) -> None:
    peak = benchmark.pedantic(peak_of, args=(way,), rounds=1)
    promise("strategy process, loaded" + (" the usual way" if way is NAIVE_STRATEGY else ""), peak, "MB",
            most=600)  # fmt: skip


@pytest.mark.benchmark(group="memory: a sandbox with its market")
def test_sandbox_process(benchmark: BenchmarkFixture, promise: Promises) -> None:
    command = [sys.executable, "-m", "hummingbot.strategy.ai_stellar.cli.main", "sandbox", "--port", "0"]

    def live() -> float:
        process = subprocess.Popen(
            [*command, "--ledger-interval", "0.01", "--market-seconds", "300"],
            env=ENVIRONMENT, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        try:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(30)
            return psutil.Process(process.pid).memory_info().rss / 2**20
        finally:
            process.terminate()
            process.wait()

    promise("sandbox process after 30 s at full speed", benchmark.pedantic(live, rounds=1), "MB", most=200)
