"""Envelopes and results that a real stellar-core made are read, and written again to the same bytes."""

import base64
import gzip
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from hummingbot.connector.exchange.stellar.ledger import xdr

ROOT = next(parent for parent in Path(__file__).parents if (parent / "pyproject.toml").is_file())


@cache
def records() -> tuple[dict[str, Any], ...]:
    folder = next(
        (
            path
            for path in (ROOT.parent / "shared" / "golden" / "vectors", ROOT / "test" / "golden" / "vectors")
            if path.is_dir()
        ),
        None,
    )
    if folder is None:
        pytest.skip("needs ../shared/golden/vectors")
    found = []
    for path in sorted(folder.glob("*.jsonl.gz")):
        with gzip.open(path, "rt") as lines:
            found += [record for record in map(json.loads, lines) if record.get("kind") == "tx"]
    return tuple(found)


def results() -> Iterator[tuple[bytes, dict[str, Any]]]:
    for record in records():
        for name in ("result", "submit_error"):
            if f"{name}_xdr" in record:
                yield base64.b64decode(record[f"{name}_xdr"]), record[name]


def test_every_envelope_is_read_and_written_alike() -> None:
    for record in records():
        written = base64.b64decode(record["envelope_xdr"])
        envelope = xdr.decode_envelope(written)
        assert xdr.encode_transaction(envelope.tx) == envelope.tx_xdr
        assert xdr.encode_envelope(envelope) == written


def test_the_recorded_hash_is_found() -> None:
    network = xdr.network_id("Standalone Network ; February 2017")
    for record in records():
        envelope = xdr.decode_envelope(base64.b64decode(record["envelope_xdr"]))
        bump = envelope.fee_bump
        if bump is None:
            assert xdr.transaction_hash(envelope.tx_xdr, network).hex() == record["hash"]
        else:
            assert xdr.fee_bump_hash(bump.xdr, network).hex() == record["hash"]


def recorded_codes(result: dict[str, Any]) -> tuple[str, list[tuple[str, str]]]:
    """Return the codes that the SEP-51 JSON of a result states: of the transaction, and of each operation."""
    body = result["result"]
    if isinstance(body, dict) and next(iter(body)).startswith("txfee_bump"):
        body = next(iter(body.values()))["result"]["result"]
    if isinstance(body, str):
        return body, []
    ((code, operations),) = body.items()
    outcomes = []
    for operation in operations:
        if isinstance(operation, str):
            outcomes.append(("", operation))
            continue
        ((kind, outcome),) = operation["opinner"].items()
        outcomes.append((kind, outcome if isinstance(outcome, str) else next(iter(outcome))))
    return code, outcomes


def test_every_result_is_read_to_the_recorded_codes_and_claims() -> None:
    claims = 0
    for written, recorded in results():
        result = xdr.decode_result(written)
        code, outcomes = recorded_codes(recorded)
        assert result.code.lower() == code.lower()
        assert result.fee_charged == int(recorded["fee_charged"])
        assert len(result.operations) == len(outcomes)
        for operation, (kind, outcome) in zip(result.operations, outcomes, strict=True):
            assert operation.operation == kind
            assert operation.code.lower().endswith(outcome.lower())
        claims += sum(len(operation.claims) for operation in result.operations)
    assert claims > 1000


def test_every_result_is_written_to_the_same_bytes() -> None:
    for written, _ in results():
        assert xdr.encode_result(xdr.decode_result(written)) == written


def test_passive_offers_report_as_manage_sell_offer() -> None:
    for record in records():
        body = record["tx"].get("tx", {}).get("tx", {}).get("operations", [])
        if len(body) == 1 and "create_passive_sell_offer" in body[0]["body"] and "result_xdr" in record:
            (operation,) = xdr.decode_result(base64.b64decode(record["result_xdr"])).operations
            assert operation.operation == "manage_sell_offer"
