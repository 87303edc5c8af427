"""The guard refuses what is far from the training data, names why, and little else."""

import math

import numpy as np
import pytest

from hummingbot.strategy.ai_stellar.features import FEATURE_COUNT, FEATURE_NAMES
from hummingbot.strategy.ai_stellar.market.bars import Bar
from hummingbot.strategy.ai_stellar.predictors import ModelError
from hummingbot.strategy.ai_stellar.predictors.artifact import PRETRAINED, read_manifest
from hummingbot.strategy.ai_stellar.predictors.guard import GuardPredictor
from hummingbot.strategy.ai_stellar.predictors.protocol import Observation

BAR = Bar(0, 1.0, 1.0, 1.0, 1.0, 0.0, 0)


def mixed(n, seed=1):
    """Rows of correlated features of different sizes."""
    rng = np.random.default_rng(seed)
    mixing = np.random.default_rng(99).normal(size=(FEATURE_COUNT, FEATURE_COUNT)) / 7
    return (rng.standard_normal((n, FEATURE_COUNT)) @ mixing + 0.3) * np.linspace(0.1, 10, FEATURE_COUNT)


def said(guard, row):
    guard.update(Observation(0, BAR, row, 0.01))
    return guard.forecast()


@pytest.fixture(scope="module")
def guard():
    fitted = GuardPredictor.fit(mixed(20_000))
    limit = float(np.quantile(fitted.distances(mixed(20_000, seed=2)), 0.99))
    return GuardPredictor({**fitted.parameters, "limit": limit}, {"model_id": "guard-of-a-test"})


def test_it_refuses_as_many_ordinary_rows_as_it_says(guard):
    refused = np.mean([said(guard, row) is not None for row in mixed(5000, seed=3)])
    assert refused == pytest.approx(0.01, abs=0.005)


def test_it_refuses_rows_of_another_kind(guard):
    rows = mixed(500, seed=4)
    assert all(said(guard, row * 6) for row in rows)
    shuffled = rows[:, ::-1].copy()  # every feature ordinary, but not together
    assert np.mean([said(guard, row) is not None for row in shuffled]) > 0.9


def test_it_names_the_features_that_are_furthest(guard):
    row = np.array(guard.parameters["center"])
    row[11] += 30 * guard.parameters["deviation"][11]
    reason = said(guard, row)
    assert f"{FEATURE_NAMES[11]} +30.0 deviations" in reason
    assert "99%" in reason


@pytest.mark.parametrize("wrong", [math.nan, math.inf, -math.inf])
def test_a_feature_that_is_no_number_is_named(guard, wrong):
    row = np.array(guard.parameters["center"])
    row[7] = wrong
    assert said(guard, row) == f"a feature is no number: {FEATURE_NAMES[7]}"


@pytest.mark.parametrize("wrong", [1e300, -1e308])
def test_a_feature_too_large_to_be_measured_is_named(guard, wrong):
    row = np.array(guard.parameters["center"])
    row[7] = wrong
    reason = said(guard, row)
    assert reason.startswith("the hour is too far from those trained on to be measured (")
    assert f"({FEATURE_NAMES[7]} {wrong:.3g}, " in reason


def test_a_constant_feature_does_no_harm():
    rows = mixed(3000)
    rows[:, 3] = 5.0
    fitted = GuardPredictor.fit(rows)
    assert np.isfinite(fitted.distances(rows)).all()


def test_one_row_is_as_far_as_in_a_whole_history(guard):
    rows = mixed(200, seed=5)
    limit = guard.limit
    far = guard.distances(rows) > limit
    assert [said(guard, row) is not None for row in rows] == far.tolist()


@pytest.mark.parametrize(
    "change",
    [
        {"center": [0.0]},
        {"center": [math.nan] * FEATURE_COUNT},
        {"deviation": [0.0] * FEATURE_COUNT},
        {"whitening": [[1.0]]},
        {"limit": 0.0},
        {"limit": math.inf},
        {"limit": None},
    ],
)
def test_parameters_that_cannot_be_are_refused(guard, change):
    with pytest.raises(ModelError, match="ai-stellar train guard"):
        GuardPredictor({**guard.parameters, **change}, guard.manifest)


def test_the_shipped_guard_states_its_false_alarms():
    metrics = read_manifest(PRETRAINED / "guard")["metrics"]
    value, low, high = metrics["table"]["model"]["alarms"]
    assert 0 <= low <= value <= high < 0.05
    assert metrics["caught"]["hours that are four"] > value
    assert GuardPredictor.load().limit > 1.0
