"""Runs a recording of whole ledgers from genesis: one ledger a line, its transactions in apply order."""

from collections.abc import Iterable
from itertools import pairwise
from typing import Any, Final

from .entries import Account
from .golden import FileReport
from .golden_replay import Record, Replay, header_of
from .network import Network

__all__ = ["run_ledgers"]

PASSPHRASE: Final = "Standalone Network ; February 2017"
"""The network of every recording."""


def run_ledgers(records: Iterable[dict[str, Any]], report: FileReport) -> None:
    """Run a recording; compare results, fees, changed entries and pools after every ledger.

    Upgrades of fee, reserve and size come into force with the next ledger.
    """
    ledgers = list(records)
    transactions = [as_transaction(ledger, tx) for ledger in ledgers for tx in ledger["txs"]]
    replay = Replay(
        {"network_passphrase": PASSPHRASE, "header": ledgers[0], "state": []}, transactions, report
    )
    lumens = ledgers[0]["total_coins"]
    replay.state.load(Account(Network.genesis(PASSPHRASE, 0).root_key().account, lumens, 0, last_modified=1))
    for before, ledger in pairwise(ledgers):
        replay.header = header_of(before)
        replay.state.base_reserve = before["base_reserve"]
        replay.close_until(ledger["ledger"])


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
