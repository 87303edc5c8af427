"""``ai-stellar sandbox verify``: run recordings of a real network against the sandbox's engine."""

import argparse
import json
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from hummingbot.connector.exchange.stellar.sandbox.golden.verify import GoldenError, Report, verify

__all__ = ["register", "run"]

SHOWN: Final = 10
WIDTH: Final = 400


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the subcommand to those of ``ai-stellar sandbox``."""
    parser = subparsers.add_parser(
        "verify",
        help="run recorded cases of a real network against the engine",
        description="Run recordings (.jsonl or .jsonl.gz) of a real stellar-core against the engine, "
        "and compare every result, fee and changed entry. Exits 1 on any mismatch.",
    )
    parser.add_argument(
        "paths", nargs="+", type=Path, metavar="PATH", help="a recording, or a folder of them"
    )
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Verify, print, and return 1 on any mismatch."""
    try:
        report = verify(arguments.paths)
    except GoldenError as error:
        if arguments.json:
            print(json.dumps({"error": str(error)}, indent=2))
        raise
    if arguments.json:
        print(json.dumps(report.to_dict(SHOWN), indent=2))
    else:
        print_report(report, Console(soft_wrap=True, highlight=False))
    return 1 if report.mismatches else 0


def print_report(report: Report, console: Console) -> None:
    """Print what ran, what did not and why, and the first differences."""
    table = Table("recording", "cases", "run", "not modelled", "mismatches", box=None, header_style="bold")
    for column in table.columns[1:]:
        column.justify = "right"
    for file in report.files:
        table.add_row(
            escape(Path(file.path).name),
            str(file.cases),
            str(file.run),
            str(sum(file.not_modelled.values())),
            str(len(file.mismatches)),
        )
    console.print(table)
    if report.not_modelled:
        console.print("\nnot modelled, taken over from the recording:")
        for reason, count in report.not_modelled.most_common():
            console.print(f"  {count:5}  {reason}", markup=False)
    for path in report.skipped:
        console.print(f"skipped {path}: no recording of a ledger", markup=False)
    for path, mismatch in report.mismatches[:SHOWN]:
        console.print(f"\n{Path(path).name}: {mismatch.case}: {mismatch.field}", markup=False)
        console.print(f"  expected {shorten(mismatch.expected)}", markup=False)
        console.print(f"  got      {shorten(mismatch.got)}", markup=False)
    console.print(
        f"\n{report.cases} cases, {report.run} run, {len(report.mismatches)} mismatches", markup=False
    )


def shorten(value: Any) -> str:
    """Return a value's text, cut where it fills the screen."""
    text = str(value)
    return text if len(text) <= WIDTH else f"{text[:WIDTH]}…"
