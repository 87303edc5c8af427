"""By how much one model loses more than another: the sign, the pairing, and hours that say nothing."""

import numpy as np
import pytest

from hummingbot.strategy.ai_stellar.research.renewal import excess, log_losses
from hummingbot.strategy.ai_stellar.research.scores import Forecasts


def said(probability, outcome):
    return Forecasts(np.array(probability), np.zeros(len(outcome)), np.array(outcome))


def test_the_loss_of_a_decision_is_the_mean_over_horizons_and_nothing_where_no_price_moved():
    made = {1: said([0.8, 0.8, 0.8], [0.1, -0.1, 0.0]), 4: said([0.5, 0.25, 1.0], [0.1, 0.1, -0.1])}
    certain = -np.log(1e-9)  # as much as being wrong for certain may cost
    expected = [
        (-np.log(0.8) - np.log(0.5)) / 2,
        (-np.log(0.2) - np.log(0.25)) / 2,
        (0.0 + certain) / 2,
    ]
    assert log_losses(made) == pytest.approx(expected)


def test_what_both_models_lose_alike_is_no_noise():
    rng = np.random.default_rng(1)
    shared = rng.normal(0.0, 10.0, 2000)
    first, second = shared + 0.5 + rng.normal(0.0, 0.1, 2000), shared
    score = excess([first, second], 24, 300)
    assert score.value == pytest.approx(0.5, abs=0.01)
    assert 0.45 < score.low < score.value < score.high < 0.55
    back = excess([second, first], 24, 300)
    assert (back.value, back.low, back.high) == pytest.approx((-score.value, -score.high, -score.low))
