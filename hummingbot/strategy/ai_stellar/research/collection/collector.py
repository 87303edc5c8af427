"""Records what the connector's data source hears of books and trades, as a bot would hear it."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from hummingbot.connector.exchange.stellar.horizon.errors import HorizonUnavailable
from hummingbot.connector.exchange.stellar.horizon.event_stream import Event
from hummingbot.connector.exchange.stellar.horizon.order_book import Level, read_levels
from hummingbot.connector.exchange.stellar.horizon.trades import Trade, cursor_after, position_of
from hummingbot.connector.exchange.stellar.public_source import PublicSource

from .continuity import Continuity
from .folder import Folder
from .parts import Parts
from .tables import BOOKS, MICROSECONDS, TRADES, book_row, schema_of, trade_row

__all__ = ["FLUSH", "Collector", "PairCount"]

FLUSH: Final = 10.0
"""Wall seconds after which what was heard is on the disk: a kill loses no more."""
MOST_HELD: Final = 2000
"""Rows after which it is written at once."""
LATE: Final = 16
"""A stream that breaks may have sent a trade before that many earlier ones (`ReadOnce`)."""
TICK: Final = 1.0


@dataclass(frozen=True, slots=True)
class PairCount:
    """What was recorded of a pair in this run.

    Attributes
    ----------
    pair : str
    books, trades : int
        Rows.
    books_missed : int
        Ledgers whose books are not known.
    trades_lost : int
        Ledgers whose trades no node kept until this run.
    first_ledger, last_ledger : int
        Ledgers of the first and the last book; 0 before there is one.
    bytes : int
        Written.
    trouble : str
        Why the book is not up to date; empty while it is.
    """

    pair: str
    books: int
    trades: int
    books_missed: int
    trades_lost: int
    first_ledger: int
    last_ledger: int
    bytes: int
    trouble: str


class Collector:
    """Listens to a data source and writes what it says.

    Parameters
    ----------
    source : PublicSource
        Not yet begun.
    folder : Folder
    flush : float
        Wall seconds between two writes.
    """

    def __init__(self, source: PublicSource, folder: Folder, flush: float = FLUSH) -> None:
        self._source, self._flush = source, flush
        self._due = asyncio.Event()
        self._is_over = False
        self._pairs = {
            pair: _Pair(pair, folder, source, self._due, flush) for pair in folder.manifest.markets
        }

    def stop(self) -> None:
        """Let `run` come to its end."""
        self._is_over = True
        self._due.set()

    def counts(self) -> list[PairCount]:
        """Return what was recorded so far."""
        return [pair.count() for pair in self._pairs.values()]

    async def run(self, seconds: float | None = None) -> None:
        """Record until `stop` is called, or so many seconds have passed.

        Raises
        ------
        HorizonUnavailable, HorizonRefused
            If no node tells how far back its trades go.
        OSError
            If the disk does not take what is written.
        """
        root = await self._source.horizon.get("/")
        for pair in self._pairs.values():
            pair.begin(int(root.body.get("history_elder_ledger", 0)))
        data, loop = self._source.data, asyncio.get_running_loop()
        data.add_book_listener(lambda pair, event: self._pairs[pair].hear(event))
        data.add_trade_listener(lambda pair, trade: self._pairs[pair].take(trade))
        unread = _Unread()
        tasks = [
            asyncio.ensure_future(work)
            for work in (
                data.listen_for_subscriptions(),
                data.listen_for_order_book_snapshots(loop, unread),
                data.listen_for_trades(loop, unread),
                self._look(),
            )
        ]
        if seconds is not None:
            loop.call_later(seconds, self.stop)
        try:
            while not self._is_over:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._due.wait(), self._flush)
                self._due.clear()
                await self._write()
                for task in tasks:
                    if task.done():
                        task.result()
        except OSError:
            for pair in self._pairs.values():
                pair.abandon()
            raise
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        await self._write()
        for pair in self._pairs.values():
            await asyncio.to_thread(pair.close)

    async def _look(self) -> None:
        """Look at each ledger whether the books are up to date."""
        while True:
            await self._source.data.ledger_clock.tick(TICK)
            for pair in self._pairs.values():
                pair.look()

    async def _write(self) -> None:
        for pair in self._pairs.values():
            await asyncio.to_thread(pair.write, pair.drain())


class _Unread(asyncio.Queue[Any]):
    """Hummingbot's own messages, which nobody reads here: none is kept."""

    def put_nowait(self, item: Any) -> None:
        pass


class _Pair:
    """What is recorded of one pair."""

    def __init__(
        self, pair: str, folder: Folder, source: PublicSource, due: asyncio.Event, flush: float
    ) -> None:
        self._pair, self._data, self._clock, self._due = pair, source.data, source.data.ledger_clock, due
        self._manifest = folder.manifest
        self._books, self._trades = (
            Parts(folder.table(pair, table), schema_of(table, pair, folder.manifest))
            for table in (BOOKS, TRADES)
        )
        self._held: dict[str, list[dict[str, Any]]] = {BOOKS: [], TRADES: []}
        newest = self._books.last(1)
        self._continuity = Continuity(newest[0]["ledger"] if newest else None)
        self._known: set[str] = set()
        self._sides: Sequence[Sequence[Level]] | None = None
        self._at = self._first = self._missed = self._lost = self._untold = 0
        self._heard = self._silent_since = self._row_at = 0
        self._repeat = flush * MICROSECONDS
        self._counted = {BOOKS: 0, TRADES: 0}

    def begin(self, elder: int) -> None:
        """Have the trades told from the last recorded one on, as far as the nodes keep them."""
        rows = sorted(self._trades.last(4 * LATE), key=lambda row: position_of(row["id"]))
        origin = cursor_after(((self._manifest.ledger + 1) << 32) - 1)
        cursor = rows[-1 - LATE]["id"] if len(rows) > LATE else origin
        self._known = {row["id"] for row in rows}
        reached = rows[-1]["ledger"] if rows else self._manifest.ledger + 1
        self._lost = self._untold = max(0, elder - reached)
        self._data.take_trades_after(self._pair, cursor)
        self._data.add_trading_pair(self._pair)

    def look(self) -> None:
        """Note how far the book is known."""
        feed = self._data.book_feed(self._pair)
        if feed is not None:
            self._continuity.look(self._clock.sequence, feed.ledgers_behind, bool(feed.node))

    def hear(self, event: Event) -> None:
        """Take what the book's feed said."""
        if event.kind == "silent":
            self._silent_since = self._silent_since or self._heard
            return
        self.look()
        if event.kind == "message":
            with suppress(HorizonUnavailable):  # the data source says so
                self._record(read_levels(event, self._manifest.levels))
                self._heard = self._clock.sequence

    def take(self, trade: Trade) -> None:
        """Take a trade."""
        if trade.id not in self._known:
            self._add(TRADES, trade_row(trade, _now(), self._untold))
            self._untold = 0

    def drain(self) -> dict[str, list[dict[str, Any]]]:
        """Return what is to be written now."""
        held, self._held = self._held, {BOOKS: [], TRADES: []}
        return held

    def write(self, rows: dict[str, list[dict[str, Any]]]) -> None:
        """Write what was drained."""
        self._books.append(rows[BOOKS])
        self._trades.append(rows[TRADES])

    def close(self) -> None:
        """Finish the files."""
        self._books.close()
        self._trades.close()

    def abandon(self) -> None:
        """Leave the files to the next run."""
        self._books.abandon()
        self._trades.abandon()

    def count(self) -> PairCount:
        """Return what was recorded so far."""
        feed = self._data.book_feed(self._pair)
        return PairCount(
            self._pair,
            self._counted[BOOKS],
            self._counted[TRADES],
            self._missed,
            self._lost,
            self._first,
            self._at,
            self._books.bytes + self._trades.bytes,
            feed.trouble if feed else "",
        )

    def _record(self, sides: Sequence[Sequence[Level]]) -> None:
        """Take a book: one that stands still is a row now and then, to tell how far it surely stood."""
        now, ledger, missed = _now(), self._clock.sequence, self._continuity.missed
        changed = sides != self._sides
        if changed and self._silent_since:  # the stream had stalled, or the change has just come
            missed = max(missed, ledger - self._silent_since - 1)
        self._silent_since = 0
        if not changed and not missed and now - self._row_at < self._repeat:
            return
        self._continuity.take()
        self._sides, self._at, self._row_at = sides, ledger, now
        self._first = self._first or ledger
        self._missed += missed
        self._add(BOOKS, book_row(ledger, self._clock.close_time, now, missed, sides))

    def _add(self, table: str, row: dict[str, Any]) -> None:
        self._held[table].append(row)
        self._counted[table] += 1
        if len(self._held[table]) >= MOST_HELD:
            self._due.set()


def _now() -> int:
    return time.time_ns() // 1000
