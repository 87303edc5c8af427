"""The engine against every recording of a real stellar-core (see ``test/golden/FORMAT.md``)."""

import json
from pathlib import Path

import pytest

from hummingbot.connector.exchange.stellar.sandbox.golden import read_records
from hummingbot.connector.exchange.stellar.sandbox.verify import GoldenError, verify, verify_file

VECTORS = Path(__file__).parents[5] / "test" / "golden" / "vectors"
BUILT = {"create_account", "payment", "change_trust", "manage_sell_offer", "manage_buy_offer"}
RECORDINGS = sorted(VECTORS.glob("*.jsonl.gz"))
STORY = VECTORS.parent / "horizon" / "ledgers.jsonl.gz"


@pytest.mark.parametrize("path", [*RECORDINGS, STORY], ids=lambda path: path.name.removesuffix(".jsonl.gz"))
def test_engine_agrees_with_recording(path: Path) -> None:
    report = verify_file(path)
    assert report is not None
    assert report.mismatches == []
    assert report.run + sum(report.not_modelled.values()) == report.cases
    assert report.run > 0


def test_every_recording_of_the_manifest_is_there() -> None:
    manifest = json.loads((VECTORS / "MANIFEST.json").read_text())
    assert {entry["file"] for entry in manifest["files"]} == {path.name for path in RECORDINGS}


def test_only_named_features_are_left_out() -> None:
    """A recording of the six operations alone runs whole, but for what the queue of protocol 19 did."""
    families = ("extreme", "limits", "ties", "multi")
    report = verify(path for path in RECORDINGS if path.name.startswith(families))
    assert report.run > 1300
    left_out = {reason.split(" ")[1] for reason in report.not_modelled if reason.startswith("operation ")}
    assert not left_out & BUILT


def test_difference_is_found_and_named(tmp_path: Path) -> None:
    records = list(read_records(VECTORS / "ties_p19_seed401.jsonl.gz"))
    changed = next(r for r in records if r.get("result_code") == "txSUCCESS" and r.get("touched"))
    changed["touched"][0]["after"]["last_modified"] += 1
    path = tmp_path / "changed.jsonl"
    path.write_text("\n".join(map(json.dumps, records)))
    report = verify([path])
    assert [mismatch.case for _, mismatch in report.mismatches][:1] == [
        f"i={changed['i']} {changed['label']}"
    ]
    assert report.mismatches[0][1].field.startswith("touched[")
    assert report.to_dict()["mismatches"] >= 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "there is no recording"),
        ("{", "cannot be read"),
        ('{"kind": "stream"}', "no recording of a ledger"),
        ('{"format": "golden-tx-1", "kind": "seed"}', "lacks a field"),
    ],
)
def test_what_is_no_recording_is_refused_in_a_sentence(
    tmp_path: Path, text: str | None, message: str
) -> None:
    path = tmp_path / "recording.jsonl"
    if text is not None:
        path.write_text(text)
    with pytest.raises(GoldenError, match=message):
        verify([path])


def test_folder_without_recordings_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GoldenError, match="holds no recording"):
        verify([tmp_path])
