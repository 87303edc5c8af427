"""The closed bars of one pair: its history first, then what trades while we watch."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, Protocol

from .bars import HOUR, Bar, BarBuilder, fill_gaps, flat_bar

__all__ = ["Aggregation", "NoHistory", "PairFeed"]

PAGE: Final = 190 * HOUR
"""Seconds asked for at once, which fit a page of Horizon's ``/trade_aggregations``."""


class Aggregation(Protocol):
    """What a venue says about the trades of one interval."""

    start: int
    open: Any
    high: Any
    low: Any
    close: Any
    base_volume: Any
    trade_count: int


Fetch = Callable[[str, int, int, int], Awaitable[Sequence[Aggregation]]]
"""Pair, resolution (seconds), start and end (seconds since 1970) to aggregations."""


class NoHistory(RuntimeError):
    """A pair that did not trade in the hours needed to begin."""


class PairFeed:
    """Gives each closed bar of a pair once, in order.

    The bar that is open when watching begins, or begins again, was watched only in part, so once it has
    closed it is read from the venue instead. From then on bars are built from the trades themselves, each
    placed by its ledger's close time.

    Parameters
    ----------
    pair : str
        Trading pair.
    fetch : callable
        Reads history from the venue.
    hours : int
        Of history to read at start.
    """

    __slots__ = (
        "_builder", "_closed", "_early", "_fetch", "_first_whole", "_hours", "_read_until", "last", "pair",
    )  # fmt: skip

    def __init__(self, pair: str, fetch: Fetch, hours: int) -> None:
        self.pair = pair
        self.last: Bar | None = None
        self._fetch = fetch
        self._hours = hours
        self._builder: BarBuilder | None = None
        self._early: list[tuple[int, float, float]] = []
        self._closed: list[Bar] = []
        self._first_whole = 0
        self._read_until = 0

    @property
    def ready(self) -> bool:
        """Whether history was read."""
        return self._builder is not None

    @property
    def ignored(self) -> int:
        """Trades that came after their bar had closed."""
        return 0 if self._builder is None else self._builder.ignored

    def trade(self, time: int, price: float, amount: float) -> None:
        """Take a public trade; ``time`` is its ledger's close time. One rounded to nothing has no price."""
        if not (price > 0 and amount > 0):
            return
        if self._builder is None:
            self._early.append((time, price, amount))
        else:
            self._builder.add_trade(time, price, amount)

    async def warm_up(self, now: int) -> list[Bar]:
        """Read the history before the present hour; return its bars, oldest first.

        Raises
        ------
        NoHistory
            If there is none.
        """
        hour = now - now % HOUR
        bars = await self._history(hour - self._hours * HOUR, hour)
        if not bars:
            raise NoHistory(f"{self.pair} did not trade in the last {self._hours} hours")
        self._first_whole = hour + HOUR
        self.last = bars[-1]
        self._builder = BarBuilder(after=self.last)
        for time, price, amount in self._early:
            if time >= hour:
                self._builder.add_trade(time, price, amount)
        self._early.clear()
        return bars

    def interrupted(self, now: int) -> None:
        """Take note that trades may have been missed: what is open at ``now`` was watched only in part."""
        self._first_whole = max(self._first_whole, now - now % HOUR + HOUR)

    def close_until(self, now: int) -> None:
        """Close the bars that ended at or before a ledger time."""
        if self._builder is not None:
            self._closed.extend(self._builder.close_until(now))

    @property
    def has_closed(self) -> bool:
        """Whether a bar has closed that was not taken yet."""
        return bool(self._closed)

    @property
    def incomplete(self) -> bool:
        """Whether a closed bar was watched only in part and has to be read by `complete`."""
        return any(not self._is_whole(bar) for bar in self._closed)

    async def complete(self) -> None:
        """Read the bars watched in part from the venue."""
        partly = [bar for bar in self._closed if not self._is_whole(bar)]
        if not partly:
            return
        end = partly[-1].start + HOUR
        read = {bar.start: bar for bar in await self._history(partly[0].start, end)}
        before = [bar for bar in self._closed if bar.start < partly[0].start]
        last = before[-1] if before else self.last
        close = partly[0].open if last is None else last.close
        for place, bar in enumerate(self._closed):
            if partly[0].start <= bar.start < end:
                whole = read.get(bar.start) or flat_bar(bar.start, close)
                close = whole.close
                self._closed[place] = whole
        self._read_until = end

    def _is_whole(self, bar: Bar) -> bool:
        return bar.start >= self._first_whole or bar.start < self._read_until

    def take(self) -> list[Bar]:
        """Return the closed bars not returned before; none while `incomplete`."""
        if self.incomplete:
            return []
        taken, self._closed = self._closed, []
        if taken:
            self.last = taken[-1]
        return taken

    async def _history(self, start: int, end: int) -> list[Bar]:
        rows: list[Aggregation] = []
        for last in range(
            end, start, -PAGE
        ):  # newest first: before a page without trades nothing is asked for
            page = await self._fetch(self.pair, HOUR, max(start, last - PAGE), last)
            rows += page
            if not page:
                break
        bars = fill_gaps(
            Bar(
                int(row.start), float(row.open), float(row.high), float(row.low), float(row.close),
                float(row.base_volume), int(row.trade_count),
            )
            for row in sorted(rows, key=lambda row: row.start)
            if start <= row.start < end
        )  # fmt: skip
        if bars:
            bars.extend(flat_bar(at, bars[-1].close) for at in range(bars[-1].start + HOUR, end, HOUR))
        return bars
