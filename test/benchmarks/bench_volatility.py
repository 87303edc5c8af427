"""Volatility of an hour, beside `arch`'s own recursion over the same bars."""

import math

import numpy as np
import pytest
from arch import arch_model
from pytest_benchmark.fixture import BenchmarkFixture

from hummingbot.strategy.ai_stellar.market.bars import HOUR, Bar
from hummingbot.strategy.ai_stellar.predictors.garch_step import GarchState
from hummingbot.strategy.ai_stellar.predictors.protocol import Observation
from hummingbot.strategy.ai_stellar.predictors.volatility import VolatilityPredictor
from test.benchmarks.conftest import Promises, quiet_median

GROUP = "volatility of an hour"
ROW = np.zeros(1)


@pytest.mark.benchmark(group="GARCH: one return")
def test_garch_step(benchmark: BenchmarkFixture, promise: Promises) -> None:
    state = GarchState(0.0, 0.02, 0.05, 0.02, 0.9, 1.0)
    benchmark.pedantic(state.step, args=(0.3,), rounds=2000, iterations=200)
    promise("GARCH step, median", quiet_median(benchmark) * 1e6, "µs", most=1)


@pytest.mark.benchmark(group="GARCH: one return")
def test_garch_with_arch(benchmark: BenchmarkFixture) -> None:
    """What `arch` offers for one more return: its recursion over the last 720."""
    change = np.random.default_rng(1).standard_normal(720)
    model = arch_model(change, rescale=False)
    parameters = np.array([0.0, 0.02, 0.05, 0.9])
    benchmark(lambda: model.fix(parameters).conditional_volatility[-1])


@pytest.mark.benchmark(group=GROUP)
def test_volatility(benchmark: BenchmarkFixture, promise: Promises) -> None:
    model, price = VolatilityPredictor.load().fresh(), 0.1
    rng = np.random.default_rng(2)
    changes = iter(rng.normal(0, 0.005, 20_000).tolist())

    def observation() -> tuple[tuple[Observation], dict[str, object]]:
        nonlocal price
        price *= math.exp(next(changes))
        start = observation.hour = getattr(observation, "hour", -1) + 1
        bar = Bar(start * HOUR, price, price * 1.003, price * 0.997, price, 1.0, 1)
        return (Observation(bar.start + HOUR, bar, ROW, 0.01),), {}

    def hour(one: Observation) -> object:
        model.update(one)
        return model.forecast()

    for _ in range(1000):
        hour(*observation()[0])
    benchmark.pedantic(hour, setup=observation, rounds=4000)
    promise("volatility, update and forecast, median", quiet_median(benchmark) * 1e6, "µs", most=40)
