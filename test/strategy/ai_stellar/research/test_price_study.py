"""The study finds what is there, finds nothing where nothing is, and repeats itself."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest

from hummingbot.strategy.ai_stellar.market.bars import HOUR
from hummingbot.strategy.ai_stellar.predictors import PricePredictor
from hummingbot.strategy.ai_stellar.predictors.artifact import read_manifest
from hummingbot.strategy.ai_stellar.predictors.price import PRETRAINED
from hummingbot.strategy.ai_stellar.predictors.signature import own_key
from hummingbot.strategy.ai_stellar.research.card import render_card
from hummingbot.strategy.ai_stellar.research.history import HistoryError
from hummingbot.strategy.ai_stellar.research.price_evaluation import evaluate, forecast_samples
from hummingbot.strategy.ai_stellar.research.price_fit import Choice, Shape, TrainingData, fit_boosters
from hummingbot.strategy.ai_stellar.research.price_study import PriceStudy
from hummingbot.strategy.ai_stellar.research.publication import publish
from hummingbot.strategy.ai_stellar.research.samples import make_samples
from hummingbot.strategy.ai_stellar.research.study import Trained
from hummingbot.strategy.ai_stellar.research.walk_forward import year_begin, yearly_fold

DATA = Path(__file__).resolve().parents[4].parent / "shared/data/ohlcv"
STUDY = PriceStudy(target="target.parquet", peers=("absent.parquet",), years=(2020,), resamples=100)


def trained(result):
    return Trained(result.manifest, result.files, render_card(result.manifest))


def write_walk(path, reversal, first_year=2017, seed=1):
    """Write hourly bars whose returns undo ``reversal`` of the one before (0: a random walk)."""
    rng = np.random.default_rng(seed)
    start = np.arange(year_begin(first_year), year_begin(2021), HOUR)
    shock = rng.standard_t(5, len(start)) * 0.005
    change = shock.copy()
    for k in range(1, len(change)):
        change[k] -= reversal * change[k - 1]
    close = 0.1 * np.exp(np.cumsum(change) - 1e-5 * np.arange(len(start)) * change.mean())
    before = np.concatenate([close[:1], close[:-1]])
    table = pa.table(
        {
            "date": start.astype("datetime64[s]"),
            "open": before,
            "high": np.maximum(before, close) * 1.001,
            "low": np.minimum(before, close) * 0.999,
            "close": close,
            "volume": rng.lognormal(9, 1, len(start)),
        }
    )
    pa.parquet.write_table(table, path / "target.parquet")
    return path


@pytest.fixture(scope="module")
def reverting(tmp_path_factory):
    directory = write_walk(tmp_path_factory.mktemp("reverting"), reversal=0.2)
    steps = []
    return directory, STUDY.run(directory, steps.append), steps


def test_a_signal_that_is_there_is_found_and_outlives_noise(reverting):
    _, result, _ = reverting
    metrics = result.manifest["metrics"]
    assert metrics["table"]["model"]["auc"][1] > 0.54
    assert metrics["table"]["model"]["r2"][1] > 0
    assert metrics["table"]["model"]["gross_edge"][1] > 0
    assert metrics["folds"][0]["elsewhere"]["probability_up"] > 0.9


def test_a_random_walk_has_no_signal_to_find(tmp_path):
    """The null control: a leak anywhere from features to scores would show here."""
    result = STUDY.run(write_walk(tmp_path, reversal=0.0))
    table = result.manifest["metrics"]["table"]
    assert table["model"]["auc"][1] < 0.5
    assert table["model"]["log_loss"][0] > table["zero"]["log_loss"][0]
    assert table["model"]["r2"][1] <= 0.0
    assert result.manifest["metrics"]["folds"][0]["tilt"] == 0.0
    assert "does **not** beat its baselines" in render_card(result.manifest).splitlines()[0]


def test_the_same_data_give_the_same_bytes(reverting):
    directory, result, _ = reverting
    again = STUDY.run(directory)
    assert again.files == result.files
    assert again.manifest == result.manifest


def test_the_manifest_names_what_was_used_and_not_what_was_absent(reverting):
    _, result, _ = reverting
    assert [one["file"] for one in result.manifest["training"]["series"]] == ["target.parquet"]
    assert result.manifest["training"]["until"] == "2021-01-01T00:00Z"
    assert len(result.manifest["training"]["series"][0]["fingerprint"]) == 64


def test_every_step_is_reported(reverting):
    assert len(reverting[2]) == STUDY.steps


def test_a_written_model_loads_and_is_judged_by_the_way_it_trades(reverting, tmp_path):
    directory, result, _ = reverting
    publish(tmp_path, trained(result), own_key())
    predictor = PricePredictor.load(tmp_path)
    target, _ = STUDY.read(directory)
    begin, end = year_begin(2020), year_begin(2020) + 60 * 24 * HOUR
    evaluation = evaluate(predictor, target, begin, end, resamples=50)
    assert evaluation.seen_in_training
    assert evaluation.hours == 60 * 24
    assert evaluation.table["model"]["auc"].value > 0.54
    assert (tmp_path / "card.md").read_text().startswith("Out of sample, 20")


def test_too_short_a_span_is_refused(reverting, tmp_path):
    directory, result, _ = reverting
    publish(tmp_path, trained(result), own_key())
    target, _ = STUDY.read(directory)
    with pytest.raises(HistoryError, match="needs 240 at least"):
        evaluate(PricePredictor.load(tmp_path), target, year_begin(2020), year_begin(2020) + 9 * HOUR)


def test_a_target_that_begins_too_late_is_refused(tmp_path):
    write_walk(tmp_path, reversal=0.0, first_year=2020)
    with pytest.raises(HistoryError, match=r"target\.parquet begins too late"):
        STUDY.run(tmp_path)


@pytest.mark.slow
@pytest.mark.skipif(not DATA.is_dir(), reason="needs ../shared/data/ohlcv")
def test_the_shipped_model_is_what_its_manifest_says_it_was_trained_on():
    """Its final fit again, from the choice that the manifest states: the same forecasts."""
    manifest, study = read_manifest(PRETRAINED), PriceStudy()
    target, peers = study.read(DATA)
    assert [one["fingerprint"] for one in manifest["training"]["series"]] == [
        history.fingerprint() for history in (target, *peers)
    ]
    data = TrainingData(study.training_samples(target, peers), yearly_fold(2020).train_end)
    choice = Choice(Shape(**manifest["shape"]), manifest["tilt"], ())
    again = fit_boosters(data, year_begin(2024) - HOUR, choice)
    judged = make_samples(target.between(year_begin(2023), year_begin(2024)))
    shipped = forecast_samples(PricePredictor.load(), judged)
    repeated = again.forecast(judged)
    assert repeated.probability_up == pytest.approx(shipped.probability_up, abs=1e-6)
    assert repeated.expected_return == pytest.approx(shipped.expected_return, abs=1e-8)
