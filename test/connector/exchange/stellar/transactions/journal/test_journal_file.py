"""A journal's file keeps what was written through crashes, and tells when it was damaged."""

import asyncio
import os
import resource
import subprocess
import sys

import pytest

from hummingbot.connector.exchange.stellar.transactions.errors import JournalError
from hummingbot.connector.exchange.stellar.transactions.journal.journal_file import JournalFile

RECORDS = [{"kind": "sent", "number": number} for number in range(5)]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "data" / "some.journal"


def written(path, records=RECORDS):
    """Write a file and let go of it."""
    file = JournalFile(path)
    for record in records:
        file.append(record)
    file.close()
    return path.read_bytes()


def reopened(path):
    file = JournalFile(path)
    try:
        return file.records, file.torn
    finally:
        file.close()


def test_what_was_written_is_read_again(path):
    written(path)

    assert reopened(path) == (RECORDS, 0)


def test_a_file_cut_off_anywhere_in_its_last_record_lacks_that_record_alone(path):
    content = written(path)
    begin = content[:-1].rindex(b"\n") + 1

    for length in range(begin, len(content) - 1):
        path.write_bytes(content[:length])
        assert reopened(path) == (RECORDS[:-1], length - begin)
        assert path.stat().st_size == begin
    path.write_bytes(content[:-1])
    assert reopened(path) == (RECORDS, 0)
    assert path.read_bytes() == content


def test_after_a_torn_record_writing_goes_on(path):
    content = written(path)
    path.write_bytes(content[:-7])

    written(path, [{"kind": "told"}])

    assert reopened(path) == ([*RECORDS[:-1], {"kind": "told"}], 0)


def test_zeros_that_a_power_cut_left_behind_the_last_record_are_dropped(path):
    path.write_bytes(written(path) + bytes(100))

    assert reopened(path) == (RECORDS, 100)


def test_every_changed_byte_is_noticed_with_the_line_it_is_in(path):
    content = written(path)
    ends = [index for index, byte in enumerate(content) if byte == 10]

    for index, byte in enumerate(content):
        path.write_bytes(content[:index] + bytes([byte ^ 1]) + content[index + 1 :])
        line = sum(end < index for end in ends) + 1
        with pytest.raises(
            JournalError, match=f"is damaged in line {line}: check the account's offers"
        ) as error:
            JournalFile(path)
        assert "\n" not in str(error.value)
    path.write_bytes(content)
    assert reopened(path) == (RECORDS, 0)


@pytest.mark.parametrize(
    "content", [b"\n", b"[]\n", b"hello\n", b'00000000 {"kind":"sent"}\n', b"\xff\xfe\n" * 3]
)
def test_a_file_that_is_no_journal_is_refused(path, content):
    path.parent.mkdir()
    path.write_bytes(content)

    with pytest.raises(JournalError, match="damaged in line 1"):
        JournalFile(path)


HOLD = """
import sys
from pathlib import Path
from hummingbot.connector.exchange.stellar.transactions.journal.journal_file import JournalFile
file = JournalFile(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


def test_two_processes_never_hold_one_journal(path):
    farm = next(entry for entry in sys.path if entry.endswith("farm"))
    command = [sys.executable, "-c", HOLD, str(path)]
    other = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={"PYTHONPATH": farm}, text=True
    )
    assert other.stdout.readline() == "held\n"

    with pytest.raises(
        JournalError, match=f"is in use by process {other.pid}: stop that bot, or run this one"
    ):
        JournalFile(path)
    other.kill()
    other.wait()
    JournalFile(path).close()


def test_of_two_in_one_process_the_newer_takes_over(path):
    older = JournalFile(path)
    older.append(RECORDS[0])
    newer = JournalFile(path)

    with pytest.raises(JournalError, match="taken over by a newer connector"):
        older.append(RECORDS[1])
    newer.append(RECORDS[1])
    newer.close()

    assert reopened(path) == (RECORDS[:2], 0)


def test_what_is_forgotten_lets_go_of_the_file(path):
    JournalFile(path)

    assert reopened(path) == ([], 0)


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(JournalError, match=r"journal .*some\.journal cannot be opened: "):
        JournalFile(tmp_path / "file" / "some.journal")


async def test_a_file_is_rewritten_in_place_and_the_last_one_kept(path):
    before = written(path)
    file = JournalFile(path)

    await file.rewrite(lambda: [{"kind": "state"}])
    file.append({"kind": "sent"})
    await file.sync()
    size = file.size
    file.close()

    assert reopened(path) == ([{"kind": "state"}, {"kind": "sent"}], 0)
    assert path.stat().st_size == size
    assert path.with_name("some.journal.previous").read_bytes() == before


async def test_what_is_appended_while_it_is_rewritten_follows(path, monkeypatch):
    written(path)
    file = JournalFile(path)
    to_thread = asyncio.to_thread

    async def slow(*arguments):
        await to_thread(*arguments)
        file.append({"kind": "told"})

    monkeypatch.setattr(asyncio, "to_thread", slow)
    await file.rewrite(lambda: [{"kind": "state"}])
    file.close()

    assert reopened(path) == ([{"kind": "state"}, {"kind": "told"}], 0)


async def test_of_two_that_rewrite_it_at_once_the_second_waits_and_nothing_written_between_is_lost(path):
    written(path)
    file = JournalFile(path)

    known = []

    def append(number):
        known.append(number)
        file.append({"kind": "sent", "number": number})

    first = asyncio.ensure_future(file.rewrite(lambda: [{"kind": "state", "known": list(known)}]))
    await asyncio.sleep(0)
    append(1)
    second = asyncio.ensure_future(file.rewrite(lambda: [{"kind": "state", "known": list(known)}]))
    await asyncio.sleep(0)
    append(2)
    await asyncio.gather(first, second)
    append(3)
    file.close()

    assert reopened(path) == ([{"kind": "state", "known": [1, 2]}, {"kind": "sent", "number": 3}], 0)


async def test_what_is_synced_while_it_is_rewritten_is_on_the_disk_in_the_new_file(path, monkeypatch):
    written(path)
    file = JournalFile(path)
    synced = []
    monkeypatch.setattr(os, "fdatasync", lambda fd: synced.append(os.fstat(fd).st_ino))

    rewriting = asyncio.ensure_future(file.rewrite(lambda: [{"kind": "state"}]))
    await asyncio.sleep(0)
    file.append({"kind": "sent"})
    await file.sync()
    await rewriting
    file.close()

    assert synced == [path.stat().st_ino]
    assert reopened(path) == ([{"kind": "state"}, {"kind": "sent"}], 0)


async def test_a_new_file_that_cannot_be_opened_leaves_the_old_one_in_use(path, monkeypatch):
    written(path)
    file = JournalFile(path)
    real = os.open

    def no_more(name, *arguments):
        if name == path.with_name("some.journal.draft"):
            raise OSError(24, "Too many open files")
        return real(name, *arguments)

    monkeypatch.setattr(os, "open", no_more)
    with pytest.raises(JournalError, match="Too many open files"):
        await file.rewrite(lambda: [{"kind": "state"}])
    monkeypatch.undo()

    file.append({"kind": "told"})
    file.close()
    assert reopened(path) == ([*RECORDS, {"kind": "told"}], 0)


def test_a_full_disk_leaves_the_file_as_it_was_and_is_told(path):
    """A limit on the size of files stands for the disk."""
    content = written(path)
    file = JournalFile(path)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (len(content) + 20, limits[1]))
        with pytest.raises(JournalError, match=r"cannot be written .*: nothing is sent until it can"):
            file.append({"kind": "sent", "number": 123456789})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    assert path.read_bytes() == content
    assert not file.is_sound
    with pytest.raises(JournalError, match="lacks what could not be written"):
        file.append(RECORDS[0])
    asyncio.run(file.rewrite(lambda: RECORDS))
    assert file.is_sound
    file.close()
    assert reopened(path) == (RECORDS, 0)


async def test_an_error_of_the_disk_at_the_sync_is_told(path, monkeypatch):
    file = JournalFile(path)

    def broken(fd):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fdatasync", broken)
    with pytest.raises(JournalError, match="Input/output error"):
        await file.sync()
    assert not file.is_sound


def test_only_its_owner_may_read_it(path):
    written(path)

    assert path.stat().st_mode & 0o077 == 0
