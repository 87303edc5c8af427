"""The stationary bootstrap: right sums, right blocks, right coverage."""

import numpy as np
import pytest

from hummingbot.strategy.ai_stellar.research.bootstrap import interval, stationary_counts


def test_each_resample_draws_as_many_observations_as_there_are():
    counts = stationary_counts(1000, resamples=50, seed=3)
    assert counts.shape == (50, 1000)
    assert (counts.sum(axis=1) == 1000).all()
    assert counts.min() >= 0


def test_every_observation_is_as_likely_as_any_other():
    counts = stationary_counts(200, resamples=4000, mean_block=10)
    assert counts.mean(axis=0) == pytest.approx(np.ones(200), abs=0.12)


def test_the_mean_of_a_dependent_series_varies_as_theory_says():
    """For an AR(1) the variance of the mean is (1 + φ) / (1 - φ) times that of an independent series."""
    rng = np.random.default_rng(1)
    n, phi = 20_000, 0.7
    series = np.zeros(n)
    for k, shock in enumerate(rng.standard_normal(n - 1), 1):
        series[k] = phi * series[k - 1] + shock
    means = stationary_counts(n, resamples=600, mean_block=100) @ series / n
    expected = series.std() * np.sqrt((1 + phi) / (1 - phi) / n)
    assert means.std() == pytest.approx(expected, rel=0.15)


def test_one_seed_gives_one_interval():
    first, second = (stationary_counts(300, seed=7) for _ in range(2))
    assert np.array_equal(first, second)


def test_an_interval_leaves_out_both_tails_alike():
    assert interval(np.arange(1001.0)) == pytest.approx((25.0, 975.0))


def test_nothing_cannot_be_resampled():
    with pytest.raises(ValueError, match="cannot resample 0"):
        stationary_counts(0)
