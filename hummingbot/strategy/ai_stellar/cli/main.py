"""The ``ai-stellar`` command. Each subcommand is a module here with a function ``register``."""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any, Final

from hummingbot.connector.exchange.stellar.errors import StellarError

__all__ = ["main"]

COMMANDS: Final = (
    "demo",
    "sandbox",
    "instance",
    "client",
    "account",
    "trustline",
    "orders",
    "pool",
    "channels",
    "train",
    "tune",
    "retrain",
    "models",
    "data",
)


class Parser(argparse.ArgumentParser):
    """A parser that answers an argument it does not know with its own usage, not with that of the whole."""

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> tuple[Any, list[str]]:
        """Parse, and refuse what is left over."""
        known, left = super().parse_known_args(args, namespace)
        if left:
            self.error(f"unrecognized arguments: {' '.join(left)}")
        return known, left


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    parser = Parser(
        prog="ai-stellar",
        description="Trade on the Stellar DEX with Hummingbot: a local network, instances, keys, models.",
    )
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name in COMMANDS:
        import_module(f"{__package__}.{name}").register(subparsers)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Returns
    -------
    int
        0 on success, 1 when the command says no, 2 for a wrong command line. A user's mistake is one sentence
        on standard error, never a traceback.
    """
    arguments = build_parser().parse_args(argv)
    try:
        return int(arguments.run(arguments) or 0)
    except KeyboardInterrupt:
        return 130
    except (OSError, ValueError, StellarError) as error:
        print(f"ai-stellar {arguments.command}: {_sentence(error)}", file=sys.stderr)
        return 1


def _sentence(error: Exception) -> str:
    """Return what is wrong; of a file, which and why, without the number of the system's error."""
    if isinstance(error, OSError) and error.filename and error.strerror:
        return f"{error.filename} cannot be used ({error.strerror}): name another"
    return str(error)


if __name__ == "__main__":
    sys.exit(main())
