"""What is to be known of a collection before anything is trained or judged on it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import numpy as np

from ..data_check import FileCheck, Finding, Level
from .collected import Books, Collected, read_collected
from .manifest import CollectionError

__all__ = ["check_collected"]

MANY_MISSED: Final = 0.01
FEWEST: Final = 600
"""Books of as many ledgers hold thirty orders of twenty ledgers, below which intervals say little."""
BP: Final = 1e-4


def check_collected(directory: Path) -> FileCheck:
    """Look at a folder that `ai-stellar data collect` wrote; never raises for what is in it."""
    try:
        collected = read_collected(directory)
    except (CollectionError, OSError) as error:
        return FileCheck(directory.name, (Finding("folder", "unusable", str(error)),))
    manifest = collected.manifest
    said = f"{manifest.domain} from ledger {manifest.ledger:,} on, {manifest.levels} levels a side"
    findings = [Finding("collection", "fine", said)]
    for pair in collected.pairs:
        try:
            findings += [*_books(collected.books(pair), pair), _trades(collected, pair)]
        except (CollectionError, OSError) as error:
            findings.append(Finding(pair, "unusable", str(error)))
    return FileCheck(directory.name, tuple(findings))


def _books(books: Books, pair: str) -> list[Finding]:
    if not len(books):
        return [Finding(f"{pair} books", "unusable", "none yet: collect for longer")]
    first, last = int(books.ledger[0]), int(books.ledger[-1])
    begun, ended = (datetime.fromtimestamp(int(books.closed_at[k]), UTC) for k in (0, -1))
    span = f"ledgers {first:,} to {last:,}, {begun:%Y-%m-%d %H:%M} to {ended:%Y-%m-%d %H:%M}"
    missed, ledgers = int(books.missed.sum()), last - first + 1
    gaps = f"{missed:,} of {ledgers:,} ledgers missed"
    crossed = float(np.mean(books.bid_price[:, 0] > books.ask_price[:, 0]))
    whole = np.isfinite(books.bid_price[:, 0]) & np.isfinite(books.ask_price[:, 0])
    count = f"{len(books):,}, {span}"
    if len(books) < FEWEST:
        found = [
            Finding(f"{pair} books", "look", f"{count}: few to judge orders on, collect {FEWEST} or more")
        ]
    else:
        found = [Finding(f"{pair} books", "fine", count)]
    level: Level = "fine"
    if missed > MANY_MISSED * ledgers:
        level, gaps = "look", f"{gaps}, {int(books.missed.max())} in a row at most: leave out what spans them"
    found.append(Finding(f"{pair} gaps", level, gaps))
    if not whole.any():
        return [*found, Finding(f"{pair} spread", "unusable", "one side of every book is empty")]
    bid, ask = books.bid_price[whole, 0], books.ask_price[whole, 0]
    spread = float(np.median((ask - bid) / (ask + bid) * 2.0)) / BP
    said = f"{spread:.1f} bp at the median, {1.0 - float(whole.mean()):.1%} of books with an empty side"
    if crossed:
        return [*found, Finding(f"{pair} spread", "look", f"{said}, {crossed:.1%} crossed: leave these out")]
    return [*found, Finding(f"{pair} spread", "fine", said)]


def _trades(collected: Collected, pair: str) -> Finding:
    trades = collected.trades(pair)
    lost = sum(trades["missed"].to_pylist())
    pools = sum(offer == 0 for offer in trades["maker_offer"].to_pylist())
    said = f"{len(trades):,}, {pools:,} of them with pools"
    if lost:
        return Finding(f"{pair} trades", "look", f"{said}; those of {lost:,} ledgers were kept by no node")
    return Finding(f"{pair} trades", "fine", said)
