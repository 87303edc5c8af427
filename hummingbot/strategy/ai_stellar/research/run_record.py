"""What one run of the strategy did, as reports and live views need it. Floats: none reaches a ledger."""

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from math import log
from pathlib import Path
from typing import Final, Self

__all__ = ["DecisionRecord", "EquityPoint", "FillRecord", "RunRecord"]

NEWEST: Final = "(SELECT max(number) FROM runs)"
DECISIONS: Final = f"SELECT * FROM decisions WHERE pair = ? AND run = {NEWEST} ORDER BY number"
FILLS: Final = (
    "SELECT fills.* FROM fills JOIN decisions ON decisions.number = fills.decision "
    f"WHERE fills.pair = ? AND decisions.run = {NEWEST} ORDER BY fills.number"
)


@dataclass(frozen=True, slots=True)
class DecisionRecord:
    """One decision and what came of it.

    Attributes
    ----------
    time : int
        Ledger time, seconds since 1970.
    mid : float or None
        Middle of the book, quote per base.
    expected_return, realised_return : float
        Log-return of the next bar: forecast, and what came (None while it is open).
    side : str
        ``buy``, ``sell`` or ``hold``.
    size : float
        Base units after memory and gate.
    verdict : str
        ``approved``, ``reduced``, ``rejected``, or ``hold`` where nothing was proposed.
    reasons : tuple of str
        Codes of the limits that reduced or rejected it.
    memory_scale : float
        Factor that memory put on the size.
    latency_us : float
        Microseconds from the closed bar to the verdict.
    order_id, order_end : str or None
        The order that was placed, and how it ended.
    """

    time: int
    mid: float | None
    expected_return: float
    realised_return: float | None
    side: str
    size: float
    verdict: str
    reasons: tuple[str, ...]
    memory_scale: float
    latency_us: float
    order_id: str | None = None
    order_end: str | None = None


@dataclass(frozen=True, slots=True)
class FillRecord:
    """One fill of ours: ledger time, side, price (quote per base), amount (base)."""

    time: int
    side: str
    price: float
    amount: float


@dataclass(frozen=True, slots=True)
class EquityPoint:
    """What an account is worth at a moment, in the quote asset.

    Attributes
    ----------
    time : int
        Ledger time.
    value : float
        The strategy's account.
    untouched : float
        The starting balances, had nothing been traded.
    buy_and_hold : float
        The starting value, had it all been put into the base asset.
    """

    time: int
    value: float
    untouched: float
    buy_and_hold: float


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One pair's run."""

    pair: str
    decisions: tuple[DecisionRecord, ...]
    fills: tuple[FillRecord, ...]
    equity: tuple[EquityPoint, ...]

    @classmethod
    def read(cls, memory_file: Path, pair: str) -> Self:
        """Read a pair's newest run from a memory file, also while the strategy writes it.

        Raises
        ------
        sqlite3.Error
            If the file is not there yet, or no memory.
        """
        with closing(sqlite3.connect(f"file:{memory_file}?mode=ro", uri=True, timeout=5)) as connection:
            connection.row_factory = sqlite3.Row
            rows = connection.execute(DECISIONS, (pair,)).fetchall()
            fills = connection.execute(FILLS, (pair,)).fetchall()
        return cls(
            pair,
            tuple(map(_decision, rows, [*rows[1:], None])),
            tuple(
                FillRecord(row["time"], row["side"], float(row["price"]), float(row["amount"]))
                for row in fills
            ),
            tuple(_equity(rows)),
        )

    @property
    def quote(self) -> str:
        """Name of the asset that values are counted in."""
        return self.pair.split("-")[1]


def _decision(row: sqlite3.Row, following: sqlite3.Row | None) -> DecisionRecord:
    stages = ("features_ns", "forecast_ns", "proposal_ns", "memory_ns", "gate_ns")
    return DecisionRecord(
        time=row["time"],
        mid=None if row["mid"] is None else float(row["mid"]),
        expected_return=row["expected_return"] or 0.0,
        realised_return=None if following is None else log(following["close"] / row["close"]),
        side=row["side"],
        size=float(row["size"]),
        verdict="hold" if row["verdict"] == "none" else row["verdict"],
        reasons=tuple(code for code, _ in json.loads(row["reasons"])),
        memory_scale=row["memory_scale"],
        latency_us=sum(row[stage] for stage in stages) / 1000,
        order_id=row["order_id"],
        order_end=row["order_end"],
    )


def _equity(rows: list[sqlite3.Row]) -> list[EquityPoint]:
    points: list[EquityPoint] = []
    valued = [row for row in rows if row["equity"] is not None and row["mid"] is not None]
    for row in valued:
        start, growth = float(valued[0]["equity"]), float(row["mid"]) / float(valued[0]["mid"])
        share = valued[0]["share"] or 0.0
        untouched = start * (1 - share + share * growth)
        points.append(EquityPoint(row["time"], float(row["equity"]), untouched, start * growth))
    return points
