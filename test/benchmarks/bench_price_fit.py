"""The final fit of the price model, without tuning, on as many bars as the shipped one was trained on."""

import subprocess
import sys
from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from hummingbot.strategy.ai_stellar.predictors.artifact import read_manifest
from hummingbot.strategy.ai_stellar.predictors.price import PRETRAINED
from test.benchmarks.bench_memory import ENVIRONMENT, PEAK
from test.benchmarks.conftest import Promises
from test.strategy.ai_stellar.research.walks import write_walk

FIT = """
import json, sys, time
from pathlib import Path
from hummingbot.strategy.ai_stellar.predictors.artifact import read_manifest
from hummingbot.strategy.ai_stellar.predictors.price import PRETRAINED
from hummingbot.strategy.ai_stellar.predictors.price_fit import Calibration
from hummingbot.strategy.ai_stellar.research.price.data import PriceData
from hummingbot.strategy.ai_stellar.research.price.final import fit_final
from hummingbot.strategy.ai_stellar.research.price.study import STUDY
from hummingbot.strategy.ai_stellar.research.price.walk import Learnt
from hummingbot.strategy.ai_stellar.research.walk_forward import year_begin
shipped, until = read_manifest(PRETRAINED), STUDY.until
learnt = {
    int(horizon): Learnt(0, setting, Calibration(1.0, 0.0, (-2.0, -0.7, 0.0, 0.7, 2.0)), ())
    for horizon, setting in shipped["shapes"].items()
}
began = time.perf_counter()
prices = PriceData.read(Path(sys.argv[1]), STUDY.target, STUDY.peers, until)
final = fit_final(prices, learnt, until, year_begin(STUDY.years[0] - 1))
print(final.samples, time.perf_counter() - began)
"""


@pytest.fixture(scope="module")
def walks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Random walks, as many and as long as the price files that the shipped model's manifest names."""
    directory = tmp_path_factory.mktemp("walks")
    for seed, one in enumerate(read_manifest(PRETRAINED)["training"]["series"]):
        write_walk(directory, 0.1, one["from"][:13], one["to"][:13], seed, one["file"])
    return directory


@pytest.mark.benchmark(group="final fit of the price model: six boosters, without tuning")
def test_final_fit(benchmark: BenchmarkFixture, promise: Promises, walks: Path) -> None:
    def fit() -> list[str]:
        command = [sys.executable, "-c", FIT + PEAK, str(walks)]
        return subprocess.run(
            command, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True, check=True
        ).stdout.split()

    samples, seconds, peak = map(float, benchmark.pedantic(fit, rounds=1))
    what = f"price model fitted to {int(samples):,} samples on one thread"
    promise(what, seconds, "s", most=150)
    promise(f"{what}, the most memory held", peak / 1024, "MB", most=1000)
