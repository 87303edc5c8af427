"""One day's allocation of fourteen coins, beside skfolio's pipeline from returns to weights."""

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture
from skfolio.optimization import MeanRisk, ObjectiveFunction
from skfolio.prior import BlackLitterman, EmpiricalPrior

from hummingbot.strategy.ai_stellar.predictors.allocation import AllocationDay, AllocationPredictor
from hummingbot.strategy.ai_stellar.predictors.portfolio import named

GROUP = "allocation: one day of 14 coins"
COINS = 14
CHANGE = 0.04 * np.random.default_rng(1).standard_normal((181, COINS))


def day(k: int) -> AllocationDay:
    up = np.full(COINS, 0.52)
    closes = np.exp(np.cumsum(CHANGE, axis=0))[k % len(CHANGE)]
    return AllocationDay(k, closes, np.ones(COINS), up, np.full(COINS, 0.04), np.full(COINS, 1 / COINS))


@pytest.mark.benchmark(group=GROUP)
def test_allocation(benchmark: BenchmarkFixture) -> None:
    model, clock = AllocationPredictor.load().fresh(), iter(range(10_000))
    for _ in range(181):
        model.update(day(next(clock)))

    def one() -> None:
        model.update(day(next(clock)))
        model.forecast()

    benchmark(one)


@pytest.mark.benchmark(group=GROUP)
def test_skfolio_from_returns(benchmark: BenchmarkFixture) -> None:
    assets = named(COINS).columns
    model = MeanRisk(
        ObjectiveFunction.MAXIMIZE_UTILITY,
        prior_estimator=BlackLitterman(
            [f"{name} == 0.001" for name in assets], prior_estimator=EmpiricalPrior(),
            view_confidences=[0.5] * COINS,
        ),
        groups=None,
        max_weights=0.5,
    )  # fmt: skip
    returns = named(COINS).reindex(range(180)).fillna(0.0) + CHANGE[:180]
    benchmark(model.fit, returns)
