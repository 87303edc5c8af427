"""The memory file: SQLite in WAL mode, written by a thread of its own."""

import contextlib
import fcntl
import os
import sqlite3
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from .errors import MemoryCorrupt, MemoryFileError, MemoryLocked
from .schema import APPLICATION_ID, SCHEMA, SCHEMA_VERSION

__all__ = ["MemoryStore"]

BUSY_TIMEOUT: Final = 1.0
RETRY_AFTER: Final = 0.25
Statement = tuple[str, Sequence[Any]]


class MemoryStore:
    """Keeps what is written in order, and commits it within moments, off the caller's path.

    Every commit is synced to disk, so neither ``kill -9`` nor a power cut loses what was committed or
    damages the file. While the file cannot be written (locked by another program, disk full) nothing is
    dropped: statements wait, and `trouble` says why.

    Parameters
    ----------
    path : Path
        The file; it is made where it does not exist.

    Raises
    ------
    MemoryLocked
        If another process uses it.
    MemoryCorrupt
        If it is damaged, or not a memory of this strategy.
    MemoryFileError
        If it cannot be opened for another reason.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.trouble: str | None = None
        self._pending: list[Statement] = []
        self._written = 0
        self._accepted = 0
        self._changed = threading.Condition()
        self._closing = False
        self._ownership = self._own()
        try:
            self._connection = self._open()
        except BaseException:
            os.close(self._ownership)
            raise
        self._writer = threading.Thread(target=self._write, name="ai_stellar memory", daemon=True)
        self._writer.start()

    def _own(self) -> int:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise MemoryFileError(
                f"the memory file {self.path} cannot be opened ({error.strerror}): make it writable, or name "
                "another by memory_file"
            ) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(descriptor)
            raise MemoryLocked(self.path) from None
        return descriptor

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.path, timeout=BUSY_TIMEOUT, isolation_level=None, check_same_thread=False
        )
        try:
            self._prepare(connection)
        except sqlite3.OperationalError as error:
            connection.close()
            if "locked" in str(error) or "busy" in str(error):
                raise MemoryLocked(self.path) from error
            raise MemoryFileError(
                f"the memory file {self.path} cannot be used ({error}): "
                "check the disk and the file's permissions"
            ) from error
        except sqlite3.DatabaseError as error:
            connection.close()
            raise MemoryCorrupt(self.path, str(error)) from error
        except MemoryFileError:
            connection.close()
            raise
        return connection

    def _prepare(self, connection: sqlite3.Connection) -> None:
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if tables and application != APPLICATION_ID:
            raise MemoryCorrupt(self.path, "it is a database of another program")
        if tables and version != SCHEMA_VERSION:
            raise MemoryCorrupt(self.path, f"it has schema {version}, this version reads {SCHEMA_VERSION}")
        if tables:
            (check,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            if check != "ok":
                raise MemoryCorrupt(self.path, check.splitlines()[-1])
        connection.execute("PRAGMA journal_mode = WAL").fetchone()
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("BEGIN IMMEDIATE")  # fails here and now if another program holds the file
        if not tables:
            for statement in SCHEMA.split(";"):
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        connection.execute("COMMIT")

    def write(self, sql: str, parameters: Sequence[Any]) -> None:
        """Accept a statement; it is committed soon, in order. Never waits for the disk."""
        with self._changed:
            if self._closing:
                raise MemoryFileError(f"the memory file {self.path} is closed")
            self._pending.append((sql, parameters))
            self._accepted += 1
            self._changed.notify_all()

    def read(self, sql: str, parameters: Sequence[Any] = ()) -> list[sqlite3.Row]:
        """Return rows, on a connection of its own; not for the decision path."""
        with contextlib.closing(sqlite3.connect(self.path, timeout=BUSY_TIMEOUT)) as connection:
            connection.row_factory = sqlite3.Row
            return connection.execute(sql, parameters).fetchall()

    def flush(self, timeout: float = 10.0) -> bool:
        """Wait until all that was accepted is on disk; return whether it is."""
        deadline = time.monotonic() + timeout
        with self._changed:
            target = self._accepted
            while self._written < target:
                remaining = deadline - time.monotonic()
                if remaining <= 0:
                    return False
                self._changed.wait(remaining)
        return True

    def close(self, timeout: float = 10.0) -> bool:
        """Write what is left and let the file go; return whether all of it was written."""
        complete = self.flush(timeout)
        with self._changed:
            if self._closing:
                return complete
            self._closing = True
            self._changed.notify_all()
        self._writer.join(timeout)
        if not self._writer.is_alive():
            self._connection.close()
            os.close(self._ownership)
        return complete

    def _write(self) -> None:
        while True:
            with self._changed:
                while not self._pending and not self._closing:
                    self._changed.wait()
                if not self._pending or (self._closing and self.trouble is not None):
                    return
                batch, self._pending = self._pending, []
            while not self._commit(batch):
                if self._closing:
                    return
                time.sleep(RETRY_AFTER)
            with self._changed:
                self._written += len(batch)
                self._changed.notify_all()

    def _commit(self, batch: list[Statement]) -> bool:
        connection = self._connection
        try:
            connection.execute("BEGIN IMMEDIATE")
            for sql, parameters in batch:
                connection.execute(sql, parameters)
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            with contextlib.suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
            self.trouble = f"the memory file {self.path} cannot be written ({error})"
            return False
        self.trouble = None
        return True
