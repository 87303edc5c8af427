"""A trained model on disk: text files, and a manifest that says what they are and proves it."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from .errors import ModelError

__all__ = ["MANIFEST", "Artifact", "read_artifact", "read_manifest", "write_artifact"]

MANIFEST: Final = "manifest.json"
FORMAT: Final = 1
TRAIN_ANEW: Final = "train it anew with 'ai-stellar train price'"
RESTORE: Final = f"restore it by installing hummingbot-stellar again, or {TRAIN_ANEW}"


@dataclass(frozen=True, slots=True)
class Artifact:
    """A model's manifest and the verified text of its files.

    Attributes
    ----------
    directory : Path
        Where it was read from.
    manifest : dict
        As in ``manifest.json``: ``model_id``, ``horizon``, ``feature_names``, ``feature_set_hash``, ``files``
        (sha256 by name), ``training``, ``libraries``, ``metrics``.
    files : dict of str to str
        Text by file name.
    """

    directory: Path
    manifest: dict[str, Any]
    files: dict[str, str]


def read_artifact(directory: Path, feature_names: tuple[str, ...], feature_set_hash: str) -> Artifact:
    """Read a model and verify every file against the manifest.

    Raises
    ------
    ModelError
        If anything is missing, cut off or altered, or the model was trained on another definition of the
        features.
    """
    manifest = read_manifest(directory)
    files, definition = manifest["files"], manifest["feature_set_hash"]
    if definition != feature_set_hash or tuple(manifest["feature_names"]) != feature_names:
        raise ModelError(
            f"model {directory} was trained on features {definition}, "
            f"but this program computes {feature_set_hash}: {TRAIN_ANEW}"
        )
    return Artifact(
        directory, manifest, {name: _verified(directory, name, digest) for name, digest in files.items()}
    )


def read_manifest(directory: Path) -> dict[str, Any]:
    """Read a manifest and verify it, but not the files it names.

    Raises
    ------
    ModelError
        If it is missing, cut off or altered.
    """
    path = directory / MANIFEST
    try:
        manifest = json.loads(path.read_bytes())
        unaltered = manifest.pop("sha256") == _digest(manifest)
        known = manifest["format"] == FORMAT and bool(manifest["files"])
    except FileNotFoundError:
        raise ModelError(f"model file {path} is missing: {RESTORE}") from None
    except OSError as error:
        raise ModelError(f"model file {path} cannot be read ({error.strerror}): {RESTORE}") from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ModelError(f"model file {path} is cut off or altered: {RESTORE}") from error
    if not unaltered:
        raise ModelError(f"model file {path} is altered (not its own sha256): {RESTORE}")
    if not known:
        raise ModelError(f"model file {path} is of another format than {FORMAT}: {RESTORE}")
    return dict(manifest)


def write_artifact(directory: Path, manifest: dict[str, Any], files: dict[str, str]) -> None:
    """Write a model's files and its manifest, to which format and checksums are added."""
    directory.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (directory / name).write_bytes(text.encode())
    digests = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in files.items()}
    complete = {"format": FORMAT, **manifest, "files": digests}
    complete["sha256"] = _digest(complete)
    (directory / MANIFEST).write_text(json.dumps(complete, indent=1, ensure_ascii=False) + "\n")


def _digest(manifest: dict[str, Any]) -> str:
    """Sha256 of a manifest's content, whatever its layout."""
    return hashlib.sha256(json.dumps(manifest, sort_keys=True).encode()).hexdigest()


def _verified(directory: Path, name: str, digest: str) -> str:
    path = directory / name
    if path.name != name or path.suffix != ".txt":
        raise ModelError(f"model file {path} is not a LightGBM text file: {RESTORE}")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelError(f"model file {path} cannot be read ({error.strerror}): {RESTORE}") from None
    if hashlib.sha256(content).hexdigest() != digest:
        raise ModelError(f"model file {path} is cut off or altered (not the manifest's sha256): {RESTORE}")
    return content.decode()
