"""``ai-stellar train`` and ``evaluate``: figures where there are some, one clear sentence where not."""

import json
import shutil
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from hummingbot.strategy.ai_stellar.cli.main import main
from hummingbot.strategy.ai_stellar.market.bars import HOUR
from hummingbot.strategy.ai_stellar.predictors import PricePredictor
from hummingbot.strategy.ai_stellar.predictors.artifact import read_whole
from hummingbot.strategy.ai_stellar.predictors.kinds import ALONE, KINDS
from hummingbot.strategy.ai_stellar.predictors.price import PRETRAINED

N = 24 * 40


@pytest.fixture
def prices(tmp_path):
    """Forty days of hourly bars from 2025-01-01, a random walk, as CSV."""
    rng = np.random.default_rng(6)
    close = 0.1 * np.exp(np.cumsum(rng.standard_normal(N) * 0.005))
    start = np.datetime64("2025-01-01T00:00:00") + np.arange(N) * np.timedelta64(1, "h")
    lines = [
        f"{time},{price},{price * 1.01},{price * 0.99},{price},5.0"
        for time, price in zip(start, close, strict=True)
    ]
    file = tmp_path / "prices.csv"
    file.write_text("\n".join(["date,open,high,low,close,volume", *lines]))
    return file


def test_evaluate_prints_the_model_beside_its_baselines(prices, capsys):
    assert main(["evaluate", "price", "--data", str(prices)]) == 0
    printed = capsys.readouterr().out
    for word in (
        "model",
        "zero",
        "persistence",
        "AR(3)",
        "linear",
        "24 h: AUC",
        "4 h: log-loss",
        "On these hours",
    ):
        assert word in printed
    assert "It was not told of BTC, ETH, XRP: no files of theirs lie beside" in printed
    assert "trained on" not in printed


def test_evaluate_gives_json(prices, capsys):
    arguments = [
        "evaluate",
        "price",
        "--data",
        str(prices),
        "--from",
        "2025-01-20",
        "--to",
        "2025-02-05",
        "--json",
    ]
    assert main(arguments) == 0
    evaluation = json.loads(capsys.readouterr().out)
    assert evaluation["observations"] == (evaluation["end"] - evaluation["begin"]) / HOUR == 16 * 24
    assert not evaluation["seen_in_training"]
    assert set(evaluation["table"]) == {"model", "zero", "persistence", "AR(3)", "linear"}
    assert {"auc_1h", "log_loss_4h", "pinball_24h"} <= set(evaluation["table"]["model"])


def test_a_card_that_was_altered_is_not_recorded_on_and_signed_anew(prices, tmp_path, capsys):
    model = Path(shutil.copytree(PRETRAINED, tmp_path / "price"))
    command = ["evaluate", "price", "--data", str(prices), "--path", str(model), "--record"]
    assert main(command) == 0
    assert read_whole(model)["documents"].keys() == {"card.md", *(one.name for one in model.glob("*.svg"))}
    card = (model / "card.md").read_text()
    (model / "card.md").write_text(card.replace("**not**", "**surely**", 1) + " ")
    assert main(command) == 1
    assert f"{model / 'card.md'} is cut off or altered" in capsys.readouterr().err


def test_a_directory_of_models_is_no_model(prices, tmp_path, capsys):
    for kind in ("price", "regime"):
        shutil.copytree(PRETRAINED.parent / kind, tmp_path / "mine" / kind)
    assert main(["evaluate", "price", "--data", str(prices), "--path", str(tmp_path / "mine")]) == 1
    said = f"{tmp_path / 'mine'} holds 2 models and is none: name one of price, regime below it"
    assert said in capsys.readouterr().err
    assert main(["evaluate", "price", "--data", str(prices), "--path", str(prices)]) == 1
    assert f"{prices} is a file: name a model's directory" in capsys.readouterr().err
    assert main(["evaluate", "price", "--data", str(prices), "--path", str(tmp_path)]) == 1
    assert f"{tmp_path / 'manifest.json'} is missing" in (error := capsys.readouterr().err)
    assert "'ai-stellar train'" in error


def test_a_span_is_shown_as_far_as_the_file_goes(prices, capsys):
    span = ["--from", "2020-01-01", "--to", "2030-01-01"]
    assert main(["evaluate", "price", "--data", str(prices), *span]) == 0
    assert "2025-01-01 to 2025-02-10" in capsys.readouterr().out


def test_evaluate_records_into_manifest_and_card(prices, tmp_path):
    model = Path(shutil.copytree(PRETRAINED, tmp_path / "price"))
    assert main(["evaluate", "price", "--data", str(prices), "--path", str(model), "--record"]) == 0
    evaluation = PricePredictor.load(model).manifest["evaluations"][-1]
    assert evaluation["file"] == "prices.csv"
    assert (model / "card.md").read_text().count("## Read once: prices.csv") == 1


def still(prices, first):
    """Let the price stand still from an hour on."""
    head, *lines = prices.read_text().splitlines()
    close = lines[first].split(",")[4]
    stood = [f"{line.partition(',')[0]},{close},{close},{close},{close},5.0" for line in lines[first:]]
    prices.write_text("\n".join([head, *lines[:first], *stood]))
    return prices


@pytest.mark.parametrize("kind", ["price", "lstm", "volatility", "regime", "guard", "execution"])
def test_a_price_that_never_moves_is_judged_by_no_model(prices, capsys, kind):
    assert main(["evaluate", kind, "--data", str(still(prices, 0))]) == 1
    said = "the price of prices.csv never moves in 2025-01-01 to 2025-02-10: name another file or span"
    assert capsys.readouterr().err == f"ai-stellar evaluate: {said}\n"


@pytest.mark.parametrize("kind", ["price", "lstm"])
def test_hours_to_judge_of_which_none_moved_are_refused_and_of_which_few_did_have_figures(
    prices, capsys, kind
):
    arguments = ["evaluate", kind, "--json", "--data", str(prices)]
    whole = prices.read_text()
    still(prices, 150)  # the warm-up alone moves
    assert main(arguments) == 1
    assert "the price of prices.csv never moves in 2025-01-01 to 2025-02-10" in capsys.readouterr().err
    prices.write_text(whole)
    still(prices, 700)
    assert main(arguments) == 0
    assert json.loads(capsys.readouterr().out)["table"]["model"]["auc_1h"][0] is not None


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--data", "absent.csv"], "no price file at absent.csv"),
        (["--data", "PRICES", "--from", "2025-02-01", "--to", "2025-01-10"], "is not before"),
        (["--data", "PRICES", "--from", "soon"], "'soon' is not a date"),
        (
            ["--data", "PRICES", "--to", "2025-01-09"],
            "prices.csv, which holds 2025-01-01 to 2025-02-10, has 0 hours to judge at 1 h, after a warm-up, "
            "in 2025-01-01 to 2025-01-09: needs 240 hours at least",
        ),
        (
            ["--data", "PRICES", "--from", "2026-01-01"],
            "holds 2025-01-01 to 2025-02-10, and nothing from 2026-01-01: name",
        ),
        (
            ["--data", "PRICES", "--path", "nowhere"],
            "no model at nowhere: name a model's directory, which holds manifest.json",
        ),
        (["--data", "PRICES", "--record"], "would sign the shipped model with your key"),
    ],
)
def test_evaluate_says_what_is_wrong_in_one_sentence(prices, capsys, arguments, sentence):
    filled = [str(prices) if argument == "PRICES" else argument for argument in arguments]
    assert main(["evaluate", "price", *filled]) == 1
    error = capsys.readouterr().err
    assert sentence in error
    assert error.count("\n") == 1


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--engine", "abacus"], "no engine 'abacus': name one of local, dask, ray"),
        (["--workers", "0"], "0 workers compute nothing"),
        (["--address", "tcp://127.0.0.1:1"], "engine local has no scheduler at tcp://127.0.0.1:1"),
    ],
)
def test_train_says_which_engine_there_is_not(tmp_path, capsys, options, sentence):
    assert main(["train", "price", "--data", str(tmp_path), *options]) == 1
    error = capsys.readouterr().err
    assert sentence in error
    assert error.count("\n") == 1


@pytest.mark.parametrize("kind", ALONE)
@pytest.mark.parametrize("options", [["--engine", "dask"], ["--workers", "2"]])
def test_what_is_trained_in_one_process_takes_no_engine(tmp_path, capsys, kind, options):
    assert main(["train", kind, "--data", str(tmp_path), *options]) == 1
    error = capsys.readouterr().err
    assert f"{kind} is trained in one process: leave --engine, --workers and --address out" in error
    assert error.count("\n") == 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_takes_an_engine_where_its_study_computes_by_one(kind):
    folder = Path(import_module(f"hummingbot.strategy.ai_stellar.research.{kind}").__file__).parent
    computes = any("engine.map" in file.read_text() for file in folder.glob("*.py"))
    assert computes == (kind not in ALONE)


def test_where_a_model_cannot_be_written_to_no_key_is_made(prices, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("AI_STELLAR_HOME", str(tmp_path / "home"))
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "notes.txt").write_text("mine")
    regime = shutil.copytree(PRETRAINED.parent / "regime", tmp_path / "regime")
    for out, said in (
        (prices, "is a file, and no model can be written to"),
        (prices / "below" / "price", f"{prices} is a file, and no model can be written to"),
        (tmp_path / "full", "holds something that is no model of price: name another, or empty it"),
        (regime, "holds something that is no model of price: name another, or empty it"),
        (Path("/proc/price"), "/proc/price cannot be written to ("),
    ):
        assert main(["train", "price", "--data", str(tmp_path), "--out", str(out)]) == 1
        error = capsys.readouterr().err
        assert said in error
        assert error.count("\n") == 1
    assert not (tmp_path / "home").exists()
    price = shutil.copytree(PRETRAINED, tmp_path / "price")
    assert main(["train", "price", "--data", str(tmp_path), "--out", str(price)]) == 1
    assert "no price file at" in capsys.readouterr().err  # a model of its kind may be replaced


@pytest.mark.parametrize(
    ("directory", "sentence"),
    [("absent", "no directory"), (".", "no price file at")],
)
def test_train_says_which_data_are_missing(tmp_path, capsys, directory, sentence):
    assert main(["train", "price", "--data", str(tmp_path / directory), "--out", str(tmp_path / "out")]) == 1
    assert sentence in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
