"""The options of commands that compute for long: what computes, and on how many workers."""

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hummingbot.strategy.ai_stellar.research.engine import Engine

__all__ = ["add_engine_options", "engine_of"]


def add_engine_options(parser: argparse.ArgumentParser) -> None:
    """Add ``--engine``, ``--workers`` and ``--address``."""
    parser.add_argument(
        "--engine", default="local", metavar="NAME", help="local, dask or ray: what computes (default: local)"
    )
    parser.add_argument("--workers", type=int, default=1, metavar="N", help="processes (default: 1)")
    parser.add_argument("--address", metavar="URL", help="of a Dask scheduler (default: start one)")


def engine_of(arguments: argparse.Namespace) -> "Engine":
    """Return the engine that was asked for.

    Raises
    ------
    ValueError
        If there is none such, or the model's kind is trained in one process.
    """
    from hummingbot.strategy.ai_stellar.predictors.kinds import ALONE
    from hummingbot.strategy.ai_stellar.research.engine import Engine

    engine = Engine(arguments.workers, arguments.engine, arguments.address)
    if arguments.kind in ALONE and engine != Engine():
        raise ValueError(
            f"{arguments.kind} is trained in one process: leave --engine, --workers and --address out"
        )
    return engine
