"""Regimes: the filter is hmmlearn's forward pass, knows nothing of the future, and forgets how it began."""

import json
import math

import numpy as np
import pytest
from hmmlearn.hmm import GaussianHMM
from scipy.special import logsumexp
from scipy.stats import multivariate_normal

from hummingbot.strategy.ai_stellar.market.bars import HOUR, Bar
from hummingbot.strategy.ai_stellar.predictors import ModelError
from hummingbot.strategy.ai_stellar.predictors.artifact import PRETRAINED, read_manifest
from hummingbot.strategy.ai_stellar.predictors.forward_filter import ForwardFilter
from hummingbot.strategy.ai_stellar.predictors.protocol import Observation
from hummingbot.strategy.ai_stellar.predictors.regime import (
    SETTLED,
    WARM_UP,
    RegimePredictor,
    RegimeTraining,
)

NO_ROW = np.zeros(1)
START, TRANSITIONS = [0.6, 0.4], [[0.95, 0.05], [0.1, 0.9]]
MEANS, COVARIANCES = [[-6.0, -6.0], [-4.0, -4.5]], [[[0.5, 0.2], [0.2, 0.4]], [[0.6, -0.1], [-0.1, 0.3]]]
TRUE = {"start": START, "transitions": TRANSITIONS, "means": MEANS, "covariances": COVARIANCES}


def simulated(n=3000, seed=1):
    """Observations of the true model, and its states."""
    rng, state = np.random.default_rng(seed), 0
    states, seen = np.empty(n, int), np.empty((n, 2))
    for k in range(n):
        state = int(rng.random() < TRANSITIONS[state][1]) if k else int(rng.random() < START[1])
        states[k], seen[k] = state, rng.multivariate_normal(MEANS[state], COVARIANCES[state])
    return seen, states


def filtered(model, seen):
    """Return likelihoods and probabilities after each observation."""
    likelihood, probabilities = [], []
    for row in seen:
        likelihood.append(model.step(row))
        probabilities.append(model.probabilities.copy())
    return np.array(likelihood), np.array(probabilities)


def bars(n=900, seed=2):
    rng = np.random.default_rng(seed)
    sigma = np.where(np.arange(n) // 100 % 2, 0.012, 0.003)
    close = 0.1 * np.exp(np.cumsum(rng.standard_normal(n) * sigma))
    before = np.concatenate([close[:1], close[:-1]])
    high = np.maximum(before, close) * (1 + rng.exponential(0.5, n) * sigma)
    low = np.minimum(before, close) * (1 - rng.exponential(0.5, n) * sigma)
    return [Bar(k * HOUR, *map(float, (before[k], high[k], low[k], close[k])), 5.0, 3) for k in range(n)]


def told(model, some):
    model, made = model.fresh(), []
    for bar in some:
        model.update(Observation(bar.start + HOUR, bar, NO_ROW, 0.01))
        made.append(model.forecast())
    return made


@pytest.fixture(scope="module")
def predictor():
    return RegimePredictor.load()


def test_the_filter_is_hmmlearns_forward_pass():
    seen, _ = simulated()
    likelihood, probabilities = filtered(ForwardFilter(START, TRANSITIONS, MEANS, COVARIANCES), seen)
    whole = GaussianHMM(2, "full")
    whole.startprob_, whole.transmat_ = np.array(START), np.array(TRANSITIONS)
    whole.means_, whole.covars_ = np.array(MEANS), np.array(COVARIANCES)
    assert likelihood.sum() == pytest.approx(whole.score(seen), rel=1e-12)
    for k in (1, 10, 500, 3000):  # of a prefix, smoothed and filtered agree at its end
        assert probabilities[k - 1] == pytest.approx(whole.predict_proba(seen[:k])[-1], abs=1e-9)


def test_the_filter_is_the_forward_recursion_written_plainly():
    seen, _ = simulated(400, seed=3)
    _, probabilities = filtered(ForwardFilter(START, TRANSITIONS, MEANS, COVARIANCES), seen)
    log = np.log(START)
    for k, row in enumerate(seen):
        if k:
            log = logsumexp(log[:, None] + np.log(TRANSITIONS), axis=0)
        log = log + [multivariate_normal(m, c).logpdf(row) for m, c in zip(MEANS, COVARIANCES, strict=True)]
        log -= logsumexp(log)
        assert probabilities[k] == pytest.approx(np.exp(log), abs=1e-12)


def test_the_future_changes_nothing():
    seen, other = simulated()[0], simulated(seed=9)[0]
    changed = np.concatenate([seen[:1000], other[1000:]])
    one, again = (
        filtered(ForwardFilter(START, TRANSITIONS, MEANS, COVARIANCES), rows)[1] for rows in (seen, changed)
    )
    assert np.array_equal(one[:1000], again[:1000])
    assert not np.allclose(one[1000:], again[1000:])


def test_it_knows_most_of_the_time_where_it_is():
    seen, states = simulated()
    _, probabilities = filtered(ForwardFilter(START, TRANSITIONS, MEANS, COVARIANCES), seen)
    assert (probabilities.argmax(axis=1) == states).mean() > 0.95


@pytest.mark.parametrize("wrong", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_tells_nothing(wrong):
    model = ForwardFilter(START, TRANSITIONS, MEANS, COVARIANCES)
    model.step(np.array(MEANS[0]))
    before = model.probabilities.copy()
    assert math.isnan(model.step(np.array([wrong, -6.0])))
    assert model.probabilities == pytest.approx(before @ np.array(TRANSITIONS))


def test_what_is_nearly_impossible_leaves_probabilities():
    model = ForwardFilter(START, TRANSITIONS, MEANS, COVARIANCES)
    model.step(np.array([400.0, -900.0]))
    assert model.probabilities.sum() == pytest.approx(1.0)
    assert np.isfinite(model.probabilities).all()


@pytest.mark.parametrize(
    "change",
    [
        {"start": [1.0]},
        {"start": [0.7, 0.7]},
        {"transitions": [[0.5, 0.5], [1.2, -0.2]]},
        {"means": [-6.0, -4.0]},
        {"covariances": [[[1.0, 2.0], [2.0, 1.0]]] * 2},
        {"covariances": [[[1.0]]] * 2},
        {"means": [[math.nan, -6.0], [-4.0, -4.5]]},
        {"covariances": [[[math.nan, 0.0], [0.0, 1.0]]] * 2},
    ],
)
def test_parameters_that_cannot_be_are_refused(change):
    with pytest.raises(ModelError, match="ai-stellar train regime"):
        RegimePredictor({**TRUE, **change}, {"model_id": "regime-of-a-test"})


def test_regimes_must_be_ordered_by_volatility():
    with pytest.raises(ModelError, match="does not order regimes"):
        RegimePredictor({**TRUE, "means": MEANS[::-1]}, {"model_id": "regime-of-a-test"})


def test_a_fit_finds_the_true_model_and_orders_it():
    fitted = RegimePredictor.fit(RegimeTraining(simulated(6000)[0], 2)).parameters
    assert np.array(fitted["means"]) == pytest.approx(np.array(MEANS), abs=0.08)
    assert np.array(fitted["transitions"]) == pytest.approx(np.array(TRANSITIONS), abs=0.03)


def test_nothing_is_said_before_a_day_was_seen(predictor):
    made = told(predictor, bars(SETTLED + 3))
    assert [one is not None for one in made] == [False] * SETTLED + [True] * 3


def test_calm_hours_and_wild_ones_are_told_apart(predictor):
    made = told(predictor, bars())
    ranks = np.arange(predictor.states)
    calm, wild = (float(ranks @ np.array(made[k])) for k in (290, 390))
    assert calm + 0.5 < wild
    assert all(sum(one) == pytest.approx(1.0) for one in made[SETTLED:])


def test_a_restart_that_replays_the_warm_up_reaches_the_same_numbers(predictor):
    some = bars()
    whole = told(predictor, some)[-1]
    for replayed in (WARM_UP + 1, WARM_UP + 200):
        assert told(predictor, some[-replayed:])[-1] == pytest.approx(whole, abs=1e-9)


def test_a_price_that_never_moves_is_the_calmest_regime(predictor):
    flat = [Bar(k * HOUR, 0.1, 0.1, 0.1, 0.1, 0.0, 0) for k in range(100)]
    assert np.argmax(told(predictor, flat)[-1]) == 0


def test_a_bar_that_does_not_follow_is_refused(predictor):
    some, model = bars(5), predictor.fresh()
    model.update(Observation(HOUR, some[0], NO_ROW, 0.01))
    with pytest.raises(ValueError, match="fill the hours without trades"):
        model.update(Observation(HOUR, some[2], NO_ROW, 0.01))


def test_the_shipped_model_separates_calm_from_wild_days_out_of_sample():
    manifest = read_manifest(PRETRAINED / "regime")
    days = manifest["metrics"]["volatility"]
    assert days[0]["high"] < days[-1]["low"]
    assert manifest["training"]["until"] == "2024-01-01T00:00Z"
    assert len(json.loads((PRETRAINED / "regime" / "regime.json").read_text())["means"]) == len(days)
