"""A Sharpe ratio is discounted by the number of trials, as Bailey and López de Prado do it."""

import math

import numpy as np
import pytest

from hummingbot.strategy.ai_stellar.research.deflated_sharpe import (
    SharpeSample,
    deflated_sharpe,
    expected_best_sharpe,
    probabilistic_sharpe,
    sharpe_sample,
    trial_variance,
)

DAYS = 250
PAPER = SharpeSample(2.5 / math.sqrt(DAYS), 1250, -3.0, 10.0)


def test_the_example_of_the_paper():
    """Annual Sharpe ratio 2.5 over five years of days, the best of 100 trials of annual variance 1/2."""
    assert expected_best_sharpe(100, 0.5 / DAYS) == pytest.approx(0.1132, abs=5e-5)
    assert deflated_sharpe(PAPER, 100, 0.5 / DAYS) == pytest.approx(0.9004, abs=5e-5)


def test_the_example_of_the_paper_with_fewer_trials():
    """With 46 trials the same Sharpe ratio would have passed at 95 %; with 88 normal returns would."""
    assert deflated_sharpe(PAPER, 46, 0.5 / DAYS) == pytest.approx(0.9505, abs=5e-4)
    normal = SharpeSample(PAPER.ratio, PAPER.observations)
    assert deflated_sharpe(normal, 88, 0.5 / DAYS) == pytest.approx(0.9505, abs=5e-4)


def test_the_best_of_many_without_skill_is_as_good_as_expected():
    """Within the 2 % that the formula, an approximation by extreme value theory, is off at 50 trials."""
    best = np.random.default_rng(1).standard_normal((4000, 50)).max(axis=1) * 0.1
    assert expected_best_sharpe(50, 0.01) == pytest.approx(best.mean(), rel=0.02)


def test_a_sharpe_ratio_at_its_benchmark_is_a_coin_toss():
    assert probabilistic_sharpe(PAPER, PAPER.ratio) == pytest.approx(0.5)


def test_the_probability_is_that_of_the_true_ratio_for_normal_returns():
    """Of many samples without skill, one in twenty passes at 95 %."""
    returns = np.random.default_rng(2).standard_normal((4000, 200))
    passed = np.mean([probabilistic_sharpe(sharpe_sample(one)) > 0.95 for one in returns])
    assert passed == pytest.approx(0.05, abs=0.01)


def test_one_trial_is_not_deflated():
    assert deflated_sharpe(PAPER, 1, 0.0) == probabilistic_sharpe(PAPER)
    assert trial_variance([0.1]) == 0.0
    assert trial_variance([0.1, 0.3]) == pytest.approx(0.02)


def test_moments_of_returns():
    sample = sharpe_sample(np.array([0.0, 0.0, 0.0, 4.0]))
    assert sample == SharpeSample(0.5, 4, pytest.approx(2 / math.sqrt(3)), pytest.approx(7 / 3))


@pytest.mark.parametrize(
    ("attempt", "message"),
    [
        (lambda: sharpe_sample(np.array([0.1])), "1 returns have no Sharpe ratio: give two at least"),
        (lambda: sharpe_sample(np.array([0.1, math.nan])), "all finite"),
        (lambda: sharpe_sample(np.full(9, 0.1)), "9 returns that are all the same have no Sharpe ratio"),
        (lambda: probabilistic_sharpe(SharpeSample(1.0, 1)), "over 1 periods .* cannot be judged"),
        (lambda: probabilistic_sharpe(SharpeSample(1.0, 9, 5.0)), "skewness 5.0 .* from the same returns"),
        (lambda: expected_best_sharpe(0, 0.1), "0 trials .*: count every setting compared"),
        (lambda: expected_best_sharpe(9, math.nan), "9 trials whose Sharpe ratios vary by nan"),
    ],
    ids=["one return", "NaN", "constant", "one observation", "impossible moments", "no trial", "variance"],
)
def test_what_cannot_be_judged_is_refused(attempt, message):
    with pytest.raises(ValueError, match=message):
        attempt()
