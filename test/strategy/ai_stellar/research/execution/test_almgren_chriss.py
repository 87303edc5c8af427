"""The example of Almgren and Chriss (2000): a million shares at 50 dollars, sold within five days."""

from dataclasses import replace
from math import cosh, sinh, tanh

import numpy as np
import pytest

from hummingbot.strategy.ai_stellar.research.execution.almgren_chriss import ImpactModel

SHARES, DAYS = 1e6, 5
PAPER = ImpactModel(deviation=0.95, half_spread=0.0625, permanent=2.5e-7, temporary=2.5e-6, period=1.0)
"""Its table 1."""


def test_urgency_is_that_of_the_paper():
    urgency = PAPER.urgency(1e-6)

    assert urgency == pytest.approx(0.61, abs=0.005)
    assert 1.0 / urgency == pytest.approx(1.6, abs=0.05)


def test_equal_slices_cost_what_the_paper_says():
    slices = PAPER.trajectory(SHARES, DAYS, risk_aversion=0.0)

    assert slices.tolist() == [1e6, 8e5, 6e5, 4e5, 2e5, 0.0]
    assert PAPER.expected_cost(slices) == pytest.approx(662_500.0)
    assert PAPER.variance(slices) == pytest.approx(
        0.95**2 * SHARES**2 * DAYS / 3 * (1 - 1 / 5) * (1 - 1 / 10)
    )


def test_selling_all_at_once_costs_most_and_risks_nothing():
    at_once = np.array([SHARES, 0.0, 0.0, 0.0, 0.0, 0.0])

    assert PAPER.expected_cost(at_once) == pytest.approx(0.0625 * SHARES + 2.5e-6 * SHARES**2)
    assert PAPER.variance(at_once) == 0.0


@pytest.mark.parametrize("risk_aversion", [1e-7, 1e-6, 2e-6, 1e-5])
@pytest.mark.parametrize("period", [1.0, 0.25])
def test_cost_and_variance_are_the_closed_forms(risk_aversion, period):
    model = replace(PAPER, period=period)
    k = model.urgency(risk_aversion)
    path = model.trajectory(SHARES, round(DAYS / period), risk_aversion)

    tau, end = period, DAYS
    cost = 0.5 * model.permanent * SHARES**2 + model.half_spread * SHARES
    bend = tanh(k * tau / 2) * (tau * sinh(2 * k * end) + 2 * end * sinh(k * tau))
    cost += model.curvature * SHARES**2 * bend / (2 * tau**2 * sinh(k * end) ** 2)
    assert model.expected_cost(path) == pytest.approx(cost)
    spread = tau * sinh(k * end) * cosh(k * (end - tau)) - end * sinh(k * tau)
    variance = 0.5 * model.deviation**2 * SHARES**2 * spread / (sinh(k * end) ** 2 * sinh(k * tau))
    assert model.variance(path) == pytest.approx(variance)


@pytest.mark.parametrize("risk_aversion", [0.0, 1e-6, 1e-5])
def test_no_other_schedule_is_better(risk_aversion):
    best = PAPER.trajectory(SHARES, DAYS, risk_aversion)
    random = np.random.default_rng(0)

    def loss(path):
        return PAPER.expected_cost(path) + risk_aversion * PAPER.variance(path)

    for _ in range(50):
        other = best.copy()
        other[1:-1] += random.normal(0.0, 2e4, DAYS - 1)
        assert loss(other) > loss(best)


def test_great_urgency_does_not_overflow():
    path = PAPER.trajectory(SHARES, 100_000, risk_aversion=1.0)

    assert path[0] == SHARES
    assert np.isfinite(path).all()
    assert path[1] < 10.0


def test_impact_without_a_best_schedule_is_refused():
    with pytest.raises(ValueError, match="temporary impact 1e-08 is not above half the permanent impact"):
        replace(PAPER, temporary=1e-8)
