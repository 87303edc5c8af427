"""``ai-stellar sandbox verify``: what it prints and how it exits."""

import argparse
import json
from pathlib import Path

import pytest

from hummingbot.connector.exchange.stellar.sandbox.golden.recording import read_records
from hummingbot.strategy.ai_stellar.cli import verify

VECTORS = Path(__file__).parents[4] / "test" / "golden" / "vectors"
RECORDING = VECTORS / "ties_p19_seed401.jsonl.gz"


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    verify.register(parser.add_subparsers())
    arguments = parser.parse_args(["verify", *words])
    return int(arguments.run(arguments))


@pytest.fixture
def altered(tmp_path: Path) -> Path:
    """A recording in which one transaction cost a stroop more."""
    records = list(read_records(RECORDING))
    next(record for record in records if "fee_charged" in record)["fee_charged"] += 1
    path = tmp_path / "altered.jsonl"
    path.write_text("\n".join(map(json.dumps, records)))
    return path


def test_agreement_exits_0_and_counts(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(str(RECORDING)) == 0
    printed = capsys.readouterr().out
    assert "111 cases, 111 run, 0 mismatches" in printed
    assert "not modelled, taken over" not in printed


def test_mismatch_exits_1_and_shows_the_first(altered: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(str(RECORDING), str(altered)) == 1
    printed = capsys.readouterr().out
    assert "1 mismatches" in printed
    assert "fee_charged" in printed
    assert "expected 101" in printed
    assert "got      100" in printed


def test_a_name_is_printed_as_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "odd [bold] %s.jsonl.gz"
    path.write_bytes(RECORDING.read_bytes())
    assert run(str(path)) == 0
    assert path.name in capsys.readouterr().out


def test_json(altered: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(str(altered), "--json") == 1
    report = json.loads(capsys.readouterr().out)
    assert (report["cases"], report["mismatches"]) == (111, 1)
    assert report["differences"][0]["field"] == "fee_charged"


def test_missing_path_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="there is no recording at"):
        run(str(tmp_path / "missing"))


def test_damaged_recording_is_valid_json_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "damaged.jsonl"
    path.write_text("{")
    with pytest.raises(ValueError, match="cannot be read"):
        run(str(path), "--json")
    assert "cannot be read" in json.loads(capsys.readouterr().out)["error"]
