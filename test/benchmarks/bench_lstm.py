"""One step of the recurrent model and its forecast, beside JAX's compiled call of the same network."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from hummingbot.strategy.ai_stellar.features import FEATURE_COUNT
from hummingbot.strategy.ai_stellar.predictors.lstm import LstmPredictor
from test.benchmarks.conftest import Promises, quiet_median

GROUP = "LSTM: one hour"


@pytest.fixture(scope="module")
def row():
    return np.random.default_rng(1).normal(size=FEATURE_COUNT)


@pytest.mark.benchmark(group=GROUP)
def test_step_and_forecast(benchmark: BenchmarkFixture, promise: Promises, row):
    model = LstmPredictor.load().fresh()

    def hour():
        model.take(row, 0.004)
        return model.forecast()

    for _ in range(100):
        hour()
    benchmark(hour)
    promise("LSTM step and forecast, median", quiet_median(benchmark) * 1e6, "µs", most=25)


@pytest.mark.benchmark(group=GROUP)
def test_step_with_jax(benchmark: BenchmarkFixture, row):
    weights = LstmPredictor.load().weights
    n = weights["recurrent_weights"].shape[0]

    @jax.jit
    def step(x, hidden, cell):
        z = x @ weights["input_weights"] + hidden @ weights["recurrent_weights"] + weights["bias"]
        take, keep, candidate, show = jnp.split(z, 4)
        cell = jax.nn.sigmoid(keep) * cell + jax.nn.sigmoid(take) * jnp.tanh(candidate)
        hidden = jax.nn.sigmoid(show) * jnp.tanh(cell)
        return hidden @ weights["head_weights"] + weights["head_bias"], hidden, cell

    state = [jnp.zeros(n), jnp.zeros(n)]

    def hour():
        out, *state[:] = step(row, *state)
        return np.asarray(out)

    hour()
    benchmark(hour)
