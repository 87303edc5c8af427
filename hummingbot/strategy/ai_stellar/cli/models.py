"""``ai-stellar models``: which models there are, whether they are whole, who signed them, and their cards."""

import argparse
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from hummingbot.strategy.ai_stellar.predictors.artifact import (
    CARD,
    MANIFEST,
    PRETRAINED,
    check_whole,
    read_manifest,
    read_whole,
)
from hummingbot.strategy.ai_stellar.predictors.errors import ModelError
from hummingbot.strategy.ai_stellar.predictors.kinds import KINDS
from hummingbot.strategy.ai_stellar.predictors.signature import own_key, public_key, verify

__all__ = ["register"]


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    models = subparsers.add_parser("models", help="list, verify and sign models; show their cards")
    actions = models.add_subparsers(dest="action", metavar="ACTION", required=True)
    for name, run, summary in (
        ("list", _list, "the models of a directory, a line each"),
        ("verify", _verify, "check signature and sha256 of every file; 1 where one is not whole"),
        ("card", _card, "what a model is and how good it was"),
        ("sign", _sign, "vouch for a model with your own key"),
    ):
        action = actions.add_parser(name, help=summary)
        shipped = f", or the kind of a shipped one: {', '.join(KINDS)}"
        default = " (default: the shipped ones)" if name in ("list", "verify") else ""
        action.add_argument(
            "paths",
            type=Path if name == "sign" else _place,
            metavar="DIR" if name == "sign" else "MODEL",
            nargs={"sign": "+", "card": None}.get(name, "*"),
            help=f"directory of a model or of models{'' if name == 'sign' else shipped}{default}",
        )
        if name in ("list", "verify"):
            action.add_argument("--json", action="store_true", help="print as JSON")
        if name == "sign":
            action.add_argument("--key", type=Path, metavar="FILE", help="private key (default: your own)")
        action.set_defaults(run=run)
    for name, run, summary in (
        ("approve", _approve, "let a challenger that waits take over"),
        ("rollback", _rollback, "exchange a model and the one before it"),
    ):
        action = actions.add_parser(name, help=summary)
        action.add_argument("kind", choices=KINDS, metavar="MODEL", help=", ".join(KINDS))
        action.add_argument(
            "--models", type=Path, metavar="DIR", default=Path("models"), help="(default: models)"
        )
        action.set_defaults(run=run)


@dataclass(frozen=True, slots=True)
class _Line:
    """What is said of one model."""

    directory: str
    kind: str
    model_id: str
    trained_until: str
    size: int
    signed_by: str
    error: str | None


def _list(arguments: argparse.Namespace) -> int:
    _print([_line(path) for path in _found(arguments.paths)], arguments.json)
    return 0


def _verify(arguments: argparse.Namespace) -> int:
    lines = [_line(path) for path in _found(arguments.paths)]
    _print(lines, arguments.json)
    return 1 if any(line.error for line in lines) else 0


def _card(arguments: argparse.Namespace) -> int:
    from rich.markdown import Markdown

    directory = arguments.paths
    read_whole(directory)
    try:
        text = (directory / CARD).read_text()
    except OSError as error:
        raise ModelError(
            f"card {directory / CARD} cannot be read ({error.strerror}): train the model anew"
        ) from None
    console = Console()
    console.print(
        Markdown(text) if console.is_terminal else text, markup=False, soft_wrap=not console.is_terminal
    )
    return 0


def _sign(arguments: argparse.Namespace) -> int:
    from hummingbot.strategy.ai_stellar.research.publication import sign_model

    found, key = _found(arguments.paths), own_key(arguments.key)
    for directory in found:
        sign_model(directory, key)
        print(f"{directory}: {read_whole(directory)['model_id']} signed by {public_key(key)}")
    return 0


def _approve(arguments: argparse.Namespace) -> int:
    from hummingbot.strategy.ai_stellar.research.succession import approve

    manifest = approve(arguments.models, arguments.kind)
    print(f"{manifest['model_id']} takes over; 'ai-stellar models rollback {arguments.kind}' takes that back")
    return 0


def _rollback(arguments: argparse.Namespace) -> int:
    from hummingbot.strategy.ai_stellar.research.succession import champion, rollback

    manifest = rollback(arguments.models, arguments.kind)
    shipped = champion(arguments.models, arguments.kind) == PRETRAINED / arguments.kind
    print(f"{manifest['model_id']}{', the shipped one,' if shipped else ''} is in use again")
    return 0


def _found(paths: list[Path]) -> list[Path]:
    """Return the model directories among or below the paths."""
    found: list[Path] = []
    for path in paths or [PRETRAINED]:
        below = sorted(one.parent for one in path.glob(f"*/{MANIFEST}"))
        if (path / MANIFEST).is_file():
            found.append(path)
        elif below:
            found += below
        else:
            raise ModelError(
                f"no model at {path}: name a directory that holds {MANIFEST}, or one of such, "
                f"or one of {', '.join(KINDS)}"
            )
    return found


def _place(name: str) -> Path:
    """Return where a model lies that is named by its directory or, where there is none, by its kind."""
    return PRETRAINED / name if name in KINDS and not Path(name).exists() else Path(name)


def _line(directory: Path) -> _Line:
    """Return what a model is, and what is wrong with it."""
    size = sum(path.stat().st_size for path in directory.iterdir() if path.is_file())
    try:
        manifest = read_manifest(directory)
        signer = verify(directory, (directory / MANIFEST).read_bytes())
    except ModelError as error:
        return _Line(str(directory), "?", "?", "?", size, "?", str(error))
    wrong = None
    try:
        check_whole(directory, manifest)
    except ModelError as error:
        wrong = str(error)
    until = str(manifest.get("training", {}).get("until", "?"))
    return _Line(str(directory), manifest["kind"], manifest["model_id"], until, size, signer, wrong)


def _print(lines: list[_Line], as_json: bool) -> None:
    if as_json:
        print(json.dumps([asdict(line) for line in lines], indent=1))
        return
    console = Console()
    grid = Table()
    for name in ("kind", "model", "trained until", "kB", "signed by"):
        grid.add_column(name, justify="right" if name == "kB" else "left")
    for line in lines:
        grid.add_row(
            line.kind, line.model_id, line.trained_until, f"{line.size // 1000:,}",
            line.signed_by if line.error is None else "not whole",
        )  # fmt: skip
    console.print(grid)
    for line in lines:
        if line.error is not None:
            console.print(line.error, markup=False, style="red", soft_wrap=True)
