"""Cases recorded from a real network, run against this one: what every format of recording shares."""

import gzip
import json
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

__all__ = ["FileReport", "GoldenError", "Mismatch", "read_records"]


class GoldenError(ValueError):
    """A recording that cannot be read."""


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One field in which the engine differs from the recording."""

    case: str
    field: str
    expected: Any
    got: Any


@dataclass(slots=True)
class FileReport:
    """What came of one recording.

    Attributes
    ----------
    path : str
    cases : int
        Recorded cases in the file.
    run : int
        Cases that the engine ran and that were compared.
    not_modelled : Counter of str
        Cases taken over from the recording, by what is not built.
    mismatches : list of Mismatch
    """

    path: str
    cases: int = 0
    run: int = 0
    not_modelled: Counter[str] = field(default_factory=Counter)
    mismatches: list[Mismatch] = field(default_factory=list)

    def compare(self, case: str, name: str, expected: Any, got: Any) -> None:
        """Note a mismatch if the two differ."""
        if expected != got:
            self.mismatches.append(Mismatch(case, name, expected, got))


def read_records(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the records of a recording: JSON lines, compressed or not.

    Raises
    ------
    GoldenError
        If it cannot be read as such.
    """
    try:
        raw = path.read_bytes()
        text = gzip.decompress(raw) if path.suffix == ".gz" else raw
        for line in text.splitlines():
            yield json.loads(line)
    except (OSError, EOFError, ValueError, RecursionError, zlib.error) as error:
        raise GoldenError(
            f"recording {path} cannot be read ({error}): expected JSON lines, .jsonl or .jsonl.gz"
        ) from error
