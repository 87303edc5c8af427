"""A table's files: whatever a kill leaves of them, what was appended is there, once and in order."""

import os
import shutil

import pyarrow as pa
import pytest

from hummingbot.strategy.ai_stellar.research.collection.manifest import CollectionError, Manifest, Market
from hummingbot.strategy.ai_stellar.research.collection.parts import Parts, finish, read_parts
from hummingbot.strategy.ai_stellar.research.collection.tables import BOOKS, TRADES, book_row, schema_of

MANIFEST = Manifest(
    "stellar_local",
    "Elsewhere",
    3,
    7,
    "ab",
    {f"XLM-{code}": Market("native", f"{code}:G") for code in ("USDC", "EURC")},
)
SCHEMA = schema_of(BOOKS, "XLM-USDC", MANIFEST)
HOUR = 3600
START = 1_704_067_200


def row(ledger, closed_at):
    return book_row(ledger, closed_at, closed_at * 10**6 + 5, 0, ([(1, 10, ledger)], [(1, 9, 7), (1, 8, 7)]))


def rows_of(folder):
    return read_parts(folder, SCHEMA)["ledger"].to_pylist()


def test_each_hour_of_ledger_time_is_a_file(tmp_path):
    parts = Parts(tmp_path, SCHEMA)
    parts.append([row(k, START + k * 600) for k in range(9)])
    parts.append([row(k, START + k * 600) for k in range(9, 20)])
    parts.close()

    names = sorted(part.name for part in tmp_path.iterdir())
    assert names == [f"2024-01-01T0{hour}-000.parquet" for hour in range(4)]
    assert rows_of(tmp_path) == list(range(20))
    assert parts.rows == 20
    assert parts.bytes == sum(part.stat().st_size for part in tmp_path.iterdir())


def test_what_comes_late_is_put_into_the_hour_under_way(tmp_path):
    parts = Parts(tmp_path, SCHEMA)
    parts.append([row(1, START + HOUR), row(2, START), row(3, START + HOUR)])
    parts.close()

    assert [part.name for part in tmp_path.iterdir()] == ["2024-01-01T01-000.parquet"]
    assert rows_of(tmp_path) == [1, 2, 3]


def test_a_stream_torn_at_any_byte_keeps_its_whole_batches(tmp_path):
    parts = Parts(tmp_path / "whole", SCHEMA)
    ends = []
    for ledger in range(4):
        parts.append([row(ledger, START)])
        (stream,) = (tmp_path / "whole").iterdir()
        ends.append(stream.stat().st_size)
    content = stream.read_bytes()
    near_ends = {size for end in ends for size in (end - 1, end, end + 1) if size <= len(content)}
    for size in sorted({*range(0, len(content), 97), *near_ends}):
        folder = tmp_path / str(size)
        folder.mkdir()
        (folder / stream.name).write_bytes(content[:size])
        wanted = sum(end <= size for end in ends)
        assert rows_of(folder) == list(range(wanted))
        again = Parts(folder, SCHEMA)
        assert [one["ledger"] for one in again.last(2)] == list(range(wanted))[-2:]
        again.append([row(9, START + 60)])
        again.close()
        assert rows_of(folder) == [*range(wanted), 9]
        assert not list(folder.glob("*.arrows"))


def test_a_kill_between_the_file_and_the_end_of_its_stream_doubles_nothing(tmp_path):
    parts = Parts(tmp_path, SCHEMA)
    parts.append([row(1, START)])
    (stream,) = tmp_path.iterdir()
    shutil.copy(stream, tmp_path / "kept")
    parts.close()
    (tmp_path / "kept").rename(stream)

    assert rows_of(tmp_path) == [1]
    Parts(tmp_path, SCHEMA)
    assert rows_of(tmp_path) == [1]
    assert [part.name for part in tmp_path.iterdir()] == ["2024-01-01T00-000.parquet"]


def test_a_kill_while_the_file_is_written_leaves_the_stream(tmp_path, monkeypatch):
    parts = Parts(tmp_path, SCHEMA)
    parts.append([row(1, START)])
    (stream,) = tmp_path.iterdir()
    fsync = os.fsync
    monkeypatch.setattr(os, "fsync", lambda fd: (_ for _ in ()).throw(OSError(28, "No space left")))
    with pytest.raises(OSError, match="No space"):
        finish(stream, SCHEMA)
    monkeypatch.setattr(os, "fsync", fsync)

    assert rows_of(tmp_path) == [1]
    Parts(tmp_path, SCHEMA)
    assert rows_of(tmp_path) == [1]
    assert not list(tmp_path.glob("*.arrows"))


def test_many_interruptions_of_an_hour_stay_in_order(tmp_path):
    for ledger in range(1003):
        name = f"2024-01-01T00-{ledger:03d}.parquet"
        if ledger in (0, 998, 999, 1000, 1001):
            table = pa.Table.from_pylist([row(ledger, START)], SCHEMA)
            pa.parquet.write_table(table, tmp_path / name)

    assert rows_of(tmp_path) == [0, 998, 999, 1000, 1001]
    assert [one["ledger"] for one in Parts(tmp_path, SCHEMA).last(3)] == [999, 1000, 1001]


def test_the_last_rows_reach_over_files(tmp_path):
    parts = Parts(tmp_path, SCHEMA)
    parts.append([row(k, START + k * 1800) for k in range(7)])
    parts.close()

    assert [one["ledger"] for one in parts.last(4)] == [3, 4, 5, 6]
    assert [one["ledger"] for one in parts.last(99)] == list(range(7))
    assert parts.last(1)[0]["closed_at"] == (START + 6 * 1800) * 10**6


def test_a_file_of_something_else_is_named(tmp_path):
    Parts(tmp_path / "a", SCHEMA).append([])
    for table, pair in ((BOOKS, "XLM-EURC"), (TRADES, "XLM-USDC")):
        folder = tmp_path / f"{pair}-{table}"
        folder.mkdir()
        pa.parquet.write_table(
            schema_of(table, pair, MANIFEST).empty_table(), folder / "2024-01-01T00-000.parquet"
        )
        with pytest.raises(CollectionError, match=r"is not of XLM-USDC books as manifest\.json"):
            read_parts(folder, SCHEMA)
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "2024-01-01T00-000.parquet").write_text("no parquet")
    with pytest.raises(CollectionError, match="cannot be read"):
        read_parts(broken, SCHEMA)
