"""``ai-stellar tune``: search a model's hyper-parameters on inner folds; it can be cut off and goes on."""

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

from rich.console import Console

from hummingbot.strategy.ai_stellar.predictors.kinds import TUNABLE

from .engine_options import add_engine_options, engine_of
from .train import data_directory

__all__ = ["register"]


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    tune = subparsers.add_parser(
        "tune",
        help="search a model's hyper-parameters",
        description="Search hyper-parameters by Optuna on inner folds of the training part, to the end of "
        "2022. Run it again with the same --out to go on. The number of trials has to be counted on the card "
        "of whatever is trained with what it finds.",
    )
    tune.add_argument("kind", choices=TUNABLE, metavar="MODEL", help=", ".join(TUNABLE))
    tune.add_argument(
        "--data",
        type=Path,
        metavar="DIR",
        help="hourly price files (default: ../shared/data/ohlcv, if there)",
    )
    tune.add_argument("--trials", type=int, default=20, metavar="N", help="in all (default: 20)")
    tune.add_argument("--out", type=Path, metavar="FILE", help="journal (default: models/MODEL.tuning.log)")
    add_engine_options(tune)
    tune.add_argument("--json", action="store_true", help="print what was found as JSON")
    tune.set_defaults(run=_tune)


def _tune(arguments: argparse.Namespace) -> int:
    from hummingbot.strategy.ai_stellar.research.study import Tunable, find_study
    from hummingbot.strategy.ai_stellar.research.tuning import search

    engine = engine_of(arguments)
    journal = arguments.out or Path("models") / f"{arguments.kind}.tuning.log"
    console = Console(stderr=arguments.json)

    def told(number: int, loss: float, parameters: dict[str, Any], best: float) -> None:
        shown = ", ".join(f"{name} {_short(value)}" for name, value in parameters.items())
        line = f"{number} of {arguments.trials}: loss {loss:.6f} ({shown}); best {best:.6f}"
        console.print(line, markup=False)

    study = cast(Tunable, find_study(arguments.kind))
    data = data_directory(arguments.data)
    with console.status(f"searching, journal {journal}"):
        found = search(study, data, journal, arguments.trials, engine, told)
    if arguments.json:
        print(json.dumps(asdict(found), indent=1))
    else:
        shown = ", ".join(f"{name} {_short(value)}" for name, value in found.parameters.items())
        console.print(f"Best of {found.trials} trials: loss {found.loss:.6f} with {shown}.", markup=False)
    return 0


def _short(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
