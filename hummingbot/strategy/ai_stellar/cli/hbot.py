"""``DIR/hbot``: Hummingbot's own command line in an instance, where four of its commands need us.

``hbot stop`` knows only whether the process has ended, so what is left in the market is said after it.
``hbot history`` makes no connector, so it would ask an exchange on the internet for the rates of a sandbox;
``hbot balance`` would ask it for the value of nothing where no connector has keys. ``hbot connect`` wants
every field on its input, those that have a default, too.
"""

import io
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

__all__ = ["main"]

TIMED_OUT: Final = 5


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
        from .traded_rates import TradedRates

        TradedRates.install([word for word in words[1:] if not word.startswith("-")])
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


if __name__ == "__main__":
    sys.exit(main())
