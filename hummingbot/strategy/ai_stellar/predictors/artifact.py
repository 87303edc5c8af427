"""A trained model on disk: its files, and a signed manifest that says what they are and proves it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from .errors import ModelError
from .kinds import KINDS
from .signature import SIGNATURE, verify

__all__ = [
    "CARD",
    "MANIFEST",
    "MODEL_SUFFIXES",
    "PRETRAINED",
    "Artifact",
    "check_whole",
    "digests_of_documents",
    "parse_manifest",
    "read_artifact",
    "read_manifest",
    "read_whole",
    "retrain",
    "write_artifact",
    "write_manifest",
]

PRETRAINED: Final = Path(__file__).parent / "pretrained"
"""Directory of the shipped models, one a kind."""
MANIFEST: Final = "manifest.json"
CARD: Final = "card.md"
FORMAT: Final = 2
MODEL_SUFFIXES: Final = (".txt", ".safetensors", ".json")
"""LightGBM's text format, safetensors, JSON: none of them can run code when read."""
PLOT_SUFFIXES: Final = (".svg", ".png")
DOCUMENT_SUFFIXES: Final = (".md", *PLOT_SUFFIXES)
PICKLES: Final = (".pkl", ".pickle", ".joblib", ".npy", ".npz", ".pt", ".pth")


@dataclass(frozen=True, slots=True)
class Artifact:
    """A model's manifest and the verified content of its files.

    Attributes
    ----------
    directory : Path
        Where it was read from.
    manifest : dict
        As in ``manifest.json``: ``kind``, ``model_id``, ``features`` (``names``, ``definition``), ``files``
        (sha256 by name), ``documents`` (the same of card and plots), ``training``, ``libraries``,
        ``metrics`` and what its kind adds.
    files : dict of str to bytes
        Content by file name.
    """

    directory: Path
    manifest: dict[str, Any]
    files: dict[str, bytes]

    def text(self, name: str) -> str:
        """Return a text file of the model.

        Raises
        ------
        ModelError
            If the manifest names no such file.
        """
        return self.content(name).decode()

    def content(self, name: str) -> bytes:
        """Return a file of the model.

        Raises
        ------
        ModelError
            If the manifest names no such file.
        """
        if name not in self.files:
            kind = self.manifest["kind"]
            raise ModelError(f"model {self.directory} has no file {name}, as {kind} needs: {retrain(kind)}")
        return self.files[name]


def retrain(kind: str) -> str:
    """Return the remedy for a model that cannot be used."""
    return f"train it anew with 'ai-stellar train {kind}'"


def read_artifact(directory: Path, kind: str, names: tuple[str, ...] = (), definition: str = "") -> Artifact:
    """Read a model, and verify its signature and every file against the manifest, card and plots too.

    Parameters
    ----------
    directory : Path
        The model's directory.
    kind : str
        What it must be, as the manifest names it: ``price``, ``lstm`` …
    names, definition
        Features that it must have been trained on, and their definition's hash; empty for a model that takes
        bars alone.

    Raises
    ------
    ModelError
        If anything is missing, cut off, altered, unsigned or not of this kind, a file lies there that the
        manifest does not name, or the model was trained on another definition of the features.
    """
    manifest = read_manifest(directory)
    if manifest["kind"] != kind:
        raise ModelError(
            f"model {directory} is of the kind {manifest['kind']}, not {kind}: name a directory of that kind"
        )
    features = manifest["features"]
    if features["definition"] != definition or tuple(features["names"]) != names:
        known, computed = features["definition"] or "(none)", definition or "(none)"
        others = " under other names or in another order" * (known == computed)
        raise ModelError(
            f"model {directory} was trained on features {known}{others}, "
            f"but this program computes {computed}: {retrain(kind)}"
        )
    return Artifact(directory, manifest, check_whole(directory, manifest))


def read_manifest(directory: Path) -> dict[str, Any]:
    """Read a manifest and verify its signature, but not the files it names.

    Raises
    ------
    ModelError
        If it is missing, cut off, altered, of another format, unsigned, or signed by an unknown key.
    """
    content = _manifest_in(directory)
    manifest = _parsed(directory, content)
    verify(directory, content)
    return manifest


def parse_manifest(directory: Path) -> dict[str, Any]:
    """Read a manifest whether it is signed or not, as who is about to sign it does.

    Raises
    ------
    ModelError
        If it is missing, cut off or of another format.
    """
    return _parsed(directory, _manifest_in(directory))


def read_whole(directory: Path) -> dict[str, Any]:
    """Read a manifest, and verify its signature and every file, card and plots too, whatever the features.

    Raises
    ------
    ModelError
        As `read_artifact`.
    """
    manifest = read_manifest(directory)
    check_whole(directory, manifest)
    return manifest


def check_whole(directory: Path, manifest: Mapping[str, Any]) -> dict[str, bytes]:
    """Verify every file against a manifest, card and plots too; return the model's files by name.

    Raises
    ------
    ModelError
        As `read_artifact`; or if card or plots are missing, altered or not named. A manifest that was written
        before they were says nothing of them.
    """
    remedy = _remedy(manifest["kind"])
    files = _verified_files(directory, manifest, remedy)
    documents = manifest.get("documents")
    if documents is None:
        return files
    for name, digest in documents.items():
        _verified(directory, name, digest, remedy, DOCUMENT_SUFFIXES)
    for path in _documents_in(directory):
        if path.name not in documents:
            raise ModelError(f"model file {path} is not named by its manifest: remove it")
    return files


def digests_of_documents(directory: Path) -> dict[str, str]:
    """Return the sha256 of card and plots that lie in a directory, by name."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in _documents_in(directory)}


def write_artifact(directory: Path, manifest: Mapping[str, Any], files: Mapping[str, str | bytes]) -> None:
    """Write a model's files and its manifest, to which format and checksums are added; it is not signed yet.

    Of card and plots the manifest says nothing until it is signed.

    Raises
    ------
    ValueError
        If a file is not of `MODEL_SUFFIXES`.
    """
    contents = {
        name: content.encode() if isinstance(content, str) else content for name, content in files.items()
    }
    for name in contents:
        if not name.endswith(MODEL_SUFFIXES) or name == MANIFEST or Path(name).name != name:
            raise ValueError(f"{name} cannot be a model's file: it must end in {', '.join(MODEL_SUFFIXES)}")
    directory.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        (directory / name).write_bytes(content)
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    complete = {"format": FORMAT, **manifest, "files": digests}
    complete.pop("documents", None)
    write_manifest(directory, complete)


def write_manifest(directory: Path, manifest: Mapping[str, Any]) -> None:
    """Write a manifest as it is; a signature of the one before is removed."""
    (directory / SIGNATURE).unlink(missing_ok=True)
    (directory / MANIFEST).write_text(
        json.dumps(manifest, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    )


def _manifest_in(directory: Path) -> bytes:
    path = directory / MANIFEST
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise ModelError(_nothing_at(directory)) from None
    except OSError as error:
        remedy = _remedy(directory.name)
        raise ModelError(f"model file {path} cannot be read ({error.strerror}): {remedy}") from error


def _parsed(directory: Path, content: bytes) -> dict[str, Any]:
    path = directory / MANIFEST
    remedy = _remedy(directory.name)
    try:
        manifest = json.loads(content)
        if manifest["format"] != FORMAT:
            raise ModelError(f"model file {path} is of format {manifest['format']}, not {FORMAT}: {remedy}")
        files, features = manifest["files"], manifest["features"]
        whole = isinstance(files, dict) and bool(files) and {"names", "definition"} <= set(features)
        whole = whole and all(isinstance(manifest[name], str) for name in ("kind", "model_id"))
    except ModelError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        whole = False
    if not whole:
        raise ModelError(f"model file {path} is cut off or altered: {remedy}")
    return dict(manifest)


def _remedy(kind: str) -> str:
    how = retrain(kind) if kind in KINDS else "train a model anew with 'ai-stellar train'"
    return f"restore it by installing hummingbot-stellar again, or {how}"


def _nothing_at(directory: Path) -> str:
    """Say what is there where a manifest should be, and what to name."""
    if not directory.is_dir():
        what = f"{directory} is a file" if directory.exists() else f"no model at {directory}"
        return f"{what}: name a model's directory, which holds {MANIFEST}"
    models = sorted(path.parent.name for path in directory.glob(f"*/{MANIFEST}"))
    if models:
        return f"{directory} holds {len(models)} models and is none: name one of {', '.join(models)} below it"
    return f"model file {directory / MANIFEST} is missing: {_remedy(directory.name)}"


def _documents_in(directory: Path) -> list[Path]:
    return [path for path in sorted(directory.iterdir()) if path.name == CARD or path.suffix in PLOT_SUFFIXES]


def _verified_files(directory: Path, manifest: Mapping[str, Any], remedy: str) -> dict[str, bytes]:
    files = manifest["files"]
    for path in sorted(directory.iterdir()):
        if path.name in files or path.name in (MANIFEST, SIGNATURE, CARD) or path.suffix in PLOT_SUFFIXES:
            continue
        what = "can run code when read" if path.suffix in PICKLES else "is not named by its manifest"
        raise ModelError(f"model file {path} {what}: remove it; nothing of this model is used")
    return {name: _verified(directory, name, digest, remedy) for name, digest in files.items()}


def _verified(
    directory: Path, name: str, digest: str, remedy: str, suffixes: tuple[str, ...] = MODEL_SUFFIXES
) -> bytes:
    path = directory / name
    if path.name != name or path.suffix not in suffixes or name == MANIFEST:
        raise ModelError(f"model file {path} is none of {', '.join(suffixes)}: {remedy}")
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise ModelError(f"model file {path} is missing: {remedy}") from None
    except OSError as error:
        raise ModelError(f"model file {path} cannot be read ({error.strerror}): {remedy}") from None
    if hashlib.sha256(content).hexdigest() != digest:
        raise ModelError(f"model file {path} is cut off or altered (not the manifest's sha256): {remedy}")
    return content
