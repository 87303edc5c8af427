"""The stack: every model told each bar once, combined as the weights say, rebuilt after a restart."""

import math
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hummingbot.strategy.ai_stellar.features import FEATURE_COUNT, Features
from hummingbot.strategy.ai_stellar.features import WARM_UP as FEATURES_WARM_UP
from hummingbot.strategy.ai_stellar.market.bars import HOUR, Bar
from hummingbot.strategy.ai_stellar.predictors import ModelError
from hummingbot.strategy.ai_stellar.predictors.artifact import PRETRAINED
from hummingbot.strategy.ai_stellar.predictors.combiner import Combiner
from hummingbot.strategy.ai_stellar.predictors.drift import Drift
from hummingbot.strategy.ai_stellar.predictors.forecast import HORIZONS, VOLATILITY_HORIZONS
from hummingbot.strategy.ai_stellar.predictors.forecast_stack import (
    PERIOD,
    STEPS,
    WARM_UP,
    ForecastStack,
    Models,
)
from hummingbot.strategy.ai_stellar.predictors.kinds import KINDS
from hummingbot.strategy.ai_stellar.predictors.lstm import LstmPredictor
from hummingbot.strategy.ai_stellar.predictors.protocol import Observation

PAIR = "XLM-USDC"


@pytest.fixture(scope="module")
def models():
    return Models.load()


@pytest.fixture(scope="module")
def observations():
    rng, n = np.random.default_rng(4), WARM_UP + 900
    close = 0.1 * np.exp(np.cumsum(rng.standard_t(4, n) * 0.004))
    before = np.concatenate([close[:1], close[:-1]])
    high, low = np.maximum(before, close) * 1.002, np.minimum(before, close) * 0.998
    return observed(
        [Bar(k * HOUR, *map(float, (before[k], high[k], low[k], close[k])), 5.0, 3) for k in range(n)]
    )


def observed(bars):
    features, made = Features(), []
    for bar in bars:
        features.update(bar.open, bar.high, bar.low, bar.close, bar.volume, bar.start)
        known = features.ready
        row = features.row.copy() if known else np.full(FEATURE_COUNT, np.nan)
        made.append(Observation(bar.start + HOUR, bar, row, features.scale if known else math.nan))
    return made


def told(stack, some):
    made = []
    for one in some:
        stack.update(one)
        made.append(stack.forecast())
    return made


def test_what_is_known_of_a_pair_after_a_bar(models, observations):
    made = told(ForecastStack(PAIR, models), observations[:400])
    assert [one is not None for one in made] == [k >= FEATURES_WARM_UP - 1 for k in range(400)]
    last = made[-1]
    assert (last.pair, last.time, last.abstain) == (PAIR, observations[399].time, None)
    assert tuple(one.horizon for one in last.horizons) == HORIZONS
    assert (last.horizon, last.probability_up) == (HOUR, last.horizons[0].probability_up)
    assert last.model_id == "price-to-2023, lstm-to-2023"
    assert len(last.volatility) == len(VOLATILITY_HORIZONS)
    assert 0 < last.value_at_risk[0] < last.value_at_risk[1]
    assert sum(last.regime) == pytest.approx(1.0)


def test_forecasts_of_return_are_averaged_with_the_combiners_weights(models, observations):
    stack = ForecastStack(PAIR, models)
    alone = [models.price.fresh(), models.lstm.fresh()]
    combiners = [Combiner(2, steps, PERIOD) for steps in STEPS]
    for k, one in enumerate(observations[:900]):
        stack.update(one)
        said = []
        for model in alone:
            model.update(one)
            said.append(model.forecast())
        made = stack.forecast()
        if made is None:
            assert said[0] is None
            continue
        for h, steps in enumerate(STEPS):
            each = [None if forecast is None else forecast[h] for forecast in said]
            past = observations[k - steps].bar.close
            rose = None if one.bar.close == past else float(one.bar.close > past)
            combined = combiners[h].combine(one.time // HOUR, each, rose)
            assert made.horizons[h] == combined
            weights = combiners[h].weights(one.time // HOUR)
            if each[1] is not None:
                mean = sum(w * f.expected_return for w, f in zip(weights, each, strict=True))
                assert made.horizons[h].expected_return == pytest.approx(mean, abs=1e-15)
                assert list(made.horizons[h].quantiles) == sorted(made.horizons[h].quantiles)
    first = stack.weights(observations[899].time // HOUR)[0]
    assert first != (0.5, 0.5)
    assert sum(first) == pytest.approx(1.0)


def test_without_the_network_the_trees_speak_alone(models, observations):
    made = told(ForecastStack(PAIR, Models(models.price)), observations[:300])[-1]
    trees = models.price.fresh()
    for one in observations[:300]:
        trees.update(one)
    said = trees.forecast()
    for one, other in zip(made.horizons, said, strict=True):
        assert one.probability_up == pytest.approx(other.probability_up, abs=1e-15)
        assert one.quantiles == pytest.approx(other.quantiles)
    assert (made.volatility, made.value_at_risk, made.regime) == ((), (), ())


@pytest.mark.parametrize("later", [0, 300, 700])
def test_a_restart_that_replays_the_warm_up_has_the_same_numbers(models, observations, later):
    """Wherever in a period of the combiner it falls."""
    end = WARM_UP + 100 + later
    some = observations[:end]
    again = observed([one.bar for one in some[-WARM_UP:]])
    whole, rebuilt = (told(ForecastStack(PAIR, models), them)[-1] for them in (some, again))
    for one, other in zip(whole.horizons, rebuilt.horizons, strict=True):
        assert other.probability_up == pytest.approx(one.probability_up, abs=1e-8)
        assert other.expected_return == pytest.approx(one.expected_return, abs=1e-8)
    assert rebuilt.volatility == whole.volatility
    assert rebuilt.regime == pytest.approx(whole.regime, abs=1e-9)


def test_a_model_that_forecasts_no_number_makes_the_forecast_abstain(models, observations):
    stack = ForecastStack(PAIR, models)
    told(stack, observations[:300])
    stack.update(observations[300]._replace(scale=math.inf))
    assert stack.forecast().abstain.startswith("a model is damaged: price model price-to-2023 forecasts")
    stack.update(observations[301])
    assert stack.forecast().abstain is None


def test_numbers_beyond_what_a_computer_holds_make_the_forecast_abstain(models, observations):
    odd = {**models.lstm.weights, "head_bias": np.full(6, 1e300)}  # certain that the price rises
    stack = ForecastStack(PAIR, replace(models, lstm=LstmPredictor(odd, models.lstm.manifest)))
    made = told(stack, observations[:400])
    assert any(one is not None and "a model is damaged: lstm" in (one.abstain or "") for one in made)


def test_an_hour_unlike_those_trained_on_makes_the_forecast_abstain(models, observations):
    stack = ForecastStack(PAIR, models)
    told(stack, observations[:300])
    assert stack.forecast().abstain is None
    row = observations[300].row.copy()
    row[5] += 40.0
    stack.update(observations[300]._replace(row=row))
    assert "the hour is unlike 99% of those trained on" in stack.forecast().abstain
    stack.update(observations[301])
    assert stack.forecast().abstain is None


def test_forecasts_that_went_wrong_for_long_make_the_forecast_abstain(models, observations, monkeypatch):
    strict = Drift(loss=(0.0, 0.01, 0.0, 1.0))
    stack = ForecastStack(PAIR, models)
    monkeypatch.setattr(stack, "_drift", strict)
    made = told(stack, observations[:300])
    reasons = {one.abstain for one in made if one is not None}
    assert any("the loss of the 1 h forecasts has risen" in reason for reason in reasons if reason)


def test_a_row_that_is_no_number_gives_no_forecast(models, observations):
    stack = ForecastStack(PAIR, models)
    told(stack, observations[:300])
    row = observations[300].row.copy()
    row[3] = math.nan
    stack.update(observations[300]._replace(row=row))
    assert stack.forecast() is None


def test_pairs_share_the_models_and_not_their_state(models, observations):
    one, other = ForecastStack(PAIR, models), ForecastStack("AQUA-XLM", models)
    told(one, observations[:300])
    before = one.forecast()
    told(other, observations[300:600])
    assert one.forecast() == before
    assert other.forecast().pair == "AQUA-XLM"


def test_contributions_are_those_of_the_trees(models, observations):
    stack = ForecastStack(PAIR, models)
    told(stack, observations[:300])
    trees = models.price.fresh()
    for one in observations[:300]:
        trees.update(one)
    assert stack.contributions() == trees.contributions()


def test_shipped_models_are_loaded_by_default(models):
    assert models.model_id == (
        "price-to-2023, lstm-to-2023, volatility-to-2023, regime-to-2023, guard-to-2023"
    )
    assert sum(path.stat().st_size for path in PRETRAINED.rglob("*") if path.is_file()) < 15_000_000
    assert {path.name for path in PRETRAINED.iterdir()} == set(KINDS)


def test_ones_own_models_take_the_place_of_the_shipped_ones(tmp_path):
    shutil.copytree(PRETRAINED / "volatility", tmp_path / "volatility")
    assert Models.load(tmp_path).model_id == Models.load().model_id
    (tmp_path / "volatility/volatility.json").write_text("{}")
    with pytest.raises(ModelError, match=r"volatility\.json"):
        Models.load(tmp_path)


def test_a_directory_may_be_a_price_model_itself():
    assert Models.load(PRETRAINED / "price").price.model_id == "price-to-2023"


def test_a_directory_without_a_model_is_refused(tmp_path):
    with pytest.raises(ModelError, match=r"manifest\.json is missing"):
        Models.load(tmp_path)


def test_loading_imports_none_of_the_libraries_that_trained_the_models():
    code = (
        "import sys\n"
        "from hummingbot.strategy.ai_stellar.predictors.forecast_stack import ForecastStack, Models\n"
        "ForecastStack('XLM-USDC', Models.load())\n"
        "names = ('lightgbm', 'sklearn', 'scipy', 'jax', 'arch', 'statsmodels', 'hmmlearn')\n"
        "print([name for name in names if name in sys.modules])"
    )
    farm = str(Path(sys.modules["hummingbot"].__file__).parents[1])
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONPATH": farm}
    )
    assert run.stdout.strip() == "[]"
