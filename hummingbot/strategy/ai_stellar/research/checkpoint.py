"""Finished parts of a long training, kept on disk so that an interrupted one goes on where it stopped."""

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

__all__ = ["Checkpoint"]


class Checkpoint:
    """Results by what they were computed from; JSON files in a directory.

    Parameters
    ----------
    directory : Path or None
        Where to keep them; None keeps nothing.
    """

    def __init__(self, directory: Path | None = None) -> None:
        self._directory = directory

    def once(self, key: str, compute: Callable[[], Any]) -> Any:
        """Return what ``compute`` returned for this key before, or compute it now.

        Parameters
        ----------
        key : str
            Names the part and everything it depends on: parameters, the data's fingerprint.
        compute : callable
            Returns plain values that JSON holds.
        """
        if self._directory is None:
            return compute()
        path = self._directory / f"{sha256(key.encode()).hexdigest()[:24]}.json"
        try:
            return json.loads(path.read_bytes())["value"]
        except (OSError, ValueError, KeyError, TypeError):  # not computed yet, or cut off: compute it
            value = compute()
        self._directory.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        part.write_text(json.dumps({"key": key, "value": value}))
        part.replace(path)
        return value
