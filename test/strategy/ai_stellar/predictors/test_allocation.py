"""The allocation model: views move weights as far as they are trusted; what is not known is left alone."""

import json
import shutil
import subprocess
import sys

import numpy as np
import pytest

from hummingbot.strategy.ai_stellar.predictors import ModelError
from hummingbot.strategy.ai_stellar.predictors.allocation import (
    AllocationDay,
    AllocationPredictor,
    AllocationTraining,
)
from hummingbot.strategy.ai_stellar.predictors.signature import own_key
from hummingbot.strategy.ai_stellar.research.publication import sign_model

DAY = 86_400
SETTINGS = {
    "slope": 1.0, "confidence": 0.5, "risk_aversion": 2.5, "tau": 0.05, "largest_weight": 0.6,
    "largest_turnover": 0.3, "cost": 0.001, "window": 60, "fewest": 30, "market_days": 10,
}  # fmt: skip
UNTRUSTED = {"model_id": "an allocation"}


def predictor(**changes):
    return AllocationPredictor({**SETTINGS, **changes}, UNTRUSTED)


def days(n=50, coins=4, seed=1, up=0.5):
    """Return days of coins that move together, whose volatility and views are constant."""
    rng = np.random.default_rng(seed)
    change = 0.03 * (rng.standard_normal((n, 1)) + 0.5 * rng.standard_normal((n, coins)))
    closes = np.exp(np.cumsum(change, axis=0))
    one = np.ones(coins)
    return [
        AllocationDay(k * DAY, closes[k], np.arange(1.0, coins + 1), up * one, 0.03 * one) for k in range(n)
    ]


def told(model, some):
    for one in some:
        model.update(one)
    return model


def with_view(day, coin, view):
    """Let the day have a view on one coin: its sigma is 0.03."""
    up = day.probability_up.copy()
    up[coin] = 0.5 + 0.5 * view / 0.03
    return changed(day, probability_up=up)


def changed(day, **changes):
    values = {name: getattr(day, name) for name in AllocationDay.__slots__}
    return AllocationDay(**{**values, **changes})


def test_without_views_it_goes_to_the_market_as_fast_as_turnover_lets_it():
    model = told(predictor(cost=0.0), days(45, up=np.nan))
    seen = []
    for one in days(60, up=np.nan)[45:]:
        model.update(one)
        seen.append(model.forecast())
    assert seen[0].held == pytest.approx(np.zeros(4))
    assert seen[0].turnover == pytest.approx(0.3, abs=1e-4)
    assert seen[-1].market == pytest.approx([0.1, 0.2, 0.3, 0.4])
    assert seen[-1].weights == pytest.approx(seen[-1].market / 1.05, abs=2e-3)


def test_a_view_moves_its_weight_by_what_it_is_trusted():
    before = days(50, up=np.nan)
    held = np.array([0.1, 0.2, 0.3, 0.4]) / 1.05
    weights = {}
    for confidence in (0.0, 0.3, 1.0):
        for view in (-0.0005, 0.0, 0.0005):
            last = with_view(changed(before[-1], held=held), 1, view)
            said = told(predictor(confidence=confidence, cost=0.0), [*before[:-1], last]).forecast()
            weights[confidence, view] = said.weights[1]
            prior = said.expected_return[1] - confidence * view
            assert prior == pytest.approx(weights.setdefault("prior", prior), abs=1e-6)
    assert weights[0.0, 0.0005] == pytest.approx(weights[0.0, -0.0005], abs=1e-4)
    assert weights[0.3, -0.0005] < weights[0.3, 0.0] < weights[0.3, 0.0005]
    assert weights[1.0, 0.0005] > weights[0.3, 0.0005] + 0.01
    assert weights[1.0, -0.0005] < weights[0.3, -0.0005] - 0.01


def test_limits_are_kept_whatever_the_views():
    rng, held = np.random.default_rng(3), np.zeros(4)
    model = told(predictor(confidence=1.0), days(45))
    for one in days(70)[45:]:
        up = rng.choice([0.01, 0.99, np.nan], 4)
        model.update(changed(one, probability_up=up, held=held))
        said = model.forecast()
        assert said.turnover <= 0.3 + 1e-6
        assert (said.weights >= 0.0).all()
        assert (said.weights <= 0.6 + 1e-6).all()
        assert said.weights.sum() <= 1.0 + 1e-6
        held = said.weights


@pytest.mark.parametrize("why", ["no price", "no volatility", "no past"])
def test_an_asset_of_which_nothing_is_known_is_left_alone(why):
    nan, some = np.nan, days(50)
    if why == "no past":
        some = [
            changed(one, closes=np.where([0, 0, 0, k < 40], nan, one.closes)) for k, one in enumerate(some)
        ]
    names = {"no price": "closes", "no volatility": "volatility"}
    last = changed(some[-1], held=np.array([0.1, 0.1, 0.1, 0.55]))
    if why in names:
        last = changed(last, **{names[why]: np.where([0, 0, 0, 1], nan, getattr(last, names[why]))})
    said = told(predictor(), [*some[:-1], last]).forecast()
    assert said.weights[3] == 0.55
    assert np.isnan(said.expected_return[3])
    assert said.weights.sum() <= 1.0 + 1e-6
    assert said.market[3] == 0.0


def test_it_says_nothing_until_two_assets_have_days_enough():
    model = told(predictor(), days(30))
    assert model.forecast() is None
    model.update(days(31)[30])
    assert model.forecast() is not None
    alone = [changed(one, closes=np.where([1, 0, 0, 0], one.closes, np.nan)) for one in days(50)]
    assert told(predictor(), alone).forecast() is None


def test_a_restart_has_the_numbers_of_a_run_that_never_stopped():
    some = [changed(one, held=np.full(4, 0.2)) for one in days(130, up=0.52)]
    going = told(predictor(), some)
    again = told(predictor(), some[-61:])
    assert np.array_equal(going.forecast().weights, again.forecast().weights)
    assert np.array_equal(going.fresh().parameters, again.parameters)


def test_weights_that_nobody_states_have_moved_with_the_prices():
    model = told(predictor(cost=0.0), days(50))
    first = model.forecast()
    up = changed(days(51)[50], closes=days(50)[49].closes * np.array([2.0, 1.0, 1.0, 1.0]))
    model.update(up)
    grown = first.weights * [2.0, 1.0, 1.0, 1.0]
    assert model.forecast().held == pytest.approx(grown / (1.0 + first.weights[0]))


def test_asking_twice_changes_nothing():
    model = told(predictor(), days(50))
    assert model.forecast() is model.forecast()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"closes": np.array([1.0, 2.0])}, "not of 4 assets each"),
        ({"closes": np.array([1.0, -2.0, 1.0, 1.0])}, "a price among .* is none"),
        ({"closes": np.array([1.0, np.inf, 1.0, 1.0])}, "a price among .* is none"),
        ({"held": np.array([0.5, -0.1, 0.0, 0.0])}, "are not all 0 or more"),
        ({"held": np.full(4, np.nan)}, "are not all 0 or more"),
        ({"held": np.array([np.inf, 0.0, 0.0, 0.0])}, "are not all 0 or more"),
        ({"turnover": np.array([1.0, -1.0, 1.0, 1.0])}, "a turnover among .* is none"),
        ({"turnover": np.array([1.0, np.inf, 1.0, 1.0])}, "a turnover among .* is none"),
        ({"time": 40 * DAY}, "does not follow"),
    ],
)
def test_a_day_that_cannot_be_is_refused_and_not_remembered(change, message):
    some = days(50)
    model = told(predictor(), some[:-1])
    with pytest.raises(ValueError, match=message):
        model.update(changed(some[-1], **change))
    model.update(some[-1])
    assert np.array_equal(model.forecast().weights, told(predictor(), some).forecast().weights)


@pytest.mark.parametrize("odd", [np.nan, np.inf, -np.inf])
def test_a_view_that_is_no_number_is_none(odd):
    some = days(50, up=0.57)
    last = with_view(some[-1], 0, odd)
    said = told(predictor(), [*some[:-1], last]).forecast()
    assert np.isfinite(said.weights).all()
    assert said.expected_return[0] < told(predictor(), some).forecast().expected_return[0]


@pytest.mark.parametrize("name", SETTINGS)
@pytest.mark.parametrize("value", [None, "much", True, float("nan"), -1.0, 1e9])
def test_parameters_that_cannot_be_are_refused_by_name(name, value):
    with pytest.raises(ModelError, match=rf"has {name} .*, not a number from"):
        predictor(**{name: value})


def test_a_window_shorter_than_what_is_needed_is_refused():
    with pytest.raises(ModelError, match="asks for 90 days of a window of 60"):
        predictor(fewest=90)


def test_an_altered_file_is_refused(tmp_path):
    predictor().save(
        tmp_path / "m",
        {"kind": "allocation", "model_id": "mine", "features": {"names": [], "definition": ""}},
    )
    sign_model(tmp_path / "m", own_key())
    assert AllocationPredictor.load(tmp_path / "m").parameters == SETTINGS
    path = tmp_path / "m" / "allocation.json"
    path.write_text(json.dumps({**SETTINGS, "confidence": 0.9}))
    with pytest.raises(ModelError, match=r"allocation\.json"):
        AllocationPredictor.load(tmp_path / "m")
    shutil.rmtree(tmp_path / "m")
    with pytest.raises(ModelError):
        AllocationPredictor.load(tmp_path / "m")


def training(slope, noise, coins=8, n=800, seed=5, copies=1):
    """Forecasts of coins, and outcomes that follow them by a slope beside noise which all coins share."""
    rng = np.random.default_rng(seed)
    sigma = np.full((n, coins), 0.03)
    lean = 0.06 * rng.standard_normal((n, 1)) + 0.03 * rng.standard_normal((n, coins))
    outcome = slope * lean * sigma + noise * (
        rng.standard_normal((n, 1)) + 0.3 * rng.standard_normal((n, coins))
    )
    day = np.repeat(np.arange(n), coins)
    arrays = [
        np.repeat(one.reshape(n, coins), copies, axis=1).ravel() for one in (0.5 + 0.5 * lean, sigma, outcome)
    ]
    return AllocationTraining(np.repeat(day, copies), *arrays, SETTINGS)


def test_confidence_is_what_of_a_slope_is_not_noise():
    def confidence(*arguments, **changes):
        return AllocationPredictor.fit(training(*arguments, **changes)).parameters["confidence"]

    assert AllocationPredictor.fit(training(0.7, 1e-4)).parameters["slope"] == pytest.approx(0.7, rel=0.01)
    assert confidence(1.0, 1e-4) > 0.99
    assert 0.0 < confidence(1.0, 0.01) < confidence(1.0, 0.005)
    assert confidence(-1.0, 1e-3) == 0.0
    assert np.mean([confidence(0.0, 0.01, seed=seed) for seed in range(40)]) < 0.2
    # a day of many coins that move as one is one day: to see each twice teaches nothing
    assert confidence(1.0, 0.01, copies=2) == pytest.approx(confidence(1.0, 0.01), rel=1e-9)


def test_confidence_is_nothing_where_nothing_is_known():
    empty = np.full(5, np.nan)
    made = AllocationPredictor.fit(AllocationTraining(np.arange(5), empty, empty, empty, SETTINGS))
    assert made.parameters["confidence"] == 0.0


def test_skfolio_is_not_imported_until_weights_are_asked_for():
    code = (
        "import sys; from hummingbot.strategy.ai_stellar.predictors.allocation import AllocationPredictor;"
        "assert not {'skfolio', 'cvxpy', 'sklearn'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
