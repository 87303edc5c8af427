"""The LSTM: trained by JAX, run by Cython, the same numbers; no rubbish reaches its state."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from hummingbot.strategy.ai_stellar.features import FEATURE_COUNT, FEATURE_NAMES, FEATURE_SET_HASH
from hummingbot.strategy.ai_stellar.market.bars import HOUR, Bar
from hummingbot.strategy.ai_stellar.predictors import ModelError
from hummingbot.strategy.ai_stellar.predictors.forecast import HORIZONS, QUANTILES
from hummingbot.strategy.ai_stellar.predictors.lstm import SETTLED, WEIGHTS, LstmPredictor
from hummingbot.strategy.ai_stellar.predictors.lstm_fit import (
    LstmSettings,
    LstmTraining,
    Series,
    fit_weights,
    outputs,
)
from hummingbot.strategy.ai_stellar.predictors.lstm_step import LstmState
from hummingbot.strategy.ai_stellar.predictors.protocol import Observation
from hummingbot.strategy.ai_stellar.predictors.signature import own_key
from hummingbot.strategy.ai_stellar.research.publication import publish
from hummingbot.strategy.ai_stellar.research.study import Trained

BAR = Bar(0, 1.0, 1.0, 1.0, 1.0, 0.0, 0)
SETTINGS = LstmSettings(hidden=8, epochs=16, dropout=0.1, rate=2e-2, window=72, batch=16)
MANIFEST = {
    "kind": "lstm",
    "model_id": "lstm-of-a-test",
    "features": {"names": list(FEATURE_NAMES), "definition": FEATURE_SET_HASH},
}


def memory_series(n, seed):
    """Rows of noise, and returns that follow what the first feature was two hours before."""
    rng = np.random.default_rng(seed)
    rows = rng.standard_normal((n, FEATURE_COUNT)) * 2.0 + 1.0
    signal = np.sign(np.roll(rows[:, 0] - 1.0, 2))
    ratio = np.stack(
        [signal * rng.choice((1, 1, 1, -1), n) * rng.exponential(1, n) for _ in HORIZONS], axis=1
    )
    ratio[rng.random((n, len(HORIZONS))) < 0.05] = np.nan
    return Series(rows, ratio)


@pytest.fixture(scope="module")
def weights():
    return fit_weights(LstmTraining(tuple(memory_series(6000, seed) for seed in range(3))), SETTINGS)


@pytest.fixture(scope="module")
def calibrated(weights):
    residuals = np.tile([-2.0, -0.7, 0.0, 0.7, 2.0], (len(HORIZONS), 1))
    return {**weights, "slope": np.full(3, 0.9), "tilt": np.full(3, 0.5), "residuals": residuals}


@pytest.fixture
def predictor(calibrated):
    return LstmPredictor(calibrated, MANIFEST)


def told(predictor, rows, scale=0.01):
    """Tell a predictor rows hour by hour; return what it forecast after each."""
    made = []
    for k, row in enumerate(rows):
        predictor.update(Observation(k * HOUR, BAR, row, scale))
        made.append(predictor.forecast())
    return made


def test_it_learns_what_only_a_memory_can_know(weights):
    series = memory_series(4000, seed=9)
    log_odds = outputs(weights, series.rows)[:, : len(HORIZONS)]
    known = np.isfinite(series.ratio)
    right = (np.sign(log_odds) == np.sign(series.ratio))[known]
    assert right.mean() > 0.68  # at most 3 of 4 can be


def test_a_step_is_jaxs_own_over_thousands_of_hours(weights, predictor):
    rows = memory_series(3000, seed=11).rows
    expected = outputs(weights, rows)
    for row, outcome in zip(rows, expected, strict=True):
        predictor.update(Observation(0, BAR, row, 0.01))
        assert predictor.output == pytest.approx(outcome, abs=1e-5)


def test_nothing_changes_when_the_future_does(weights):
    rows = memory_series(400, seed=12).rows
    changed = rows.copy()
    changed[300:] += 5.0
    assert np.array_equal(outputs(weights, rows)[:300], outputs(weights, changed)[:300])


def test_training_repeats_itself(weights):
    again = fit_weights(LstmTraining(tuple(memory_series(6000, seed) for seed in range(3))), SETTINGS)
    assert all(np.array_equal(again[name], array) for name, array in weights.items())


def test_a_forecast_is_a_distribution_by_horizon(predictor):
    made = told(predictor, memory_series(200, seed=13).rows)
    assert made[: SETTLED - 1] == [None] * (SETTLED - 1)
    for forecasts in made[SETTLED:]:
        assert [one.horizon for one in forecasts] == list(HORIZONS)
        for one in forecasts:
            assert 0.0 < one.probability_up < 1.0
            assert (one.expected_return > 0) == (one.probability_up > 0.5)
            assert list(one.quantiles) == sorted(one.quantiles)
            assert len(one.quantiles) == len(QUANTILES)


def test_a_replay_of_stored_hours_gives_the_same_forecasts(predictor):
    rows = memory_series(300, seed=14).rows
    first = told(predictor, rows)
    assert told(predictor.fresh(), rows) == first


def test_states_of_different_beginnings_become_the_same(calibrated):
    rows = memory_series(1000, seed=15).rows
    late, early = LstmPredictor(calibrated, MANIFEST), LstmPredictor(calibrated, MANIFEST)
    told(early, rows[:280])
    for a, b in zip(told(early, rows[280:])[-1], told(late, rows[280:])[-1], strict=True):
        assert a.probability_up == pytest.approx(b.probability_up, abs=1e-9)


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
def test_a_row_that_is_not_finite_is_forecast_from_by_nobody_and_leaves_no_trace(predictor, wrong):
    rows = memory_series(120, seed=16).rows
    bad = rows[60].copy()
    bad[7] = wrong
    told(predictor, rows[:60])
    assert told(predictor, [bad]) == [None]
    after = told(predictor, rows[60:])
    assert after == told(predictor.fresh(), rows)[60:]
    assert None not in after


def test_a_row_of_another_width_is_refused(predictor):
    with pytest.raises(ValueError, match="takes 47 inputs, not 46"):
        predictor.update(Observation(0, BAR, np.zeros(46), 0.01))


def test_weights_that_do_not_fit_each_other_are_refused():
    with pytest.raises(ValueError, match="do not fit each other"):
        LstmState(
            np.zeros(2),
            np.ones(2),
            6.0,
            np.zeros((2, 8)),
            np.zeros((2, 7)),
            np.zeros(8),
            np.zeros((2, 6)),
            np.zeros(6),
        )


def published(directory, predictor):
    publish(directory, Trained(MANIFEST, predictor.files(), "A test.\n"), own_key())
    return directory


def test_a_saved_model_forecasts_the_same_to_the_precision_it_is_saved_in(predictor, tmp_path):
    rows = memory_series(100, seed=17).rows
    loaded = LstmPredictor.load(published(tmp_path / "lstm", predictor))
    assert loaded.model_id == "lstm-of-a-test"
    for a, b in zip(told(predictor, rows)[-1], told(loaded, rows)[-1], strict=True):
        assert a.probability_up == pytest.approx(b.probability_up, abs=1e-6)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"slope": None}, "lacks 'slope'"),
        ({"bias": np.zeros(3)}, "do not fit each other"),
        ({"residuals": np.zeros((3, 4))}, "is not for 47 features and 3 horizons"),
        ({"tilt": np.array([0.1, np.nan, 0.1])}, "holds NaN or infinity"),
        ({"slope": np.full(3, 1.5)}, "slope 1.5 or tilt "),
        ({"residuals": np.tile(np.arange(5.0)[::-1], (3, 1))}, "are not 5 that ascend"),
    ],
    ids=["missing", "shape", "levels", "nan", "slope", "order"],
)
def test_weights_that_cannot_be_a_models_are_refused(predictor, tmp_path, change, sentence):
    wrong = {name: array for name, array in {**predictor.weights, **change}.items() if array is not None}
    predictor.weights = wrong
    with pytest.raises(ModelError, match="ai-stellar train lstm") as caught:
        LstmPredictor.load(published(tmp_path / "lstm", predictor))
    assert sentence in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"\x10\0\0\0\0\0\0\0{", b"cos\nsystem\n"])
def test_what_is_no_safetensors_file_is_refused(predictor, tmp_path, content):
    publish(tmp_path / "lstm", Trained(MANIFEST, {WEIGHTS: content}, "A test.\n"), own_key())
    with pytest.raises(ModelError, match=rf"{WEIGHTS} cannot be read .* 'ai-stellar train lstm'"):
        LstmPredictor.load(tmp_path / "lstm")


def test_forecasting_needs_no_jax(predictor, tmp_path):
    directory = published(tmp_path / "lstm", predictor)
    code = (
        "import os, sys\nfrom pathlib import Path\n"
        "from hummingbot.strategy.ai_stellar.predictors.lstm import LstmPredictor\n"
        f"LstmPredictor.load(Path({str(directory)!r})).forecast()\n"
        "print([name for name in ('jax', 'lightgbm', 'sklearn', 'scipy') if name in sys.modules])"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(sys.modules["hummingbot"].__file__).parents[1])}
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
    )
    assert run.stdout.strip() == "[]"


def test_the_shipped_model_loads_and_states_its_figures():
    predictor = LstmPredictor.load()
    for horizon in map(str, HORIZONS):
        auc, low, high = predictor.manifest["metrics"]["horizons"][horizon]["table"]["model"]["auc"]
        assert 0.5 < low < auc < high < 0.58
    assert predictor.manifest["training"]["until"] == "2024-01-01T00:00Z"
    made = told(predictor.fresh(), np.random.default_rng(2).normal(size=(SETTLED, FEATURE_COUNT)))
    assert all(0.3 < one.probability_up < 0.7 for one in made[-1])
