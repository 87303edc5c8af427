"""``ai-stellar models``: what is there, whether it is whole, and who vouches for it."""

import json
import shutil
from pathlib import Path

import pytest

from hummingbot.strategy.ai_stellar.cli.main import main
from hummingbot.strategy.ai_stellar.predictors.artifact import PRETRAINED
from hummingbot.strategy.ai_stellar.predictors.signature import own_key, public_key


@pytest.fixture
def price(tmp_path, monkeypatch):
    monkeypatch.setenv("AI_STELLAR_HOME", str(tmp_path / "home"))
    return Path(shutil.copytree(PRETRAINED / "price", tmp_path / "models" / "price"))


def test_list_names_the_shipped_models(capsys):
    assert main(["models", "list"]) == 0
    printed = capsys.readouterr().out
    for directory in PRETRAINED.iterdir():
        assert json.loads((directory / "manifest.json").read_text())["model_id"] in printed
    assert "the project" in printed


def test_list_finds_the_models_below_a_directory(price, capsys):
    assert main(["models", "list", str(price.parent), "--json"]) == 0
    (line,) = json.loads(capsys.readouterr().out)
    assert (line["kind"], line["directory"], line["error"]) == ("price", str(price), None)


def test_verify_accepts_what_ships(capsys):
    assert main(["models", "verify"]) == 0
    assert "price" in capsys.readouterr().out


def test_verify_finds_one_altered_bit_and_says_where(price, capsys):
    file = altered(next(price.glob("*.txt")))
    assert main(["models", "verify", str(price)]) == 1
    assert f"{file} is cut off or altered" in capsys.readouterr().out.replace("\n", "")


def altered(file):
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    return file


@pytest.mark.parametrize("name", ["size_4h.txt", "card.md", "reliability_1h.svg"])
def test_one_altered_bit_is_told_by_list_and_card_and_signed_by_nobody(price, capsys, name):
    main(["models", "sign", str(price)])
    file, signature = altered(price / name), (price / "manifest.sig").read_bytes()
    sentence = f"{file} is cut off or altered (not the manifest's sha256)"
    capsys.readouterr()
    assert main(["models", "list", str(price), "--json"]) == 0
    (line,) = json.loads(capsys.readouterr().out)
    assert line["kind"] == "price"
    assert sentence in line["error"]
    assert main(["models", "list", str(price)]) == 0
    printed = capsys.readouterr().out
    assert "not whole" in printed
    assert sentence in printed
    for command in ("card", "sign"):
        assert main(["models", command, str(price)]) == 1
        assert sentence in capsys.readouterr().err
    assert (price / "manifest.sig").read_bytes() == signature


def test_a_signature_of_ones_own_replaces_the_projects(price, capsys):
    assert main(["models", "sign", str(price)]) == 0
    assert public_key(own_key()) in capsys.readouterr().out
    assert main(["models", "verify", str(price), "--json"]) == 0
    (line,) = json.loads(capsys.readouterr().out)
    assert line["signed_by"] == "your own"


def test_what_is_not_whole_is_not_signed_for(price, capsys):
    next(price.glob("*.txt")).unlink()
    assert main(["models", "sign", str(price)]) == 1
    error = capsys.readouterr().err
    assert "is missing: restore it" in error
    assert error.count("\n") == 1


def test_card_shows_a_models_card(price, capsys):
    assert main(["models", "card", str(price)]) == 0
    assert (price / "card.md").read_text().splitlines()[0][:60] in capsys.readouterr().out


def test_a_shipped_model_is_named_by_its_kind_unless_a_directory_is_called_so(price, capsys, monkeypatch):
    assert main(["models", "card", "regime"]) == 0
    assert (PRETRAINED / "regime/card.md").read_text().splitlines()[0][:60] in capsys.readouterr().out
    altered(price / "card.md")
    assert main(["models", "verify", "price", "regime"]) == 0
    assert main(["models", "sign", "regime"]) == 1
    monkeypatch.chdir(price.parent)
    assert main(["models", "verify", "price"]) == 1


def test_an_unknown_argument_is_answered_with_the_commands_own_usage(capsys):
    with pytest.raises(SystemExit, match="2"):
        main(["models", "list", "--kind", "price"])
    error = capsys.readouterr().err
    assert error.startswith("usage: ai-stellar models list [-h] [--json] [MODEL ...]\n")
    assert error.endswith("ai-stellar models list: error: unrecognized arguments: --kind\n")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["list", "nowhere"], "no model at nowhere"),
        (["card", "nowhere"], "no model at nowhere: name a model's directory, which holds manifest.json"),
        (["sign", "nowhere"], "no model at nowhere"),
    ],
)
def test_what_is_wrong_is_one_sentence(capsys, arguments, sentence):
    assert main(["models", *arguments]) == 1
    error = capsys.readouterr().err
    assert sentence in error
    assert error.count("\n") == 1


def test_a_user_can_go_back_to_the_shipped_model_and_forth(price, capsys):
    main(["models", "sign", str(price)])
    models = ["--models", str(price.parent)]
    assert main(["models", "rollback", "price", *models]) == 0
    assert ", the shipped one, is in use again" in capsys.readouterr().out
    assert not price.exists()
    assert main(["models", "rollback", "price", *models]) == 0
    assert price.is_dir()
    printed = capsys.readouterr().out
    assert "is in use again" in printed
    assert "shipped" not in printed


def test_no_key_is_made_where_there_is_nothing_to_sign(tmp_path, monkeypatch):
    monkeypatch.setenv("AI_STELLAR_HOME", str(tmp_path / "home"))
    assert main(["models", "sign", str(tmp_path / "nowhere")]) == 1
    assert not (tmp_path / "home").exists()


def test_nothing_waits_for_approval_and_nothing_can_be_rolled_back(tmp_path, capsys):
    assert main(["models", "approve", "price", "--models", str(tmp_path)]) == 1
    assert "no challenger of price waits" in capsys.readouterr().err
    assert main(["models", "rollback", "price", "--models", str(tmp_path)]) == 1
    assert "to roll back: the shipped model is in use" in capsys.readouterr().err
