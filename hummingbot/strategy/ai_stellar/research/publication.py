"""From a trained model to a directory that can be loaded: files, manifest, signature, card and plots."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from nacl.signing import SigningKey

from hummingbot.strategy.ai_stellar.predictors.artifact import (
    CARD,
    MANIFEST,
    check_whole,
    digests_of_documents,
    parse_manifest,
    read_whole,
    write_artifact,
    write_manifest,
)
from hummingbot.strategy.ai_stellar.predictors.errors import ModelError
from hummingbot.strategy.ai_stellar.predictors.signature import SIGNATURE, sign

from .report import Report
from .study import Trained

__all__ = ["check_place", "publish", "record", "sign_model"]


def check_place(directory: Path, kind: str) -> None:
    """Refuse a directory that a model cannot be written to, before hours are spent on one.

    A model of the same kind that lies there will be replaced.

    Raises
    ------
    ModelError
        If it is a file, holds something else, or may not be written to.
    """
    above = directory
    while not above.exists():
        above = above.parent
    if not above.is_dir():
        raise ModelError(f"{above} is a file, and no model can be written to {directory}: name another")
    if above == directory and any(directory.iterdir()) and not _holds(directory, kind):
        raise ModelError(f"{directory} holds something that is no model of {kind}: name another, or empty it")
    try:
        with TemporaryFile(dir=above):
            pass
    except OSError as error:
        raise ModelError(f"{directory} cannot be written to ({error.strerror}): name another") from None


def publish(directory: Path, trained: Trained, key: SigningKey) -> None:
    """Write a trained model and sign it."""
    write_artifact(directory, trained.manifest, trained.files)
    for name, content in trained.plots.items():
        (directory / name).write_bytes(content)
    (directory / CARD).write_text(trained.card)
    sign_model(directory, key)


def record(directory: Path, report: Report, key: SigningKey) -> None:
    """Write a report into the manifest of a model and onto its card, and sign it anew.

    What was recorded of the same file and span before is replaced, and how often they were read is counted:
    figures that were read before no longer tell what is new. A ``headline`` among the report's details goes
    into the card's first line.

    Raises
    ------
    ModelError
        If the model is not whole: an altered card is not signed anew.
    """
    manifest = read_whole(directory)
    known = manifest.get("evaluations", ())
    replaced = [one for one in known if _same(one, report)]
    reads = max((one.get("reads", 1) for one in replaced), default=0) + 1
    entry = {**report.to_dict(), "reads": reads}
    manifest["evaluations"] = [*(one for one in known if one not in replaced), entry]
    files = {name: (directory / name).read_bytes() for name in manifest.pop("files")}
    card = (directory / CARD).read_text()
    write_artifact(directory, manifest, files)
    section = report.markdown(reads)
    before, found, after = card.partition(f"\n{report.heading(max(reads - 1, 1))}\n")
    if found:
        _, next_heading, rest = after.partition("\n## ")
        after = next_heading + rest
    first, _, rest = before.partition("\n")
    for old in replaced:
        first = first.removesuffix(_headline(old.get("details", {}))).rstrip()
    first = f"{first} {_headline(report.details)}".rstrip()
    (directory / CARD).write_text(f"{first}\n{rest.rstrip()}\n\n{section}{after}")
    sign_model(directory, key)


def _headline(details: Mapping[str, Any]) -> str:
    """Return what of a report belongs into the first line of a card: ``headline`` among its details."""
    return str(details.get("headline", ""))


def sign_model(directory: Path, key: SigningKey) -> None:
    """Sign the manifest that lies in a directory, once all is as it says.

    One that says nothing of card and plots is first told their sha256, as they are.

    Raises
    ------
    ModelError
        If the model is not whole.
    """
    manifest = parse_manifest(directory)
    check_whole(directory, manifest)
    if "documents" not in manifest:
        write_manifest(directory, {**manifest, "documents": digests_of_documents(directory)})
    (directory / SIGNATURE).write_bytes(sign((directory / MANIFEST).read_bytes(), key))


def _holds(directory: Path, kind: str) -> bool:
    try:
        return bool(parse_manifest(directory)["kind"] == kind)
    except ModelError:
        return False


def _same(recorded: dict[str, Any], report: Report) -> bool:
    return all(recorded[name] == getattr(report, name) for name in ("file", "begin", "end"))
