"""The engine against every recording of a real stellar-core (see ``test/golden/FORMAT.md``)."""

import gzip
import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hummingbot.connector.exchange.stellar.sandbox.golden.recording import read_records
from hummingbot.connector.exchange.stellar.sandbox.golden.verify import GoldenError, verify, verify_file

VECTORS = Path(__file__).parents[6] / "test" / "golden" / "vectors"
RECORDINGS = sorted(VECTORS.glob("*.jsonl.gz"))
STORY = VECTORS.parent / "horizon" / "ledgers.jsonl.gz"
Records = list[dict[str, Any]]


@pytest.mark.parametrize("path", [*RECORDINGS, STORY], ids=lambda path: path.name.removesuffix(".jsonl.gz"))
def test_engine_agrees_with_recording(path: Path) -> None:
    report = verify_file(path)
    assert report is not None
    assert report.mismatches == []
    assert not report.not_modelled
    assert report.run == report.cases > 0


def test_every_recording_of_the_manifest_is_there() -> None:
    manifest = json.loads((VECTORS / "MANIFEST.json").read_text())
    assert {entry["file"] for entry in manifest["files"]} == {path.name for path in RECORDINGS}


def damaged(text: str) -> str:
    """Return base64 with its last byte changed."""
    raw = bytearray(b64decode(text))
    raw[-1] ^= 1
    return b64encode(raw).decode()


def applied(records: Records) -> dict[str, Any]:
    return next(r for r in records if r.get("result_code") == "txSUCCESS" and r.get("touched"))


def refused(records: Records) -> dict[str, Any]:
    return next(r for r in records if r.get("submit_op_codes"))


def plant_balance(records: Records) -> None:
    applied(records)["touched"][0]["after"]["balance"] += 1


def plant_fee_change(records: Records) -> None:
    applied(records)["fee_changes"][0]["after"]["balance"] += 1


def plant_missing_change(records: Records) -> None:
    applied(records)["touched"].pop()


def plant_result(records: Records) -> None:
    applied(records)["result_xdr"] = damaged(applied(records)["result_xdr"])


def plant_hash(records: Records) -> None:
    applied(records)["hash"] = "00" * 32


def plant_fee_pool(records: Records) -> None:
    applied(records)["fee_pool_after"] += 1


def plant_id_pool(records: Records) -> None:
    applied(records)["id_pool_after"] += 1


def plant_envelope(records: Records) -> None:
    applied(records)["envelope_xdr"] = b64encode(b"\0\0\0\2cut off").decode()


def plant_refusal(records: Records) -> None:
    refused(records)["submit_error_xdr"] = damaged(refused(records)["submit_error_xdr"])


def plant_refused_operation(records: Records) -> None:
    refused(records)["submit_op_codes"][0] = "opBAD_AUTH"


def plant_refusal_fee(records: Records) -> None:
    refused(records)["submit_error"]["fee_charged"] = "1"


def plant_end(records: Records) -> None:
    entry = next(e for e in records[-1]["state"] if e["type"] == "account")
    entry["flags"] ^= 1


def plant_final_pool(records: Records) -> None:
    records[-1]["header"]["fee_pool"] += 1


def plant_final_coins(records: Records) -> None:
    records[-1]["header"]["total_coins"] -= 1


def plant_place(records: Records) -> None:
    applied(records)["apply_order"] += 1


@pytest.mark.parametrize(
    ("plant", "field"),
    [
        (plant_balance, "touched["),
        (plant_fee_change, "fee_changes["),
        (plant_missing_change, "touched["),
        (plant_result, "result_xdr"),
        (plant_hash, "hash"),
        (plant_fee_pool, "fee_pool_after"),
        (plant_id_pool, "id_pool_after"),
        (plant_envelope, "envelope_xdr"),
        (plant_refusal, "submit_error_xdr"),
        (plant_refused_operation, "submit_op_codes"),
        (plant_refusal_fee, "submit_error.fee_charged"),
        (plant_end, "state[account "),
        (plant_final_pool, "fee_pool"),
        (plant_final_coins, "total_coins"),
        (plant_place, "apply_order"),
    ],
)
def test_planted_difference_is_found(tmp_path: Path, plant: Callable[[Records], None], field: str) -> None:
    records = list(read_records(VECTORS / "extreme_p19_seed401.jsonl.gz"))
    plant(records)
    path = tmp_path / "planted.jsonl"
    path.write_text("\n".join(map(json.dumps, records)))
    assert any(mismatch.field.startswith(field) for _, mismatch in verify([path]).mismatches)


@pytest.mark.parametrize("name", ["code", "claims", "effect", "result_xdr", "state"])
def test_planted_difference_in_a_call_is_found(tmp_path: Path, name: str) -> None:
    records = list(read_records(VECTORS / "sdex_p19_seed300.jsonl.gz"))
    record = next(r for r in records[1:] if r["call"][0] == "manage" and r["effect"])
    if name == "state":
        next(iter(record["state"]["acc"].values()))["bal"] += 1
    else:
        planted = {"code": "x", "claims": [[]], "effect": "GONE", "result_xdr": damaged(record["result_xdr"])}
        record[name] = planted[name]
    path = tmp_path / "planted.jsonl"
    path.write_text("\n".join(map(json.dumps, records)))
    assert any(mismatch.field.startswith(name) for _, mismatch in verify([path]).mismatches)


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
        ("[1, 2]", "no recording of a ledger"),
        ("[" * 100_000, "cannot be read"),
        ('{"format": "golden-tx-1", "kind": "seed"}', "breaks off"),
        ('{"format": "golden-tx-1"}\n{"kind": "final"}', "lacks a field"),
        ('{"format": "golden-tx-1", "kind": "seed"}\n7', "does not fit"),
        ('{"initial": 1, "accounts": 5, "issuer": "", "base_reserve": 1, "fee": 1}', "does not fit"),
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


def test_recording_cut_short_is_refused_in_a_sentence(tmp_path: Path) -> None:
    whole = (VECTORS / "ties_p19_seed401.jsonl.gz").read_bytes()
    (tmp_path / "cut.jsonl.gz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(GoldenError, match="cannot be read"):
        verify([tmp_path])
    lines = gzip.decompress(whole).splitlines()
    (tmp_path / "cut.jsonl.gz").write_bytes(gzip.compress(b"\n".join(lines[:-1])))
    with pytest.raises(GoldenError, match="breaks off"):
        verify([tmp_path])


def test_ledgers_that_hold_nothing_take_no_time(tmp_path: Path) -> None:
    records = list(read_records(VECTORS / "ties_p19_seed401.jsonl.gz"))
    late = next(record for record in reversed(records) if record["kind"] == "tx")
    late["lcl_at_submit"], late["ledger"] = 10**9, 10**9 + 1
    path = tmp_path / "late.jsonl"
    path.write_text("\n".join(map(json.dumps, records)))
    fields = {mismatch.field.partition("[")[0] for _, mismatch in verify([path]).mismatches}
    assert fields == {"touched", "fee_changes"}


def test_number_too_large_for_a_ledger_is_refused_in_a_sentence(tmp_path: Path) -> None:
    records = list(read_records(VECTORS / "ties_p19_seed401.jsonl.gz"))
    records[0]["state"][0]["balance"] = 10**30
    path = tmp_path / "large.jsonl"
    path.write_text("\n".join(map(json.dumps, records)))
    with pytest.raises(GoldenError, match="does not fit"):
        verify([path])


@pytest.mark.parametrize(
    ("field", "value"), [("n", 0), ("d", 0), ("d", 2**31), ("amount", 0), ("amount", -1)]
)
def test_an_offer_that_no_ledger_holds_is_refused_in_a_sentence(
    tmp_path: Path, field: str, value: int
) -> None:
    records = list(read_records(VECTORS / "multi_p19_seed401.jsonl.gz"))
    touched = (change["before"] for record in records for change in record.get("touched", ()))
    offer = next(entry for entry in touched if entry and entry["type"] == "offer")
    records[0]["state"].append({**offer, field: value})
    path = tmp_path / "offer.jsonl"
    path.write_text("\n".join(map(json.dumps, records)))
    with pytest.raises(GoldenError, match="all three must be positive"):
        verify([path])


def test_foreign_files_in_a_folder_are_named_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("not a recording")
    (tmp_path / "other.jsonl").write_text('{"format": "something else"}')
    whole = (VECTORS / "ties_p19_seed401.jsonl.gz").read_bytes()
    (tmp_path / "ties.jsonl.gz").write_bytes(whole)
    report = verify([tmp_path])
    assert [Path(path).name for path in report.skipped] == ["other.jsonl"]
    assert [Path(file.path).name for file in report.files] == ["ties.jsonl.gz"]
