"""The demo from beginning to end."""

import argparse
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import numpy as np
from rich.console import Console
from rich.table import Table as RichTable

from hummingbot.connector.exchange.stellar.ledger.amount import to_stroops

from ...research.run_record import RunRecord
from ...research.run_report import Table, write_report
from ..node import NodeError
from .acceptance import Check, run_checks
from .live_view import watch
from .stage import DemoError, Setting, Stage

__all__ = ["register"]

START: Final = "2024-01-01"
SHARED_HISTORY: Final = Path("../shared/data/ohlcv/XLMUSDT_1h_binance_spot.parquet")
NOTE: Final = (
    "An illustration, not evidence: the market is a simulation whose makers and takers follow the parameters "
    "below, one path, one seed. What the model is worth out of sample stands on its card."
)


def run(arguments: argparse.Namespace) -> int:
    """Set the stage, watch, stop, check, report."""
    console = Console()
    history: Path | None = arguments.history
    if history is None and SHARED_HISTORY.exists():
        history = SHARED_HISTORY
    setting = Setting(
        directory=arguments.directory.absolute(),
        seconds=arguments.seconds,
        history=None if history is None else history.absolute(),
        start=arguments.start,
        seed=arguments.seed,
    )
    try:
        with Stage(setting) as stage:
            checks = perform(stage, console)
    except KeyboardInterrupt:
        console.print("\nStopped: the bot has cancelled its orders, the network is down.")
        return 130
    except (DemoError, NodeError) as error:
        console.print(f"[red]demo:[/red] {error}", highlight=False, soft_wrap=True)
        return 1
    failed = [check for check in checks if not check.passed]
    for check in failed:
        console.print(
            f"[red]demo failed:[/red] {check.name}: {check.detail}", highlight=False, soft_wrap=True
        )
    return 1 if failed else 0


def perform(stage: Stage, console: Console) -> list[Check]:
    """Run the demo on a stage and return what was checked."""
    setting = stage.setting
    source = str(setting.history.name) if setting.history else "the generator fitted to XLM"
    steps = (
        ("clear " + str(setting.directory), stage.make_directory),
        (f"start a Stellar network on loopback, price from {source}, {setting.start}", stage.start_sandbox),
        ("make a Hummingbot instance, fund its account, connect it", stage.make_instance),
        ("hbot create ai_stellar", lambda: stage.create_strategy(())),
        ("hbot start", stage.start_bot),
    )
    for number, (what, step) in enumerate(steps, 1):
        with console.status(what):
            step()
        console.print(f"[green]✓[/green] {number}/{len(steps)} {what}", highlight=False, soft_wrap=True)
    watch(stage, console)
    console.print(stage.hbot("history"), highlight=False, markup=False, soft_wrap=True)
    memory = stage.peak_memory()
    with console.status("hbot stop"):
        stage.stop_bot()
    record = RunRecord.read(stage.memory_file, setting.pair)
    volume, balances = journal_totals(stage.memory_file)
    checks = run_checks(record, volume, balances, memory, stage.node, stage.account)
    rows = summary(record, checks)
    report = setting.directory / "report.html"
    write_report(
        report, f"{setting.pair} on a local Stellar network", NOTE, record, [rows, *market_tables(stage)]
    )
    shutil.copyfile(stage.memory_file, setting.directory / "memory.sqlite")
    show(rows, console)
    console.print(f"{NOTE}\nReport: {report}", highlight=False, soft_wrap=True)
    return checks


def journal_totals(memory_file: Path) -> tuple[dict[str, int], dict[str, int] | None]:
    """Return the stroops bought and sold by the journal, and the connector's balances when it stopped."""
    with closing(sqlite3.connect(f"file:{memory_file}?mode=ro", uri=True)) as connection:
        volume = {"buy": 0, "sell": 0}
        for side, amount in connection.execute("SELECT side, amount FROM fills"):
            volume[side] += to_stroops(Decimal(amount))
        balances = dict(
            connection.execute(
                "SELECT asset, stroops FROM final_balances WHERE run = (SELECT max(number) FROM runs)"
            ).fetchall()
        )
    return volume, balances or None


def moment(seconds_since_1970: int) -> str:
    """Write a ledger time."""
    return datetime.fromtimestamp(seconds_since_1970, UTC).strftime("%Y-%m-%d %H:%M")


def summary(record: RunRecord, checks: list[Check]) -> Table:
    """Return the figures of the run, and what was checked."""
    decisions, equity = record.decisions, record.equity
    known = [(d.expected_return, d.realised_return) for d in decisions if d.realised_return is not None]
    latency = np.array([d.latency_us for d in decisions] or [np.nan])
    rows = [["what", "value"]]
    if decisions:
        rows.append(["ledger time", f"{moment(decisions[0].time)} to {moment(decisions[-1].time)}"])
    if equity:
        first, last = equity[0], equity[-1]
        rows += [
            [
                "account",
                f"{first.value:.4f} to {last.value:.4f} {record.quote} ({last.value / first.value - 1:+.2%})",
            ],
            [
                "starting balances untouched",
                f"{last.untouched:.4f} ({last.untouched / first.value - 1:+.2%})",
            ],
            ["buy and hold", f"{last.buy_and_hold:.4f} ({last.buy_and_hold / first.value - 1:+.2%})"],
        ]
    if known:
        hits = sum((forecast > 0) == (outcome > 0) for forecast, outcome in known if outcome != 0)
        moved = sum(outcome != 0 for _, outcome in known)
        rows.append(["forecasts with the right sign", f"{hits} of {moved} (illustration only)"])
    rows.append(
        ["decision latency", f"median {np.median(latency):.0f} µs, p99 {np.percentile(latency, 99):.0f} µs"]
    )
    rows += [[f"{'✓' if check.passed else '✗'} {check.name}", check.detail] for check in checks]
    return Table("Summary", rows)


def market_tables(stage: Stage) -> list[Table]:
    """Return the named parameters of the simulated market, with their sources, as the network names them."""
    answer: dict[str, Any] = stage.node.get("/sandbox/market")
    parameters = [["parameter", "value", "unit", "meaning", "source"]]
    parameters += [
        [name, *(str(entry[column]) for column in ("value", "unit", "meaning", "source"))]
        for name, entry in answer["parameters"].items()
    ]
    reference = [["figure", "value"], ["seed", str(answer["seed"])]]
    reference += [[name, value] for pair in answer["pairs"] for name, value in flattened(pair)]
    return [
        Table("The simulated market", parameters, "Every parameter with its source, or the word assumed."),
        Table("Its reference price and volume", reference),
    ]


def flattened(report: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield the leaves of a nested report with their paths."""
    for name, value in report.items():
        if isinstance(value, Mapping):
            yield from flattened(value, f"{prefix}{name} · ")
        else:
            yield f"{prefix}{name}", str(value)


def show(table: Table, console: Console) -> None:
    """Print a report's table."""
    heading, *rows = table.rows
    printed = RichTable(title=table.title, title_justify="left")
    for name in heading:
        printed.add_column(name, overflow="fold")
    for row in rows:
        printed.add_row(*row)
    console.print(printed)


def seconds(text: str) -> float:
    """Read a duration."""
    value = float(text)
    if not 10 <= value <= 3600:
        raise argparse.ArgumentTypeError(f"{text} is not between 10 and 3600 seconds")
    return value


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "demo", help="watch the AI trade on a local Stellar network, through Hummingbot"
    )
    parser.add_argument("--seconds", type=seconds, default=90.0, help="how long to watch (default: 90)")
    parser.add_argument(
        "--history", type=Path, help="hourly bars to replay (default: XLM's if at hand, or a generator)"
    )
    parser.add_argument("--start", default=START, help="first day of the market (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the market (default: 1)")
    parser.add_argument(
        "--directory", type=Path, default=Path("demo"), help="instance and report (default: demo)"
    )
    parser.set_defaults(run=run)
