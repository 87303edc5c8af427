"""What is recorded of a model stands on its card once, and in its first line where it belongs there."""

from dataclasses import replace
from pathlib import Path

import pytest

from hummingbot.strategy.ai_stellar.predictors.artifact import CARD, parse_manifest, read_whole
from hummingbot.strategy.ai_stellar.predictors.signature import own_key
from hummingbot.strategy.ai_stellar.research.publication import publish, record
from hummingbot.strategy.ai_stellar.research.report import Metric, Report
from hummingbot.strategy.ai_stellar.research.scores import Score
from hummingbot.strategy.ai_stellar.research.study import Trained

MANIFEST = {
    "kind": "regime", "model_id": "one", "features": {"names": [], "definition": ""}, "evaluations": [],
}  # fmt: skip
REPORT = Report(
    "regime", "one", "books", "0" * 64, 0, 86_400, 24, False, {"loss": Metric("loss")},
    {"model": {"loss": Score(1.0, 0.5, 1.5)}}, "It is lost.", {"headline": "In books it is lost."},
)  # fmt: skip


@pytest.fixture
def model(tmp_path: Path) -> Path:
    publish(
        tmp_path / "m",
        Trained(MANIFEST, {"regime.json": "{}"}, "Good in theory.\n\n# one\n\nText.\n"),
        own_key(),
    )
    return tmp_path / "m"


def first_line(model: Path) -> str:
    return (model / CARD).read_text().partition("\n")[0]


def test_a_headline_goes_into_the_first_line_and_only_once(model):
    other = replace(REPORT, file="hours", verdict="It is well.", details={})
    for one in (REPORT, other, REPORT):
        record(model, one, own_key())
    card = (model / CARD).read_text()
    assert first_line(model) == "Good in theory. In books it is lost."
    assert card.count("It is lost.") == card.count("It is well.") == 1
    assert "# one\n\nText." in card
    assert len(parse_manifest(model)["evaluations"]) == 2
    read_whole(model)


def test_what_is_recorded_again_takes_the_place_of_what_was(model):
    record(model, REPORT, own_key())
    better = replace(REPORT, verdict="It is found.", details={"headline": "In books it is found."})
    record(model, better, own_key())
    assert first_line(model) == "Good in theory. In books it is found."
    assert "It is lost." not in (model / CARD).read_text()


def test_a_card_says_how_often_the_same_hours_were_read_for_it(model):
    other, read = replace(REPORT, file="hours"), []
    for one in (REPORT, other, REPORT, REPORT):
        record(model, one, own_key())
        card = (model / CARD).read_text()
        read.append([line.partition(":")[0] for line in card.splitlines() if line.startswith("## Read")])
    once, twice, thrice = "## Read once", "## Read twice", "## Read 3 times"
    assert read == [[once], [once, once], [twice, once], [thrice, once]]
    assert [one["reads"] for one in parse_manifest(model)["evaluations"]] == [1, 3]


def test_without_a_headline_the_first_line_stays(model):
    record(model, replace(REPORT, details={}), own_key())
    assert first_line(model) == "Good in theory."
