"""Features and forecast of one hour, each beside the usual ways."""

import runpy
from pathlib import Path

import lightgbm
import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from hummingbot.strategy.ai_stellar.features import WARM_UP, Features, feature_matrix
from hummingbot.strategy.ai_stellar.market.bars import HOUR
from hummingbot.strategy.ai_stellar.predictors.price import DIRECTION, PRETRAINED, SIZE, PricePredictor

NAIVE = Path(__file__).parents[1] / "strategy/ai_stellar/features/definition_in_pandas.py"
N = 100_000


@pytest.fixture(scope="module")
def bars():
    rng = np.random.default_rng(1)
    close = 0.1 * np.exp(np.cumsum(rng.standard_normal(N) * 0.002))
    return HOUR * np.arange(N), close, close * 1.002, close * 0.998, close, rng.lognormal(9, 1, N)


@pytest.fixture(scope="module")
def row(bars):
    rows, _ = feature_matrix(*(column[:1000] for column in bars))
    return rows[-1].copy()


@pytest.fixture(scope="module")
def models():
    return [lightgbm.Booster(model_file=str(PRETRAINED / name)) for name in (DIRECTION, SIZE)]


@pytest.mark.benchmark(group="features of a new hourly bar")
def test_features(benchmark: BenchmarkFixture, bars):
    features = Features()
    columns = iter(zip(*(column.tolist() for column in bars[1:]), bars[0].tolist(), strict=True))
    for _ in range(WARM_UP):
        features.update(*next(columns))
    following = list(columns)
    position = iter(range(len(following)))

    def step():
        features.update(*following[next(position)])
        return features.row

    benchmark.pedantic(step, rounds=5000, iterations=10)


@pytest.mark.benchmark(group="features of a new hourly bar")
def test_features_with_pandas(benchmark: BenchmarkFixture, bars):
    naive = runpy.run_path(str(NAIVE))["features_in_pandas"]
    start, _, *rest = (column[: WARM_UP + 1] for column in bars)
    benchmark(lambda: naive(start, *rest).iloc[-1])


@pytest.mark.benchmark(group="forecast from a feature row (direction and size)")
def test_forecast(benchmark: BenchmarkFixture, row):
    predictor = PricePredictor.load()
    benchmark(predictor.forecast, "XLM-USDC", 0, row)


@pytest.mark.benchmark(group="forecast from a feature row (direction and size)")
def test_forecast_with_booster_predict(benchmark: BenchmarkFixture, row, models):
    one = row.reshape(1, -1)
    benchmark(lambda: [model.predict(one, num_threads=1) for model in models])


@pytest.mark.benchmark(group="forecast from a feature row (direction and size)")
def test_forecast_with_scikit_learn_wrapper(benchmark: BenchmarkFixture, row, models):
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(5000, len(row))), rng.integers(0, 2, 5000)
    trees = [model.num_trees() for model in models]
    wrapped = [
        lightgbm.LGBMClassifier(n_estimators=trees[0], num_leaves=16, n_jobs=1, verbosity=-1).fit(x, y),
        lightgbm.LGBMRegressor(n_estimators=trees[1], num_leaves=8, n_jobs=1, verbosity=-1).fit(x, y),
    ]
    one = row.reshape(1, -1)
    benchmark(lambda: (wrapped[0].predict_proba(one), wrapped[1].predict(one)))


@pytest.mark.benchmark(group="why: contributions of each feature, behind the decision")
def test_contributions(benchmark: BenchmarkFixture, row):
    benchmark(PricePredictor.load().contributions, row)


@pytest.mark.benchmark(group="why: contributions of each feature, behind the decision")
def test_contributions_with_booster_predict(benchmark: BenchmarkFixture, row, models):
    one = row.reshape(1, -1)
    benchmark(lambda: models[0].predict(one, pred_contrib=True, num_threads=1))
