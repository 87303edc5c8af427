"""``ai-stellar data``: price files, looked at before they are used."""

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

__all__ = ["register"]

COLOURS: Final = {"fine": "green", "look": "yellow", "unusable": "red"}


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    data = subparsers.add_parser("data", help="look at price files")
    actions = data.add_subparsers(dest="action", metavar="ACTION", required=True)
    check = actions.add_parser(
        "check",
        help="say what is wrong with price files",
        description="Look at hourly price files (parquet or CSV with date, open, high, low, close, volume; "
        "dates without a zone are UTC): gaps, repeats, order, NaN, volume, still prices, leaps, length.",
    )
    check.add_argument("files", type=Path, nargs="+", metavar="FILE")
    check.add_argument("--json", action="store_true", help="print the findings as JSON")
    check.set_defaults(run=_check)


def _check(arguments: argparse.Namespace) -> int:
    from hummingbot.strategy.ai_stellar.research.data_check import check_file

    checks = [check_file(path) for path in arguments.files]
    if arguments.json:
        print(json.dumps([{**asdict(one), "usable": one.usable} for one in checks], indent=1))
    else:
        for one in checks:
            title = f"{one.file}: {'usable' if one.usable else 'not usable'}"
            grid = Table(title=title, title_justify="left")
            for head in ("", "", "found"):
                grid.add_column(head, overflow="fold")
            for finding in one.findings:
                colour = COLOURS[finding.level]
                grid.add_row(finding.what, f"[{colour}]{finding.level}[/]", finding.said)
            Console().print(grid)
    return 0 if all(one.usable for one in checks) else 1
