"""From a trained model to a directory that can be loaded: files, manifest, signature, card and plots."""

from pathlib import Path
from typing import Any

from nacl.signing import SigningKey

from hummingbot.strategy.ai_stellar.predictors.artifact import CARD, MANIFEST, read_manifest, write_artifact
from hummingbot.strategy.ai_stellar.predictors.signature import SIGNATURE, sign

from .report import Report
from .study import Trained

__all__ = ["publish", "record", "sign_model"]


def publish(directory: Path, trained: Trained, key: SigningKey) -> None:
    """Write a trained model and sign it."""
    write_artifact(directory, trained.manifest, trained.files)
    for name, content in trained.plots.items():
        (directory / name).write_bytes(content)
    (directory / CARD).write_text(trained.card)
    sign_model(directory, key)


def record(directory: Path, report: Report, key: SigningKey) -> None:
    """Write a report into the manifest of a model and onto its card, and sign it anew.

    What was recorded of the same file and span before is replaced.
    """
    manifest = read_manifest(directory)
    kept = [one for one in manifest.get("evaluations", ()) if not _same(one, report)]
    manifest["evaluations"] = [*kept, report.to_dict()]
    files = {name: (directory / name).read_bytes() for name in manifest.pop("files")}
    card = (directory / CARD).read_text()
    write_artifact(directory, manifest, files)
    section = report.markdown()
    heading, _, _ = section.partition("\n")
    before, found, after = card.partition(f"\n{heading}\n")
    if found:
        _, next_heading, rest = after.partition("\n## ")
        after = next_heading + rest
    (directory / CARD).write_text(f"{before.rstrip()}\n\n{section}{after}")
    sign_model(directory, key)


def sign_model(directory: Path, key: SigningKey) -> None:
    """Sign the manifest that lies in a directory."""
    (directory / SIGNATURE).write_bytes(sign((directory / MANIFEST).read_bytes(), key))


def _same(recorded: dict[str, Any], report: Report) -> bool:
    return all(recorded[name] == getattr(report, name) for name in ("file", "begin", "end"))
