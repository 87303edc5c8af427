"""``ai-stellar data collect``: record live books and trades, as the connector hears them."""

import argparse
import asyncio
import json
import logging
import math
import signal
import time
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rich.console import Console
from rich.live import Live
from rich.table import Table

from hummingbot.connector.exchange.stellar.stellar_constants import DOMAINS, LOCAL

if TYPE_CHECKING:
    from hummingbot.strategy.ai_stellar.research.collection.collector import Collector, PairCount

__all__ = ["register"]

REFRESH: Final = 0.5
LOGGER: Final = "hummingbot.connector.exchange.stellar"


def register(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the action to those of ``ai-stellar data``."""
    collect = actions.add_parser(
        "collect",
        help="record live books and trades to parquet files",
        description="Record books and trades as the connector hears them, with no key, until it is stopped: "
        "hourly parquet files in DIR/PAIR/books and DIR/PAIR/trades. Run it again into the same folder to go "
        "on: no trade is doubled, none missing that the node still has.",
    )
    collect.add_argument("pairs", nargs="+", metavar="PAIR", help="XLM-USDC, …")
    collect.add_argument("--out", required=True, type=Path, metavar="DIR", help="folder, made where absent")
    collect.add_argument("--domain", choices=DOMAINS, default=LOCAL, help="default: %(default)s")
    collect.add_argument("--horizon-url", default="", help="Horizon (default: the domain's)")
    collect.add_argument("--assets", default="", metavar="NAME=CODE:ISSUER,…", help="assets of your own")
    collect.add_argument(
        "--levels", type=int, metavar="N", help="of each side of a book, up to 200 (default: 20)"
    )
    collect.add_argument("--seconds", type=float, metavar="S", help="stop after so many (default: never)")
    collect.add_argument("--json", action="store_true", help="print what was recorded as JSON")
    collect.set_defaults(run=_collect)


def _collect(arguments: argparse.Namespace) -> int:
    if arguments.seconds is not None and not 0 < arguments.seconds < math.inf:
        raise ValueError(f"--seconds {arguments.seconds:g} records nothing: name a number above 0")
    console = Console(stderr=arguments.json)
    begun = time.monotonic()
    counts = asyncio.run(_record(arguments, console))
    seconds = time.monotonic() - begun
    if arguments.json:
        pairs = {one.pair: asdict(one) for one in counts}
        print(
            json.dumps(
                {"directory": str(arguments.out), "seconds": round(seconds, 3), "pairs": pairs}, indent=1
            )
        )
    else:
        console.print(_table(counts, seconds))
    return 0


async def _record(arguments: argparse.Namespace, console: Console) -> "list[PairCount]":
    from hummingbot.core.web_assistant.connections.connections_factory import ConnectionsFactory

    from hummingbot.connector.exchange.stellar.horizon.errors import HorizonUnavailable
    from hummingbot.connector.exchange.stellar.public_source import PublicSource
    from hummingbot.strategy.ai_stellar.research.collection.collector import Collector
    from hummingbot.strategy.ai_stellar.research.collection.folder import Folder

    source = PublicSource(arguments.domain, arguments.horizon_url, arguments.assets)
    try:
        try:
            folder = await Folder.open(
                arguments.out, source, arguments.domain, arguments.pairs, arguments.levels
            )
        except HorizonUnavailable as error:
            raise ValueError(f"{error}: name another node with --horizon-url, or try later") from None
        try:
            collector = Collector(source, folder)
            await _watched(collector, arguments.seconds, console)
            return collector.counts()
        finally:
            folder.close()
    finally:
        await ConnectionsFactory().close()


async def _watched(collector: "Collector", seconds: float | None, console: Console) -> None:
    """Record, and show how it goes, until it is over or a signal comes."""
    loop, begun = asyncio.get_running_loop(), time.monotonic()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, collector.stop)
    warnings = _Told(console)
    logger = logging.getLogger(LOGGER)
    logger.addHandler(warnings)
    recording = asyncio.ensure_future(collector.run(seconds))
    try:
        with Live(console=console, auto_refresh=False, transient=True) as live:
            while not recording.done():
                if console.is_terminal:
                    live.update(_table(collector.counts(), time.monotonic() - begun), refresh=True)
                await asyncio.wait((recording,), timeout=REFRESH)
        await recording
    finally:
        logger.removeHandler(warnings)
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)


class _Told(logging.Handler):
    """Says what the connector warns of, above the live table."""

    def __init__(self, console: Console) -> None:
        super().__init__(logging.WARNING)
        self._console = console

    def emit(self, record: logging.LogRecord) -> None:
        self._console.print(record.getMessage(), markup=False)


def _table(counts: "Iterable[PairCount]", seconds: float) -> Table:
    table = Table(title_justify="left")
    for head in ("", "books", "a minute", "ledgers missed", "last ledger", "trades", "KB", ""):
        table.add_column(head, justify="right" if head else "left", overflow="fold")
    for one in counts:
        trouble = one.trouble or (
            f"trades of {one.trades_lost:,} ledgers are gone" if one.trades_lost else ""
        )
        rate = f"{60.0 * one.books / max(seconds, 1.0):.1f}"
        cells = (one.books, rate, one.books_missed, one.last_ledger, one.trades, one.bytes // 1000)
        shown = (cell if isinstance(cell, str) else f"{cell:,}" for cell in cells)
        table.add_row(one.pair, *shown, trouble)
    return table
