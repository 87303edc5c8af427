"""Baselines are what their names say."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.preprocessing import StandardScaler

from hummingbot.strategy.ai_stellar.features import CROSS_COUNT, FEATURE_COUNT
from hummingbot.strategy.ai_stellar.predictors.forecast import HORIZONS, QUANTILES
from hummingbot.strategy.ai_stellar.research.baselines import LAST_RETURN, RIDGE, Baselines, fit_baselines
from hummingbot.strategy.ai_stellar.research.samples import Samples

N = 6000
HOUR, FOUR, DAY = HORIZONS
WIDTH = FEATURE_COUNT + CROSS_COUNT


@pytest.fixture(scope="module")
def samples():
    rng = np.random.default_rng(4)
    rows = rng.normal(1.0, np.linspace(0.1, 5, WIDTH), (N, WIDTH))
    rows[:, LAST_RETURN] -= 1.0
    lean = -0.4 * np.sign(rows[:, LAST_RETURN]) + 0.1 * rows[:, 5]
    outcome = 0.01 * (lean + rng.standard_normal(N)) * (rng.random(N) > 0.05)
    outcomes = np.column_stack([outcome, 2.0 * outcome, np.full(N, np.nan)])
    return Samples(np.arange(N), rows, np.full(N, 0.01), outcomes)


def fitted(samples, until=N, horizon=HOUR):
    return fit_baselines(samples, horizon, until)


def test_the_linear_baseline_is_ridge_penalised_logistic_and_ridge_regression(samples):
    forecast, moved = fitted(samples).forecast(samples)["linear"], samples.moved(HOUR)
    x = StandardScaler().fit_transform(samples.rows[moved])
    logistic = LogisticRegression(C=1 / RIDGE, tol=1e-10, max_iter=1000).fit(x, samples.up(HOUR)[moved])
    assert forecast.probability_up[moved] == pytest.approx(logistic.predict_proba(x)[:, 1], abs=1e-5)
    x = StandardScaler().fit_transform(samples.rows)
    signed = (samples.outcome(HOUR) / samples.scale).clip(-8, 8)
    ridge = Ridge(alpha=RIDGE).fit(x, signed)
    assert forecast.expected_return == pytest.approx(ridge.predict(x) * samples.scale, abs=1e-9)


def test_a_feature_that_is_unknown_counts_as_its_mean(samples):
    line = fitted(samples).lines["linear"][0]
    row = samples.rows[:1].copy()
    row[0, 50] = np.nan
    known = row.copy()
    known[0, 50] = line.means[50]
    assert line.of(row) == line.of(known)


def test_the_scale_of_a_horizon_grows_with_its_root(samples):
    assert samples.unit(FOUR) == pytest.approx(2.0 * samples.scale)
    one, four = fitted(samples), fitted(samples, horizon=FOUR)
    assert four.forecast(samples)["persistence"].expected_return == pytest.approx(
        2.0 * one.forecast(samples)["persistence"].expected_return
    )


def test_quantiles_hold_the_shares_that_they_state(samples):
    forecast = fitted(samples).forecast(samples)["zero"]
    below = [(samples.outcome(HOUR) <= forecast.quantiles[:, k]).mean() for k in range(len(QUANTILES))]
    assert below == pytest.approx(QUANTILES, abs=0.03)


def test_quantiles_lie_about_what_is_expected(samples):
    made = fitted(samples).forecast(samples)
    zero, linear = made["zero"], made["linear"]
    assert linear.quantiles - linear.expected_return[:, None] == pytest.approx(zero.quantiles)


def test_persistence_follows_what_came_after_a_rise_and_after_a_fall(samples):
    baselines = fitted(samples)
    assert baselines.share_after_rise < 0.5 < baselines.share_after_fall
    forecast = baselines.forecast(samples)["persistence"]
    rose = samples.rows[:, LAST_RETURN] > 0
    assert set(forecast.probability_up[rose]) == {baselines.share_after_rise}
    assert (np.sign(forecast.expected_return) == np.where(rose, -1, 1)).all()


def test_zero_expects_nothing(samples):
    forecast = fitted(samples).forecast(samples)["zero"]
    assert not forecast.expected_return.any()
    assert set(forecast.probability_up) == {samples.up(HOUR)[samples.moved(HOUR)].mean()}


def test_only_the_past_is_fitted(samples):
    outcomes = np.where((samples.time < 4000)[:, None], samples.outcomes, 9.0)
    later = Samples(samples.time, samples.rows, samples.scale, outcomes)
    assert fitted(samples, 4000) == fitted(later, 4000)


def test_baselines_survive_a_manifest(samples):
    baselines = fitted(samples)
    assert Baselines.from_dict(baselines.to_dict()) == baselines
