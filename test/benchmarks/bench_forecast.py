"""Features and forecast of one hour, each beside the usual ways."""

import ctypes
import itertools
import runpy
from pathlib import Path

import lightgbm
import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from hummingbot.strategy.ai_stellar.features import (
    WARM_UP,
    CrossFeatures,
    Features,
    cross_matrix,
    feature_matrix,
)
from hummingbot.strategy.ai_stellar.market.bars import HOUR
from hummingbot.strategy.ai_stellar.predictors.booster import RowBoosters
from hummingbot.strategy.ai_stellar.predictors.forecast import HORIZONS
from hummingbot.strategy.ai_stellar.predictors.price import NAMES, PRETRAINED, PricePredictor
from hummingbot.strategy.ai_stellar.predictors.price_fit import direction_name, size_name
from test.benchmarks.conftest import Promises, quiet_median, times_as_fast

NAIVE = Path(__file__).parents[1] / "strategy/ai_stellar/features/definition_in_pandas.py"
N = 100_000


@pytest.fixture(scope="module")
def bars():
    rng = np.random.default_rng(1)
    close = 0.1 * np.exp(np.cumsum(rng.standard_normal(N) * 0.002))
    return HOUR * np.arange(N), close, close * 1.002, close * 0.998, close, rng.lognormal(9, 1, N)


@pytest.fixture(scope="module")
def row(bars):
    start, *rest = (column[:1000] for column in bars)
    rows, scale = feature_matrix(start, *rest)
    references = np.column_stack([np.roll(rest[3], lag) for lag in (7, 31, 211)])
    return np.concatenate([rows[-1], cross_matrix(start, rest[3], scale, references)[-1]])


@pytest.fixture(scope="module")
def models():
    return [
        lightgbm.Booster(model_file=str(PRETRAINED / name(horizon)))
        for horizon in HORIZONS
        for name in (direction_name, size_name)
    ]


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


@pytest.mark.benchmark(group="cross-asset features of a new hourly bar")
def test_cross_features(benchmark: BenchmarkFixture, bars):
    features, closes = CrossFeatures(), bars[4].tolist()
    position = iter(range(N))

    def step():
        k = next(position)
        features.update(closes[k], 0.004, (closes[k - 7], closes[k - 31], closes[k - 211]), HOUR * k)
        return features.row

    benchmark.pedantic(step, rounds=2000, iterations=10)


@pytest.mark.benchmark(group="price forecast from a feature row: six boosters, three horizons")
def test_forecast(benchmark: BenchmarkFixture, promise: Promises, row, models):
    predictor = PricePredictor.load().fresh()
    predictor.take(row, 0.004)
    benchmark(predictor.forecast)
    trees = sum(model.num_trees() for model in models)
    promise(
        f"price forecast, {len(models)} boosters, {trees} trees",
        quiet_median(benchmark) * 1e6,
        "µs",
        most=250,
    )


@pytest.mark.benchmark(group="price forecast from a feature row: six boosters, three horizons")
def test_forecast_with_booster_predict(benchmark: BenchmarkFixture, row, models):
    one = row.reshape(1, -1)
    benchmark(lambda: [model.predict(one, num_threads=1) for model in models])


@pytest.mark.benchmark(group="price forecast from a feature row: six boosters, three horizons")
def test_forecast_with_scikit_learn_wrapper(benchmark: BenchmarkFixture, row, models):
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(5000, len(row))), rng.integers(0, 2, 5000)
    shared = {"num_leaves": 8, "n_jobs": 1, "verbosity": -1}
    wrapped = [
        kind(n_estimators=model.num_trees(), **shared).fit(x, y)
        for kind, model in zip([lightgbm.LGBMClassifier, lightgbm.LGBMRegressor] * 3, models, strict=True)
    ]
    one = row.reshape(1, -1)
    benchmark(lambda: [model.predict(one) for model in wrapped])


def trained_booster(trees):
    """Return a booster of as many trees on noise, of the shape that the price model has, and its rows."""
    rng = np.random.default_rng(2)
    x, y = rng.normal(size=(20_000, len(NAMES))), rng.normal(size=20_000)
    parameters = {"num_leaves": 16, "verbosity": -1, "num_threads": 1, "min_data_in_leaf": 200}
    return lightgbm.train(parameters, lightgbm.Dataset(x, y), num_boost_round=trees), x[:1000]


def prepared_call(booster):
    """Return LightGBM's quickest way to predict a row: its C interface's call that is prepared beforehand."""
    library, fast, length, out = lightgbm.basic._LIB, ctypes.c_void_p(), ctypes.c_int64(), ctypes.c_double()
    double, raw, all_trees = 1, 1, -1
    prepare, call = (
        getattr(library, f"LGBM_BoosterPredictForMatSingleRowFast{suffix}") for suffix in ("Init", "")
    )
    prepare(
        booster._handle, raw, 0, all_trees, double, ctypes.c_int32(len(NAMES)), b"num_threads=1",
        ctypes.byref(fast),
    )  # fmt: skip
    length_at, out_at = ctypes.byref(length), ctypes.byref(out)

    def predict(row):
        call(fast, ctypes.c_void_p(row.ctypes.data), length_at, out_at)
        return out.value

    return predict


@pytest.mark.parametrize("trees", [100, 500])
def test_one_row(benchmark: BenchmarkFixture, promise: Promises, trees):
    """Another row each time through one booster, beside LightGBM's own calls in the same run."""
    booster, rows = trained_booster(trees)
    ours, prepared = RowBoosters("bench", {"": booster.model_to_string()}, len(NAMES)), prepared_call(booster)
    assert ours.predict(rows[0]) == [prepared(rows[0])] == booster.predict(rows[:1], num_threads=1).tolist()
    coming = itertools.cycle(rows)
    benchmark.group = f"one row, {trees} trees"
    benchmark(lambda: ours.predict(next(coming)))
    for name, peer, least in [
        ("Booster.predict", lambda: booster.predict(next(coming)[None], num_threads=1), {100: 8, 500: 2.5}),
        ("its prepared C call", lambda: prepared(next(coming)), {100: 1, 500: 2}),
    ]:
        ratio = times_as_fast(lambda: ours.predict(next(coming)), peer)
        promise(f"one row of {trees} trees, times as fast as {name}", ratio, "×", least=least[trees])


@pytest.mark.benchmark(group="why: contributions of each feature, behind the decision")
def test_contributions(benchmark: BenchmarkFixture, row):
    predictor = PricePredictor.load().fresh()
    predictor.take(row, 0.004)
    benchmark(predictor.contributions)


@pytest.mark.benchmark(group="why: contributions of each feature, behind the decision")
def test_contributions_with_booster_predict(benchmark: BenchmarkFixture, row, models):
    one = row.reshape(1, -1)
    benchmark(lambda: models[0].predict(one, pred_contrib=True, num_threads=1))
