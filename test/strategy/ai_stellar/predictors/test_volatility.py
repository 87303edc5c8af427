"""Volatility: the recursion is `arch`'s, the live columns are their definition, nothing looks ahead."""

import gzip
import json
import math
from pathlib import Path

import numpy as np
import pytest
from arch import arch_model

from hummingbot.strategy.ai_stellar.market.bars import HOUR, Bar
from hummingbot.strategy.ai_stellar.predictors import ModelError
from hummingbot.strategy.ai_stellar.predictors.artifact import PRETRAINED, read_manifest
from hummingbot.strategy.ai_stellar.predictors.forecast import VOLATILITY_HORIZONS
from hummingbot.strategy.ai_stellar.predictors.garch_fit import fit_garch
from hummingbot.strategy.ai_stellar.predictors.garch_step import COLUMNS, RING, GarchState, VolatilityState
from hummingbot.strategy.ai_stellar.predictors.protocol import Observation
from hummingbot.strategy.ai_stellar.predictors.volatility import (
    LEVELS,
    SETTLED,
    WARM_UP,
    VolatilityPredictor,
    garch_of,
)

SHARED = Path(__file__).resolve().parents[4].parent / "shared/data/reference/dem2gbp.csv.gz"
GJR = {"mean": 0.0, "constant": 2e-6, "shock": 0.06, "fall": 0.03, "persistence": 0.9}
HOURS = 1.0 + 0.4 * np.sin(np.arange(24) * 2 * np.pi / 24)
NO_ROW = np.zeros(1)


def returns(n=4000, seed=1):
    rng, variance, made = np.random.default_rng(seed), 1.0, np.empty(n)
    for k in range(n):
        made[k] = 0.02 + math.sqrt(variance) * rng.standard_t(6) * math.sqrt(4 / 6)
        variance = 0.02 + 0.08 * (made[k] - 0.02) ** 2 + 0.9 * variance
    return made


def bars(n=1200, seed=2):
    rng = np.random.default_rng(seed)
    close = 0.1 * np.exp(np.cumsum(rng.standard_t(4, n) * 0.004))
    before = np.concatenate([close[:1], close[:-1]])
    high = np.maximum(before, close) * (1 + rng.exponential(0.002, n))
    low = np.minimum(before, close) * (1 - rng.exponential(0.002, n))
    return [Bar(k * HOUR, *map(float, (before[k], high[k], low[k], close[k])), 5.0, 3) for k in range(n)]


def told(model, some):
    """Return what a fresh model says after each bar."""
    model, made = model.fresh(), []
    for bar in some:
        model.update(Observation(bar.start + HOUR, bar, NO_ROW, 0.01))
        made.append(model.forecast())
    return made


@pytest.fixture(scope="module")
def predictor():
    return VolatilityPredictor.load()


@pytest.fixture(scope="module")
def some():
    return bars()


@pytest.mark.parametrize("falls", [0, 1])
def test_the_recursion_equals_archs_over_thousands_of_steps(falls):
    change = returns()
    fitted = arch_model(change, p=1, o=falls, q=1, dist="t", rescale=False).fit(disp="off")
    given = fitted.params
    state = GarchState(
        given["mu"], given["omega"], given["alpha[1]"], given.get("gamma[1]", 0.0), given["beta[1]"],
        fitted.conditional_volatility[0] ** 2,
    )  # fmt: skip
    made = [state.variance, *(state.step(float(one)) for one in change)]
    expected = fitted.conditional_volatility**2
    assert np.abs(np.array(made[:-1]) / expected - 1.0).max() < 1e-10

    ahead = fitted.forecast(horizon=168, reindex=False).variance.to_numpy()[0]
    for steps in (1, 4, 24, 168):
        assert state.total(steps) == pytest.approx(ahead[:steps].sum(), rel=1e-9)


def test_an_integrated_garch_goes_on_rising():
    state = GarchState(0.0, 0.1, 0.1, 0.0, 0.9, 2.0)
    assert state.total(3) == pytest.approx(2.0 + 2.1 + 2.2)


@pytest.mark.skipif(not SHARED.exists(), reason="needs ../shared/data/reference")
def test_the_published_benchmark_is_reproduced():
    """Bollerslev and Ghysels' DM/GBP, as of Fiorentini, Calzolari and Panattoni (1996)."""
    lines = gzip.decompress(SHARED.read_bytes()).decode().split()
    change = np.array([float(line) for line in lines[1:]])
    found = fit_garch(change, False, "normal")
    assert len(change) == 1974
    assert found["log_likelihood"] == pytest.approx(-1106.608, abs=2e-3)
    assert found["mean"] == pytest.approx(-0.00619041, abs=3e-5)
    assert found["constant"] == pytest.approx(0.0107613, abs=3e-5)
    assert found["shock"] == pytest.approx(0.153134, abs=3e-4)
    assert found["persistence"] == pytest.approx(0.805974, abs=3e-4)


@pytest.mark.parametrize("n", [2, 30, 200, 719, 721, 1200])
def test_columns_are_their_definition(some, n):
    state = VolatilityState(garch_of(GJR), HOURS)
    for bar in some[:n]:
        state.update(bar.high, bar.low, bar.close, bar.start)
    close = np.log([bar.close for bar in some[:n]])
    share = np.array([HOURS[(bar.start // HOUR) % 24] for bar in some[1:n]])
    change = np.diff(close) / np.sqrt(share)
    reach = np.array([math.log(bar.high / bar.low) ** 2 / (4 * math.log(2)) for bar in some[1:n]]) / share
    row = dict(zip(COLUMNS, state.row, strict=True))
    for span in (1, 3, 6, 24, 72, 168, 720):
        assert row[f"range_{span}"] == pytest.approx(math.log(reach[-span:].mean() + 1e-8))
    for span in (24, 168, 720):
        assert row[f"square_{span}"] == pytest.approx(math.log((change[-span:] ** 2).mean() + 1e-8))
    for span in (24, 168):
        falls = np.minimum(change[-span:], 0.0) ** 2
        expected = math.log(falls.mean() + 1e-8) - row[f"square_{span}"]
        assert row[f"falls_{span}"] == pytest.approx(expected)
    recursion = garch_of(GJR)
    for one in change[-RING:]:
        recursion.step(float(one))
    assert state.variance == pytest.approx(recursion.variance, rel=1e-12)


def test_the_hours_ahead_have_their_share():
    state = VolatilityState(garch_of(GJR), HOURS)
    state.update(1.0, 1.0, 1.0, 5 * HOUR)
    assert state.share(1) == pytest.approx(HOURS[6])
    assert state.share(4) == pytest.approx(HOURS[6:10].mean())
    assert state.share(24) == state.share(168) == 1.0


def test_sigma_is_log_linear_in_garch_and_the_columns(some):
    state = VolatilityState(garch_of(GJR), HOURS)
    for bar in some[:200]:
        state.update(bar.high, bar.low, bar.close, bar.start)
    spans, weights = (1, 4, 168), np.random.default_rng(3).normal(0.0, 0.1, (3, 2 + len(COLUMNS)))
    for span, weight, sigma in zip(spans, weights, state.sigma(spans, weights), strict=True):
        mean = weight[0] + weight[1] * math.log(state.total(span) / span) + weight[2:] @ state.row
        assert sigma == pytest.approx(math.sqrt(math.exp(mean) * span * state.share(span)), rel=1e-12)
    with pytest.raises(ValueError, match="are not 14 for each of 2 spans"):
        state.sigma((1, 4), weights)


def test_nothing_is_said_before_a_week_was_seen(predictor, some):
    made = told(predictor, some[: SETTLED + 2])
    assert [one is not None for one in made] == [False] * SETTLED + [True] * 2


def test_sigma_rises_with_the_horizon_and_a_rarer_loss_is_larger(predictor, some):
    for one in told(predictor, some)[SETTLED:]:
        assert len(one.sigma) == len(VOLATILITY_HORIZONS)
        assert list(one.sigma) == sorted(one.sigma)
        assert 0 < one.value_at_risk[0] < one.value_at_risk[1]
        assert len(one.value_at_risk) == len(LEVELS)


def test_sigma_follows_how_far_prices_move(predictor, some):
    calm = [Bar(b.start, b.open, b.close * 1.0005, b.close * 0.9995, b.close, 5.0, 3) for b in some]
    wild = bars(seed=3)
    wild = [Bar(b.start, b.open, b.high * 1.02, b.low * 0.98, b.close, 5.0, 3) for b in wild]
    assert told(predictor, wild)[-1].sigma[0] > 1.5 * told(predictor, calm)[-1].sigma[0]


def test_a_restart_that_replays_the_warm_up_reaches_the_same_numbers(predictor, some):
    whole = told(predictor, some)[-1]
    for replayed in (WARM_UP, WARM_UP + 1, WARM_UP + 300):
        assert told(predictor, some[-replayed:])[-1] == whole


def test_the_future_does_not_change_what_was_said(predictor, some):
    other = bars(seed=9)
    mixed = some[:900] + [
        Bar(b.start, b.open, b.high, b.low, b.close, b.volume, b.trades) for b in other[900:]
    ]
    assert told(predictor, mixed)[:900] == told(predictor, some)[:900]


@pytest.mark.parametrize("n", [SETTLED + 1, 1000])
def test_a_price_that_never_moves_has_a_small_finite_volatility(predictor, n):
    flat = [Bar(k * HOUR, 0.1, 0.1, 0.1, 0.1, 0.0, 0) for k in range(n)]
    sigma = told(predictor, flat)[-1].sigma
    assert all(math.isfinite(one) and one > 0 for one in sigma)
    assert sigma[0] < 0.005


@pytest.mark.parametrize(
    ("bar", "problem"),
    [
        (Bar(RING * HOUR, 1.0, math.nan, 1.0, 1.0, 0.0, 0), "are no bar"),
        (Bar(RING * HOUR, 1.0, 1.0, 0.0, 1.0, 0.0, 0), "are no bar"),
        (Bar(RING * HOUR, 1.0, math.inf, 1.0, 1.0, 0.0, 0), "are no bar"),
        (Bar((RING + 1) * HOUR, 1.0, 1.0, 1.0, 1.0, 0.0, 0), "fill the hours without trades"),
        (Bar(RING * HOUR + 60, 1.0, 1.0, 1.0, 1.0, 0.0, 0), "fill the hours without trades"),
    ],
)
def test_what_is_no_bar_is_refused_and_changes_nothing(some, bar, problem):
    state = VolatilityState(garch_of(GJR), HOURS)
    for one in some[:RING]:
        state.update(one.high, one.low, one.close, one.start)
    row = state.row.copy()
    with pytest.raises(ValueError, match=problem):
        state.update(bar.high, bar.low, bar.close, bar.start)
    assert np.array_equal(state.row, row)
    assert state.bars == RING - 1


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"hours": [1.0] * 23}, "lacks"),
        ({"hours": [0.0] * 24}, "lacks"),
        ({"garch": {**GJR, "persistence": 0.95}}, "stationary GARCH"),
        ({"garch": {"mean": 0.0}}, "lacks"),
        ({"weights": {}}, "lacks"),
        ({"value_at_risk": [-1.6, math.nan]}, "all finite"),
        ({"value_at_risk": [-2.6, -1.6]}, "not 2 falling ones"),
        ({"value_at_risk": [-1.6]}, "not 2 falling ones"),
    ],
)
def test_parameters_that_cannot_be_are_refused(predictor, change, problem):
    with pytest.raises(ModelError, match=problem) as caught:
        VolatilityPredictor({**predictor.parameters, **change}, predictor.manifest)
    assert "ai-stellar train volatility" in str(caught.value)


@pytest.mark.parametrize("factor", [200.0, -20.0, -200.0])
def test_a_volatility_that_no_price_has_is_an_error(predictor, some, factor):
    weights = {
        horizon: [factor * one for one in row] for horizon, row in predictor.parameters["weights"].items()
    }
    damaged = VolatilityPredictor({**predictor.parameters, "weights": weights}, predictor.manifest)
    with pytest.raises(ModelError, match=r"volatility\.json of volatility-to-2023 forecasts"):
        told(damaged, some[: SETTLED + 1])


def test_the_shipped_model_states_its_figures():
    manifest = read_manifest(PRETRAINED / "volatility")
    figures = manifest["metrics"]
    for horizon in ("1h", "4h", "24h"):
        assert all(figures["diebold_mariano"][horizon][name] < -1.96 for name in ("GARCH", "GARCH-t", "HAR"))
    for test in figures["value_at_risk"].values():
        assert min(test["coverage"], test["conditional"]) > 0.05
    assert manifest["training"]["until"] == "2024-01-01T00:00Z"
    first = (PRETRAINED / "volatility/card.md").read_text().partition("\n")[0]
    assert first.startswith("Not reached: 72h: not better than HAR")
    assert json.loads((PRETRAINED / "volatility" / "volatility.json").read_text())["garch"]["persistence"] < 1
