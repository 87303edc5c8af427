"""``ai-stellar sandbox``: run a Stellar network with a market on this machine."""

import argparse
import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from . import replay, verify

if TYPE_CHECKING:
    from hummingbot.connector.exchange.stellar.sandbox.faults import Fault
    from hummingbot.connector.exchange.stellar.sandbox.sandbox import Sandbox
    from hummingbot.connector.exchange.stellar.sandbox.snapshot import Settings

__all__ = ["register", "run"]

HOST: Final = "127.0.0.1"
PORT: Final = 8000
SEED: Final = 1
START: Final = "2024-01-01"
ASSETS: Final = "USDC"
LEDGER_INTERVAL: Final = 5.0
PROTOCOL: Final = 23
QUEUE_PROTOCOL: Final = 20
MOST_NODES: Final = 100
LEDGER_SIZE: Final = 1000


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the subcommand, and ``verify`` and ``replay`` beneath it."""
    parser = subparsers.add_parser(
        "sandbox",
        help="run a Stellar network with a market on this machine",
        description="Run a Stellar network in one process, with Horizon's API on loopback and actors who "
        "trade on it. The same seed gives the same market.",
    )
    parser.add_argument("--host", default=HOST, help=f"loopback address to listen on (default {HOST})")
    parser.add_argument(
        "--port", type=int, default=PORT, help=f"port to listen on, 0 for any (default {PORT})"
    )
    parser.add_argument("--seed", type=int, help=f"seed of the market, 0 or more (default {SEED})")
    parser.add_argument(
        "--ledger-interval",
        type=_seconds,
        default=LEDGER_INTERVAL,
        metavar="S",
        help=f"wall seconds between ledgers (default {LEDGER_INTERVAL:g})",
    )
    parser.add_argument(
        "--market-seconds",
        type=_whole_seconds,
        metavar="S",
        help="market seconds between ledgers (default: the ledger interval, from 1 to 86400)",
    )
    parser.add_argument(
        "--history", type=Path, metavar="FILE", help="hourly bars (parquet or CSV) that the price follows"
    )
    parser.add_argument(
        "--start", type=_date, metavar="DATE", help=f"market time to start at (default {START})"
    )
    parser.add_argument(
        "--assets", metavar="CODES", help=f"assets that trade for XLM, as USDC,EURC (default {ASSETS})"
    )
    parser.add_argument(
        "--protocol",
        type=_count,
        metavar="N",
        help=f"whose rules the ledger has, 19 to 27; from 26 on keys can be frozen (default {PROTOCOL})",
    )
    parser.add_argument(
        "--queue-protocol",
        type=int,
        choices=(19, 20),
        help="19: an account may have several transactions pending, one after another; "
        f"20: one, as on the networks of today (default {QUEUE_PROTOCOL})",
    )
    parser.add_argument(
        "--ledger-size",
        type=_count,
        metavar="N",
        help="most operations that a ledger takes, from 100; if more wait, the best bids get in and fees "
        f"rise (default {LEDGER_SIZE})",
    )
    parser.add_argument("--no-market", action="store_true", help="no actors: only who connects trades")
    parser.add_argument(
        "--state", type=Path, metavar="FILE", help="go on from this file if it exists; save to it at the end"
    )
    parser.add_argument("--seconds", type=_seconds, metavar="S", help="stop after as many wall seconds")
    parser.add_argument(
        "--nodes",
        type=_nodes,
        default=1,
        metavar="N",
        help=f"nodes of the network, each on a port of its own, at most {MOST_NODES} (default 1)",
    )
    parser.add_argument(
        "--rate-limit",
        type=_count,
        metavar="N",
        help="requests an hour that a node grants an address (Horizon's default is 3600, here none)",
    )
    parser.add_argument(
        "--faults", type=Path, metavar="FILE", help="what is to go wrong, as YAML or JSON (see the README)"
    )
    parser.add_argument(
        "--fault",
        action="append",
        default=[],
        metavar="KIND,FIELD=VALUE,...",
        help="one more fault, as timeout,probability=0.1,when=after,path=/transactions; may be repeated",
    )
    parser.add_argument("--fault-seed", type=int, metavar="N", help="seed of all faults (default 1)")
    parser.set_defaults(run=run)
    beneath = parser.add_subparsers(dest="sandbox_command", metavar="verify, replay")
    verify.register(beneath)
    replay.register(beneath)


def run(arguments: argparse.Namespace) -> int:
    """Serve a sandbox until it is stopped."""
    from hummingbot.connector.exchange.stellar.sandbox.http.server import check_loopback
    from hummingbot.connector.exchange.stellar.sandbox.run import Serving
    from hummingbot.connector.exchange.stellar.sandbox.run import run as serve
    from hummingbot.connector.exchange.stellar.sandbox.snapshot import check_writable

    check_loopback(arguments.host)
    if arguments.state is not None:
        check_writable(arguments.state)
    seed, faults = _faults(arguments)
    sandbox, settings = _sandbox(arguments)
    sandbox.faults.add(faults, seed)
    serving = Serving(
        host=arguments.host,
        port=arguments.port,
        ledger_interval=arguments.ledger_interval,
        nodes=arguments.nodes,
        rate_limit=arguments.rate_limit,
        state=arguments.state,
        seconds=arguments.seconds,
    )
    asyncio.run(serve(sandbox, settings, serving, _announce))
    return 0


def _announce(urls: Sequence[str]) -> None:
    print(f"Stellar sandbox at {urls[0]}", *(f"and at {url}" for url in urls[1:]), sep="\n", flush=True)


def _faults(arguments: argparse.Namespace) -> "tuple[int | None, list[Fault]]":
    from hummingbot.connector.exchange.stellar.sandbox.faults import FaultError, parse_fault, read_faults

    seed, faults = (None, []) if arguments.faults is None else read_faults(arguments.faults)
    faults += [parse_fault(text) for text in arguments.fault]
    for fault in faults:
        if max(fault.nodes, default=1) > arguments.nodes:
            raise FaultError(
                f"fault {fault.name}: there is no node {max(fault.nodes)}, for the network has "
                f"{arguments.nodes}: choose another, or more with --nodes"
            )
    return (seed if arguments.fault_seed is None else arguments.fault_seed), faults


def _sandbox(arguments: argparse.Namespace) -> "tuple[Sandbox, Settings]":
    """Begin a new sandbox, or go on with the saved one."""
    from hummingbot.connector.exchange.stellar.sandbox.errors import SandboxError
    from hummingbot.connector.exchange.stellar.sandbox.snapshot import MOST_MARKET_SECONDS, Settings, load

    if arguments.state is not None and arguments.state.exists():
        fixed = ("seed", "history", "start", "assets", "protocol", "queue_protocol", "ledger_size")
        given = [f"--{name.replace('_', '-')}" for name in fixed if getattr(arguments, name) is not None]
        if arguments.no_market:
            given.append("--no-market")
        if given:
            raise SandboxError(
                f"{arguments.state} goes on as it began: leave out {', '.join(given)}, or name a new file"
            )
        return load(arguments.state, arguments.market_seconds)
    if arguments.no_market and (arguments.history is not None or arguments.assets is not None):
        raise SandboxError("--no-market has no price and no assets: leave out --history and --assets")
    pairs = () if arguments.no_market else _pairs(ASSETS if arguments.assets is None else arguments.assets)
    settings = Settings(
        seed=SEED if arguments.seed is None else arguments.seed,
        start=_date(START) if arguments.start is None else arguments.start,
        pairs=pairs,
        history=None if arguments.history is None else str(arguments.history.resolve()),
        market_seconds=arguments.market_seconds
        or min(max(round(arguments.ledger_interval), 1), MOST_MARKET_SECONDS),
        queue_protocol=arguments.queue_protocol or QUEUE_PROTOCOL,
        protocol=arguments.protocol or PROTOCOL,
        ledger_size=arguments.ledger_size or LEDGER_SIZE,
    )
    return settings.found(), settings


def _pairs(codes: str) -> tuple[str, ...]:
    from hummingbot.connector.exchange.stellar.sandbox.errors import SandboxError

    pairs = tuple(code.strip() for code in codes.split(",") if code.strip())
    if not pairs:
        raise SandboxError(f"--assets {codes!r} names none: give codes such as {ASSETS}, or --no-market")
    return pairs


def _date(text: str) -> int:
    """Read a date, or a date and time, of UTC as unix seconds."""
    from hummingbot.connector.exchange.stellar.sandbox.market.bars import utc
    from hummingbot.connector.exchange.stellar.sandbox.snapshot import EARLIEST_START, LATEST_START

    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date such as {START} or {START}T12:00") from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    start = int(moment.timestamp())
    if not EARLIEST_START <= start <= LATEST_START:
        raise argparse.ArgumentTypeError(f"{text!r} is not from {utc(EARLIEST_START)} to {utc(LATEST_START)}")
    return start


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0.001 <= seconds <= 1e9:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds from 0.001 up")
    return seconds


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 1_000_000_000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1")
    return int(text)


def _nodes(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MOST_NODES:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 to {MOST_NODES}")
    return int(text)


def _whole_seconds(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 86_400:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of seconds from 1 to 86400")
    return int(text)
