"""The recurrent model's study finds what is there and nothing else; what it writes is what was judged."""

from dataclasses import replace

import numpy as np
import pytest

from hummingbot.strategy.ai_stellar.market.bars import HOUR
from hummingbot.strategy.ai_stellar.predictors.forecast import HORIZONS
from hummingbot.strategy.ai_stellar.predictors.lstm import LstmPredictor
from hummingbot.strategy.ai_stellar.predictors.signature import own_key
from hummingbot.strategy.ai_stellar.research.checkpoint import Checkpoint
from hummingbot.strategy.ai_stellar.research.engine import Engine
from hummingbot.strategy.ai_stellar.research.history import HistoryError
from hummingbot.strategy.ai_stellar.research.lstm import study as module
from hummingbot.strategy.ai_stellar.research.lstm.folds import training_of
from hummingbot.strategy.ai_stellar.research.lstm.study import LstmStudy
from hummingbot.strategy.ai_stellar.research.price.data import PriceData
from hummingbot.strategy.ai_stellar.research.publication import publish
from hummingbot.strategy.ai_stellar.research.walk_forward import EMBARGO, Fold, year_begin
from test.strategy.ai_stellar.research.walks import write_walk

SMALL = {"hidden": 4, "epochs": 3, "window": 72, "batch": 32, "rate": 1e-2, "dropout": 0.2}
STUDY = LstmStudy(
    target="target.parquet",
    peers=(),
    years=(2020,),
    settings=({**SMALL, "epochs": 1, "rate": 1e-5}, SMALL),
    resamples=50,
)
ONE = str(HOUR)


def run(directory, parts=None, steps=None):
    step = (lambda _: None) if steps is None else steps.append
    return STUDY.train(directory, Engine(), Checkpoint(parts), step)


@pytest.fixture(scope="module")
def reverting(tmp_path_factory):
    directory, steps = write_walk(tmp_path_factory.mktemp("reverting"), reversal=0.3), []
    parts = tmp_path_factory.mktemp("parts")
    return directory, run(directory, parts, steps), steps, parts


@pytest.fixture
def model(reverting, tmp_path):
    publish(tmp_path / "lstm", reverting[1], own_key())
    return tmp_path / "lstm"


def test_a_signal_that_is_there_is_found_by_the_setting_that_learns(reverting):
    manifest = reverting[1].manifest
    found = manifest["metrics"]["horizons"][ONE]
    assert found["table"]["model"]["auc"][1] > 0.55
    assert found["table"]["model"]["log_loss"][2] < 0.69
    assert found["years"][0]["setting"]["rate"] == manifest["settings"]["rate"] == SMALL["rate"]
    assert found["years"][0]["elsewhere"]["probability_up"] > 0.85


def test_a_random_walk_has_no_signal_to_find(tmp_path):
    """The null control: a leak anywhere from features to scores would show here."""
    trained = run(write_walk(tmp_path, reversal=0.0))
    for horizon in map(str, HORIZONS):
        table = trained.manifest["metrics"]["horizons"][horizon]["table"]
        assert table["model"]["auc"][1] <= 0.51
        assert table["model"]["log_loss"][0] > table["zero"]["log_loss"][0] - 1e-3
    assert trained.card.startswith("Not reached: 1 h AUC")


def test_what_comes_after_the_training_part_is_not_trained_on(reverting):
    data = PriceData.read(reverting[0], "target.parquet", (), year_begin(2021))
    begin = year_begin(2020)
    purged = {horizon: Fold(begin, begin, horizon).train_end for horizon in HORIZONS}
    later = data.target.start >= begin - EMBARGO
    changed = {
        name: np.where(later, 2.0 * getattr(data.target, name), getattr(data.target, name))
        for name in ("open", "high", "low", "close")
    }
    other = PriceData(replace(data.target, **changed), (), {})
    for one, again in zip(training_of(data, purged).series, training_of(other, purged).series, strict=True):
        assert np.array_equal(one.rows, again.rows)
        assert np.array_equal(one.ratio, again.ratio, equal_nan=True)
        assert np.isfinite(one.ratio).any(axis=0).all()


def test_every_step_is_reported(reverting):
    assert reverting[2] == [
        "reading price histories",
        "fitting before 2019, testing on it",
        "fitting before 2020, testing on it",
        "scoring",
        "fitting to the end of 2020",
    ]


def test_an_interrupted_training_goes_on(reverting):
    directory, trained, _, parts = reverting
    finished = sorted(parts.iterdir())
    assert len(finished) == 2
    finished[1].unlink()
    again = run(directory, parts)
    for horizon in map(str, HORIZONS):
        one, other = (of.manifest["metrics"]["horizons"][horizon]["table"] for of in (again, trained))
        assert one["model"]["auc"] == pytest.approx(other["model"]["auc"], abs=5e-3)


def test_a_written_model_loads_and_is_judged_by_the_way_it_trades(reverting, model):
    begin, end = year_begin(2020), year_begin(2020) + 60 * 24 * HOUR
    report = STUDY.evaluate(model, reverting[0] / "target.parquet", begin, end)
    assert report.kind == "lstm"
    assert report.seen_in_training
    assert report.observations == 60 * 24
    assert report.table["model"]["auc_1h"].value > 0.55
    assert list(report.table) == ["model", "zero", "persistence", "AR(3)", "linear"]


def test_calibration_travels_with_the_weights(reverting, model):
    predictor = LstmPredictor.load(model)
    assert 0 < predictor.weights["slope"][0] <= 1
    assert (predictor.weights["residuals"][:, 0] < 0).all()
    assert (predictor.weights["residuals"][:, -1] > 0).all()


def test_too_short_a_span_is_refused(reverting, model):
    begin = year_begin(2020)
    with pytest.raises(HistoryError, match="needs 240 hours at least"):
        STUDY.evaluate(model, reverting[0] / "target.parquet", begin, begin + 9 * HOUR)


def test_without_jax_one_sentence_says_how_to_get_it(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    with pytest.raises(ValueError, match=r"with JAX: pip install 'hummingbot-stellar\[train\]'"):
        run(tmp_path)


def test_models_are_compared_by_the_losses_of_what_they_say(reverting, model, tmp_path):
    predictor = LstmPredictor.load(model)
    mute = LstmPredictor(
        {**predictor.weights, "slope": np.zeros(3), "tilt": np.zeros(3)}, {"model_id": "mute"}
    )
    publish(tmp_path / "mute", replace(reverting[1], files=mute.files()), own_key())
    begin, end = year_begin(2020), year_begin(2020) + 60 * 24 * HOUR
    table = STUDY.evaluate(model, reverting[0] / "target.parquet", begin, end).table["model"]
    expected = np.log(2.0) - np.mean([table[f"log_loss_{hours}h"].value for hours in (1, 4, 24)])
    score = STUDY.compare(tmp_path / "mute", model, reverting[0], begin, end)
    assert score.value == pytest.approx(
        expected, rel=0.05
    )  # the last day's outcomes are not known by the end
    assert score.low < score.value < score.high
    assert STUDY.compare(model, model, reverting[0], begin, end).value == 0.0
