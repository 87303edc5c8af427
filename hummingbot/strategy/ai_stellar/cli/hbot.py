"""``DIR/hbot``: Hummingbot's own command line in an instance, where four of its commands need us.

``hbot stop`` knows only whether the process has ended, so what is left in the market is said after it.
``hbot history`` makes no connector, so it would ask an exchange on the internet for the rates of a sandbox;
``hbot balance`` would ask it for the value of nothing where no connector has keys. ``hbot connect`` wants
every field on its input, those that have a default, too.
"""

import io
import json
import sqlite3
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

import yaml  # type: ignore[import-untyped,unused-ignore]

__all__ = ["main"]

TIMED_OUT: Final = 5
SANDBOX: Final = "stellar_local"
SANDBOX_MARKETS: Final = ("stellar_local", "stellar_local_PaperTrade")
"""As Hummingbot's trade records name them."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command of Hummingbot's in the working directory.

    Returns
    -------
    int
        Its exit code; 1 if it stopped the bot but orders are left.
    """
    from hummingbot.cli import bot
    from hummingbot.cli.main import app

    words = list(sys.argv[1:] if arguments is None else arguments)
    command = next((word for word in words if not word.startswith("-")), "")
    was_running = command == "stop" and bot.running()
    if command == "connect":
        add_defaults(words)
    if command == "history":
        value_by_own_books(words)
    if words == ["balance"] and not any(Path("conf/connectors").glob("*.yml")):
        print("No balances: no connector has keys yet, add them by hbot connect CONNECTOR.")
        return 0
    try:
        app(words, prog_name="hbot")
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    if was_running and (code == TIMED_OUT or not bot.running()):
        left = what_is_left()
        if left:
            print(left, file=sys.stderr)
            code = code or 1
    return code


def add_defaults(words: Sequence[str]) -> None:
    """Add to the fields that ``connect`` will read from its input those that may be left out."""
    from hummingbot.connector.exchange.stellar.stellar_utils import KEYS, OTHER_DOMAINS_KEYS

    fields = {"stellar": KEYS, **OTHER_DOMAINS_KEYS}
    domain = next((word for word in words[1:] if not word.startswith("-")), "")
    is_read = "--keys-stdin" in words or not sys.stdin.isatty()
    if domain not in fields or not is_read or {"--fields", "--all", "--password-stdin"} & set(words):
        return
    given = sys.stdin.read()
    try:
        values = json.loads(given)
    except ValueError:
        values = None
    if isinstance(values, dict):
        optional = (name for name, field in type(fields[domain]).model_fields.items() if field.default == "")
        given = json.dumps({**dict.fromkeys(optional, ""), **values})
    sys.stdin = io.StringIO(given)


def what_is_left() -> str:
    """Say which orders are not confirmed as ended; empty if all are."""
    from .orders import describe, left_orders

    try:
        return describe(Path(), left_orders(Path()))
    except ValueError as error:
        return f"Whether orders are left is not known: {error}."


def value_by_own_books(words: Sequence[str]) -> None:
    """Let Hummingbot ask the sandbox's order books for rates, if the trades to be shown are the sandbox's."""
    from hummingbot.cli import bot

    named = (bot.db_path_for(word) for word in words[1:] if not word.startswith("-"))
    database = next(filter(None, named), None) or bot.resolve_db_path()
    pairs = _traded_pairs(Path(database)) if database else set()
    if not pairs:
        return
    from hummingbot.core.rate_oracle.rate_oracle import RateOracle

    from hummingbot.connector.exchange.stellar.assets import AssetTable
    from hummingbot.connector.exchange.stellar.errors import ConfigurationError
    from hummingbot.connector.exchange.stellar.own_assets import own_assets
    from hummingbot.connector.exchange.stellar.stellar_exchange import StellarExchange
    from hummingbot.connector.exchange.stellar.stellar_rate_source import StellarRateSource

    entered = _entered_assets()
    try:
        known = set(AssetTable(SANDBOX, own_assets(SANDBOX, entered)).names)
        readable = sorted(pair for pair in pairs if known.issuperset(pair.split("-")))
        connector = StellarExchange(
            stellar_assets=entered, trading_pairs=readable, trading_required=False, domain=SANDBOX
        )
    except ConfigurationError as error:
        print(f"The rates of own assets are not known: {error}.", file=sys.stderr)
        return
    RateOracle.get_instance().source = StellarRateSource(connector)


def _entered_assets() -> str:
    """Return the own assets that the user entered at `connect`."""
    try:
        keys = yaml.safe_load(Path(f"conf/connectors/{SANDBOX}.yml").read_text())
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        return ""
    return str(keys.get(f"{SANDBOX}_assets") or "") if isinstance(keys, dict) else ""


def _traded_pairs(database: Path) -> set[str]:
    """Return the pairs traded on the sandbox; none if anything was traded elsewhere."""
    try:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            traded = connection.execute("SELECT DISTINCT market, symbol FROM TradeFill").fetchall()
    except sqlite3.Error:
        return set()
    return {pair for _, pair in traded} if all(market in SANDBOX_MARKETS for market, _ in traded) else set()


if __name__ == "__main__":
    sys.exit(main())
