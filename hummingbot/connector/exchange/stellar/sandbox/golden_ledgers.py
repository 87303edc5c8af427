"""Runs a recording of whole ledgers from genesis: one ledger a line, its transactions in apply order."""

from collections.abc import Iterable
from typing import Any, Final

from .closed import ClosedLedger, LedgerHeader
from .entries import Account
from .golden import FileReport
from .golden_replay import Record, Replay, header_of
from .network import Network

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
        return ClosedLedger(self.header, tuple(replay.close(number, replay.ledgers.get(number, []))))


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
