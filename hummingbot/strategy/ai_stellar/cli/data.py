"""``ai-stellar data``: prices fetched, books and trades recorded, and both looked at before they are used."""

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from . import collect

__all__ = ["register"]

COLOURS: Final = {"fine": "green", "look": "yellow", "unusable": "red"}


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    data = subparsers.add_parser("data", help="fetch price files, record live books and trades, look at both")
    actions = data.add_subparsers(dest="action", metavar="ACTION", required=True)
    check = actions.add_parser(
        "check",
        help="say what is wrong with price files, and with what was collected",
        description="Look at hourly price files (parquet or CSV with date, open, high, low, close, volume; "
        "dates without a zone are UTC): gaps, repeats, order, NaN, volume, still prices, leaps, length. Of a "
        "folder that `data collect` wrote: span, gaps, spread, trades.",
    )
    check.add_argument("files", type=Path, nargs="+", metavar="FILE")
    check.add_argument("--json", action="store_true", help="print the findings as JSON")
    check.set_defaults(run=_check)

    fetch = actions.add_parser(
        "fetch",
        help="read price history by Hummingbot's candles feeds",
        description="Read hourly bars by Hummingbot's own candles feeds and check them. Run it again to go "
        "on where it stopped, or to add what is new.",
    )
    fetch.add_argument("--exchange", required=True, metavar="NAME", help="binance, kraken, stellar, …")
    fetch.add_argument("--pair", required=True, metavar="PAIR", help="XLM-USDT, …")
    fetch.add_argument("--from", dest="begin", required=True, metavar="DATE", help="first hour, UTC")
    fetch.add_argument("--to", dest="end", required=True, metavar="DATE", help="up to, not including")
    fetch.add_argument("--out", required=True, type=Path, metavar="FILE", help="parquet file")
    fetch.add_argument("--json", action="store_true", help="print the findings as JSON")
    fetch.set_defaults(run=_fetch)
    collect.register(actions)


def _check(arguments: argparse.Namespace) -> int:
    return _report(arguments.files, arguments.json)


def _fetch(arguments: argparse.Namespace) -> int:
    import asyncio
    import logging

    from hummingbot.core.web_assistant.connections.connections_factory import ConnectionsFactory

    from hummingbot.strategy.ai_stellar.market.bars import HOUR
    from hummingbot.strategy.ai_stellar.research.data_fetch import fetch_history
    from hummingbot.strategy.ai_stellar.research.history import parse_date

    begin, end = (parse_date(one) // HOUR * HOUR for one in (arguments.begin, arguments.end))
    end = min(end, int(time.time()) // HOUR * HOUR)  # the hour that is not over is no bar yet
    if begin >= end:
        raise ValueError(
            f"--from {arguments.begin} is not before --to {arguments.end}, or not past: name others"
        )

    async def fetch(step: Callable[[str], None]) -> None:
        try:
            await fetch_history(arguments.exchange, arguments.pair, begin, end, arguments.out, step)
        finally:
            await ConnectionsFactory().close()

    logging.disable(logging.CRITICAL)  # Hummingbot's feeds log what is told here in a sentence
    console = Console(stderr=arguments.json)
    try:
        with console.status(f"asking {arguments.exchange} for {arguments.pair}") as status:
            asyncio.run(fetch(status.update))
    finally:
        logging.disable(logging.NOTSET)
    return _report([arguments.out], arguments.json)


def _report(files: list[Path], as_json: bool) -> int:
    from hummingbot.strategy.ai_stellar.research.collection.check import check_collected
    from hummingbot.strategy.ai_stellar.research.data_check import check_file

    checks = [check_collected(path) if path.is_dir() else check_file(path) for path in files]
    if as_json:
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
