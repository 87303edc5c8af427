"""Drift: seldom seen where there is none, seen soon where there is, over when it is over."""

import math

import numpy as np
import pytest

from hummingbot.strategy.ai_stellar.predictors.drift import DISTANCE, LOSS, PERIOD, Cusum, Drift

HOUR = 3600


def forecasts(n, seed, right=True):
    """Probabilities as spread as the shipped models', and what came: by them, or the other way round."""
    rng = np.random.default_rng(seed)
    p = 0.5 + 0.0435 * rng.standard_normal(n)
    rose = (rng.random(n) < (p if right else 1 - p)).astype(float)
    return p, rose


def alarms(drift, p, rose, distance=0.8, begin=0):
    """Return the hours at which an alarm began."""
    began, before = [], None
    for k in range(len(p)):
        came = rose[k - 1] if k else None
        drift.update((begin + k) * HOUR, came, p[k], distance)
        now = drift.reason()
        if now is not None and before is None:
            began.append(k)
        before = now
    return began


def test_where_nothing_changes_there_is_less_than_one_alarm_in_ten_thousand_hours():
    total = sum(len(alarms(Drift(), *forecasts(10_000, seed))) for seed in range(10))
    assert total / 10 < 1.0


def test_forecasts_turned_round_are_seen_within_their_period():
    found = [alarms(Drift(), *forecasts(PERIOD, seed, right=False)) for seed in range(20)]
    assert np.mean([bool(one) for one in found]) > 0.7
    assert np.median([one[0] for one in found if one]) < 600


def test_a_loss_of_twice_the_usual_is_seen_within_two_days():
    drift = Drift()
    p = np.full(200, 0.9)
    assert alarms(drift, p, np.zeros(200))[0] <= 48
    assert drift.reason().startswith("the loss of the 1 h forecasts has risen, as seen since 1970-01-0")
    assert "mean 0.81, where 0.2481 is usual" in drift.reason()


def test_features_that_moved_away_are_seen():
    drift = Drift()
    p, rose = forecasts(400, 1)
    began = alarms(drift, p, rose, distance=DISTANCE[0] + 3 * DISTANCE[1])
    assert began[0] == pytest.approx(DISTANCE[3] / (3 - DISTANCE[2]), abs=2)
    assert drift.reason().startswith("the features' distance from the training data has risen")


def test_an_alarm_ends_when_the_sum_is_back_at_nothing():
    cusum = Cusum(0.0, 1.0, 0.5, 10.0)
    for k in range(8):
        cusum.update(2.0, k)
    assert cusum.since == 6
    for k in range(8, 30):
        cusum.update(0.0, k)
        assert (cusum.since is None) == (k >= 31)
    for k in range(30, 33):
        cusum.update(0.0, k)
    assert cusum.since is None
    assert math.isnan(cusum.mean_seen)


@pytest.mark.parametrize("value", [None, math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_left_out(value):
    cusum = Cusum(0.0, 1.0, 0.0, 2.0)
    cusum.update(1.5, 0)
    cusum.update(value, 1)
    cusum.update(1.0, 2)
    assert cusum.since == 2
    assert cusum.mean_seen == pytest.approx(1.25)


def test_hours_that_are_missing_or_in_which_nothing_moved_teach_nothing():
    drift = Drift()
    for k in range(300):
        drift.update(k * HOUR, None, 0.99, 0.8)
    assert drift.reason() is None
    for k in range(300, 700, 2):  # every second hour is missing
        drift.update(k * HOUR, 0.0, 0.99, 0.8)
    assert drift.reason() is None


def test_sums_start_anew_each_period():
    drift = Drift()
    assert alarms(drift, np.full(100, 0.9), np.zeros(100), begin=PERIOD - 100)
    drift.update(PERIOD * HOUR, 0.0, 0.9, 0.8)
    assert drift.reason() is None


def test_a_restart_that_replays_the_period_has_the_same_reason():
    p, rose = np.full(900, 0.9), np.zeros(900)
    whole, again = Drift(), Drift()
    alarms(whole, p, rose)
    alarms(again, p[PERIOD - 5 :], rose[PERIOD - 5 :], begin=PERIOD - 5)
    assert whole.reason() == again.reason() is not None


@pytest.mark.parametrize("arguments", [(0.0, 0.0, 0.1, 1.0), (0.0, 1.0, 0.1, 0.0), (math.nan, 1.0, 0.1, 1.0)])
def test_a_detector_that_detects_nothing_is_refused(arguments):
    with pytest.raises(ValueError, match="detects nothing"):
        Cusum(*arguments)


def test_the_usual_loss_is_that_of_the_simulated_forecasts():
    p, rose = forecasts(200_000, 5)
    loss = (p - rose) ** 2
    assert (loss.mean(), loss.std()) == pytest.approx(LOSS[:2], rel=0.1)
