"""Runs recordings of whole transactions: format ``golden-tx-1``, envelopes with what a real core did with
them.

Records are taken in the order of their submission. Before each, every ledger that had closed by then is
applied, in the recorded order. What is not built is taken over from the recording, so that the rest can go
on from there.
"""

from base64 import b64decode
from collections.abc import Iterable
from itertools import groupby
from typing import Any

from ..ledger.strkey import decode_muxed
from ..ledger.xdr import UnsupportedXdr, XdrError, encode_result, network_id
from .closed import AppliedTransaction, Change
from .entries import Account, Offer, Pool, Trustline
from .golden import FileReport, GoldenError
from .state import LedgerState
from .transaction import Candidate, apply_transaction, charge_fee, refuse

__all__ = ["run_transactions"]

KINDS: dict[str, type[Account] | type[Trustline] | type[Offer] | type[Pool]]
KINDS = {"account": Account, "trustline": Trustline, "offer": Offer, "pool": Pool}
MAX_OPERATIONS_A_TRANSACTION = 100
CLASSIC_QUEUE = "queue of protocol 19"
FULL_QUEUE = "bid too low for a full queue"

Record = dict[str, Any]


def run_transactions(records: Iterable[Record], report: FileReport) -> None:
    """Run a recording; compare refusals, results, fees, changed entries, pools and the ledger at the end."""
    lines = list(records)
    seed, final = lines[0], lines[-1]
    if final.get("kind") != "final":
        raise GoldenError(
            f"recording {report.path} breaks off: its last line is not the ledger at the end; record it again"
        )
    replay = Replay(seed, lines[1:-1], report)
    for record in replay.records:
        replay.close_until(record["lcl_at_submit"])
        replay.submit(record)
    replay.close_until(None)
    expected, got = modelled(final["state"]), replay.entries()
    for key in sorted({*expected, *got}):
        report.compare("final", f"state[{key}]", expected.get(key), got.get(key))
    report.compare("final", "id_pool", final["header"]["id_pool"], replay.state.id_pool)
    report.compare("final", "fee_pool", final["header"]["fee_pool"], replay.fee_pool)


class Replay:
    """A recording on its way through the engine."""

    def __init__(self, seed: Record, records: list[Record], report: FileReport) -> None:
        self.report = report
        self.records = records
        self.network_id: bytes = network_id(seed["network_passphrase"])
        self.header: Record = seed["header"]
        ledger, base_reserve, id_pool, protocol = (
            self.header[name] for name in ("ledger", "base_reserve", "id_pool", "protocol")
        )
        self.state = LedgerState(ledger, base_reserve, id_pool, protocol)
        self.fee_pool: int = self.header["fee_pool"]
        for entry in seed["state"]:
            if is_modelled(entry):
                self.state.load(KINDS[entry["type"]].from_dict(entry))
        self.candidates = {record["i"]: self.read(record) for record in records}
        applied = sorted((r for r in records if "ledger" in r), key=lambda r: (r["ledger"], r["apply_order"]))
        self.ledgers = [(number, list(group)) for number, group in groupby(applied, lambda r: r["ledger"])]
        self.pending: dict[str, list[Record]] = {}
        report.cases += len(records)

    def read(self, record: Record) -> Candidate | None:
        """Decode a record's envelope; None if it holds what is not built, or is damaged."""
        try:
            candidate = Candidate.read(b64decode(record["envelope_xdr"]), self.network_id)
        except UnsupportedXdr as error:
            self.report.not_modelled[reason_of(error)] += 1
            return None
        except XdrError as error:
            self.report.run += 1
            self.report.compare(case_of(record), "envelope_xdr", "an envelope", str(error))
            return None
        self.report.compare(case_of(record), "hash", record["hash"], candidate.hash.hex())
        return candidate

    def submit(self, record: Record) -> None:
        """Compare what the network said to a submission at once."""
        status, source = record["submit_status"], source_of(record)
        candidate = self.candidates[record["i"]]
        chained = bool(self.pending.get(source))
        if status == "PENDING":
            self.pending.setdefault(source, []).append(record)
        if candidate is None:
            return
        if status in ("DUPLICATE", "TRY_AGAIN_LATER") or chained:
            if "ledger" not in record:
                self.report.not_modelled[CLASSIC_QUEUE] += 1
            return
        if is_outbid(record, candidate, self.header["base_fee"]):
            self.report.not_modelled[FULL_QUEUE] += 1
            fee = int(record["submit_error"]["fee_charged"])
            self.report.compare(case_of(record), "submit_error.fee_charged", refused_fee(record), fee)
            return
        got = refuse(
            candidate,
            self.state,
            record["lcl_close_time"],
            self.header["base_fee"],
            record["lcl_at_submit"] + 1,
        )
        if (
            got is None
            and record.get("submit_code") == "txINSUFFICIENT_BALANCE"
            and self.owes_fees(candidate)
        ):
            self.report.not_modelled[CLASSIC_QUEUE] += 1
            return
        expected = record.get("submit_error_xdr")
        case = case_of(record)
        if "ledger" not in record:
            self.report.run += 1
        self.report.compare(case, "submit_status", status, "PENDING" if got is None else "ERROR")
        if got is not None and expected is not None:
            self.report.compare(case, "submit_code", record["submit_code"], got.outer_code)
            inner = None if got.inner_hash is None else got.code
            self.report.compare(case, "submit_inner_code", record["submit_inner_code"], inner)
            self.report.compare(case, "submit_error_xdr", b64decode(expected).hex(), encode_result(got).hex())
            codes = [result.code for result in got.operations]
            self.report.compare(case, "submit_op_codes", record["submit_op_codes"], codes)
            fee = int(record["submit_error"]["fee_charged"])
            self.report.compare(case, "submit_error.fee_charged", fee, got.fee_charged)

    def owes_fees(self, candidate: Candidate) -> bool:
        """Tell whether the account that pays for a transaction has promised fees of others that wait."""
        waiting = (self.candidates[record["i"]] for records in self.pending.values() for record in records)
        return any(other is not None and other.fee_source == candidate.fee_source for other in waiting)

    def close_until(self, last: int | None) -> None:
        """Apply the recorded ledgers up to one (None: all)."""
        while self.ledgers and (last is None or self.ledgers[0][0] <= last):
            number, records = self.ledgers.pop(0)
            self.close(number, records)
            for record in records:
                source = source_of(record)
                waiting = [r for r in self.pending.get(source, []) if r["i"] != record["i"]]
                self.pending[source] = [r for r in waiting if sequence_of(r) > sequence_of(record)]

    def close(self, number: int, records: list[Record]) -> None:
        """Apply one ledger: all fees, then each transaction."""
        self.state.ledger = number
        base_fee = effective_base_fee(records, self.header)
        fees: list[tuple[int, tuple[Change, ...]]] = []
        for record in records:
            candidate = self.candidates[record["i"]]
            if candidate is None:
                self.take_over(record["fee_changes"])
                fees.append((record["fee_charged"], ()))
                continue
            fee, changes = charge_fee(candidate, self.state, base_fee)
            self.compare_changes(record, "fee_changes", changes)
            fees.append((fee, changes))
        for record, (fee, changes) in zip(records, fees, strict=True):
            self.fee_pool += fee
            candidate = self.candidates[record["i"]]
            if candidate is None:
                self.take_over(record["touched"])
                created = (c["after"]["offer_id"] for c in record["touched"] if is_new_offer(c))
                self.state.id_pool = max([self.state.id_pool, *created])
                continue
            self.report.run += 1
            applied = apply_transaction(
                candidate,
                self.state,
                record["ledger_close_time"],
                fee,
                record["apply_order"],
                changes,
                base_fee,
            )
            self.compare_applied(record, applied)
        last = records[-1]
        if all(self.candidates[record["i"]] for record in records):
            self.report.compare(case_of(last), "id_pool_after", last["id_pool_after"], self.state.id_pool)
        else:
            self.state.id_pool = last["id_pool_after"]
        self.report.compare(case_of(last), "fee_pool_after", last["fee_pool_after"], self.fee_pool)

    def take_over(self, changes: list[Record]) -> None:
        """Change the ledger as recorded."""
        for change in changes:
            before, after = change["before"], change["after"]
            if before is not None and is_modelled(before) and after is None:
                self.state.drop(KINDS[before["type"]].from_dict(before))
            if after is not None and is_modelled(after):
                self.state.load(KINDS[after["type"]].from_dict(after))

    def compare_applied(self, record: Record, applied: AppliedTransaction) -> None:
        """Compare an applied transaction with its record; where they differ, go on from the record."""
        case = case_of(record)
        mismatches = len(self.report.mismatches)
        self.report.compare(case, "result_code", record["result_code"], applied.result.outer_code)
        inner = None if applied.inner_hash is None else applied.result.code
        self.report.compare(case, "inner_code", record["inner_code"], inner)
        codes = [result.code for result in applied.result.operations]
        self.report.compare(case, "op_codes", record["op_codes"], codes)
        self.report.compare(case, "fee_charged", record["fee_charged"], applied.fee_charged)
        expected = b64decode(record["result_xdr"]).hex()
        self.report.compare(case, "result_xdr", expected, applied.result_xdr.hex())
        steps = (applied.transaction_changes, *applied.operation_changes)
        changes = tuple(change for step in steps for change in step)
        self.compare_changes(record, "touched", changes)
        if len(self.report.mismatches) > mismatches:
            self.take_back(changes)
            self.take_over(record["touched"])

    def take_back(self, changes: tuple[Change, ...]) -> None:
        """Change the ledger to what it was before a transaction."""
        for before, after in reversed(changes):
            if after is not None:
                self.state.drop(after)
            if before is not None:
                self.state.load(before)

    def compare_changes(self, record: Record, name: str, changes: tuple[Change, ...]) -> None:
        """Compare changed entries, before and after, whatever their order."""
        expected = {
            key_of(change["before"] or change["after"]): (change["before"], change["after"])
            for change in record[name]
            if is_modelled(change["before"] or change["after"])
        }
        got: dict[str, tuple[Record | None, Record | None]] = {}
        for before, after in changes:
            entry = before or after
            if entry is None:
                continue
            key = key_of(entry.to_dict())
            first = got[key][0] if key in got else before.to_dict() if before else None
            got[key] = (first, after.to_dict() if after else None)
        got = {key: pair for key, pair in got.items() if pair != (None, None)}
        for key in sorted({*expected, *got}):
            self.report.compare(case_of(record), f"{name}[{key}]", expected.get(key), got.get(key))

    def entries(self) -> dict[str, Record]:
        """Return the ledger as recordings write it."""
        return modelled(entry.to_dict() for entry in self.state.entries())


def effective_base_fee(records: list[Record], header: Record) -> int:
    """Return what an operation costs in a ledger of protocol 19: the lowest bid, if it came near to full."""
    bids = []
    for record in records:
        if "tx" in record["tx"]:
            tx = record["tx"]["tx"]["tx"]
            bids.append((int(tx["fee"]), len(tx["operations"])))
        else:
            tx = record["tx"]["tx_fee_bump"]["tx"]
            bids.append((int(tx["fee"]), len(tx["inner_tx"]["tx"]["tx"]["operations"]) + 1))
    if sum(count for _, count in bids) <= max(0, header["max_tx_set_size"] - MAX_OPERATIONS_A_TRANSACTION):
        return int(header["base_fee"])
    return min(-(-fee // count) for fee, count in bids)


def is_outbid(record: Record, candidate: Candidate, base_fee: int) -> bool:
    """Tell whether a bid was refused because the queue was full: no rule of the ledger asks for so much.

    The ledger asks for its base fee, and of a fee bump for the rate that is bid by what is in it.
    """
    if record.get("submit_code") != "txINSUFFICIENT_FEE":
        return False
    minimum = base_fee * max(1, candidate.fee_units)
    own_minimum = base_fee * max(1, len(candidate.tx.operations))
    rate = -(-candidate.tx.fee * minimum // own_minimum)
    return refused_fee(record) not in (minimum, minimum if candidate.inner_hash is None else rate)


def refused_fee(record: Record) -> int:
    """Return the fee in the bytes of a refusal, in stroops."""
    return int.from_bytes(b64decode(record["submit_error_xdr"])[:8], "big")


def is_modelled(entry: Record) -> bool:
    """Tell whether an entry is of a kind that is built."""
    return entry["type"] in KINDS


def is_new_offer(change: Record) -> bool:
    """Tell whether a change created an offer."""
    return change["before"] is None and change["after"] is not None and change["after"]["type"] == "offer"


def key_of(entry: Record) -> str:
    """Return a name for an entry, whatever its state."""
    if entry["type"] == "offer":
        return f"offer {entry['offer_id']}"
    return " ".join(str(entry[part]) for part in ("type", "account", "asset", "id") if part in entry)


def modelled(entries: Iterable[Record]) -> dict[str, Record]:
    """Return the entries that are built, by name."""
    return {key_of(entry): entry for entry in entries if is_modelled(entry)}


def case_of(record: Record) -> str:
    """Name a record in a report."""
    return f"i={record['i']} {record['label']}"


def inner(record: Record) -> Record:
    """Return a record's transaction, of a fee bump the inner one."""
    envelope = record["tx"]
    if "tx" not in envelope:
        envelope = envelope["tx_fee_bump"]["tx"]["inner_tx"]
    tx: Record = envelope["tx"]["tx"]
    return tx


def source_of(record: Record) -> str:
    """Return the account whose sequence number a record's transaction spends, without a number it has."""
    source = str(inner(record)["source_account"])
    return decode_muxed(source)[0] if source.startswith("M") else source


def sequence_of(record: Record) -> int:
    """Return the sequence number that a record's transaction spends."""
    return int(inner(record)["seq_num"])


def reason_of(error: UnsupportedXdr) -> str:
    """Return what is not built, in a few words."""
    return str(error)
