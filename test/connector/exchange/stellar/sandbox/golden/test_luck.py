"""A recording is judged by its answers, whichever of equal bids chance made the network let go."""

import json
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

import pytest

from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE
from hummingbot.connector.exchange.stellar.ledger.operations import Payment
from hummingbot.connector.exchange.stellar.sandbox.golden.verify import verify
from hummingbot.connector.exchange.stellar.sandbox.network import (
    AppliedTransaction,
    Change,
    LedgerHeader,
    Submission,
)

from ..conftest import UNIT, Town

Record = dict[str, Any]
PEOPLE = ("alice", "bob", "carol", "dave", "erin", "frank")


class Recorder:
    """Records what a network of protocol 19, whose ledgers take four operations, says to a rush of bids.

    Parameters
    ----------
    luck : int
        Which of equal bids go first.
    """

    def __init__(self, luck: int) -> None:
        self.town = Town(protocol=19, queue_protocol=19, max_tx_set_size=4)
        for names in (PEOPLE[:3], PEOPLE[3:]):
            self.town.settle(*names, lumens=100 * UNIT, dollars=0)
        network = self.town.network
        network.queue.goes_first = lambda one: int.from_bytes(sha256(bytes([luck]) + one.full_hash).digest())
        self.seed = {
            "kind": "seed",
            "format": "golden-tx-1",
            "network_passphrase": network.passphrase,
            "header": described(network.header),
            "state": [entry.to_dict() for entry in network.state.entries()],
        }
        self.records: list[Record] = []

    def rush(self, seed: int, count: int = 30) -> None:
        """Offer transactions of few different bids, then close ledgers until none waits."""
        chance, town, header = Random(seed), self.town, self.town.network.header
        for _ in range(count):
            name, operations = chance.choice(PEOPLE), chance.choice((1, 1, 2, 3))
            chain = town.network.queue.waiting.get(town.address(name))
            signed = town.sign(
                name,
                *[Payment(town.address("bob"), NATIVE, UNIT)] * operations,
                fee=operations * chance.choice((100, 100, 120, 200)),
                sequence=chain.transactions[-1].tx.sequence + 1 if chain else None,
            )
            answer = town.network.submit(signed.envelope_xdr)
            self.records.append(
                {
                    "kind": "tx",
                    "i": len(self.records),
                    "label": f"rush {seed}",
                    "hash": signed.hash.hex(),
                    "envelope_xdr": b64encode(signed.envelope_xdr).decode(),
                    "lcl_at_submit": header.sequence,
                    "lcl_close_time": header.close_time,
                    "submit_status": answer.status,
                }
                | refusal(answer)
            )
        while town.network.queue.waiting:
            closed = town.close()
            for applied in closed.transactions:
                record = next(
                    record
                    for record in self.records
                    if (record["hash"], record["submit_status"]) == (applied.hash.hex(), "PENDING")
                )
                record.update(applied_as(applied, closed.header))

    def write(self, path: Path) -> None:
        """Write the recording down."""
        network = self.town.network
        final = {"kind": "final", "header": described(network.header)}
        final["state"] = [entry.to_dict() for entry in network.state.entries()]
        path.write_text("\n".join(map(json.dumps, (self.seed, *self.records, final))))


def described(header: LedgerHeader) -> Record:
    names = ("close_time", "base_fee", "base_reserve", "max_tx_set_size", "id_pool", "fee_pool")
    numbers = {name: getattr(header, name) for name in (*names, "total_coins", "protocol")}
    return {"ledger": header.sequence, **numbers}


def refusal(answer: Submission) -> Record:
    if answer.result is None or answer.result_xdr is None:
        return {}
    return {
        "submit_error_xdr": b64encode(answer.result_xdr).decode(),
        "submit_error": {"fee_charged": str(answer.result.fee_charged)},
        "submit_code": answer.result.code,
        "submit_inner_code": None,
        "submit_op_codes": [],
    }


def applied_as(applied: AppliedTransaction, header: LedgerHeader) -> Record:
    changes = (applied.transaction_changes, *applied.operation_changes)
    return {
        "ledger": header.sequence,
        "ledger_close_time": header.close_time,
        "apply_order": applied.apply_order,
        "result_code": applied.result.code,
        "inner_code": None,
        "op_codes": [result.code for result in applied.result.operations],
        "fee_charged": applied.fee_charged,
        "result_xdr": b64encode(applied.result_xdr).decode(),
        "fee_changes": merged(applied.fee_changes),
        "touched": merged(tuple(change for step in changes for change in step)),
        "id_pool_after": header.id_pool,
        "fee_pool_after": header.fee_pool,
    }


def merged(changes: tuple[Change, ...]) -> list[Record]:
    """One change an account, from what it was at first to what it is in the end."""
    first: dict[str, Any] = {}
    last: dict[str, Any] = {}
    for before, after in changes:
        assert before is not None
        assert after is not None
        first.setdefault(before.account, before)
        last[before.account] = after
    return [{"before": first[name].to_dict(), "after": last[name].to_dict()} for name in first]


@pytest.mark.parametrize("luck", range(8))
def test_any_luck_is_found_again(tmp_path: Path, luck: int) -> None:
    recorder = Recorder(luck)
    for seed in range(3):
        recorder.rush(seed)
    statuses = {record["submit_status"] for record in recorder.records}
    assert statuses == {"PENDING", "ERROR", "TRY_AGAIN_LATER"}
    path = tmp_path / "rush.jsonl"
    recorder.write(path)
    report = verify([path])
    assert report.mismatches == ()
    assert report.run == len(recorder.records)


def test_no_luck_makes_a_wrong_answer_right(tmp_path: Path) -> None:
    recorder = Recorder(0)
    recorder.rush(0)
    refused = next(record for record in recorder.records if record["submit_status"] == "ERROR")
    refused["submit_status"] = "TRY_AGAIN_LATER"
    path = tmp_path / "rush.jsonl"
    recorder.write(path)
    assert [m.field for _, m in verify([path]).mismatches][:1] == ["submit_status"]
