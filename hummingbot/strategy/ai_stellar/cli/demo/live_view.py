"""What a watcher of the demo sees while it runs: market, decisions, fills and equity, twice a second."""

import sqlite3
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from rich.console import Console, Group
from rich.live import Live
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from ...research.run_record import DecisionRecord, RunRecord
from .stage import DemoError, Stage

__all__ = ["watch"]

SPARKS: Final = "▁▂▃▄▅▆▇█"
COLOURS: Final = {"approved": "green", "reduced": "yellow", "rejected": "red", "hold": "dim"}
LINE_SECONDS: Final = 10.0


def watch(stage: Stage, console: Console) -> RunRecord:
    """Show the run until its time is over; on anything but a terminal print a line every ten seconds.

    Returns
    -------
    RunRecord
        The run as it stood at the end.

    Raises
    ------
    DemoError
        If the network ended before its time.
    """
    began = time.monotonic()
    record = RunRecord(stage.setting.pair, (), (), ())
    if console.is_terminal:
        with Live(console=console, refresh_per_second=4, transient=True) as live:
            return _follow(stage, record, began, lambda r: live.update(_screen(stage, r, began)), 0.5)
    return _follow(stage, record, began, lambda r: console.print(_line(r)), LINE_SECONDS)


def _follow(
    stage: Stage, record: RunRecord, began: float, show: Callable[[RunRecord], None], every: float
) -> RunRecord:
    while (left := began + stage.setting.seconds - time.monotonic()) > 0:
        time.sleep(min(every, left))
        if not stage.sandbox_alive():
            raise DemoError(f"the sandbox ended early, see {stage.setting.directory / 'sandbox.log'}")
        try:
            record = RunRecord.read(stage.memory_file, stage.setting.pair)
        except sqlite3.Error:
            continue  # the strategy has not made its file yet
        show(record)
    return record


def _moment(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M")


def _line(record: RunRecord) -> str:
    if not record.decisions:
        return "warming up: no decision yet"
    last = record.decisions[-1]
    worth = f", worth {record.equity[-1].value:.2f} {record.quote}" if record.equity else ""
    return (
        f"{_moment(last.time)}  mid {last.mid or float('nan'):.5f}  {len(record.decisions)} decisions, "
        f"{len(record.fills)} fills{worth}"
    )


def _screen(stage: Stage, record: RunRecord, began: float) -> Group:
    elapsed = time.monotonic() - began
    head = Table.grid(padding=(0, 2))
    head.add_row(
        Text(f"{record.pair} on a local Stellar network", style="bold"),
        ProgressBar(total=stage.setting.seconds, completed=min(elapsed, stage.setting.seconds), width=30),
        f"{elapsed:.0f} of {stage.setting.seconds:.0f} s",
    )
    if not record.decisions:
        return Group(head, Text("The strategy warms up on the market's history …", style="dim"))
    return Group(head, _market(record), _decisions(record.decisions[-8:]), _fills(record))


def _market(record: RunRecord) -> Panel:
    last = record.decisions[-1]
    grid = Table.grid(padding=(0, 3))
    grid.add_row("ledger time", _moment(last.time), _sparkline([d.mid for d in record.decisions]))
    grid.add_row("mid", f"{last.mid or float('nan'):.5f} {record.quote}", "price")
    if record.equity:
        point = record.equity[-1]
        values = [p.value for p in record.equity]
        grid.add_row("account", f"{point.value:.2f} {record.quote}", _sparkline(list(values)))
        grid.add_row("untouched", f"{point.untouched:.2f} {record.quote}", "account")
    return Panel(grid, title="market", title_align="left")


def _decisions(decisions: tuple[DecisionRecord, ...]) -> Table:
    table = Table(title="decisions", title_justify="left", expand=True)
    for name in ("ledger time", "forecast bp", "side", "size", "memory ×", "verdict", "reasons", "µs"):
        table.add_column(
            name, justify="right" if name in ("forecast bp", "size", "memory ×", "µs") else "left"
        )
    for decision in decisions:
        table.add_row(
            _moment(decision.time),
            f"{decision.expected_return * 1e4:+.2f}",
            decision.side,
            f"{decision.size:.1f}",
            f"{decision.memory_scale:.2f}",
            Text(decision.verdict, style=COLOURS.get(decision.verdict, "")),
            ", ".join(decision.reasons),
            f"{decision.latency_us:.0f}",
        )
    return table


def _fills(record: RunRecord) -> Table:
    bought = sum(fill.amount for fill in record.fills if fill.side == "buy")
    sold = sum(fill.amount for fill in record.fills if fill.side == "sell")
    base = record.pair.split("-")[0]
    table = Table(
        title=f"{len(record.fills)} fills: bought {bought:.1f}, sold {sold:.1f} {base}",
        title_justify="left",
        expand=True,
    )
    for name in ("ledger time", "side", "amount", "price"):
        table.add_column(name, justify="right" if name in ("amount", "price") else "left")
    for fill in record.fills[-5:]:
        style = "green" if fill.side == "buy" else "red"
        table.add_row(
            _moment(fill.time), Text(fill.side, style=style), f"{fill.amount:.7f}", f"{fill.price:.7f}"
        )
    return table


def _sparkline(values: list[float | None], width: int = 60) -> str:
    known = [value for value in values[-width:] if value is not None]
    if not known:
        return ""
    low, span = min(known), (max(known) - min(known)) or 1.0
    return "".join(SPARKS[int((value - low) / span * (len(SPARKS) - 1))] for value in known)
