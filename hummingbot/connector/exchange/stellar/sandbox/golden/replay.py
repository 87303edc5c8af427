"""A recording of whole transactions on its way through the engine, ledger by ledger.

Before each submission every ledger that had closed by then is applied, in the recorded order; what waits
goes through the queue as it would on the network. What is not built is taken over from the recording, so
that the rest can go on from there.
"""

from base64 import b64decode
from collections.abc import Iterable
from dataclasses import replace
from itertools import groupby
from typing import Any

from ...ledger.xdr import UnsupportedXdr, XdrError, encode_result, network_id
from ..admission import admit, trim
from ..candidate import Candidate
from ..closed import AppliedTransaction, Change, LedgerHeader, Submission
from ..closing import effective_base_fee, last_sequences
from ..entry_kinds import read_entry
from ..queue import BAN_LEDGERS, LEDGERS_HELD, PENDING_LEDGERS, TransactionQueue
from ..state import LedgerState
from ..transaction import apply_transaction, charge_fee
from .luck import Luck
from .recording import FileReport

__all__ = ["Record", "Replay", "by_name", "header_of"]

Record = dict[str, Any]


class Replay:
    """The engine's ledger and queue, and what the recording says of them.

    Attributes
    ----------
    header : LedgerHeader
        The last closed ledger; its hashes are not used.
    state : LedgerState
    queue : TransactionQueue
    """

    def __init__(self, seed: Record, records: list[Record], report: FileReport) -> None:
        self.report = report
        self.records = records
        self.network_id: bytes = network_id(seed["network_passphrase"])
        self.header = header_of(seed["header"])
        self.state = LedgerState(
            self.header.sequence, self.header.base_reserve, self.header.id_pool, self.header.protocol
        )
        self.queue = TransactionQueue(self.header.protocol)
        self.fee_pool = self.header.fee_pool
        for entry in seed["state"]:
            self.state.load(read_entry(entry))
        self.candidates = {record["i"]: self.read(record) for record in records}
        applied = sorted((r for r in records if "ledger" in r), key=lambda r: (r["ledger"], r["apply_order"]))
        self.ledgers = {number: list(group) for number, group in groupby(applied, lambda r: r["ledger"])}
        self.close_times = {r["lcl_at_submit"]: r["lcl_close_time"] for r in records if "lcl_at_submit" in r}
        self.close_times |= {r["ledger"]: r["ledger_close_time"] for r in applied}
        known = ((self.candidates[record["i"]], "ledger" in record) for record in records)
        self.luck = Luck([(candidate, came) for candidate, came in known if candidate is not None])
        self.queue.goes_first = self.luck.place
        report.cases += len(records)

    def read(self, record: Record) -> Candidate | None:
        """Decode a record's envelope; None if it holds what is not built, or is damaged."""
        try:
            candidate = Candidate.read(b64decode(record["envelope_xdr"]), self.network_id)
        except UnsupportedXdr as error:
            self.report.not_modelled[str(error)] += 1
            return None
        except XdrError as error:
            self.report.run += 1
            self.report.compare(case_of(record), "envelope_xdr", "an envelope", str(error))
            return None
        self.report.compare(case_of(record), "hash", record["hash"], candidate.hash.hex())
        return candidate

    def submit(self, positions: range) -> None:
        """Compare what the network said to submissions between two ledgers.

        Where bids are equal the network leaves to chance which goes first: an order is looked for with which
        every answer is the recorded one.
        """
        before = self.queue
        goal = len(positions) + 1
        self.luck.find(self.movable(positions), lambda: self.agreement(before.copy(), positions), goal)
        answers = [self.answer(position) for position in positions]
        for position, got in zip(positions, answers, strict=True):
            record = self.records[position]
            if got is not None:
                self.report.run += "ledger" not in record
                self.report.compare(case_of(record), "submit_status", record["submit_status"], got.status)
                if record["submit_status"] == got.status == "ERROR":
                    self.compare_refusal(record, got)

    def movable(self, positions: range) -> list[Candidate]:
        """Return what waits between two ledgers, or nothing if there is room for all that was offered."""
        records = [self.records[position] for position in positions]
        offered = [(record, self.candidates[record["i"]]) for record in records]
        operations = self.queue.operations + sum(one.fee_units for _, one in offered if one is not None)
        if operations <= LEDGERS_HELD * self.header.max_tx_set_size:
            return []
        taken = (one for record, one in offered if record["submit_status"] == "PENDING" and one is not None)
        return [*self.queue.candidates(), *taken]

    def agreement(self, queue: TransactionQueue, positions: range) -> int:
        """Return how many answers in a row are the recorded ones, and one more if in the end all still wait
        that came to a ledger.
        """
        whole, self.queue = self.queue, queue
        try:
            for agreed, position in enumerate(positions):
                if not self.agrees(self.records[position], self.answer(position)):
                    return agreed
            waiting = {candidate.full_hash for candidate in queue.candidates()}
            records = (self.records[position] for position in positions)
            came = (self.candidates[record["i"]] for record in records if "ledger" in record)
            return len(positions) + all(one is None or one.full_hash in waiting for one in came)
        finally:
            self.queue = whole

    def answer(self, position: int) -> Submission | None:
        """Return the queue's answer; where the recorded one differs, the queue goes on from that."""
        record = self.records[position]
        candidate = self.candidates[record["i"]]
        if candidate is None:
            return None
        got = admit(candidate, self.queue, self.state, self.header)
        status = record["submit_status"]
        if got.status != status == "PENDING":
            self.queue.add(candidate)
        elif status != got.status == "PENDING":
            self.queue.drop([candidate])
        return got

    def agrees(self, record: Record, got: Submission | None) -> bool:
        """Tell whether an answer is the recorded one."""
        if got is None:
            return True
        expected = record.get("submit_error_xdr")
        same = expected is None or got.result_xdr is None or b64decode(expected) == got.result_xdr
        return got.status == record["submit_status"] and same

    def compare_refusal(self, record: Record, got: Submission) -> None:
        """Compare why a transaction was not taken."""
        case, result = case_of(record), got.result
        assert result is not None
        self.report.compare(case, "submit_code", record["submit_code"], result.outer_code)
        inner = None if result.inner_hash is None else result.code
        self.report.compare(case, "submit_inner_code", record["submit_inner_code"], inner)
        expected = b64decode(record["submit_error_xdr"]).hex()
        self.report.compare(case, "submit_error_xdr", expected, encode_result(result).hex())
        codes = [operation.code for operation in result.operations]
        self.report.compare(case, "submit_op_codes", record["submit_op_codes"], codes)
        fee = int(record["submit_error"]["fee_charged"])
        self.report.compare(case, "submit_error.fee_charged", fee, result.fee_charged)

    def close_until(self, last: int | None) -> None:
        """Close the ledgers up to one (None: all that hold something)."""
        if last is None:
            last = max(self.ledgers, default=0)
        numbers = sorted(number for number in self.ledgers if self.header.sequence < number <= last)
        for number in [*numbers, last]:
            # Of ledgers without transactions only the last few matter: to what waits, and what is banned.
            settled = max(self.header.sequence, number - PENDING_LEDGERS - BAN_LEDGERS - 1)
            self.header = replace(self.header, sequence=settled)
            while self.header.sequence < number:
                following = self.header.sequence + 1
                self.close(following, self.ledgers.get(following, []))

    def close(self, number: int, records: list[Record]) -> list[AppliedTransaction]:
        """Close one ledger: all fees, then each transaction, then what it means for those that wait.

        Returns
        -------
        list of AppliedTransaction
            What the engine applied; what is not built is left out.
        """
        close_time = self.close_times.get(number, self.header.close_time)
        known = [one for one in (self.candidates[record["i"]] for record in records) if one is not None]
        waited = list(self.queue.candidates())
        self.state.ledger = number
        self.state.last_sequences = last_sequences(known)
        base_fee = effective_base_fee(known, self.header, len(known) < len(waited), self.queue.protocol)
        applied = self.apply(records, close_time, base_fee)
        self.header = replace(self.header, sequence=number, close_time=close_time)
        self.queue.settle(known)
        self.queue.shift()
        trim(self.queue, self.state, self.header)
        return applied

    def apply(self, records: list[Record], close_time: int, base_fee: int) -> list[AppliedTransaction]:
        """Apply the transactions of a ledger."""
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
        results: list[AppliedTransaction] = []
        for position, (record, (fee, changes)) in enumerate(zip(records, fees, strict=True), 1):
            self.report.compare(case_of(record), "apply_order", record["apply_order"], position)
            self.fee_pool += fee
            candidate = self.candidates[record["i"]]
            if candidate is None:
                self.take_over(record["touched"])
                self.state.id_pool = record["id_pool_after"]
                continue
            self.report.run += 1
            applied = apply_transaction(
                candidate, self.state, close_time, fee, record["apply_order"], changes, base_fee
            )
            self.compare_applied(record, applied)
            results.append(applied)
        for record in records[-1:]:
            case = case_of(record)
            self.report.compare(case, "id_pool_after", record["id_pool_after"], self.state.id_pool)
            self.report.compare(case, "fee_pool_after", record["fee_pool_after"], self.fee_pool)
        return results

    def take_over(self, changes: list[Record]) -> None:
        """Change the ledger as recorded."""
        for change in changes:
            before, after = change["before"], change["after"]
            if after is not None:
                self.state.load(read_entry(after))
            elif before is not None:
                self.state.drop(read_entry(before))

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
        return by_name(entry.to_dict() for entry in self.state.entries())


def header_of(recorded: Record) -> LedgerHeader:
    """Return a recorded header; the hashes are not recorded."""
    names = ("close_time", "base_fee", "base_reserve", "max_tx_set_size", "id_pool", "fee_pool")
    numbers = {name: recorded[name] for name in (*names, "total_coins", "protocol")}
    return LedgerHeader(recorded["ledger"], **numbers, hash=bytes(32), previous_hash=bytes(32))


def key_of(entry: Record) -> str:
    """Return a name for an entry, whatever its state."""
    if entry["type"] == "offer":
        return f"offer {entry['offer_id']}"
    return " ".join(str(entry[part]) for part in ("type", "account", "asset", "id", "name") if part in entry)


def by_name(entries: Iterable[Record]) -> dict[str, Record]:
    """Return entries by name."""
    return {key_of(entry): entry for entry in entries}


def case_of(record: Record) -> str:
    """Name a record in a report."""
    return f"i={record['i']} {record['label']}"
