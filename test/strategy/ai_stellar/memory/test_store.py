"""The memory file: nothing committed is lost, nothing pending is dropped, and a bad file stops the start."""

import contextlib
import signal
import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from hummingbot.strategy.ai_stellar.memory.errors import MemoryCorrupt, MemoryFileError, MemoryLocked
from hummingbot.strategy.ai_stellar.memory.store import MemoryStore

BEGIN = (
    "INSERT INTO runs (number, venue, account, markets, currency, configuration, limits, model, began_at) "
    "VALUES (?, 'stellar_local', 'G', '[]', 'USDC', '{}', '{}', 'm', 0)"
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "memory.sqlite"


@pytest.fixture
def store(path: Path) -> Iterator[MemoryStore]:
    opened = MemoryStore(path)
    yield opened
    opened.close(0.1)


def runs(path: Path) -> list[int]:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return [number for (number,) in connection.execute("SELECT number FROM runs ORDER BY number")]


def test_what_is_written_is_there_when_the_file_is_opened_again(path: Path, store: MemoryStore) -> None:
    store.write(BEGIN, (1,))
    assert store.close()
    again = MemoryStore(path)
    assert [row["number"] for row in again.read("SELECT number FROM runs")] == [1]
    again.close()


def test_the_file_is_in_wal_mode_and_synced_at_each_commit(path: Path, store: MemoryStore) -> None:
    assert store.read("PRAGMA journal_mode")[0][0] == "wal"
    assert store._connection.execute("PRAGMA synchronous").fetchone()[0] == 2


def test_another_program_can_read_while_the_strategy_writes(path: Path, store: MemoryStore) -> None:
    store.write(BEGIN, (1,))
    assert store.flush()
    assert runs(path) == [1]


def test_kill_9_loses_nothing_that_was_flushed_and_damages_nothing(path: Path) -> None:
    script = textwrap.dedent(
        f"""
        import sys, itertools
        from pathlib import Path
        from hummingbot.strategy.ai_stellar.memory.store import MemoryStore
        store = MemoryStore(Path({str(path)!r}))
        for number in itertools.count(1):
            store.write({BEGIN!r}, (number,))
            if number % 10 == 0:
                store.flush()
                print(number, flush=True)
        """
    )
    farm = next(entry for entry in sys.path if entry.endswith(".venv/farm"))
    process = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, env={"PYTHONPATH": farm}
    )
    assert process.stdout is not None
    promised = 0
    for line in process.stdout:
        promised = int(line)
        if promised >= 50:
            process.send_signal(signal.SIGKILL)
            break
    promised = max([promised, *map(int, process.stdout.read().split())])
    assert process.wait() == -signal.SIGKILL
    store = MemoryStore(path)  # the lock of a killed process is gone with it
    kept = [row["number"] for row in store.read("SELECT number FROM runs ORDER BY number")]
    store.close()
    assert kept == list(range(1, len(kept) + 1))
    assert len(kept) >= promised


def test_a_second_bot_on_the_same_file_is_refused(path: Path, store: MemoryStore) -> None:
    with pytest.raises(MemoryLocked, match=rf"memory file {path} is in use by another process.*memory_file"):
        MemoryStore(path)


def test_a_file_another_program_is_writing_to_is_refused(path: Path) -> None:
    MemoryStore(path).close()
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(MemoryLocked, match="in use by another process"):
            MemoryStore(path)
        other.execute("ROLLBACK")
    MemoryStore(path).close()  # and nothing is left locked


def test_while_the_file_is_locked_statements_wait_and_trouble_says_so(path: Path, store: MemoryStore) -> None:
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        store.write(BEGIN, (1,))
        assert not store.flush(2.0)
        assert store.trouble is not None
        assert str(path) in store.trouble
        other.execute("ROLLBACK")
    assert store.flush(5.0)
    assert store.trouble is None
    assert runs(path) == [1]


@pytest.mark.parametrize("content", [b"no database, but long enough to be looked at" * 40, b"\0" * 8192])
def test_a_file_that_is_no_database_is_refused_and_left_alone(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(MemoryCorrupt, match=rf"memory file {path} cannot be read .*move it away"):
        MemoryStore(path)
    assert path.read_bytes() == content


def test_a_damaged_file_is_refused(path: Path, store: MemoryStore) -> None:
    for number in range(1, 2000):
        store.write(BEGIN, (number,))
    store.close()
    content = bytearray(path.read_bytes())
    content[8192:32768] = b"\xa5" * (32768 - 8192)
    path.write_bytes(content)
    with pytest.raises(MemoryCorrupt, match="cannot be read"):
        MemoryStore(path)
    assert path.read_bytes() == content


def test_the_database_of_another_program_is_refused(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE recipes (name TEXT)")
    with pytest.raises(MemoryCorrupt, match="database of another program"):
        MemoryStore(path)


def test_a_file_of_a_later_version_is_refused(path: Path) -> None:
    MemoryStore(path).close()
    with contextlib.closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA user_version = 99")
    with pytest.raises(MemoryCorrupt, match="schema 99"):
        MemoryStore(path)


def test_a_path_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    with pytest.raises(MemoryFileError, match=rf"memory file {tmp_path} cannot be opened"):
        MemoryStore(tmp_path)


def test_a_closed_store_takes_nothing_more(store: MemoryStore) -> None:
    store.close()
    with pytest.raises(MemoryFileError, match="is closed"):
        store.write(BEGIN, (1,))
