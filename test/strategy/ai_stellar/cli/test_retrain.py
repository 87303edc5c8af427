"""``ai-stellar retrain``: a challenger on newer data, which a person may have to approve."""

import json
import os

import pytest

from hummingbot.strategy.ai_stellar.cli.main import main
from hummingbot.strategy.ai_stellar.predictors import PricePredictor
from hummingbot.strategy.ai_stellar.predictors.forecast_stack import Models
from hummingbot.strategy.ai_stellar.predictors.lstm import LstmPredictor
from hummingbot.strategy.ai_stellar.predictors.regime import RegimePredictor
from hummingbot.strategy.ai_stellar.predictors.volatility import VolatilityPredictor
from hummingbot.strategy.ai_stellar.research.study import find_study
from test.strategy.ai_stellar.research.walks import write_walk

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


KIND_OF = {LstmPredictor: "lstm", VolatilityPredictor: "volatility", RegimePredictor: "regime"}


@pytest.fixture
def prices(tmp_path):
    """Two and a half years of bars from 2023, in which what rose goes on rising: unlike XLM."""
    directory = tmp_path / "prices"
    directory.mkdir()
    return write_walk(directory, -0.2, "2023-01", "2025-07", 3, "XLMUSDT_1h_binance_spot.parquet")


@pytest.fixture(autouse=True)
def priority(monkeypatch):
    """What the command lowers its priority by; the tests keep theirs."""
    lowered = []
    monkeypatch.setattr(os, "nice", lowered.append)
    return lowered


def test_a_better_challenger_waits_for_approval_and_can_be_rolled_back(prices, tmp_path, capsys, priority):
    models = tmp_path / "models"
    arguments = ["retrain", "price", "--data", str(prices), "--models", str(models), "--approval", "--json"]
    assert main(arguments) == 0
    contest = json.loads(capsys.readouterr().out)
    assert contest["outcome"] == "waiting"
    assert contest["low"] > 0
    assert contest["champion"] == "price-to-2023"
    assert priority == [19]
    assert not (models / "price").exists()

    assert main(["models", "approve", "price", "--models", str(models)]) == 0
    assert "takes over" in capsys.readouterr().out
    assert PricePredictor.load(models / "price").model_id == contest["challenger"] == "price-to-2025-03-31"

    assert main(["models", "rollback", "price", "--models", str(models)]) == 0
    assert "price-to-2023, the shipped one, is in use again" in capsys.readouterr().out


@pytest.mark.parametrize("model", [LstmPredictor, VolatilityPredictor, RegimePredictor])
def test_every_kind_that_a_bot_consults_is_promoted_where_it_is_better(prices, tmp_path, capsys, model):
    kind, models = KIND_OF[model], tmp_path / "models"
    arguments = ["retrain", kind, "--data", str(prices), "--models", str(models), "--json"]
    assert main(arguments) == 0
    contest = json.loads(capsys.readouterr().out)
    assert (contest["outcome"], contest["champion"]) == ("promoted", f"{kind}-to-2023")
    assert model.load(models / kind).model_id == contest["challenger"] == f"{kind}-to-2025-03-31"
    assert contest["challenger"] in Models.load(models).model_id
    card = (models / kind / "card.md").read_text()
    assert card.startswith("Not judged out of sample")
    assert f"`ai-stellar retrain {kind}`" in card

    # the fewest days do; against the new champion there is nothing to gain on the same ones
    fewest = str(find_study(kind).fewest_days)
    assert (
        main(["retrain", kind, "--data", str(prices), "--models", str(tmp_path / "own"), "--judge", fewest])
        == 0
    )
    capsys.readouterr()
    assert main([*arguments, "--judge", "80"]) == 0
    contest = json.loads(capsys.readouterr().out)
    assert contest["champion"] == f"{kind}-to-2025-03-31"
    assert contest["low"] < 1e-3


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--data", "absent"], "no directory absent"),
        (["--data", "PRICES", "--judge", "0"], "--judge 0 days cannot decide"),
        (
            ["--data", "PRICES", "--judge", "600"],
            "600 days cannot be judged, as price-to-2023 was trained",
        ),
        (["--data", "PRICES", "--judge", "3"], "3 days cannot decide which price is better: judge 4 or more"),
        (["--data", "EMPTY"], "no price file at"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(prices, tmp_path, capsys, arguments, sentence):
    (tmp_path / "empty").mkdir()
    places = {"PRICES": str(prices), "EMPTY": str(tmp_path / "empty")}
    filled = [places.get(argument, argument) for argument in arguments]
    assert main(["retrain", "price", *filled, "--models", str(tmp_path / "models")]) == 1
    error = capsys.readouterr().err
    assert sentence in error
    assert error.count("\n") == 1
