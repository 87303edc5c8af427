"""Bars from ledger time: trades gathered into open, high, low, close and volume."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["HOUR", "LONGEST_GAP", "Bar", "BarBuilder", "fill_gaps"]

HOUR = 3600
LONGEST_GAP = 24 * 366
"""Bars; a silence longer than this is a broken clock or a wrong file, and not filled."""


@dataclass(frozen=True, slots=True)
class Bar:
    """What traded in ``[start, start + seconds)`` of ledger time.

    Attributes
    ----------
    start : int
        Ledger time at which the bar opens, seconds since 1970.
    open, high, low, close : float
        Prices, quote per base. A bar without trades is flat at the close before it.
    volume : float
        Base units traded; 0 when nothing was.
    trades : int
        Number of trades.
    """

    start: int
    open: float
    high: float
    low: float
    close: float
    volume: float
    trades: int


def flat_bar(start: int, price: float) -> Bar:
    """Return the bar of an interval in which nothing traded."""
    return Bar(start, price, price, price, price, 0.0, 0)


def fill_gaps(bars: Iterable[Bar], seconds: int = HOUR) -> list[Bar]:
    """Put flat bars where intervals are missing, as Horizon's ``/trade_aggregations`` leaves them out.

    Parameters
    ----------
    bars : iterable of Bar
        In ascending order of start.
    seconds : int
        Length of a bar.

    Raises
    ------
    ValueError
        If a start repeats, goes back or is off the grid, or a gap is longer than `LONGEST_GAP`.
    """
    filled: list[Bar] = []
    for bar in bars:
        if bar.start % seconds:
            raise ValueError(f"bar starts at {bar.start}, which is not a multiple of {seconds} s")
        if filled:
            last = filled[-1]
            if bar.start <= last.start:
                raise ValueError(f"bars are not ascending: {bar.start} follows {last.start}")
            _check_gap(last.start, bar.start, seconds)
            filled.extend(
                flat_bar(start, last.close) for start in range(last.start + seconds, bar.start, seconds)
            )
        filled.append(bar)
    return filled


class BarBuilder:
    """Builds bars from trades as ledgers close; it reads no clock.

    A trade belongs to the bar that holds its ledger's close time. A trade older than the open bar, or than
    the last trade taken, is ignored and counted in `ignored`: what has been decided on is not rewritten.

    Parameters
    ----------
    seconds : int
        Length of a bar.
    after : Bar, optional
        The last closed bar, for instance of a warm-up: building goes on with the interval that follows it.

    Examples
    --------
    >>> builder = BarBuilder()
    >>> builder.add_trade(7210, 0.10, 50.0)
    >>> builder.add_trade(7300, 0.12, 25.0)
    >>> [(bar.start, bar.close, bar.volume) for bar in builder.close_until(14_400)]
    [(7200, 0.12, 75.0), (10800, 0.12, 0.0)]
    """

    __slots__ = (
        "_amount", "_close", "_count", "_done", "_high", "_last_time", "_low", "_open", "_start",
        "ignored", "seconds",
    )  # fmt: skip

    def __init__(self, seconds: int = HOUR, after: Bar | None = None) -> None:
        if seconds <= 0:
            raise ValueError(f"a bar must last at least a second, got {seconds}")
        self.seconds = seconds
        self.ignored = 0
        self._done: list[Bar] = []
        self._start: int | None = None
        self._last_time = 0
        self._open = self._high = self._low = self._close = self._amount = 0.0
        self._count = 0
        if after is not None:
            if after.start % seconds:
                raise ValueError(f"bar starts at {after.start}, which is not a multiple of {seconds} s")
            self._begin(after.start + seconds, _positive("close", after.close))

    @property
    def open_bar(self) -> Bar | None:
        """The bar still being built, or None before a first price is known."""
        return None if self._start is None else self._bar(self._start)

    def add_trade(self, time: int, price: float, amount: float) -> None:
        """Take one trade.

        Parameters
        ----------
        time : int
            Close time of the trade's ledger, seconds since 1970.
        price : float
            Quote per base.
        amount : float
            Base units.

        Raises
        ------
        ValueError
            If price or amount is not a positive, finite number, or time is `LONGEST_GAP` bars ahead.
        """
        price, amount = _positive("price", price), _positive("amount", amount)
        time = int(time)
        if self._start is None:
            self._begin(time - time % self.seconds, price)
        elif time < self._last_time:
            self.ignored += 1
            return
        else:
            self._roll(time)
        if self._count == 0:
            self._open = self._high = self._low = price
        self._last_time = time
        self._high = max(self._high, price)
        self._low = min(self._low, price)
        self._close = price
        self._amount += amount
        self._count += 1

    def close_until(self, ledger_time: int) -> list[Bar]:
        """Return the bars that ended by ``ledger_time`` and were not returned before, oldest first."""
        if self._start is not None:
            self._roll(int(ledger_time))
        done, self._done = self._done, []
        return done

    def _begin(self, start: int, price: float) -> None:
        self._start = self._last_time = start
        self._open = self._high = self._low = self._close = price
        self._amount = 0.0
        self._count = 0

    def _bar(self, start: int) -> Bar:
        return Bar(start, self._open, self._high, self._low, self._close, self._amount, self._count)

    def _roll(self, time: int) -> None:
        assert self._start is not None
        if time - self._start >= self.seconds:
            _check_gap(self._start, time, self.seconds)
        while time - self._start >= self.seconds:
            self._done.append(self._bar(self._start))
            self._begin(self._start + self.seconds, self._close)


def _positive(name: str, value: float) -> float:
    value = float(value)
    if not (math.isfinite(value) and value > 0):
        raise ValueError(f"{name} of a trade must be positive and finite, got {value}")
    return value


def _check_gap(start: int, end: int, seconds: int) -> None:
    if end - start > LONGEST_GAP * seconds:
        raise ValueError(
            f"{(end - start) // seconds} bars without a trade after {start}: more than {LONGEST_GAP}; "
            "check the clock, or warm up again"
        )
