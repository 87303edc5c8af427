"""Tests of a value at risk agree with published tables, and find what is wrong with a wrong one."""

import numpy as np
import pytest
from scipy.stats import binom, norm

from hummingbot.strategy.ai_stellar.research.var_tests import (
    acceptance,
    backtest,
    christoffersen,
    kupiec,
    traffic_light,
)


@pytest.mark.parametrize(
    ("level", "days", "region"),
    [
        (
            0.01,
            255,
            (1, 6),
        ),  # Kupiec 1995, as tabulated by Jorion, Value at Risk; 0 violations are left out there
        (0.01, 510, (2, 10)),
        (0.01, 1000, (5, 16)),
        (0.05, 255, (7, 20)),
        (0.05, 510, (17, 35)),
        (0.05, 1000, (38, 64)),
    ],
)
def test_kupiecs_regions_are_those_published(level, days, region):
    assert acceptance(days, level) == region


def test_basels_zones_are_those_published():
    zones = [traffic_light(count) for count in range(12)]
    assert zones == ["green"] * 5 + ["yellow"] * 5 + ["red"] * 2
    probabilities = [float(binom.cdf(count, 250, 0.01)) for count in (4, 5, 9)]
    assert probabilities == pytest.approx([0.8922, 0.9588, 0.9997], abs=5e-5)


def test_a_true_value_at_risk_is_seldom_rejected():
    rng, rejected = np.random.default_rng(1), 0
    for _ in range(300):
        loss = rng.standard_normal(1000)
        rejected += backtest(loss, np.full(1000, norm.ppf(0.95)), 0.05).rejected
    assert rejected / 300 < 0.11  # two tests at 5 %


def test_a_value_at_risk_that_is_too_low_is_rejected():
    loss = np.random.default_rng(2).standard_normal(1000)
    found = backtest(loss, np.full(1000, norm.ppf(0.92)), 0.05)
    assert found.coverage < 0.01
    assert found.rejected
    assert found.violations > found.expected


def test_violations_that_cluster_are_rejected_though_their_number_is_right():
    violated = np.zeros(1000, dtype=bool)
    violated[[*range(100, 125), *range(600, 625)]] = True
    assert kupiec(50, 1000, 0.05) > 0.99
    independence, conditional = christoffersen(violated, 0.05)
    assert max(independence, conditional) < 1e-6


def test_a_day_that_is_unknown_parts_those_beside_it():
    loss, at_risk = np.zeros(600), np.full(600, 0.5)
    loss[10:600:20] = 1.0
    loss[11:600:20] = np.nan
    loss[12:600:20] = 1.0  # never a violation the day after one
    found = backtest(loss, at_risk, 0.1)
    assert (found.days, found.violations) == (570, 60)
    assert found.coverage > 0.5
    assert found.independence > 0.01
    closed_up = backtest(loss[np.isfinite(loss)], at_risk[np.isfinite(loss)], 0.1)
    assert closed_up.independence < 1e-6


def test_runs_of_a_year_are_coloured():
    loss = np.zeros(300)
    loss[100:110] = 1.0
    found = backtest(loss, np.full(300, 0.5), 0.01)
    assert found.zones == {"green": 0, "yellow": 0, "red": 51}
    assert sum(backtest(loss[:200], np.full(200, 0.5), 0.01).zones.values()) == 0


@pytest.mark.parametrize(("violations", "days"), [(-1, 10), (11, 10), (0, 0)])
def test_counts_that_cannot_be_are_refused(violations, days):
    with pytest.raises(ValueError, match="cannot be"):
        kupiec(violations, days, 0.05)
