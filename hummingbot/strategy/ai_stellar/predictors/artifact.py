"""A trained model on disk: text files, and a manifest that says what they are and proves it."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from .errors import ModelError

__all__ = ["MANIFEST", "Artifact", "read_artifact", "write_artifact"]

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
    path = directory / MANIFEST
    try:
        manifest = json.loads(path.read_bytes())
        files = {str(name): str(digest) for name, digest in manifest["files"].items()}
        names, definition = manifest["feature_names"], manifest["feature_set_hash"]
        if manifest["format"] != FORMAT or not files:
            raise ValueError(f"format {manifest['format']}")
    except FileNotFoundError:
        raise ModelError(f"model file {path} is missing: {RESTORE}") from None
    except OSError as error:
        raise ModelError(f"model file {path} cannot be read ({error.strerror}): {RESTORE}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(f"model file {path} is cut off or altered: {RESTORE}") from error
    if definition != feature_set_hash or tuple(names) != feature_names:
        raise ModelError(
            f"model {directory} was trained on features {definition}, "
            f"but this program computes {feature_set_hash}: {TRAIN_ANEW}"
        )
    return Artifact(
        directory, manifest, {name: _verified(directory / name, digest) for name, digest in files.items()}
    )


def write_artifact(directory: Path, manifest: dict[str, Any], files: dict[str, str]) -> None:
    """Write a model's files and its manifest, to which format and checksums are added."""
    directory.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (directory / name).write_bytes(text.encode())
    digests = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in files.items()}
    complete = {"format": FORMAT, **manifest, "files": digests}
    (directory / MANIFEST).write_text(json.dumps(complete, indent=1, ensure_ascii=False) + "\n")


def _verified(path: Path, digest: str) -> str:
    if path.parent / path.name != path or path.suffix != ".txt":
        raise ModelError(f"model file {path} is not a LightGBM text file: {RESTORE}")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelError(f"model file {path} cannot be read ({error.strerror}): {RESTORE}") from None
    if hashlib.sha256(content).hexdigest() != digest:
        raise ModelError(f"model file {path} is cut off or altered (not the manifest's sha256): {RESTORE}")
    return content.decode()
