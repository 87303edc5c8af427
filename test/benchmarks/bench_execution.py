"""A decision of the execution policy, beside the library's own call."""

import lightgbm
import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from hummingbot.strategy.ai_stellar.predictors.execution import ACTIONS, STATE, ExecutionPolicy

POLICY = ExecutionPolicy.load()
ORDER = np.zeros(len(STATE))


@pytest.mark.benchmark(group="decision on a parent order")
def test_act(benchmark: BenchmarkFixture):
    benchmark(POLICY.act, ORDER)


@pytest.mark.benchmark(group="decision on a parent order")
def test_act_by_the_library(benchmark: BenchmarkFixture):
    booster = lightgbm.Booster(model_str=POLICY.text)
    rows = np.column_stack([np.tile(ORDER, (len(ACTIONS), 1)), np.arange(len(ACTIONS))])
    benchmark(lambda: int(np.argmax(booster.predict(rows, num_threads=1))))
