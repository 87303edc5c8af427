"""A trained model on disk: its files, and a signed manifest that says what they are and proves it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from .errors import ModelError
from .signature import SIGNATURE, verify

__all__ = [
    "CARD",
    "MANIFEST",
    "MODEL_SUFFIXES",
    "PRETRAINED",
    "Artifact",
    "read_artifact",
    "read_manifest",
    "read_whole",
    "retrain",
    "write_artifact",
]

PRETRAINED: Final = Path(__file__).parent / "pretrained"
"""Directory of the shipped models, one a kind."""
MANIFEST: Final = "manifest.json"
CARD: Final = "card.md"
FORMAT: Final = 2
MODEL_SUFFIXES: Final = (".txt", ".safetensors", ".json")
"""LightGBM's text format, safetensors, JSON: none of them can run code when read."""
PLOT_SUFFIXES: Final = (".svg", ".png")
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
        (sha256 by name), ``training``, ``libraries``, ``metrics`` and what its kind adds.
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
    """Read a model, and verify its signature and every file against the manifest.

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
    remedy = _remedy(kind)
    if manifest["kind"] != kind:
        raise ModelError(
            f"model {directory} is of the kind {manifest['kind']}, not {kind}: name a directory of that kind"
        )
    features = manifest["features"]
    if features["definition"] != definition or tuple(features["names"]) != names:
        raise ModelError(
            f"model {directory} was trained on features {features['definition'] or '(none)'}, "
            f"but this program computes {definition or '(none)'}: {retrain(kind)}"
        )
    files = manifest["files"]
    for path in sorted(directory.iterdir()):
        if path.name in files or path.name in (MANIFEST, SIGNATURE, CARD) or path.suffix in PLOT_SUFFIXES:
            continue
        what = "can run code when read" if path.suffix in PICKLES else "is not named by its manifest"
        raise ModelError(f"model file {path} {what}: remove it; nothing of this model is used")
    return Artifact(
        directory,
        manifest,
        {name: _verified(directory, name, digest, remedy) for name, digest in files.items()},
    )


def read_manifest(directory: Path) -> dict[str, Any]:
    """Read a manifest and verify its signature, but not the files it names.

    Raises
    ------
    ModelError
        If it is missing, cut off, altered, of another format, unsigned, or signed by an unknown key.
    """
    path = directory / MANIFEST
    remedy = _remedy(directory.name)
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise ModelError(f"model file {path} is missing: {remedy}") from None
    except OSError as error:
        raise ModelError(f"model file {path} cannot be read ({error.strerror}): {remedy}") from error
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
    verify(directory, content)
    return dict(manifest)


def read_whole(directory: Path) -> dict[str, Any]:
    """Read a manifest, and verify its signature and every file that it names, whatever the features.

    Raises
    ------
    ModelError
        As `read_artifact`.
    """
    manifest = read_manifest(directory)
    features = manifest["features"]
    read_artifact(directory, manifest["kind"], tuple(features["names"]), features["definition"])
    return manifest


def write_artifact(directory: Path, manifest: Mapping[str, Any], files: Mapping[str, str | bytes]) -> None:
    """Write a model's files and its manifest, to which format and checksums are added; it is not signed yet.

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
    (directory / SIGNATURE).unlink(missing_ok=True)
    (directory / MANIFEST).write_text(
        json.dumps(complete, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    )


def _remedy(kind: str) -> str:
    return f"restore it by installing hummingbot-stellar again, or {retrain(kind)}"


def _verified(directory: Path, name: str, digest: str, remedy: str) -> bytes:
    path = directory / name
    if path.name != name or path.suffix not in MODEL_SUFFIXES or name == MANIFEST:
        raise ModelError(f"model file {path} is none of {', '.join(MODEL_SUFFIXES)}: {remedy}")
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise ModelError(f"model file {path} is missing: {remedy}") from None
    except OSError as error:
        raise ModelError(f"model file {path} cannot be read ({error.strerror}): {remedy}") from None
    if hashlib.sha256(content).hexdigest() != digest:
        raise ModelError(f"model file {path} is cut off or altered (not the manifest's sha256): {remedy}")
    return content
