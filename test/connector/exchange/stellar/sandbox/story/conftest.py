"""Stories to tell: the recorded one, its beginning, and one of another network."""

import gzip
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

GOLDEN = Path(__file__).parents[6] / "test" / "golden" / "horizon"
LAST_LEDGER = 53
LAST_SECOND = 31.0

Records = list[dict[str, Any]]


def read(path: Path) -> Records:
    """Return the records of a file."""
    with gzip.open(path, "rt") as lines:
        return [json.loads(line) for line in lines]


def write(path: Path, records: Records) -> None:
    """Write a file's records."""
    with gzip.open(path, "wt", compresslevel=1) as file:
        file.writelines(json.dumps(record) + "\n" for record in records)


@pytest.fixture(scope="session")
def beginning(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first seconds of the recorded story, as a story of its own."""
    folder = tmp_path_factory.mktemp("beginning")
    (folder / "sse").mkdir()
    shutil.copy(GOLDEN / "story.json", folder)
    write(folder / "ledgers.jsonl.gz", read(GOLDEN / "ledgers.jsonl.gz")[:LAST_LEDGER])
    exchanges = [
        e for e in read(GOLDEN / "exchanges.jsonl.gz") if e["t"] + e["elapsed_ms"] / 1000 < LAST_SECOND
    ]
    write(folder / "exchanges.jsonl.gz", exchanges)
    for name in ("ledgers_limit3", "order_book_xlm_a", "trades_all_cursor_now"):
        head, *connections = read(GOLDEN / "sse" / f"{name}.jsonl.gz")
        told = [c for c in connections if c["opened_t"] + c["closed_ms"] / 1000 < LAST_SECOND]
        write(folder / "sse" / f"{name}.jsonl.gz", [head, *told])
    return folder


@pytest.fixture
def altered(beginning: Path, tmp_path: Path) -> Callable[[str, Callable[[Records], None]], Path]:
    """Makes a copy of the beginning in which one file is another."""

    def alter(name: str, change: Callable[[Records], None]) -> Path:
        folder = tmp_path / "story"
        shutil.copytree(beginning, folder)
        records = read(folder / name)
        change(records)
        write(folder / name, records)
        return folder

    return alter
