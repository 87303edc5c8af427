"""``ai-stellar sandbox replay``: tell recorded stories of a real network and its Horizon to the sandbox."""

import argparse
import json
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from hummingbot.connector.exchange.stellar.sandbox.golden.recording import GoldenError
from hummingbot.connector.exchange.stellar.sandbox.story.replay import StoryReport, replay

from .verify import shorten

__all__ = ["register", "run"]

SHOWN: Final = 10


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the subcommand to those of ``ai-stellar sandbox``."""
    parser = subparsers.add_parser(
        "replay",
        help="tell a recorded story of a real network and its Horizon to a sandbox",
        description="Start a sandbox with a story's passphrase and first ledger, close its ledgers with its "
        "envelopes in their order, make its requests and open its streams over HTTP when they were, and "
        "compare every answer field by field, and every stream event by event, but for what differs from "
        "one running of a network to the next. Exits 1 on any mismatch.",
    )
    parser.add_argument(
        "stories", nargs="+", type=Path, metavar="STORY", help="a story's folder, or its story.json"
    )
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Replay, print each story as it was told, and return 1 on any mismatch."""
    reports: list[StoryReport] = []
    console = Console(soft_wrap=True, highlight=False)
    try:
        for path in arguments.stories:
            reports.append(replay(path))
            if not arguments.json:
                print_report(reports[-1], console)
    except GoldenError as error:
        if arguments.json:
            print_json(reports, error=str(error))
        raise
    if arguments.json:
        print_json(reports)
    return 1 if any(report.mismatches for report in reports) else 0


def print_json(reports: list[StoryReport], **more: str) -> None:
    """Print the stories that were told, and what kept the next from being told."""
    print(json.dumps({"stories": [report.to_dict(SHOWN) for report in reports], **more}, indent=2))


def print_report(report: StoryReport, console: Console) -> None:
    """Print what was compared, what was not and why, and the first differences."""
    table = Table(escape(report.folder), "cases", "compared", "mismatches", box=None, header_style="bold")
    for column in table.columns[1:]:
        column.justify = "right"
    for part in report.parts:
        table.add_row(part.path, str(part.cases), str(part.run), str(len(part.mismatches)))
    console.print(table)
    for reason, count in report.not_compared.most_common():
        console.print(f"  not compared: {count}, {reason}", markup=False)
    for mismatch in report.mismatches[:SHOWN]:
        console.print(f"\n{shorten(mismatch.case)}: {mismatch.field}", markup=False)
        console.print(f"  expected {shorten(mismatch.expected)}", markup=False)
        console.print(f"  got      {shorten(mismatch.got)}", markup=False)
    cases, compared = (sum(getattr(part, name) for part in report.parts) for name in ("cases", "run"))
    console.print(f"\n{cases} cases, {compared} compared, {len(report.mismatches)} mismatches", markup=False)
