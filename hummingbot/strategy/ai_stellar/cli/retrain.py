"""``ai-stellar retrain``: train a challenger on newer data; it takes over if it is better beyond noise."""

import argparse
import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Final, cast

from rich.console import Console

from hummingbot.strategy.ai_stellar.predictors.kinds import RETRAINABLE

__all__ = ["register"]

LOWEST_PRIORITY: Final = 19


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    retrain = subparsers.add_parser(
        "retrain",
        help="train a challenger on newer data; it takes over if it is better",
        description="Train a challenger on all but the last days of the data, compare it with the one in "
        "use on those days, and let it take over if its loss is lower beyond noise. On one thread, at the "
        "lowest priority: it may run beside a bot.",
    )
    retrain.add_argument("kind", choices=RETRAINABLE, metavar="MODEL", help=", ".join(RETRAINABLE))
    retrain.add_argument("--data", type=Path, metavar="DIR", required=True, help="hourly price files")
    retrain.add_argument(
        "--models", type=Path, metavar="DIR", default=Path("models"), help="(default: models)"
    )
    retrain.add_argument(
        "--judge", type=int, metavar="DAYS", default=90, help="last days that decide (default: 90)"
    )
    retrain.add_argument("--approval", action="store_true", help="let a person approve before it takes over")
    retrain.add_argument("--key", type=Path, metavar="FILE", help="sign with this key (default: your own)")
    retrain.add_argument("--json", action="store_true", help="print what came of it as JSON")
    retrain.set_defaults(run=_retrain)


def _retrain(arguments: argparse.Namespace) -> int:
    from threadpoolctl import threadpool_limits

    from hummingbot.strategy.ai_stellar.predictors.signature import own_key
    from hummingbot.strategy.ai_stellar.research.study import find_study
    from hummingbot.strategy.ai_stellar.research.succession import Retrainable, contend

    if arguments.judge < 1:
        raise ValueError(f"--judge {arguments.judge} days cannot decide: name 1 or more")
    if not arguments.data.is_dir():
        raise ValueError(f"no directory {arguments.data}: name one that holds hourly price files")
    os.nice(LOWEST_PRIORITY)
    console = Console(stderr=arguments.json)
    study = cast(Retrainable, find_study(arguments.kind))
    with threadpool_limits(1), console.status("") as status:
        contest = contend(
            study,
            arguments.models,
            arguments.data,
            own_key(arguments.key),
            arguments.judge,
            needs_approval=arguments.approval,
            step=status.update,
        )
    console.print(f"{contest.sentence}.", markup=False)
    if contest.outcome == "waiting":
        console.print(
            f"Approve with 'ai-stellar models approve {arguments.kind} --models {arguments.models}'."
        )
    if arguments.json:
        print(json.dumps(asdict(contest), indent=1))
    return 0
