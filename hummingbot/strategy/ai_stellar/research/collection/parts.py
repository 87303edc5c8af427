"""Files of one table, one for each hour of ledger time.

The hour under way is an Arrow stream to which batches are appended, each synced to disk: a kill loses what
was not yet appended, and a torn batch at the end is passed over. When the hour is over, or the run, the
stream becomes a parquet file: written beside its place, renamed, and only then is the stream removed. A run
that finds a stream finishes it first. So an hour that was interrupted has several parts.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet

from .manifest import CollectionError, put

__all__ = ["Parts", "read_parts"]

HOUR: Final = 3_600_000_000
"""In microseconds."""
OPEN: Final = ".arrows"
WHOLE: Final = ".parquet"
ROW_GROUP: Final = 1 << 16
Row = Mapping[str, Any]


class Parts:
    """The files of a table, held by one process.

    Parameters
    ----------
    folder : Path
        Made where absent; streams of an earlier run are finished.
    schema : pyarrow.Schema

    Attributes
    ----------
    rows, bytes : int
        Written in this run.
    """

    def __init__(self, folder: Path, schema: pa.Schema) -> None:
        self.folder, self.schema = folder, schema
        self.rows = self.bytes = 0
        self._hour = 0
        self._path: Path | None = None
        folder.mkdir(parents=True, exist_ok=True)
        for stream in _in_order(folder, OPEN):
            finish(stream, schema)

    def last(self, count: int) -> list[dict[str, Any]]:
        """Return the rows that were written last, oldest first, times as numbers."""
        rows: list[dict[str, Any]] = []
        for part in reversed(_in_order(self.folder, WHOLE)):
            table = _read_whole(part, self.schema)
            rows = [*_plain(table.slice(max(0, len(table) - count + len(rows)))), *rows]
            if len(rows) >= count:
                break
        return rows

    def append(self, rows: Sequence[Row]) -> None:
        """Write rows, in the order in which they came, and sync them to disk.

        Raises
        ------
        OSError
            If the disk does not take them.
        """
        for hour, some in groupby(rows, lambda row: row["closed_at"] // HOUR):
            if self._path is None or hour > self._hour:
                self.close()
                self._begin(hour)
            batch = pa.RecordBatch.from_pylist(list(some), self.schema)
            self._stream.write_batch(batch)
            self._file.flush()
            os.fdatasync(self._file.fileno())
            self.rows += len(batch)
            self.bytes = self._before + self._file.tell()

    def close(self) -> None:
        """Make a whole file of the hour under way."""
        if self._path is None:
            return
        path, self._path = self._path, None
        self._stream.close()
        self._file.close()
        whole = finish(path, self.schema)
        self.bytes = self._before + (whole.stat().st_size if whole else 0)

    def abandon(self) -> None:
        """Leave the hour under way to the next run, as after a failure of the disk."""
        if self._path is not None:
            self._path = None
            self._file.close()

    def _begin(self, hour: int) -> None:
        self._hour, self._before = hour, self.bytes
        name = f"{datetime.fromtimestamp(hour * 3600, UTC):%Y-%m-%dT%H}"
        taken = len(list(self.folder.glob(f"{name}-*")))
        self._path = self.folder / f"{name}-{taken:03d}{OPEN}"
        self._file = self._path.open("xb")
        self._stream = pa.ipc.new_stream(self._file, self.schema)


def finish(stream: Path, schema: pa.Schema) -> Path | None:
    """Make a parquet file of a stream and remove the stream; None if nothing whole is in it."""
    whole = stream.with_suffix(WHOLE)
    batches = _batches(stream)
    first = next(batches, None)
    if first is not None and not whole.exists():

        def write(part: Path) -> None:
            with pyarrow.parquet.ParquetWriter(part, schema, compression="zstd") as writer:
                for table in _grouped([first], batches):
                    writer.write_table(table)

        put(whole, write)
    stream.unlink()
    return whole if first is not None else None


def read_parts(folder: Path, schema: pa.Schema) -> pa.Table:
    """Read all files of a table, that of the hour under way, too, in the order of writing.

    Raises
    ------
    CollectionError
        If one cannot be read, or is of another table, pair, network or format.
    """
    streams = _in_order(folder, OPEN)  # before the others: one that is finished meanwhile is then found there
    wholes = {part.stem: part for part in _in_order(folder, WHOLE)}
    tables = [_read_whole(part, schema) for part in wholes.values()]
    for stream in streams:
        if stream.stem not in wholes:
            try:
                tables.append(pa.Table.from_batches(_batches(stream), schema))
            except FileNotFoundError:
                tables.append(_read_whole(stream.with_suffix(WHOLE), schema))
    return pa.concat_tables([schema.empty_table(), *tables])


def _in_order(folder: Path, kind: str) -> list[Path]:
    def place(part: Path) -> tuple[str, int, str]:
        hour, _, number = part.stem.rpartition("-")
        return hour, len(number), number

    return sorted(folder.glob(f"*{kind}"), key=place)


def _read_whole(part: Path, schema: pa.Schema) -> pa.Table:
    try:
        table = pyarrow.parquet.ParquetFile(part).read()
    except (pa.ArrowException, OSError) as error:
        raise CollectionError(f"{part} cannot be read ({error}): remove it, or name another folder") from None
    if not table.schema.equals(schema, check_metadata=True):
        raise CollectionError(
            f"{part} is not of {schema.metadata[b'pair'].decode()} {schema.metadata[b'table'].decode()} as "
            "manifest.json has them: put it where it came from"
        )
    return table


def _batches(stream: Path) -> Iterator[pa.RecordBatch]:
    """Yield what is whole; a torn end is what a kill left."""
    with stream.open("rb") as file:
        try:
            with pa.ipc.open_stream(file) as reader:
                yield from reader
        except (pa.ArrowInvalid, OSError):
            return


def _grouped(first: list[pa.RecordBatch], batches: Iterator[pa.RecordBatch]) -> Iterator[pa.Table]:
    held, rows = first, sum(map(len, first))
    for batch in batches:
        held, rows = [*held, batch], rows + len(batch)
        if rows >= ROW_GROUP:
            yield pa.Table.from_batches(held).combine_chunks()
            held, rows = [], 0
    if held:
        yield pa.Table.from_batches(held).combine_chunks()


def _plain(table: pa.Table) -> list[dict[str, Any]]:
    times = {"closed_at": pa.int64(), "received_at": pa.int64()}
    fields = [pa.field(field.name, times.get(field.name, field.type), False) for field in table.schema]
    rows: list[dict[str, Any]] = table.cast(pa.schema(fields)).to_pylist()
    return rows
