"""The price model: verified, deterministic, equal to LightGBM's own prediction, and light to load."""

import math
import shutil
from pathlib import Path

import lightgbm
import numpy as np
import pytest

from hummingbot.strategy.ai_stellar.features import (
    CROSS_COUNT,
    FEATURE_COUNT,
    Features,
    cross_matrix,
    feature_matrix,
)
from hummingbot.strategy.ai_stellar.market.bars import HOUR, Bar
from hummingbot.strategy.ai_stellar.predictors import ModelError, PricePredictor
from hummingbot.strategy.ai_stellar.predictors.artifact import read_manifest, write_artifact
from hummingbot.strategy.ai_stellar.predictors.booster import RowBoosters
from hummingbot.strategy.ai_stellar.predictors.forecast import HORIZONS, QUANTILES
from hummingbot.strategy.ai_stellar.predictors.price import NAMES, PRETRAINED, definition
from hummingbot.strategy.ai_stellar.predictors.price_fit import direction_name, size_name
from hummingbot.strategy.ai_stellar.predictors.protocol import Observation
from hummingbot.strategy.ai_stellar.predictors.signature import own_key
from hummingbot.strategy.ai_stellar.research.history import parse_date, read_history
from hummingbot.strategy.ai_stellar.research.noise import seen_elsewhere
from hummingbot.strategy.ai_stellar.research.price.evaluation import forecast_samples
from hummingbot.strategy.ai_stellar.research.publication import sign_model
from hummingbot.strategy.ai_stellar.research.samples import make_samples

XLM = Path(__file__).resolve().parents[4].parent / "shared/data/ohlcv/XLMUSDT_1h_binance_spot.parquet"
FILES = [name(horizon) for horizon in HORIZONS for name in (direction_name, size_name)]
UNKNOWN = (math.nan,) * 3


@pytest.fixture(scope="module")
def predictor():
    return PricePredictor.load()


@pytest.fixture(scope="module")
def bars():
    """Bars, and the closes of three references beside them."""
    rng = np.random.default_rng(5)
    n = 500
    shared = rng.standard_t(4, n) * 0.004
    close = 0.1 * np.exp(np.cumsum(shared + rng.standard_t(4, n) * 0.004))
    before = np.concatenate([close[:1], close[:-1]])
    high, low = np.maximum(before, close) * 1.002, np.minimum(before, close) * 0.998
    references = np.exp(np.cumsum(shared[:, None] + 0.002 * rng.standard_normal((n, 3)), axis=0))
    return (HOUR * np.arange(n), before, high, low, close, rng.lognormal(9, 1, n)), references


@pytest.fixture(scope="module")
def observations(bars):
    columns, references = bars
    features, made = Features(), []
    for (start, *prices), closes in zip(zip(*columns, strict=True), references, strict=True):
        features.update(*map(float, prices), int(start))
        bar = Bar(int(start), *map(float, prices), 1)
        row = features.row.copy() if features.ready else np.full(FEATURE_COUNT, np.nan)
        scale = features.scale if features.ready else math.nan
        made.append(Observation(int(start) + HOUR, bar, row, scale, tuple(closes)))
    return made


@pytest.fixture(scope="module")
def rows(bars):
    """Whole feature rows, and the scale of each."""
    columns, references = bars
    own, scale = feature_matrix(*columns)
    cross = cross_matrix(columns[0], columns[4], scale, references)
    known = np.isfinite(scale)
    return np.hstack([own, cross])[known], scale[known]


@pytest.fixture
def model(tmp_path):
    return Path(shutil.copytree(PRETRAINED, tmp_path / "price"))


def told(predictor, observations):
    """Return what a fresh model says after each observation."""
    model, made = predictor.fresh(), []
    for one in observations:
        model.update(one)
        made.append(model.forecast())
    return made


def taken(predictor, rows):
    model, made = predictor.fresh(), []
    for row, scale in zip(*rows, strict=True):
        model.take(row, float(scale))
        made.append(model.forecast())
    return made


def test_nothing_is_forecast_before_the_features_are_known(predictor, observations):
    made = told(predictor, observations)
    known = [math.isfinite(one.scale) for one in observations]
    assert [one is not None for one in made] == known
    assert any(known)


def test_each_horizon_is_forecast(predictor, rows):
    for made in taken(predictor, rows):
        assert tuple(one.horizon for one in made) == HORIZONS
        for one in made:
            assert 0.25 < one.probability_up < 0.75
            assert abs(one.expected_return) < 0.05
            assert len(one.quantiles) == len(QUANTILES)
            assert list(one.quantiles) == sorted(one.quantiles)


def test_probability_and_expected_return_agree_about_the_direction(predictor, rows):
    for made in taken(predictor, rows):
        for one in made:
            assert one.expected_return * (one.probability_up - 0.5) >= 0.0


def test_bar_by_bar_it_says_what_it_says_of_a_historys_rows(predictor, observations, rows):
    live = [one for one in told(predictor, observations) if one is not None]
    assert live == taken(predictor, rows)


def test_a_restart_that_replays_the_warm_up_reaches_the_same_forecasts(predictor, observations):
    features_warm_up = next(k for k, one in enumerate(observations) if math.isfinite(one.scale))
    for first in (1, 100, len(observations) - features_warm_up - 1):
        assert told(predictor, observations[first:])[-1] == told(predictor, observations)[-1]


def test_it_forecasts_without_references_and_otherwise_with_them(predictor, observations):
    alone = [Observation(one.time, one.bar, one.row, one.scale, UNKNOWN) for one in observations]
    without, known = told(predictor, alone)[-1], told(predictor, observations)[-1]
    assert without != known
    assert all(0.25 < one.probability_up < 0.75 for one in without)


def test_pairs_do_not_disturb_each_other(predictor, rows):
    one, other = predictor.fresh(), predictor.fresh()
    matrix, scale = rows
    one.take(matrix[0], float(scale[0]))
    before = one.forecast()
    other.take(matrix[-1], float(scale[-1]))
    assert other.forecast() != before
    assert one.forecast() == before


def test_single_row_prediction_equals_lightgbms_own(rows):
    texts = {name: (PRETRAINED / name).read_text() for name in FILES}
    expected = [
        lightgbm.Booster(model_str=text).predict(rows[0], raw_score=True, num_threads=1)
        for text in texts.values()
    ]
    boosters = RowBoosters("price", texts, len(NAMES))
    assert np.array_equal([boosters.predict(row) for row in rows[0]], np.transpose(expected))


def test_forecasts_repeat_to_the_last_bit_whatever_was_asked_between(predictor, rows):
    first = taken(predictor, rows)
    predictor.fresh().contributions()
    matrix, scale = rows
    assert taken(PricePredictor.load(), (matrix[::-1], scale[::-1]))[::-1] == first


def test_a_model_saved_is_the_same_model(predictor, rows, tmp_path):
    predictor.save(tmp_path / "copy", {})
    sign_model(tmp_path / "copy", own_key())
    assert taken(PricePredictor.load(tmp_path / "copy"), rows) == taken(predictor, rows)


@pytest.mark.parametrize("horizon", HORIZONS)
def test_contributions_are_lightgbms_own_largest_first(predictor, rows, horizon):
    model = predictor.fresh()
    model.take(rows[0][0], float(rows[1][0]))
    booster = lightgbm.Booster(model_str=(PRETRAINED / direction_name(horizon)).read_text())
    slope = predictor.manifest["calibrations"][str(horizon)]["slope"]
    expected = slope * booster.predict(rows[0][:1], pred_contrib=True)[0]
    contributions = model.contributions(horizon)
    assert dict(contributions) == pytest.approx(dict(zip(NAMES, expected[:-1], strict=True)))
    sizes = [abs(share) for _, share in contributions]
    assert sizes == sorted(sizes, reverse=True)
    odds = sum(share for _, share in contributions) + expected[-1]
    made = model.forecast()[HORIZONS.index(horizon)]
    assert 1.0 / (1.0 + math.exp(-odds)) == pytest.approx(made.probability_up)


@pytest.mark.parametrize("wrong", [math.nan, math.inf, -math.inf])
def test_on_a_row_of_the_pairs_own_that_is_not_finite_nothing_is_said(predictor, rows, wrong):
    model, row = predictor.fresh(), rows[0][0].copy()
    row[7] = wrong
    model.take(row, 0.01)
    assert model.forecast() is None


@pytest.mark.parametrize("scale", [math.nan, math.inf])
def test_a_forecast_that_is_no_number_is_an_error(predictor, rows, scale):
    model = predictor.fresh()
    model.take(rows[0][0], scale)
    with pytest.raises(ModelError, match=rf"price-to-2023 forecasts .* at scale {scale}"):
        model.forecast()


def test_a_bar_that_does_not_follow_is_refused(predictor, observations):
    model = predictor.fresh()
    model.update(observations[0])
    with pytest.raises(ValueError, match="fill the hours without trades"):
        model.update(observations[2])


def rewritten(model, files=None, **changes):
    """Write a model anew with some files and entries of its manifest changed, signed by the user."""
    manifest = {**read_manifest(model), **changes}
    del manifest["format"], manifest["files"]
    given = {name: (model / name).read_text() for name in FILES}
    given = {name: text for name, text in {**given, **(files or {})}.items() if text is not None}
    for name in FILES:
        (model / name).unlink()
    write_artifact(model, manifest, given)
    sign_model(model, own_key())


def refusal(model):
    """Load a model that must be refused, and return the sentence that says why."""
    with pytest.raises(ModelError) as caught:
        PricePredictor.load(model)
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert "ai-stellar train price" in sentence
    return sentence


def test_a_model_without_one_of_its_boosters_is_refused(model):
    rewritten(model, files={"size_4h.txt": None})
    assert "size_4h.txt" in refusal(model)


def test_a_text_that_is_no_booster_is_refused(model):
    rewritten(model, files={"direction_24h.txt": "no tree\n"})
    assert "direction_24h.txt" in refusal(model)


@pytest.mark.parametrize(
    ("entry", "wrong"),
    [
        ("slope", 1.5),
        ("slope", None),
        ("tilt", -0.1),
        ("residuals", [1.0, 0.0, 2.0, 3.0, 4.0]),
        ("residuals", [0.0]),
    ],
)
def test_a_calibration_that_is_none_is_refused(model, entry, wrong):
    calibrations = read_manifest(model)["calibrations"]
    calibrations["14400"][entry] = wrong
    rewritten(model, calibrations=calibrations)
    assert "is not a price model's" in refusal(model)


def test_a_model_of_other_features_is_refused(model):
    rewritten(model, features={"names": list(NAMES), "definition": "0" * 16})
    assert f"on features {'0' * 16}, but this program computes {definition()}: " in refusal(model)
    rewritten(model, features={"names": list(NAMES)[::-1], "definition": definition()})
    assert f"on features {definition()} under other names or in another order, but " in refusal(model)


def test_the_shipped_model_is_small_and_states_its_figures():
    assert sum(path.stat().st_size for path in PRETRAINED.iterdir()) < 1_500_000
    manifest = read_manifest(PRETRAINED)
    for horizon in HORIZONS:
        auc, low, high = manifest["metrics"]["horizons"][str(horizon)]["table"]["model"]["auc"]
        assert 0.5 < low < auc < high
        assert auc < 0.58, "above that something leaks"
    assert manifest["training"]["until"] == "2024-01-01T00:00Z"
    assert len(manifest["features"]["names"]) == FEATURE_COUNT + CROSS_COUNT
    first = (PRETRAINED / "card.md").read_text().partition("\n")[0]
    assert first.startswith(("Not reached:", "Every figure to reach is reached."))


@pytest.mark.skipif(not XLM.exists(), reason="needs ../shared/data/ohlcv")
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_forecasts_hold_on_bars_as_another_venue_prints_them(predictor, seed):
    begin, end = parse_date("2023-01-01"), parse_date("2024-01-01")
    history = read_history(XLM).between(parse_date("2022-12-01"), end)
    here = forecast_samples(predictor, make_samples(history).between(begin, end))
    elsewhere = make_samples(seen_elsewhere(history, seed), history).between(begin, end)
    there = forecast_samples(predictor, elsewhere)
    for horizon in HORIZONS:
        for name in ("probability_up", "expected_return"):
            alike = np.corrcoef(getattr(here[horizon], name), getattr(there[horizon], name))[0, 1]
            assert alike > (0.96 if horizon == HOUR else 0.94), (horizon, name)
