"""Finished parts of a long training, kept on disk so that an interrupted one goes on where it stopped."""

import json
import shutil
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

__all__ = ["Checkpoint", "program"]

ROOT: Final = Path(__file__).resolve().parents[1]
ROOMS: Final = ("features", "market", "predictors", "research")
"""Where the code that fits and judges lies, its constants in it."""
CODE: Final = (".py", ".so", ".pyd")
LIBRARIES: Final = ("arch", "hmmlearn", "jax", "lightgbm", "numpy", "scikit-learn", "scipy")
"""Those that fit."""


@cache
def program(root: Path = ROOT) -> str:
    """Return a sha256 over the code of `ROOMS` and the versions of `LIBRARIES`.

    Parameters
    ----------
    root : Path
        The package that holds the rooms.
    """
    digest = sha256(" ".join(f"{name} {_version(name)}" for name in LIBRARIES).encode())
    for room in ROOMS:
        for file in sorted(path for path in (root / room).rglob("*") if path.suffix in CODE):
            digest.update(f"{file.relative_to(root)} {sha256(file.read_bytes()).hexdigest()}".encode())
    return digest.hexdigest()


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "absent"


class Checkpoint:
    """Results by what they were computed from; JSON files in a directory.

    Parts of another program are not found again: whatever a fit depends on, a constant in any of its modules
    or a library, is in `program`, and a study's key need hold no more than parameters and data.

    Parameters
    ----------
    directory : Path or None
        Where to keep them; None keeps nothing.
    code : str, optional
        The program that computes, by default this one's `program`.
    """

    def __init__(self, directory: Path | None = None, code: str | None = None) -> None:
        self._directory = directory
        self._code = program() if code is None and directory is not None else code

    def once(self, key: str, compute: Callable[[], Any]) -> Any:
        """Return what ``compute`` returned for this key before, or compute it now.

        Parameters
        ----------
        key : str
            Names the part and what it depends on beside the program: parameters, the data's fingerprint.
        compute : callable
            Returns plain values that JSON holds.
        """
        if self._directory is None:
            return compute()
        path = self._directory / f"{sha256(f'{self._code} {key}'.encode()).hexdigest()[:24]}.json"
        try:
            return json.loads(path.read_bytes())["value"]
        except (OSError, ValueError, KeyError, TypeError):  # not computed yet, or cut off: compute it
            value = compute()
        self._directory.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        part.write_text(json.dumps({"key": key, "value": value}))
        part.replace(path)
        return value

    def clear(self) -> None:
        """Remove every part, those of other programs too, once the whole is done."""
        if self._directory is not None:
            shutil.rmtree(self._directory, ignore_errors=True)
