"""Scores agree with scikit-learn's, and say nothing where there is nothing to say."""

import numpy as np
import pytest
from scipy.stats import norm
from sklearn.metrics import brier_score_loss, log_loss, mean_pinball_loss, roc_auc_score

from hummingbot.strategy.ai_stellar.predictors.forecast import QUANTILES
from hummingbot.strategy.ai_stellar.research.bootstrap import stationary_counts
from hummingbot.strategy.ai_stellar.research.scores import (
    METRICS,
    Forecasts,
    join,
    reliability,
    score,
    score_difference,
)


def forecasts(n=4000, skill=1.0, seed=2):
    """Well calibrated forecasts of known skill, some outcomes unchanged."""
    rng = np.random.default_rng(seed)
    p = 0.5 + 0.05 * skill * rng.standard_normal(n).clip(-3, 3)
    sign = np.where(rng.random(n) < p, 1.0, -1.0)
    outcome = sign * rng.exponential(0.005, n) * (rng.random(n) > 0.1)
    return Forecasts(np.round(p, 3), (2 * p - 1) * 0.005, outcome)


def with_quantiles(n=4000, seed=3):
    """Normal outcomes of known spread, with their true quantiles."""
    rng = np.random.default_rng(seed)
    spread = rng.uniform(0.005, 0.02, n)
    mean = 0.002 * rng.standard_normal(n)
    quantiles = mean[:, None] + norm.ppf(QUANTILES) * spread[:, None]
    return Forecasts(np.full(n, 0.5), mean, rng.normal(mean, spread), quantiles)


def value(name, one, weights=None):
    return METRICS[name](one)(np.ones(len(one.outcome)) if weights is None else weights)


def test_probability_scores_equal_scikit_learns_over_hours_that_moved():
    one = forecasts()
    moved = one.outcome != 0
    p, up = one.probability_up[moved], one.outcome[moved] > 0
    assert value("auc", one) == pytest.approx(roc_auc_score(up, p))
    assert value("log_loss", one) == pytest.approx(log_loss(up, p))
    assert value("brier", one) == pytest.approx(brier_score_loss(up, p))
    assert value("accuracy", one) == pytest.approx(np.where(p == 0.5, 0.5, (p > 0.5) == up).mean())


@pytest.mark.parametrize("name", ["auc", "accuracy", "log_loss", "brier", "r2", "gross_edge"])
def test_weights_count_observations(name):
    one = forecasts(500)
    weights = np.random.default_rng(3).integers(1, 3, 500)
    repeated = Forecasts(
        *(np.repeat(column, weights) for column in (one.probability_up, one.expected_return, one.outcome))
    )
    assert value(name, one, weights.astype(float)) == pytest.approx(value(name, repeated))


def test_a_constant_forecast_has_no_skill_and_no_trades():
    n = 1000
    one = Forecasts(np.full(n, 0.5), np.zeros(n), forecasts(n).outcome)
    scores = score(one, stationary_counts(n, resamples=20))
    assert scores["auc"].value == scores["accuracy"].value == 0.5
    assert scores["r2"].value == 0.0
    assert np.isnan(scores["gross_edge"].value)


def test_an_interval_holds_the_figure_and_excludes_no_skill_where_there_is_much():
    skilled = score(forecasts(8000, skill=2.0), stationary_counts(8000, resamples=200))
    auc = skilled["auc"]
    assert 0.5 < auc.low < auc.value < auc.high


def test_costs_come_off_both_sides():
    one = forecasts()
    assert value("gross_edge_strongest", one) - value("net_edge_strongest", one) == pytest.approx(20.0)


def test_an_hour_late_is_the_next_hours_outcome():
    outcome = np.array([0.01, -0.02, 0.03, 0.04])
    one = Forecasts(np.full(4, 0.6), np.full(4, 0.001), outcome)
    assert value("gross_edge", one) == pytest.approx(outcome.mean() * 1e4)
    assert value("gross_edge_delayed", one) == pytest.approx(outcome[1:].mean() * 1e4)


def test_a_forecast_never_exceeds_itself():
    one = forecasts(600)
    difference = score_difference("log_loss", one, one, stationary_counts(600, resamples=20))
    assert (difference.value, difference.low, difference.high) == (0.0, 0.0, 0.0)


def test_calibrated_forecasts_are_shown_as_reliable():
    rows = reliability(forecasts(60_000))
    assert len(rows) == 10
    for mean, rose, number in rows:
        assert number > 4000
        assert rose == pytest.approx(mean, abs=0.025)
    assert value("calibration_error", forecasts(60_000)) < 0.01


def test_pinball_loss_equals_scikit_learns_in_basis_points():
    one = with_quantiles()
    losses = [mean_pinball_loss(one.outcome, one.quantiles[:, k], alpha=q) for k, q in enumerate(QUANTILES)]
    assert value("pinball", one) == pytest.approx(1e4 * np.mean(losses))


def test_true_quantiles_cover_what_they_state():
    one = with_quantiles(40_000)
    assert value("coverage_50", one) == pytest.approx(0.5, abs=0.01)
    assert value("coverage_90", one) == pytest.approx(0.9, abs=0.01)


def test_without_quantiles_nothing_is_said_of_them():
    for name in ("pinball", "coverage_50", "coverage_90"):
        assert np.isnan(value(name, forecasts(100)))


def test_spans_joined_are_scored_as_one():
    whole = with_quantiles(1000)
    early = np.arange(1000) < 400
    parts = join([whole.where(early), whole.where(~early)])
    assert all(value(name, parts) == pytest.approx(value(name, whole), nan_ok=True) for name in METRICS)
