"""Verification: recordings of a real network, run against this engine."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from .calls import run_calls
from .ledgers import run_ledgers
from .recording import FileReport, GoldenError, Mismatch, read_records
from .transactions import run_transactions

__all__ = ["GoldenError", "Report", "find_recordings", "verify", "verify_file"]

PATTERNS: Final = ("*.jsonl.gz", "*.jsonl")
REASON_WIDTH: Final = 160


@dataclass(frozen=True, slots=True)
class Report:
    """What came of all recordings.

    Attributes
    ----------
    files : tuple of FileReport
    skipped : tuple of str
        Files in the folders given that are not recordings of ledgers.
    """

    files: tuple[FileReport, ...]
    skipped: tuple[str, ...] = ()

    @property
    def cases(self) -> int:
        """Recorded cases."""
        return sum(file.cases for file in self.files)

    @property
    def run(self) -> int:
        """Cases that the engine ran."""
        return sum(file.run for file in self.files)

    @property
    def not_modelled(self) -> Counter[str]:
        """Cases that it did not run, by what is not built."""
        return sum((file.not_modelled for file in self.files), Counter())

    @property
    def mismatches(self) -> tuple[tuple[str, Mismatch], ...]:
        """Every difference, with the file it is in."""
        return tuple((file.path, mismatch) for file in self.files for mismatch in file.mismatches)

    def to_dict(self, differences: int = 20) -> dict[str, Any]:
        """Return the report as JSON-able data, with the first differences."""
        return {
            "cases": self.cases,
            "run": self.run,
            "not_modelled": dict(self.not_modelled.most_common()),
            "mismatches": len(self.mismatches),
            "differences": [{"file": path, **asdict(m)} for path, m in self.mismatches[:differences]],
            "files": [
                {
                    "path": file.path,
                    "cases": file.cases,
                    "run": file.run,
                    "not_modelled": sum(file.not_modelled.values()),
                    "mismatches": len(file.mismatches),
                }
                for file in self.files
            ],
            "skipped": list(self.skipped),
        }


def find_recordings(path: Path) -> list[Path]:
    """Return a recording, or those anywhere in a folder.

    Raises
    ------
    GoldenError
        If there is none.
    """
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise GoldenError(
            f"there is no recording at {path}: give a file .jsonl or .jsonl.gz, or a folder of them"
        )
    found = sorted(file for pattern in PATTERNS for file in path.rglob(pattern))
    if not found:
        raise GoldenError(f"folder {path} holds no recording: expected files .jsonl or .jsonl.gz in it")
    return found


def verify(paths: Iterable[Path | str]) -> Report:
    """Run every recording in files and folders.

    Raises
    ------
    GoldenError
        If a path holds none, or one cannot be read.
    """
    files: list[FileReport] = []
    skipped: list[str] = []
    for path in map(Path, paths):
        for file in find_recordings(path):
            report = verify_file(file)
            if report is not None:
                files.append(report)
            elif file == path:
                raise GoldenError(
                    f"{path} is no recording of a ledger: its first line has no format that is known"
                )
            else:
                skipped.append(str(file))
    if not files:
        raise GoldenError("none of the files found is a recording of a ledger")
    return Report(tuple(files), tuple(skipped))


def verify_file(path: Path) -> FileReport | None:
    """Run one recording; None if it is of no known format.

    Raises
    ------
    GoldenError
        If it cannot be read, or lacks what its format has.
    """
    records = list(read_records(path))
    report = FileReport(str(path))
    if not records or not isinstance(records[0], dict):
        return None
    try:
        if "initial" in records[0]:
            run_calls(records, report)
        elif records[0].get("format") == "golden-tx-1":
            run_transactions(records, report)
        elif {"ledger", "txs"} <= records[0].keys():
            run_ledgers(records, report)
        else:
            return None
    except GoldenError:
        raise
    except (KeyError, IndexError) as error:
        stop(report, f"lacks a field ({error})", error)
    except (TypeError, AttributeError, ValueError, ArithmeticError) as error:
        reason = str(error).partition("\n")[0][:REASON_WIDTH]
        stop(report, f"holds a value that does not fit ({reason})", error)
    return report


def stop(report: FileReport, reason: str, error: Exception) -> None:
    """End a recording that cannot go on: after a mismatch as another one, else as damaged.

    Once the engine and the recording disagree, what follows may fit neither.
    """
    if not report.mismatches:
        raise GoldenError(f"recording {report.path} {reason}: record it again") from error
    report.mismatches.append(Mismatch("what follows", "not run", "a ledger that goes on", reason))
