"""``ai-stellar train`` and ``evaluate``: fit the shipped models again, and judge them on other data."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from hummingbot.strategy.ai_stellar.research.price_evaluation import Evaluation

__all__ = ["register"]

OVERLAY: Final = Path(__file__).resolve().parents[4]
SHARED_DATA: Final = OVERLAY.parent / "shared" / "data" / "ohlcv"


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add both commands."""
    train = subparsers.add_parser("train", help="train a model as the shipped one was")
    models = train.add_subparsers(dest="model", metavar="MODEL", required=True)
    price = models.add_parser("price", help="return of the next hour (some three minutes)")
    price.add_argument(
        "--data",
        type=Path,
        metavar="DIR",
        help="hourly price files (default: ../shared/data/ohlcv, if there)",
    )
    price.add_argument(
        "--out", type=Path, metavar="DIR", default=Path("models/price"), help="(default: models/price)"
    )
    price.set_defaults(run=_train_price)

    evaluate = subparsers.add_parser("evaluate", help="judge a model on a price file, beside its baselines")
    models = evaluate.add_subparsers(dest="model", metavar="MODEL", required=True)
    price = models.add_parser("price", help="return of the next hour")
    price.add_argument("--data", type=Path, metavar="FILE", required=True, help="hourly bars, parquet or CSV")
    price.add_argument(
        "--from",
        dest="begin",
        metavar="DATE",
        help="first hour (default: the file's first that can be judged)",
    )
    price.add_argument(
        "--to", dest="end", metavar="DATE", help="up to, not including (default: the file's end)"
    )
    price.add_argument("--path", type=Path, metavar="DIR", help="model (default: the shipped one)")
    price.add_argument("--json", action="store_true", help="print the figures as JSON")
    price.add_argument(
        "--record", action="store_true", help="also write the figures into the model's manifest and card"
    )
    price.set_defaults(run=_evaluate_price)


def _train_price(arguments: argparse.Namespace) -> int:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    from hummingbot.strategy.ai_stellar.predictors import ModelError
    from hummingbot.strategy.ai_stellar.predictors.artifact import read_manifest
    from hummingbot.strategy.ai_stellar.predictors.price import PRETRAINED, PricePredictor
    from hummingbot.strategy.ai_stellar.research.card import write_model
    from hummingbot.strategy.ai_stellar.research.price_study import PriceStudy

    console, study, directory = Console(), PriceStudy(), _data_directory(arguments.data)
    progress = Progress(
        TextColumn("{task.description:44}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        console=console,
    )  # fmt: skip
    with progress, threadpool_limits(1):
        task = progress.add_task("", total=study.steps, completed=-1)
        result = study.run(directory, lambda step: progress.update(task, description=step, advance=1))
        progress.update(task, description="done", completed=study.steps)
    write_model(arguments.out, result.manifest, result.files)
    PricePredictor.load(arguments.out)
    metrics = result.manifest["metrics"]
    _print_scores(console, metrics["table"], metrics["against_linear"])
    console.print(f"Written to {arguments.out}: model, manifest.json and card.md.")
    try:
        shipped = read_manifest(PRETRAINED)
    except ModelError as error:
        console.print(f"Not compared with the shipped model: {error}")
    else:
        console.print(_likeness(shipped, read_manifest(arguments.out)))
    return 0


def _evaluate_price(arguments: argparse.Namespace) -> int:
    from hummingbot.strategy.ai_stellar.predictors.price import PRETRAINED, PricePredictor
    from hummingbot.strategy.ai_stellar.research.card import write_model
    from hummingbot.strategy.ai_stellar.research.history import parse_date, read_history
    from hummingbot.strategy.ai_stellar.research.price_evaluation import evaluate

    path = arguments.path or PRETRAINED
    predictor = PricePredictor.load(path)
    history = read_history(arguments.data)
    begin = parse_date(arguments.begin) if arguments.begin else int(history.start[0])
    end = parse_date(arguments.end) if arguments.end else int(history.start[-1])
    if begin >= end:
        raise ValueError(f"--from {arguments.begin} is not before --to {arguments.end}")
    evaluation = evaluate(predictor, history, begin, end)
    if arguments.record:
        manifest = {**predictor.manifest, "evaluations": [evaluation.to_dict()]}
        write_model(path, manifest, predictor.files)
    if arguments.json:
        print(json.dumps(evaluation.to_dict(), indent=1))
    else:
        _print_evaluation(evaluation)
    return 0


def _data_directory(named: Path | None) -> Path:
    if named is not None:
        if not named.is_dir():
            raise ValueError(f"no directory {named}: name one that holds XLMUSDT_1h_binance_spot.parquet")
        return named
    if SHARED_DATA.is_dir():
        return SHARED_DATA
    raise ValueError(f"no price files at {SHARED_DATA}: name their directory with --data")


def _likeness(shipped: dict[str, Any], made: dict[str, Any]) -> str:
    from hummingbot.strategy.ai_stellar.research.card import score_table

    if shipped["files"] == made["files"]:
        return "Byte for byte the shipped model."
    if score_table(shipped["metrics"]["table"]) == score_table(made["metrics"]["table"]):
        return (
            "The shipped model's figures, from other bytes: another version of LightGBM or another processor."
        )
    return "These are not the shipped model's figures: compare the data's fingerprints in both manifests."


def _print_evaluation(evaluation: "Evaluation") -> None:
    console, plain = Console(), evaluation.to_dict()
    console.print(f"{evaluation.file}: {evaluation.hours:,} hours")
    if evaluation.seen_in_training:
        console.print(
            "[bold]Part of this span was trained on: these figures say nothing about the future.[/]"
        )
    _print_scores(console, plain["table"], plain["against_linear"])


def _print_scores(console: Console, table: dict[str, Any], against_linear: dict[str, Any]) -> None:
    from hummingbot.strategy.ai_stellar.research.card import METRIC_NAMES, format_score, verdict

    grid = Table(title="With 95 % intervals")
    grid.add_column("")
    for name in table:
        grid.add_column(name, justify="right")
    for name, label in METRIC_NAMES.items():
        grid.add_row(label, *(format_score(name, table[column][name]) for column in table))
    console.print(grid)
    sentence = verdict(table, against_linear).replace("**", "")
    console.print(f"{sentence[0].upper()}{sentence[1:]}.")
