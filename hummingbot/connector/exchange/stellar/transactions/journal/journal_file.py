"""An append-only file of records that one process at a time holds, and that tells when it was damaged.

A record is a line: the CRC-32 of its JSON in eight hexadecimal digits, a space, the JSON.
"""

import asyncio
import fcntl
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final
from weakref import WeakValueDictionary
from zlib import crc32

import orjson

from ..errors import JournalError

__all__ = ["JournalFile", "Record"]

Record = Mapping[str, Any]

PREVIOUS: Final = ".previous"
DRAFT: Final = ".draft"
LOCK: Final = ".lock"
FLAGS: Final = os.O_RDWR | os.O_CREAT | os.O_APPEND


class JournalFile:
    """The file at `path`, made if it is not there, with a lock on ``<path>.lock``.

    Of two that one process opens, the newer takes the file over from the older, which can write no more: a
    bot that is stopped and started again within Hummingbot's client.

    Parameters
    ----------
    path : Path

    Attributes
    ----------
    records : list of mapping
        What it held when it was opened.
    torn : int
        Bytes of an unfinished last record, which were dropped.
    size : int
        Its length in bytes.

    Raises
    ------
    JournalError
        If another process holds it, it cannot be opened, or a record is damaged.
    """

    _held: Final[WeakValueDictionary[Path, "JournalFile"]] = WeakValueDictionary()

    def __init__(self, path: Path) -> None:
        self.path = path
        self._files: list[int] = []
        self._copies: bytearray | None = None
        self._failed = False
        self._disk = asyncio.Lock()  # a sync must not miss what a rewrite moves to another file
        earlier = self._held.get(path)
        if earlier is not None:
            earlier.close()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._lock()
            self.records, self.size, self.torn = _read(path)
            self._open(path)
            os.ftruncate(self._fd, self.size)
            self._end_line()
        except OSError as error:
            self.close()
            raise JournalError(f"the journal {path} cannot be opened: {error.strerror}") from None
        except JournalError:
            self.close()
            raise
        self._held[path] = self

    def append(self, record: Record) -> None:
        """Write a record; a crash of this process does not lose it, one of the machine may until `sync`.

        Raises
        ------
        JournalError
            If it cannot be written; the file is as before.
        """
        self._check()
        line = _line(record)
        try:
            _write(self._fd, line)
        except OSError as error:
            self._failed = True
            raise self._not_written(error) from None
        self.size += len(line)
        if self._copies is not None:
            self._copies += line

    async def sync(self) -> None:
        """Wait until everything written is on the disk, without keeping the event loop.

        Raises
        ------
        JournalError
            If the disk reports an error.
        """
        async with self._disk:
            self._check()
            try:
                await asyncio.to_thread(self._sync)
            except OSError as error:
                self._failed = True
                raise self._not_written(error) from None

    async def rewrite(self, records: Callable[[], Sequence[Record]]) -> None:
        """Put these records in place of all there are; the file as it was stays as ``<path>.previous``.

        What is appended meanwhile follows them.

        Parameters
        ----------
        records : callable
            Returns what is to be in the file, as of the moment when its writing begins.

        Raises
        ------
        JournalError
            If it cannot be written; the file is as before.
        """
        async with self._disk:
            self._check(needs_sound_file=False)
            content = b"".join(map(_line, records()))
            self._copies = copies = bytearray()
            draft = self.path.with_name(self.path.name + DRAFT)
            try:
                await asyncio.to_thread(_write_draft, draft, content)
                self._check(needs_sound_file=False)
                self._take_over(draft, bytes(copies))
            except OSError as error:
                raise self._not_written(error) from None
            finally:
                self._copies = None
            self.size = len(content) + len(copies)
            self._failed = False

    def set_aside(self, ending: str) -> Path:
        """Rename the file by adding an ending, begin an empty one, and return where the old one is.

        Raises
        ------
        JournalError
            If that cannot be done.
        """
        self._check()
        kept = self.path.with_name(self.path.name + ending)
        try:
            self.path.replace(kept)
            self._open(self.path)
        except OSError as error:
            self._failed = True
            raise self._not_written(error) from None
        self.size = 0
        return kept

    @property
    def is_sound(self) -> bool:
        """Whether everything that was to be appended is in it."""
        return not self._failed

    @property
    def is_held(self) -> bool:
        """Whether no newer one of this process has taken it over."""
        return bool(self._files)

    def close(self) -> None:
        """Let go of it."""
        while self._files:
            os.close(self._files.pop())
        if self._held.get(self.path) is self:
            del self._held[self.path]

    def __del__(self) -> None:
        self.close()

    @property
    def _fd(self) -> int:
        return self._files[-1]

    def _open(self, path: Path) -> None:
        self._use(os.open(path, FLAGS, 0o600))

    def _use(self, fd: int) -> None:
        while len(self._files) > 1:  # the first is the lock's
            os.close(self._files.pop())
        self._files.append(fd)
        self._is_new_entry = True  # whose directory must reach the disk, too

    def _take_over(self, draft: Path, copies: bytes) -> None:
        """Put the draft, and what was written meanwhile, in the file's place."""
        fd = os.open(draft, FLAGS, 0o600)
        try:
            _write(fd, copies)
            previous = self.path.with_name(self.path.name + PREVIOUS)
            with suppress(OSError):  # a disk without hard links keeps none
                previous.unlink(missing_ok=True)
                os.link(self.path, previous)
            draft.replace(self.path)
        except OSError:
            os.close(fd)
            raise
        self._use(fd)

    def _end_line(self) -> None:
        """Complete a last record that lacks nothing but its end."""
        if self.size and os.pread(self._fd, 1, self.size - 1) != b"\n":
            self.size += os.write(self._fd, b"\n")

    def _sync(self) -> None:
        os.fdatasync(self._fd)
        if self._is_new_entry:
            directory = os.open(self.path.parent, os.O_RDONLY)
            try:
                os.fsync(directory)
            finally:
                os.close(directory)
            self._is_new_entry = False

    def _lock(self) -> None:
        lock = self.path.with_name(self.path.name + LOCK)
        self._files.append(os.open(lock, os.O_RDWR | os.O_CREAT, 0o600))
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(self._fd, 20).decode("ascii", "replace").strip() or "?"
            raise JournalError(
                f"the journal {self.path} is in use by process {holder}: stop that bot, "
                "or run this one in an instance of its own"
            ) from None
        os.ftruncate(self._fd, 0)
        os.write(self._fd, f"{os.getpid()}\n".encode())

    def _check(self, needs_sound_file: bool = True) -> None:
        if not self._files:
            raise JournalError(f"the journal {self.path} has been taken over by a newer connector")
        if needs_sound_file and self._failed:
            raise JournalError(f"the journal {self.path} lacks what could not be written to it")

    def _not_written(self, error: OSError) -> JournalError:
        return JournalError(
            f"the journal {self.path} cannot be written ({error.strerror}): nothing is sent until it can"
        )


def _line(record: Record) -> bytes:
    text = orjson.dumps(record)
    return b"%08x %s\n" % (crc32(text), text)


def _write(fd: int, line: bytes) -> None:
    end = os.lseek(fd, 0, os.SEEK_END)
    try:
        if os.write(fd, line) != len(line):
            raise OSError(0, "only a part was written")
    except OSError:
        os.ftruncate(fd, end)
        raise


def _write_draft(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _read(path: Path) -> tuple[list[Record], int, int]:
    """Return the records, their length, and how many bytes of an unfinished one follow."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return [], 0, 0
    *lines, rest = content.split(b"\n")
    if _parse(rest) is not None or _parse(rest[:-1]) is not None:  # whole, but for its end
        lines, rest = [*lines, rest], b""
    records = []
    for number, line in enumerate(lines, 1):
        record = _parse(line)
        if record is None:
            raise JournalError(
                f"the journal {path} is damaged in line {number}: check the account's offers by other means, "
                "cancel those that are the bot's, then move the file away"
            )
        records.append(record)
    return records, len(content) - len(rest), len(rest)


def _parse(line: bytes) -> Record | None:
    try:
        record = orjson.loads(line[9:])
        sound = line[8:9] == b" " and int(line[:8], 16) == crc32(line[9:])
    except ValueError:
        return None
    return record if sound and isinstance(record, dict) else None
