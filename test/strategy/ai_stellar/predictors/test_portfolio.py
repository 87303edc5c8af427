"""Black–Litterman is the published one, and the weights are the best within the limits."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from hummingbot.strategy.ai_stellar.predictors.portfolio import (
    Limits,
    best_weights,
    black_litterman,
    correlation,
)

REFERENCE = Path(__file__).resolve().parents[4].parent / "shared/data/reference"
UNLIMITED = Limits(1.0, 10.0, 0.0)


def reference(name):
    if not (REFERENCE / name).is_file():
        pytest.skip(f"needs ../shared/data/reference/{name}")
    return json.loads((REFERENCE / name).read_text())


def market_of(seed, n):
    """Return a covariance of daily returns, and weights."""
    rng = np.random.default_rng(seed)
    factors = rng.standard_normal((n, n + 2))
    sigma = rng.uniform(0.02, 0.06, n)
    covariance = np.corrcoef(factors) * np.outer(sigma, sigma)
    return covariance, rng.dirichlet(np.ones(n))


def utility(weights, mean, covariance, held, cost, aversion):
    spread = 0.5 * aversion * weights @ covariance @ weights
    return weights @ mean - spread - cost * np.abs(weights - held).sum()


@pytest.mark.parametrize("table", ["table4", "table5"])
def test_he_and_litterman_are_reproduced(table):
    known = reference("he_litterman_1999.json")
    covariance = np.outer(known["vol"], known["vol"]) * np.array(known["corr"])
    market, delta = np.array(known["w_eq"]), known["delta"]
    picks, views = (np.array(known[table][name], float) for name in ("P", "Q"))
    mean, spread = black_litterman(covariance, market, picks, views, risk_aversion=delta, tau=known["tau"])
    assert 100 * delta * covariance @ market == pytest.approx(known["published_pi_pct"], abs=0.05)
    assert 100 * mean == pytest.approx(known[table]["mu_pct"], abs=0.051)
    best = np.linalg.solve(delta * spread, mean)
    assert 100 * best == pytest.approx(known[table]["w_star_pct"], abs=0.051)
    weights_of_views = np.linalg.lstsq(picks.T, (1 + known["tau"]) * best - market, rcond=None)[0]
    published = {"table4": [0.317], "table5": [0.298, 0.418]}[table]
    assert weights_of_views == pytest.approx(published, abs=0.0015)


def test_idzorek_is_reproduced():
    known = reference("idzorek_2005.json")
    covariance, market = np.array(known["V"]), np.array(known["w_mkt"])
    assert known["delta"] * covariance @ market == pytest.approx(known["published_pi"], abs=6e-4)
    mean, _ = black_litterman(
        covariance, market, np.array(known["P"]), np.array(known["Q"]),
        risk_aversion=known["delta"], tau=known["tau"],
    )  # fmt: skip
    assert 100 * mean == pytest.approx(known["recomputed_mu_pct_with_published_pi"], abs=0.06)


def test_without_views_the_prior_stands():
    covariance, market = market_of(1, 4)
    none = np.zeros((0, 4)), np.zeros(0)
    mean, spread = black_litterman(covariance, market, *none, risk_aversion=3.0, tau=0.05)
    assert mean == pytest.approx(3.0 * covariance @ market)
    assert spread == pytest.approx(1.05 * covariance)


@pytest.mark.parametrize("confidence", [0.0, 0.3, 1.0])
def test_a_view_comes_true_as_far_as_it_is_trusted(confidence):
    covariance, market = market_of(2, 5)
    prior, pick = 2.5 * covariance @ market, np.eye(5)[[2]]
    mean, _ = black_litterman(
        covariance, market, pick, prior[[2]] + 0.01, risk_aversion=2.5, tau=0.05, confidences=[confidence]
    )
    assert mean[2] - prior[2] == pytest.approx(confidence * 0.01, abs=1e-9)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), n=st.integers(2, 8), free=st.booleans())
def test_the_weights_are_the_best_within_the_limits(seed, n, free):
    covariance, _ = market_of(seed, n)
    rng = np.random.default_rng(seed + 1)
    mean, held = 0.003 * rng.standard_normal(n), rng.dirichlet(np.ones(n + 1))[:n]
    limits = UNLIMITED if free else Limits(0.4, 0.25, 0.0005)
    made = best_weights(mean, covariance, held, limits, 2.5)
    most = np.maximum(limits.largest_weight, held)
    assert (made >= 0.0).all()
    assert (made <= most + 1e-6).all()
    assert made.sum() <= 1.0 + 1e-6
    assert np.abs(made - held).sum() <= limits.largest_turnover + 1e-6
    worth = utility(made, mean, covariance, held, limits.cost, 2.5)
    for _ in range(200):  # nothing in reach is better
        other = np.clip(made + 0.05 * rng.standard_normal(n) * rng.random(), 0.0, most)
        away = np.abs(other - held).sum()
        if away > limits.largest_turnover:
            other = held + (other - held) * limits.largest_turnover / away
        if other.sum() <= 1.0:
            assert utility(other, mean, covariance, held, limits.cost, 2.5) <= worth + 1e-8


def test_the_optimum_is_the_one_that_another_solver_finds():
    covariance, market = market_of(3, 6)
    mean, held = 2.5 * covariance @ market + 0.0005 * np.arange(6), np.full(6, 0.1)
    other = minimize(
        lambda w: -1e3 * utility(w, mean, covariance, held, 0.0, 2.5), held, bounds=[(0.0, 1.0)] * 6,
        constraints={"type": "ineq", "fun": lambda w: 1.0 - w.sum()}, options={"ftol": 1e-14, "maxiter": 500},
    )  # fmt: skip
    assert best_weights(mean, covariance, held, UNLIMITED, 2.5) == pytest.approx(other.x, abs=5e-4)


def test_where_a_trade_costs_more_than_it_is_worth_nothing_is_traded():
    covariance, _ = market_of(4, 5)
    held = np.full(5, 0.15)
    mean = 2.5 * covariance @ held + 1e-4 * np.arange(5)
    assert best_weights(mean, covariance, held, Limits(1.0, 2.0, 0.01), 2.5) == pytest.approx(held, abs=1e-4)
    assert best_weights(mean, covariance, held, Limits(1.0, 2.0, 0.0), 2.5) != pytest.approx(held, abs=1e-2)


def test_a_weight_above_its_limit_comes_down_as_fast_as_turnover_lets_it():
    covariance, _ = market_of(5, 3)
    held = np.array([0.9, 0.0, 0.0])
    made = best_weights(np.zeros(3), covariance, held, Limits(0.3, 0.2, 0.0), 2.5)
    assert made == pytest.approx([0.7, 0.0, 0.0], abs=1e-5)


def test_correlations_are_shrunk_and_stay_correlations():
    returns = np.random.default_rng(6).standard_normal((30, 10)) * 0.03
    returns[:, 1] = returns[:, 0]
    returns[:, 9] = 0.0
    made = correlation(returns)
    sample = np.corrcoef(returns[:, :9].T)
    assert np.diag(made) == pytest.approx(np.ones(10))
    assert (np.abs(made[:9, :9] - np.eye(9)) <= np.abs(sample - np.eye(9)) + 1e-12).all()
    assert 0.2 < made[0, 1] < 1.0
    assert np.linalg.eigvalsh(made).min() > 0.0
