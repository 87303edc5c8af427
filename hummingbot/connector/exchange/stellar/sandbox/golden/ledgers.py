"""Runs a recording of whole ledgers from genesis: one ledger a line, its transactions in apply order."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final

from ..closed import AppliedTransaction, Change, ClosedLedger, LedgerHeader
from ..entries import Account
from ..network import Network
from .recording import FileReport
from .replay import Record, Replay, header_of, key_of

__all__ = ["LedgerReplay", "run_ledgers"]

PASSPHRASE: Final = "Standalone Network ; February 2017"
"""The network of every recording."""


def run_ledgers(records: Iterable[dict[str, Any]], report: FileReport) -> None:
    """Run a recording; compare results, fees, changed entries and pools after every ledger."""
    replay = LedgerReplay(list(records), PASSPHRASE, report)
    while replay.left:
        replay.close_next()


class LedgerReplay:
    """A recording of whole ledgers on its way through the engine, one ledger a step.

    Upgrades of fee, reserve and size come into force with the next ledger.

    Parameters
    ----------
    ledgers : list of dict
        From the first one on.
    passphrase : str
    report : FileReport
    """

    def __init__(self, ledgers: list[Record], passphrase: str, report: FileReport) -> None:
        self._ledgers = ledgers
        self._at = 0
        transactions = [as_transaction(ledger, tx) for ledger in ledgers for tx in ledger["txs"]]
        seed = {"network_passphrase": passphrase, "header": ledgers[0], "state": []}
        self._replay = Replay(seed, transactions, report)
        root, lumens = Network.genesis(passphrase, 0).root_key().account, ledgers[0]["total_coins"]
        self._replay.state.load(Account(root, lumens, 0, last_modified=1))

    @property
    def header(self) -> LedgerHeader:
        """The ledger that is closed, as recorded."""
        return header_of(self._ledgers[self._at])

    @property
    def left(self) -> int:
        """How many ledgers are still to come."""
        return len(self._ledgers) - 1 - self._at

    def lend(self, network: Network) -> None:
        """Let a network have the entries, and take its queue for what waits for a ledger."""
        network.state = self._replay.state
        self._replay.queue = network.queue

    def close_next(self) -> ClosedLedger:
        """Close the next ledger with the recorded transactions."""
        replay = self._replay
        replay.header = self.header
        replay.state.base_reserve, replay.state.protocol = self.header.base_reserve, self.header.protocol
        self._at += 1
        number = self.header.sequence
        records = replay.ledgers.get(number, [])
        recorded = {record["hash"]: record["touched"] for record in records}
        applied = replay.close(number, records)
        return ClosedLedger(
            self.header, tuple(as_recorded(tx, recorded.get(tx.hash.hex(), [])) for tx in applied)
        )


def as_recorded(applied: AppliedTransaction, touched: list[Record]) -> AppliedTransaction:
    """Return a transaction with what each operation changed in the recorded order.

    The network tells changes in the order of a hash table, another each time it runs, and Horizon tells their
    effects in that order. Of several operations the recording has the order in which each entry came first.
    """
    places = {key_of(change["before"] or change["after"]): place for place, change in enumerate(touched)}

    def place(change: Change) -> int:
        entry = change[0] or change[1]
        return len(places) if entry is None else places.get(key_of(entry.to_dict()), len(places))

    changes = tuple(tuple(sorted(changes, key=place)) for changes in applied.operation_changes)
    return replace(applied, operation_changes=changes)


def as_transaction(ledger: Record, tx: Record) -> Record:
    """Return one transaction of a ledger as a recording of transactions writes it."""
    return tx | {
        "i": tx["hash"][:8],
        "label": f"ledger {ledger['ledger']} {tx['step']}",
        "ledger": ledger["ledger"],
        "ledger_close_time": ledger["close_time"],
        "id_pool_after": ledger["id_pool"],
        "fee_pool_after": ledger["fee_pool"],
    }
