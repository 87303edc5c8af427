"""Trade aggregations: what was exchanged in each minute, hour, day of a pair, and what its price did."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from math import floor, log10
from typing import Final

from ...ledger.amount import STROOPS
from ...ledger.asset import Asset
from ..market.bars import Bars
from .records import TradeRecord
from .trades import is_base

__all__ = ["HOUR", "Bucket", "TradeAggregation"]

MINUTE: Final = 60
HOUR: Final = 3600
PRICE_DIGITS: Final = 9
"""Significant digits of a reference's prices."""

Fraction = tuple[int, int]


class Bucket:
    """What happened to a pair between `start` and the next bucket's start.

    Volumes are stroops, prices are fractions (n, d) of the counter asset for one unit of the base asset.
    """

    __slots__ = ("base_volume", "close", "counter_volume", "high", "low", "open", "start", "trade_count")

    def __init__(
        self,
        start: int,
        trade_count: int,
        base_volume: int,
        counter_volume: int,
        open: Fraction,
        high: Fraction,
        low: Fraction,
        close: Fraction,
    ) -> None:
        self.start = start
        self.trade_count = trade_count
        self.base_volume = base_volume
        self.counter_volume = counter_volume
        self.open = open
        self.high = high
        self.low = low
        self.close = close

    def add(self, later: "Bucket") -> None:
        """Take in a bucket that comes after everything in this one.

        Of equal prices that are written in other terms the later one is told.
        """
        self.trade_count += later.trade_count
        self.base_volume += later.base_volume
        self.counter_volume += later.counter_volume
        if later.high[0] * self.high[1] >= self.high[0] * later.high[1]:
            self.high = later.high
        if later.low[0] * self.low[1] <= self.low[0] * later.low[1]:
            self.low = later.low
        self.close = later.close

    def at(self, start: int) -> "Bucket":
        """Return a copy that starts at `start`."""
        return Bucket(
            start,
            self.trade_count,
            self.base_volume,
            self.counter_volume,
            self.open,
            self.high,
            self.low,
            self.close,
        )

    def inverted(self) -> "Bucket":
        """Return the same with base and counter exchanged."""
        return Bucket(
            self.start,
            self.trade_count,
            self.counter_volume,
            self.base_volume,
            self.open[::-1],
            self.low[::-1],
            self.high[::-1],
            self.close[::-1],
        )

    def to_list(self) -> list[int | str]:
        """Write it as a flat list of integers; volumes, which may be beyond 64 bits, in decimal digits."""
        return [
            self.start,
            self.trade_count,
            str(self.base_volume),
            str(self.counter_volume),
            *self.open,
            *self.high,
            *self.low,
            *self.close,
        ]

    @classmethod
    def from_list(cls, flat: Sequence[int | str]) -> "Bucket":
        """Read `to_list` back."""
        start, count, base, counter, on, od, hn, hd, ln, ld, cn, cd = map(int, flat)
        return cls(start, count, base, counter, (on, od), (hn, hd), (ln, ld), (cn, cd))


class TradeAggregation:
    """All pairs' buckets: by minute and by hour, and before the first trade a reference's hours.

    Parameters
    ----------
    minutes, hours : int
        Buckets kept of each pair; the oldest are forgotten.
    """

    def __init__(self, minutes: int = 5_000, hours: int = 20_000) -> None:
        self._kept = {MINUTE: minutes, HOUR: hours}
        self._minutes: dict[tuple[Asset, Asset], list[Bucket]] = {}
        self._hours: dict[tuple[Asset, Asset], list[Bucket]] = {}
        self._reference: dict[tuple[Asset, Asset], tuple[Bars, bool]] = {}
        self._assets: set[Asset] = set()

    def knows(self, asset: Asset) -> bool:
        """Tell whether the asset ever traded, or has a reference."""
        return asset in self._assets

    def precede(self, base: Asset, counter: Asset, bars: Bars) -> None:
        """Put a reference's hours before the trades of a pair.

        An hour of them is served with a trade count of 1, because bars do not say how many trades they are
        made of, and left out if it has no volume, as one without trades is. Nothing finer than hours is known
        of a reference, so minutes begin with the sandbox's own trades. Hours that the sandbox itself traded
        in take precedence.
        """
        inverted = not is_base(base, counter)
        self._reference[(counter, base) if inverted else (base, counter)] = (bars, inverted)
        self._assets.update((base, counter))

    def forget(self) -> None:
        """Start anew, but remember which assets traded."""
        self._minutes.clear()
        self._hours.clear()

    def add(self, trade: TradeRecord) -> None:
        """Count a trade, unless rounding made its price meaningless."""
        pair = (trade.base, trade.counter)
        self._assets.update(pair)
        if trade.is_off_price:
            return
        price = (trade.price_n, trade.price_d)
        for width, series in ((MINUTE, self._minutes), (HOUR, self._hours)):
            buckets = series.setdefault(pair, [])
            start = trade.closed_at - trade.closed_at % width
            one = Bucket(start, 1, trade.base_amount, trade.counter_amount, price, price, price, price)
            if buckets and buckets[-1].start == start:
                buckets[-1].add(one)
            else:
                buckets.append(one)
                kept = self._kept[width]
                if len(buckets) > kept + kept // 8:
                    del buckets[:-kept]

    def page(
        self,
        base: Asset,
        counter: Asset,
        width: int,
        *,
        offset: int = 0,
        start: int = 0,
        end: int = 1 << 62,
        limit: int = 10,
        ascending: bool = True,
    ) -> list[Bucket]:
        """Return up to `limit` buckets of `width` seconds within [start, end), both on bucket borders."""
        inverted = not is_base(base, counter)
        pair = (counter, base) if inverted else (base, counter)
        merged: list[Bucket] = []
        for bucket in self._walk(pair, width, start, end, ascending):
            border = (bucket.start - offset) // width * width + offset
            if not start <= border < end:
                continue
            if merged and merged[-1].start == border:
                if ascending:
                    merged[-1].add(bucket)
                else:
                    earlier = bucket.at(border)
                    earlier.add(merged[-1])
                    merged[-1] = earlier
            elif len(merged) == limit:
                break
            else:
                merged.append(bucket.at(border))
        return [bucket.inverted() for bucket in merged] if inverted else merged

    def _walk(
        self, pair: tuple[Asset, Asset], width: int, start: int, end: int, ascending: bool
    ) -> Iterable[Bucket]:
        if width < HOUR:
            return _between(self._minutes.get(pair, []), start, end, ascending)
        own = self._hours.get(pair, [])
        if pair not in self._reference:
            return _between(own, start, end, ascending)
        first = own[0].start if own else end
        bars, inverted = self._reference[pair]
        parts = (
            _reference_between(bars, inverted, start, min(end, first), ascending),
            _between(own, start, end, ascending),
        )
        return chain(*(parts if ascending else parts[::-1]))

    def to_dict(self) -> dict[str, list[list[int | str]]]:
        """Write the buckets of all pairs; the references are not part of it."""
        return {
            f"{width} {base} {counter}": [bucket.to_list() for bucket in buckets]
            for width, series in ((MINUTE, self._minutes), (HOUR, self._hours))
            for (base, counter), buckets in series.items()
        }

    def restore(self, saved: dict[str, list[list[int | str]]]) -> None:
        """Read `to_dict` back."""
        for name, buckets in saved.items():
            width, base, counter = name.split()
            pair = (Asset.parse(base), Asset.parse(counter))
            series = self._minutes if int(width) == MINUTE else self._hours
            series[pair] = [Bucket.from_list(flat) for flat in buckets]
            self._assets.update(pair)


def _between(buckets: list[Bucket], start: int, end: int, ascending: bool) -> Iterator[Bucket]:
    first = bisect_left(buckets, start, key=lambda bucket: bucket.start)
    last = bisect_left(buckets, end, key=lambda bucket: bucket.start)
    indices = range(first, last)
    return (buckets[index] for index in (indices if ascending else reversed(indices)))


def _reference_between(bars: Bars, inverted: bool, start: int, end: int, ascending: bool) -> Iterator[Bucket]:
    first, last = (int(row) for row in bars.start.searchsorted((start, end)))
    indices = range(first, last)
    for index in indices if ascending else reversed(indices):
        bar = bars.bar(index)
        volume = round(bar.volume * STROOPS)
        if not volume:
            continue
        scale = 10 ** max(PRICE_DIGITS - 1 - floor(log10(bar.low)), 0)
        open, high, low, close = (
            (round(price * scale), scale) for price in (bar.open, bar.high, bar.low, bar.close)
        )
        turnover = volume * (high[0] + low[0] + close[0]) // (3 * scale)
        bucket = Bucket(bar.start, 1, volume, turnover, open, high, low, close)
        yield bucket.inverted() if inverted else bucket
