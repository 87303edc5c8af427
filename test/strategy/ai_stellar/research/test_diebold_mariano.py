"""The Diebold–Mariano statistic is what its definition says, and normal where forecasts are equally good."""

import math

import numpy as np
import pytest
from scipy.signal import lfilter
from scipy.stats import ttest_rel

from hummingbot.strategy.ai_stellar.research.diebold_mariano import diebold_mariano


def test_without_lags_it_is_the_paired_t_statistic():
    rng = np.random.default_rng(1)
    first, second = rng.exponential(1.0, 5000), rng.exponential(1.05, 5000)
    assert diebold_mariano(first, second, 0) == pytest.approx(ttest_rel(first, second).statistic, rel=1e-3)


def test_overlapping_losses_are_judged_as_overlapping():
    """Moving sums of 24 hours: without lags it would reject far too often."""
    rng, beyond, naive = np.random.default_rng(2), 0, 0
    for _ in range(200):
        first, second = (lfilter(np.ones(24), 1.0, rng.standard_normal(4000)) for _ in range(2))
        beyond += abs(diebold_mariano(first, second, 72)) > 1.96
        naive += abs(diebold_mariano(first, second, 0)) > 1.96
    assert beyond / 200 < 0.11
    assert naive / 200 > 0.5


def test_the_better_has_the_negative_sign_and_the_same_none():
    rng = np.random.default_rng(3)
    loss = rng.exponential(1.0, 1000)
    assert diebold_mariano(loss, loss + 0.1 * rng.random(1000), 24) < -10
    assert diebold_mariano(loss, loss, 24) == 0.0
    assert diebold_mariano(np.zeros(100), np.ones(100), 24) == -math.inf


@pytest.mark.parametrize(("n", "m", "lag"), [(10, 11, 2), (24, 24, 24), (0, 0, 0)])
def test_too_few_losses_are_refused(n, m, lag):
    with pytest.raises(ValueError, match="cannot be compared"):
        diebold_mariano(np.zeros(n), np.zeros(m), lag)
