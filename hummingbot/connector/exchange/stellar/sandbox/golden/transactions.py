"""Runs recordings of whole transactions: format ``golden-tx-1``, envelopes with what a real core did with
them, in the order of their submission."""

from collections.abc import Iterable
from itertools import groupby
from typing import Final

from .recording import FileReport, GoldenError
from .replay import Record, Replay, by_name

__all__ = ["run_transactions"]

UNCHANGED: Final = ("base_fee", "base_reserve", "max_tx_set_size", "total_coins", "protocol")
"""What only an upgrade of the network changes, and no transaction."""


def run_transactions(records: Iterable[Record], report: FileReport) -> None:
    """Run a recording; compare answers, results, fees, changed entries, pools and the ledger at the end."""
    lines = list(records)
    seed, final = lines[0], lines[-1]
    if final.get("kind") != "final":
        raise GoldenError(
            f"recording {report.path} breaks off: its last line is not the ledger at the end; record it again"
        )
    replay = Replay(seed, lines[1:-1], report)
    for closed, group in groupby(
        range(len(replay.records)), lambda position: replay.records[position]["lcl_at_submit"]
    ):
        positions = list(group)
        replay.close_until(closed)
        replay.submit(range(positions[0], positions[-1] + 1))
    replay.close_until(None)
    expected, got = by_name(final["state"]), replay.entries()
    for key in sorted({*expected, *got}):
        report.compare("final", f"state[{key}]", expected.get(key), got.get(key))
    report.compare("final", "id_pool", final["header"]["id_pool"], replay.state.id_pool)
    report.compare("final", "fee_pool", final["header"]["fee_pool"], replay.fee_pool)
    for name in UNCHANGED:
        report.compare("final", name, final["header"][name], getattr(replay.header, name))
