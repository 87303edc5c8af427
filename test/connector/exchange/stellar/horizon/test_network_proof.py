"""Recorded transactions of all kinds prove their network, and no other."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hummingbot.connector.exchange.stellar.horizon.errors import HorizonUnavailable
from hummingbot.connector.exchange.stellar.horizon.network_proof import is_on_network

STORY = Path(__file__).parents[4] / "golden" / "horizon"


def transactions(document: Any) -> Iterator[dict[str, Any]]:
    """Yield what looks like a transaction, however deep it lies."""
    if isinstance(document, dict):
        if {"envelope_xdr", "hash", "signatures"} <= document.keys():
            yield document
        document = list(document.values())
    if isinstance(document, list):
        for part in document:
            yield from transactions(part)


@pytest.fixture(scope="module")
def recorded() -> list[dict[str, Any]]:
    """Every transaction that the recorded node showed, once, by the hash of its envelope."""
    with gzip.open(STORY / "exchanges.jsonl.gz", "rt", encoding="utf-8") as lines:
        found = {tx["hash"]: tx for line in lines for tx in transactions(json.loads(line))}
    found = {key: tx for key, tx in found.items() if tx.get("fee_bump_transaction", tx)["hash"] == key}
    assert any("fee_bump_transaction" in tx for tx in found.values())
    assert len({len(tx["signatures"]) for tx in found.values()}) > 1
    return list(found.values())


def test_each_recorded_transaction_proves_the_storys_network_alone(recorded):
    passphrase = json.loads((STORY / "story.json").read_text())["network_passphrase"]

    assert all(is_on_network(tx, passphrase) for tx in recorded)
    assert not any(is_on_network(tx, "Some Other Network ; January 1970") for tx in recorded)


@pytest.mark.parametrize(
    "record",
    [{}, {"envelope_xdr": "!", "signatures": []}, {"envelope_xdr": "", "signatures": [], "hash": ""}],
)
def test_what_is_no_transaction_proves_nothing(record):
    with pytest.raises(HorizonUnavailable, match="a transaction that cannot be read"):
        is_on_network(record, "")
