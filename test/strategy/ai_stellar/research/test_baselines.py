"""Baselines are what their names say."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.preprocessing import StandardScaler

from hummingbot.strategy.ai_stellar.features import FEATURE_COUNT
from hummingbot.strategy.ai_stellar.research.baselines import LAST_RETURN, RIDGE, Baselines, fit_baselines
from hummingbot.strategy.ai_stellar.research.samples import Samples

N = 6000


@pytest.fixture(scope="module")
def samples():
    rng = np.random.default_rng(4)
    rows = rng.normal(1.0, np.linspace(0.1, 5, FEATURE_COUNT), (N, FEATURE_COUNT))
    rows[:, LAST_RETURN] -= 1.0
    lean = -0.4 * np.sign(rows[:, LAST_RETURN]) + 0.1 * rows[:, 5]
    outcome = 0.01 * (lean + rng.standard_normal(N)) * (rng.random(N) > 0.05)
    return Samples(np.arange(N), rows, np.full(N, 0.01), outcome)


def test_the_linear_baseline_is_ridge_penalised_logistic_and_ridge_regression(samples):
    forecast = fit_baselines(samples, N).forecast(samples)["linear"]
    x = StandardScaler().fit_transform(samples.rows[samples.moved])
    up = samples.up[samples.moved]
    logistic = LogisticRegression(C=1 / RIDGE, tol=1e-10, max_iter=1000).fit(x, up)
    assert forecast.probability_up[samples.moved] == pytest.approx(logistic.predict_proba(x)[:, 1], abs=1e-5)
    x = StandardScaler().fit_transform(samples.rows)
    signed = (samples.outcome / samples.scale).clip(-8, 8)
    ridge = Ridge(alpha=RIDGE).fit(x, signed)
    assert forecast.expected_return == pytest.approx(ridge.predict(x) * samples.scale, abs=1e-9)


def test_persistence_follows_what_came_after_a_rise_and_after_a_fall(samples):
    baselines = fit_baselines(samples, N)
    assert baselines.share_after_rise < 0.5 < baselines.share_after_fall
    forecast = baselines.forecast(samples)["persistence"]
    rose = samples.rows[:, LAST_RETURN] > 0
    assert set(forecast.probability_up[rose]) == {baselines.share_after_rise}
    assert (np.sign(forecast.expected_return) == np.where(rose, -1, 1)).all()


def test_zero_expects_nothing(samples):
    forecast = fit_baselines(samples, N).forecast(samples)["zero"]
    assert not forecast.expected_return.any()
    assert set(forecast.probability_up) == {samples.up[samples.moved].mean()}


def test_only_the_past_is_fitted(samples):
    later = Samples(
        samples.time, samples.rows, samples.scale, np.where(samples.time < 4000, samples.outcome, 9.0)
    )
    assert fit_baselines(samples, 4000) == fit_baselines(later, 4000)


def test_baselines_survive_a_manifest(samples):
    baselines = fit_baselines(samples, N)
    assert Baselines.from_dict(baselines.to_dict()) == baselines
