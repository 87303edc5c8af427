"""What is collected is what the ledgers held: each trade once, each book to the stroop, and gaps as gaps."""

import asyncio
import json
import os
import re
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest

from hummingbot.connector.exchange.stellar import stellar_constants as CONSTANTS
from hummingbot.connector.exchange.stellar.horizon import feed
from hummingbot.strategy.ai_stellar.research.collection import CollectionError, read_collected

PAIR = "XLM-USDC"
PROCESS = Path(__file__).with_name("collect_process.py")


def recorded_trades(folder: Path) -> list[tuple[Any, ...]]:
    return [
        (
            row["id"],
            int(row["closed_at"].timestamp()),
            row["base_amount"],
            row["quote_amount"],
            row["taker_buys"],
            row["price_n"],
            row["price_d"],
        )
        for row in read_collected(folder).trades(PAIR).to_pylist()
    ]


def since(truth: Any) -> list[tuple[Any, ...]]:
    """The ledger's trades since the collection began."""
    begun = read_collected(truth.folder).manifest.ledger
    return [trade for trade in truth.trades if int(trade[0].partition("-")[0]) >> 32 > begun]


def recorded_books(folder: Path) -> list[tuple[int, int, Any]]:
    """Ledger, ledgers missed before, and both sides of each book."""
    return [
        (
            row["ledger"],
            row["missed"],
            tuple(
                [(level["n"], level["d"], level["amount"]) for level in row[side]]
                for side in ("bids", "asks")
            ),
        )
        for row in read_collected(folder).exact_books(PAIR).to_pylist()
    ]


def check_books(truth: Any, rows: list[tuple[int, int, Any]]) -> int:
    """Hold each book, and each span told as known, against the ledgers; return how many were missed."""
    for ledger, _, sides in rows:
        assert sides in (truth.books[ledger], truth.books.get(ledger + 1))
    for (ledger, _, sides), (following, missed, _) in pairwise(rows):
        for number in range(ledger + 1, following - missed):
            assert sides == truth.books[number], (ledger, number, following, missed)
    return sum(missed for _, missed, _ in rows)


async def wait_for_all(truth: Any, collector: Any) -> None:
    """Wait until no more trades are to come, and the newest book has."""
    newest = truth.sandbox.history.latest
    await truth.until(lambda: recorded_books(truth.folder)[-1:][0][2] == truth.books[newest])
    await truth.until(lambda: len(recorded_trades(truth.folder)) >= len(since(truth)))


async def test_every_trade_and_every_book_is_the_ledgers(truth):
    async with truth.collecting() as collector:
        async with truth.ticking():
            await truth.until(lambda: collector.counts()[0].books > 60)
        await wait_for_all(truth, collector)

    assert len(since(truth)) > 50
    assert recorded_trades(truth.folder) == since(truth)
    rows = recorded_books(truth.folder)
    assert len(rows) > 60
    assert check_books(truth, rows) == 0


async def test_hours_are_files_that_say_what_they_are(truth):
    async with truth.collecting() as collector, truth.ticking():
        await truth.until(lambda: collector.counts()[0].books > 40)

    for table in ("books", "trades"):
        parts = sorted((truth.folder / PAIR / table).iterdir())
        assert len(parts) > 2
        for part in parts:
            assert re.fullmatch(r"2024-01-01T\d\d-000\.parquet", part.name)
            schema = pyarrow.parquet.read_schema(part)
            said = {key.decode(): value.decode() for key, value in schema.metadata.items()}
            assert said["pair"] == PAIR
            assert said["table"] == table
            assert said["base"] == "native"
            assert said["quote"].startswith("USDC:G")
            assert said["network"] == "Standalone Network ; February 2017"
            assert said["version"] == "1"
            assert all(field.metadata[b"description"] for field in schema)
            hours = {
                time.strftime("%Y-%m-%dT%H")
                for time in pyarrow.parquet.read_table(part)["closed_at"].to_pylist()
            }
            assert hours == {part.name[:13]}


async def test_a_run_goes_on_where_the_last_one_ended(truth):
    for _ in range(3):
        async with truth.collecting() as collector, truth.ticking():
            await truth.until(lambda collector=collector: collector.counts()[0].books > 10)
        truth.close(4)
    async with truth.collecting() as collector:
        await wait_for_all(truth, collector)

    assert recorded_trades(truth.folder) == since(truth)
    assert check_books(truth, recorded_books(truth.folder)) >= 9


async def test_a_kill_loses_no_trade_and_doubles_none(truth):
    async with truth.ticking():
        for _ in range(3):
            process = await asyncio.create_subprocess_exec(
                sys.executable, str(PROCESS), truth.url, str(truth.folder), PAIR,
                stdout=asyncio.subprocess.PIPE, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            )  # fmt: skip
            assert process.stdout is not None
            for _ in range(3):
                assert (await asyncio.wait_for(process.stdout.readline(), 60)).startswith(b"written")
            process.kill()
            await process.wait()
            assert list(truth.folder.rglob("*.arrows"))
    async with truth.collecting() as collector:
        await wait_for_all(truth, collector)

    assert not list(truth.folder.rglob("*.arrows"))
    assert recorded_trades(truth.folder) == since(truth)
    check_books(truth, recorded_books(truth.folder))


async def test_streams_that_break_make_gaps_and_no_false_books(truth):
    async with truth.collecting() as collector:
        async with truth.ticking():
            await truth.until(lambda: collector.counts()[0].books > 5)
            for kind in ("unavailable", "timeout", "drop"):
                truth.fail("stream_cut", path="/order_book")
                truth.fail(kind, path="/order_book")
                begun = truth.sandbox.history.latest
                await truth.until(lambda begun=begun: truth.sandbox.history.latest > begun + 15)
                truth.heal()
                books = collector.counts()[0].books
                await truth.until(lambda books=books: collector.counts()[0].books > books + 5)
        await wait_for_all(truth, collector)

    assert check_books(truth, recorded_books(truth.folder)) > 10
    assert recorded_trades(truth.folder) == since(truth)


async def test_books_that_are_polled_ledgers_apart_make_gaps(truth, monkeypatch):
    monkeypatch.setitem(CONSTANTS.QUOTAS, "stellar_local", (100_000, 100))
    async with truth.collecting() as collector:
        async with truth.ticking():
            await truth.until(lambda: collector.counts()[0].books > 12, 100)
        await wait_for_all(truth, collector)

    assert check_books(truth, recorded_books(truth.folder)) > 0
    assert recorded_trades(truth.folder) == since(truth)


async def test_books_of_a_stream_that_stalls_are_not_told_as_standing_still(truth, monkeypatch):
    monkeypatch.setattr(feed, "QUIET_LEAST", 0.5)
    async with truth.collecting() as collector:
        async with truth.ticking():
            await truth.until(lambda: collector.counts()[0].books > 5)
            truth.fail("stream_stall", path="/order_book", count=2)
            begun = truth.sandbox.history.latest
            await truth.until(lambda: truth.sandbox.history.latest > begun + 80)
        await wait_for_all(truth, collector)

    assert check_books(truth, recorded_books(truth.folder)) > 20


async def test_trades_survive_broken_streams(truth):
    async with truth.collecting() as collector:
        async with truth.ticking():
            await truth.until(lambda: collector.counts()[0].trades > 10)
            for kind in ("stream_cut", "stream_duplicate", "stream_reorder", "half"):
                truth.fail(kind, path="/trades", probability=0.3)
            begun = truth.sandbox.history.latest
            await truth.until(lambda: truth.sandbox.history.latest > begun + 40)
            truth.heal()
        await wait_for_all(truth, collector)

    assert recorded_trades(truth.folder) == since(truth)


async def test_a_book_that_stands_still_is_said_again(truth, monkeypatch):
    monkeypatch.setattr(feed, "QUIET_LEAST", 0.3)
    truth.sandbox.market = None
    async with truth.collecting() as collector, truth.ticking():
        await truth.until(lambda: collector.counts()[0].books > 4)

    rows = recorded_books(truth.folder)
    assert len({str(sides) for _, _, sides in rows}) == 1
    assert check_books(truth, rows) == 0


async def test_trades_that_no_node_keeps_are_told_as_gone(truth):
    async with truth.collecting() as collector:
        async with truth.ticking():
            await truth.until(lambda: collector.counts()[0].trades > 10)
        await wait_for_all(truth, collector)
    truth.close(20)
    elder = truth.sandbox.history.latest - 5
    truth.sandbox.history.reap(elder)

    async with truth.collecting() as collector:
        await truth.until(lambda: collector.counts()[0].trades > 0)
        await truth.until(lambda: collector.counts()[0].books > 0)
    trades = read_collected(truth.folder).trades(PAIR).to_pylist()
    (place,) = [k for k, row in enumerate(trades) if row["missed"]]
    assert trades[place]["ledger"] >= elder
    assert trades[place]["missed"] == elder - trades[place - 1]["ledger"]
    assert [row["id"] for row in trades] == [
        trade[0] for trade in since(truth)
        if not trades[place - 1]["ledger"] < int(trade[0].partition("-")[0]) >> 32 < elder
    ]  # fmt: skip


async def test_what_does_not_belong_to_a_folder_is_refused(truth, tmp_path):
    async with truth.collecting() as collector:
        with pytest.raises(CollectionError, match="is being collected into by another run: stop that one"):
            async with truth.collecting():
                pass
        await truth.until(lambda: collector.counts()[0].books > 0)
    with pytest.raises(CollectionError, match="holds pairs XLM-USDC, not XLM-EURC: ask for the same"):
        async with truth.collecting(("XLM-EURC",)):
            pass
    with pytest.raises(CollectionError, match="holds levels 5, not 7"):
        async with truth.collecting(levels=7):
            pass
    async with truth.collecting(levels=None):
        pass
    manifest = truth.folder / "manifest.json"
    good = json.loads(manifest.read_text())
    for change, said in (
        ({"version": 2}, "is of hummingbot-stellar collection 2, and not of"),
        ({"format": "other"}, "is of other 1, and not of"),
        ({"hash": "0" * 64}, "of a network that was begun anew since"),
        ({"ledger": 9_999_999}, "of a network that was begun anew since"),
        ({"passphrase": "Elsewhere"}, "holds the network Elsewhere, not Standalone"),
        (
            {"markets": {PAIR: {"base": "native", "quote": "USDC:GOLD"}}},
            "holds XLM-USDC of native and USDC:GOLD",
        ),
        ({"markets": 3}, "lacks something"),
        ({"levels": "many"}, "lacks something"),
    ):
        manifest.write_text(json.dumps({**good, **change}))
        with pytest.raises(CollectionError, match=said):
            async with truth.collecting():
                pass
    manifest.write_text("{")
    with pytest.raises(CollectionError, match="cannot be read"):
        async with truth.collecting():
            pass
    manifest.unlink()
    with pytest.raises(CollectionError, match="holds XLM-USDC and no collection: name another folder"):
        async with truth.collecting():
            pass


async def test_a_disk_that_is_full_ends_it_and_keeps_what_was_written(truth, monkeypatch):
    synced = os.fdatasync

    def full(fd: int) -> None:
        raise OSError(28, "No space left on device")

    async def fill_the_disk() -> None:
        async with truth.collecting() as collector, truth.ticking():
            await truth.until(lambda: collector.counts()[0].bytes > 0)
            monkeypatch.setattr(os, "fdatasync", full)
            begun = truth.sandbox.history.latest
            await truth.until(lambda: truth.sandbox.history.latest > begun + 15)

    with pytest.raises(OSError, match="No space left"):
        await fill_the_disk()
    monkeypatch.setattr(os, "fdatasync", synced)
    async with truth.collecting() as collector:
        await wait_for_all(truth, collector)
    assert recorded_trades(truth.folder) == since(truth)
