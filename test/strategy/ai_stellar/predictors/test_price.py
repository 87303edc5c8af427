"""The shipped price model: verified, deterministic, equal to LightGBM's own prediction, and light to load."""

import math
import shutil
import subprocess
import sys
from pathlib import Path

import lightgbm
import numpy as np
import pytest

from hummingbot.strategy.ai_stellar.features import FEATURE_NAMES, feature_matrix
from hummingbot.strategy.ai_stellar.market.bars import HOUR
from hummingbot.strategy.ai_stellar.predictors import ModelError, PricePredictor
from hummingbot.strategy.ai_stellar.predictors.artifact import read_manifest, write_artifact
from hummingbot.strategy.ai_stellar.predictors.booster import RowBooster
from hummingbot.strategy.ai_stellar.predictors.price import DIRECTION, PRETRAINED, SIZE
from hummingbot.strategy.ai_stellar.predictors.signature import own_key
from hummingbot.strategy.ai_stellar.research.history import parse_date, read_history
from hummingbot.strategy.ai_stellar.research.noise import seen_elsewhere
from hummingbot.strategy.ai_stellar.research.price_evaluation import forecast_samples
from hummingbot.strategy.ai_stellar.research.publication import sign_model
from hummingbot.strategy.ai_stellar.research.samples import make_samples

XLM = Path(__file__).resolve().parents[4].parent / "shared/data/ohlcv/XLMUSDT_1h_binance_spot.parquet"
PAIR = "XLM-USDC"


@pytest.fixture(scope="module")
def predictor():
    return PricePredictor.load()


@pytest.fixture(scope="module")
def rows():
    rng = np.random.default_rng(5)
    n = 500
    close = 0.1 * np.exp(np.cumsum(rng.standard_t(4, n) * 0.005))
    before = np.concatenate([close[:1], close[:-1]])
    high, low = np.maximum(before, close) * 1.002, np.minimum(before, close) * 0.998
    matrix, _ = feature_matrix(HOUR * np.arange(n), before, high, low, close, rng.lognormal(9, 1, n))
    return matrix[np.isfinite(matrix).all(axis=1)]


@pytest.fixture
def model(tmp_path):
    return Path(shutil.copytree(PRETRAINED, tmp_path / "price"))


def test_a_forecast_says_what_it_is_about(predictor, rows):
    forecast = predictor.forecast(PAIR, 7200, rows[0])
    assert (forecast.pair, forecast.time, forecast.horizon) == (PAIR, 7200, HOUR)
    assert forecast.model_id == predictor.model_id == "price-1h-to-2023"
    assert 0.3 < forecast.probability_up < 0.7
    assert abs(forecast.expected_return) < 0.01


def test_probability_and_expected_return_agree_about_the_direction(predictor, rows):
    for row in rows:
        forecast = predictor.forecast(PAIR, 0, row)
        assert math.copysign(1, forecast.expected_return) == math.copysign(1, forecast.probability_up - 0.5)


@pytest.mark.parametrize("name", [DIRECTION, SIZE])
def test_single_row_prediction_equals_lightgbms_own(name, rows):
    text = (PRETRAINED / name).read_text()
    booster = RowBooster(text, len(FEATURE_NAMES), name)
    expected = lightgbm.Booster(model_str=text).predict(rows, num_threads=1)
    got = []
    for row in rows:
        booster.row[:] = row
        got.append(booster.predict())
    assert np.array_equal(got, expected)


def test_forecasts_repeat_to_the_last_bit_whatever_was_asked_between(predictor, rows):
    first = [predictor.forecast(PAIR, 0, row) for row in rows]
    predictor.contributions(rows[3])
    other = PricePredictor.load()
    assert [other.forecast(PAIR, 0, row) for row in rows[::-1]][::-1] == first


def test_contributions_are_lightgbms_own_largest_first(predictor, rows):
    booster = lightgbm.Booster(model_str=(PRETRAINED / DIRECTION).read_text())
    expected = booster.predict(rows[:1], pred_contrib=True)[0]
    contributions = predictor.contributions(rows[0])
    assert dict(contributions) == pytest.approx(dict(zip(FEATURE_NAMES, expected[:-1], strict=True)))
    sizes = [abs(share) for _, share in contributions]
    assert sizes == sorted(sizes, reverse=True)
    raw = booster.predict(rows[:1], raw_score=True)[0]
    assert sum(share for _, share in contributions) + expected[-1] == pytest.approx(raw)


@pytest.mark.parametrize("wrong", [math.nan, math.inf, -math.inf])
def test_a_row_that_is_not_finite_is_refused(predictor, rows, wrong):
    row = rows[0].copy()
    row[7] = wrong
    with pytest.raises(ValueError, match="features are not ready"):
        predictor.forecast(PAIR, 0, row)


def test_loading_imports_neither_lightgbms_package_nor_scikit_learn():
    code = (
        "import sys\nfrom hummingbot.strategy.ai_stellar.predictors import PricePredictor\n"
        "PricePredictor.load()\n"
        "print([name for name in ('lightgbm', 'sklearn', 'scipy') if name in sys.modules])"
    )
    farm = str(Path(sys.modules["hummingbot"].__file__).parents[1])
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONPATH": farm}
    )
    assert run.stdout.strip() == "[]"


def refusal(model):
    """Load a model that must be refused, and return the sentence that says why."""
    with pytest.raises(ModelError) as caught:
        PricePredictor.load(model)
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert "ai-stellar train price" in sentence
    return sentence


def rewritten(model, files=None, **changes):
    """Write a model anew, signed by the user."""
    manifest = {**read_manifest(model), **changes}
    del manifest["format"], manifest["files"]
    for name in (DIRECTION, SIZE):
        (model / name).unlink()
    write_artifact(model, manifest, files)
    sign_model(model, own_key())


def test_a_model_without_one_of_its_boosters_is_refused(model):
    rewritten(model, files={DIRECTION: (model / DIRECTION).read_text()})
    assert "has no file size.txt" in refusal(model)


def test_a_text_that_lightgbm_cannot_read_is_refused(model):
    rewritten(model, files={DIRECTION: "no tree\n", SIZE: (model / SIZE).read_text()})
    with pytest.raises(ModelError, match=r"direction\.txt"):
        PricePredictor.load(model)


def test_the_shipped_model_is_small_and_states_its_figures():
    assert sum(path.stat().st_size for path in PRETRAINED.iterdir()) < 1_500_000
    manifest = read_manifest(PRETRAINED)
    auc, low, high = manifest["metrics"]["table"]["model"]["auc"]
    assert 0.5 < low < auc < high
    assert auc < 0.57, "above 0.57 at one hour something leaks"
    assert manifest["training"]["until"] == "2024-01-01T00:00Z"
    assert (PRETRAINED / "card.md").read_text().startswith("Out of sample, 20")


@pytest.mark.skipif(not XLM.exists(), reason="needs ../shared/data/ohlcv")
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_forecasts_hold_on_bars_as_another_venue_prints_them(predictor, seed):
    begin, end = parse_date("2023-01-01"), parse_date("2024-01-01")
    history = read_history(XLM).between(parse_date("2022-12-01"), end)
    here = forecast_samples(predictor, make_samples(history).between(begin, end))
    elsewhere = make_samples(seen_elsewhere(history, seed), history).between(begin, end)
    there = forecast_samples(predictor, elsewhere)
    for name in ("probability_up", "expected_return"):
        assert np.corrcoef(getattr(here, name), getattr(there, name))[0, 1] > 0.96
