"""``ai-stellar train`` and ``evaluate``: fit a model as the shipped one was, and judge it on other data."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rich.console import Console
from rich.table import Table

from .engine_options import add_engine_options, engine_of

if TYPE_CHECKING:
    from hummingbot.strategy.ai_stellar.research.report import Report

__all__ = ["data_directory", "register"]

OVERLAY: Final = Path(__file__).resolve().parents[4]
FILE_WIDTH: Final = 200
SHARED_DATA: Final = OVERLAY.parent / "shared" / "data" / "ohlcv"


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add both commands."""
    from hummingbot.strategy.ai_stellar.predictors.kinds import KINDS

    kinds = [f"  {kind:12}{summary}" for kind, summary in KINDS.items()]
    train = subparsers.add_parser(
        "train",
        help="train a model as the shipped one was",
        description="Train a model and judge it by walk-forward to the end of 2023:\n\n" + "\n".join(kinds),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    train.add_argument("kind", choices=KINDS, metavar="MODEL", help=", ".join(KINDS))
    train.add_argument(
        "--data",
        type=Path,
        metavar="DIR",
        help="hourly price files (default: ../shared/data/ohlcv, if there)",
    )
    train.add_argument("--out", type=Path, metavar="DIR", help="(default: models/MODEL)")
    train.add_argument("--key", type=Path, metavar="FILE", help="sign with this key (default: your own)")
    train.add_argument("--json", action="store_true", help="print the manifest's figures as JSON")
    add_engine_options(train)
    train.set_defaults(run=_train)

    evaluate = subparsers.add_parser("evaluate", help="judge a model on a price file, beside its baselines")
    evaluate.add_argument("kind", choices=KINDS, metavar="MODEL", help=", ".join(KINDS))
    evaluate.add_argument(
        "--data",
        type=Path,
        metavar="FILE",
        required=True,
        help="hourly bars, parquet or CSV; for execution also recorded books, a file (.gz) or a directory",
    )
    evaluate.add_argument(
        "--from", dest="begin", metavar="DATE", help="first hour (default: the first that can be judged)"
    )
    evaluate.add_argument(
        "--to", dest="end", metavar="DATE", help="up to, not including (default: the file's end)"
    )
    evaluate.add_argument("--path", type=Path, metavar="DIR", help="model (default: the shipped one)")
    evaluate.add_argument("--json", action="store_true", help="print the figures as JSON")
    evaluate.add_argument(
        "--record", action="store_true", help="also write the figures into the model's manifest and card"
    )
    evaluate.add_argument("--key", type=Path, metavar="FILE", help="with --record: sign with this key")
    evaluate.set_defaults(run=_evaluate)


def _train(arguments: argparse.Namespace) -> int:
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
    from threadpoolctl import threadpool_limits

    from hummingbot.strategy.ai_stellar.predictors.artifact import MANIFEST, PRETRAINED, read_manifest
    from hummingbot.strategy.ai_stellar.predictors.signature import own_key
    from hummingbot.strategy.ai_stellar.research.checkpoint import Checkpoint
    from hummingbot.strategy.ai_stellar.research.publication import check_place, publish
    from hummingbot.strategy.ai_stellar.research.study import find_study

    out = arguments.out or Path("models") / arguments.kind
    directory, engine = data_directory(arguments.data), engine_of(arguments)
    check_place(out, arguments.kind)
    console, key = Console(stderr=arguments.json), own_key(arguments.key)
    checkpoint = Checkpoint(out.parent / f".{out.name}.parts")
    progress = Progress(
        SpinnerColumn(),
        TextColumn("{task.completed} {task.description:60}"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
    )
    with progress, threadpool_limits(1):
        task = progress.add_task("", total=None, completed=-1)
        trained = find_study(arguments.kind).train(
            directory,
            engine,
            checkpoint,
            lambda step: progress.update(task, description=step, advance=1),
        )
    publish(out, trained, key)
    checkpoint.clear()
    manifest, shipped = read_manifest(out), PRETRAINED / arguments.kind
    if arguments.json:
        print(json.dumps(manifest["metrics"], indent=1))
    first_line = trained.card.partition("\n")[0]
    console.print(first_line, markup=False)
    console.print(f"Written to {out}: the model, manifest.json, its signature and card.md.", markup=False)
    if (shipped / MANIFEST).is_file() and out.resolve() != shipped.resolve():
        alike = read_manifest(shipped)["files"] == manifest["files"]
        console.print(
            "Byte for byte the shipped model."
            if alike
            else "Not byte for byte the shipped model: other data, "
            "libraries or processor; compare fingerprints, libraries and metrics of both manifests."
        )
    return 0


def _evaluate(arguments: argparse.Namespace) -> int:
    from hummingbot.strategy.ai_stellar.predictors.artifact import PRETRAINED
    from hummingbot.strategy.ai_stellar.predictors.signature import own_key
    from hummingbot.strategy.ai_stellar.research.history import parse_date
    from hummingbot.strategy.ai_stellar.research.publication import record
    from hummingbot.strategy.ai_stellar.research.study import find_study

    begin = parse_date(arguments.begin) if arguments.begin else None
    end = parse_date(arguments.end) if arguments.end else None
    if begin is not None and end is not None and begin >= end:
        raise ValueError(f"--from {arguments.begin} is not before --to {arguments.end}: exchange them")
    if arguments.record and arguments.path is None and arguments.key is None:
        raise ValueError("--record would sign the shipped model with your key: name your model with --path")
    report = find_study(arguments.kind).evaluate(arguments.path, arguments.data, begin, end)
    if arguments.record:
        record(arguments.path or PRETRAINED / arguments.kind, report, own_key(arguments.key))
    if arguments.json:
        print(json.dumps(report.to_dict(), indent=1))
    else:
        _print(report)
    return 0


def data_directory(named: Path | None) -> Path:
    """Return the directory of price files that was named, or the one beside the project.

    Raises
    ------
    ValueError
        If there is none.
    """
    if named is not None:
        if not named.is_dir():
            raise ValueError(f"no directory {named}: name one that holds XLMUSDT_1h_binance_spot.parquet")
        return named
    if SHARED_DATA.is_dir():
        return SHARED_DATA
    raise ValueError(f"no price files at {SHARED_DATA}: name their directory with --data")


def _print(report: "Report") -> None:
    from hummingbot.strategy.ai_stellar.research.report import day
    from hummingbot.strategy.ai_stellar.research.scores import plain

    console = Console() if sys.stdout.isatty() else Console(width=FILE_WIDTH)
    console.print(
        f"{report.model_id} on {report.file}, {day(report.begin)} to {day(report.end)}: "
        f"{report.observations:,} decisions",
        markup=False,
    )
    if report.seen_in_training:
        console.print(
            "[bold]Part of this span was trained on: these figures say nothing about the future.[/]"
        )
    grid = Table(title="With 95 % intervals")
    grid.add_column("")
    figures = {name: plain(dict(scores)) for name, scores in report.table.items()}
    for name in figures:
        grid.add_column(name, justify="right", overflow="fold")
    for name, metric in report.metrics.items():
        row = (one.get(name, [None, None, None]) for one in figures.values())
        grid.add_row(metric.label, *(metric.text(one) for one in row))
    console.print(grid)
    console.print(report.verdict, markup=False)
