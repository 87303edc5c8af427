"""The whole forecast of a pair: trees, network, GARCH, regimes, combiner; and of fifty pairs in one tick."""

import math
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from hummingbot.strategy.ai_stellar.features import FEATURE_COUNT, Features
from hummingbot.strategy.ai_stellar.market.bars import HOUR, Bar
from hummingbot.strategy.ai_stellar.predictors.forecast_stack import WARM_UP, ForecastStack, Models
from hummingbot.strategy.ai_stellar.predictors.protocol import Observation
from test.benchmarks.conftest import Promises, quiet_median

PAIRS = 50
HOURS = 3000
UNKNOWN = np.full(FEATURE_COUNT, math.nan)


class Pair:
    """One pair's features and stack, and bars to come."""

    def __init__(self, models: Models, seed: int) -> None:
        rng = np.random.default_rng(seed)
        self.closes = iter((0.1 * np.exp(np.cumsum(rng.standard_t(4, WARM_UP + HOURS) * 0.004))).tolist())
        self.features, self.stack = Features(), ForecastStack("XLM-USDC", models)
        self.start, self.last = 0, 0.1

    def next_bar(self) -> Bar:
        close, before = next(self.closes), self.last
        self.last, self.start = close, self.start + HOUR
        high, low = max(before, close) * 1.002, min(before, close) * 0.998
        return Bar(self.start, before, high, low, close, 5.0, 3)

    def hour(self, bar: Bar) -> object:
        features = self.features
        features.update(bar.open, bar.high, bar.low, bar.close, bar.volume, bar.start)
        row, scale = (features.row, features.scale) if features.ready else (UNKNOWN, math.nan)
        self.stack.update(Observation(bar.start + HOUR, bar, row, scale))
        return self.stack.forecast()


@pytest.fixture(scope="module")
def models() -> Models:
    return Models.load()


@pytest.mark.benchmark(group="load and verify the models that a bot consults")
def test_loading(benchmark: BenchmarkFixture, promise: Promises) -> None:
    benchmark.pedantic(Models.load, rounds=10)
    promise("five models loaded and verified, median", benchmark.stats.stats.median, "s", most=1)


def warmed(models: Models, seed: int, bars: int) -> Pair:
    pair = Pair(models, seed)
    for _ in range(bars):
        pair.hour(pair.next_bar())
    return pair


@pytest.mark.benchmark(group="whole forecast of an hour: features, six boosters, LSTM, GARCH, HMM, combiner")
def test_whole_forecast(benchmark: BenchmarkFixture, promise: Promises, models: Models) -> None:
    pair = warmed(models, 1, WARM_UP)
    benchmark.pedantic(pair.hour, setup=lambda: ((pair.next_bar(),), {}), rounds=2500)
    boosters, trees = len(models.price.trees), sum(models.price.trees)
    promise(
        f"whole forecast with {boosters} boosters of {trees} trees, median",
        quiet_median(benchmark) * 1e6, "µs", most=60 + 25 * trees / 500,
    )  # fmt: skip
    promise(
        "whole forecast, p99 over that of an empty loop",
        1e6 * (float(np.quantile(benchmark.stats.stats.data, 0.99)) - empty_p99()), "µs", most=1000,
    )  # fmt: skip


def empty_p99() -> float:
    """Return the 99th percentile of timing nothing, seconds."""
    taken = []
    for _ in range(2500):
        began = time.perf_counter()
        taken.append(time.perf_counter() - began)
    return float(np.quantile(taken, 0.99))


@pytest.mark.benchmark(group="fifty pairs whose bars close in one tick")
@pytest.mark.parametrize("threads", [1, 2])
def test_fifty_pairs(benchmark: BenchmarkFixture, promise: Promises, models: Models, threads: int) -> None:
    """Trees are walked without the interpreter's lock: what two threads gain or lose by that."""
    pairs = [warmed(models, seed, 300) for seed in range(PAIRS)]

    def tick(bars: list[Bar]) -> list[object]:
        if pool is None:
            return [pair.hour(bar) for pair, bar in zip(pairs, bars, strict=True)]
        return list(pool.map(Pair.hour, pairs, bars, chunksize=PAIRS // threads))

    pool = ThreadPoolExecutor(threads) if threads > 1 else None
    try:
        benchmark.pedantic(tick, setup=lambda: (([pair.next_bar() for pair in pairs],), {}), rounds=150)
    finally:
        if pool is not None:
            pool.shutdown()
    if threads == 1:
        promise(
            f"forecast of {PAIRS} pairs, a pair", quiet_median(benchmark, 20) * 1e6 / PAIRS, "µs", most=250
        )
