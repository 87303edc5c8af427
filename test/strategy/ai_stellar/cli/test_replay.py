"""``ai-stellar sandbox replay``: what it prints and how it exits."""

import argparse
import gzip
import json
import shutil
from pathlib import Path

import pytest

from hummingbot.strategy.ai_stellar.cli import replay

STORY = Path(__file__).parents[4] / "test" / "golden" / "horizon"
LEDGERS = 34
SECONDS = 12.0


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    replay.register(parser.add_subparsers())
    arguments = parser.parse_args(["replay", *words])
    return int(arguments.run(arguments))


def lines(path: Path) -> list[dict]:
    with gzip.open(path, "rt") as file:
        return [json.loads(line) for line in file]


def write(path: Path, records: list[dict]) -> None:
    with gzip.open(path, "wt", compresslevel=1) as file:
        file.writelines(json.dumps(record) + "\n" for record in records)


@pytest.fixture
def story(tmp_path: Path) -> Path:
    """The first seconds of the recorded story, without streams."""
    shutil.copy(STORY / "story.json", tmp_path)
    write(tmp_path / "ledgers.jsonl.gz", lines(STORY / "ledgers.jsonl.gz")[:LEDGERS])
    write(
        tmp_path / "exchanges.jsonl.gz", [e for e in lines(STORY / "exchanges.jsonl.gz") if e["t"] < SECONDS]
    )
    return tmp_path


def test_agreement_exits_0_and_counts(story: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(str(story)) == 0
    printed = capsys.readouterr().out
    assert "requests" in printed
    assert "0 mismatches" in printed


def test_a_mismatch_exits_1_and_shows_the_first(story: Path, capsys: pytest.CaptureFixture[str]) -> None:
    exchanges = lines(story / "exchanges.jsonl.gz")
    exchanges[0]["response"]["json"]["network_passphrase"] = "Nowhere"
    write(story / "exchanges.jsonl.gz", exchanges)
    assert run(str(story)) == 1
    printed = capsys.readouterr().out
    assert "exchange 0 GET /: network_passphrase" in printed
    assert "expected Nowhere" in printed
    assert "got      Standalone Network ; February 2017" in printed
    assert "1 mismatches" in printed


def test_json(story: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(str(story), "--json") == 0
    (report,) = json.loads(capsys.readouterr().out)["stories"]
    requests = report["parts"]["requests"]
    assert requests["cases"] == requests["compared"] > 100
    assert report["mismatches"] == 0
    assert report["not_compared"] == {}


def test_what_is_no_story_is_valid_json_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="there is no story at"):
        run(str(tmp_path), "--json")
    assert "there is no story at" in json.loads(capsys.readouterr().out)["error"]


def test_what_was_told_before_a_damaged_story_is_printed(
    story: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ValueError, match="there is no story at"):
        run(str(story), str(tmp_path / "nowhere"))
    assert "0 mismatches" in capsys.readouterr().out
    with pytest.raises(ValueError, match="there is no story at"):
        run(str(story), str(tmp_path / "nowhere"), "--json")
    printed = json.loads(capsys.readouterr().out)
    assert [one["mismatches"] for one in printed["stories"]] == [0]
    assert "there is no story at" in printed["error"]
