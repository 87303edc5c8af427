"""A pair's feed: history, then each closed bar once, none built from trades it saw only in part."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import pytest

from hummingbot.strategy.ai_stellar.market.bars import HOUR
from hummingbot.strategy.ai_stellar.market.pair_feed import PAGE, NoHistory, PairFeed

NOW, HOURS = 1000 * HOUR + 1500, 1638


@dataclass
class Row:
    start: int
    open: float
    high: float
    low: float
    close: float
    base_volume: float
    trade_count: int


def row(hour: int, price: float, volume: float = 1.0) -> Row:
    return Row(hour * HOUR, price, price, price, price, volume, 1)


class Venue:
    def __init__(self, *rows: Row) -> None:
        self.rows = list(rows)
        self.asked: list[tuple[int, int]] = []

    async def fetch(self, pair: str, resolution: int, start: int, end: int) -> Sequence[Row]:
        assert (pair, resolution) == ("XLM-USDC", HOUR)
        self.asked.append((start, end))
        return [row for row in self.rows if start <= row.start < end]


def feed(venue: Venue) -> PairFeed:
    return PairFeed("XLM-USDC", venue.fetch, HOURS)


async def test_history_ends_with_the_last_whole_hour_and_has_no_gaps() -> None:
    venue = Venue(row(995, 1.0), row(997, 2.0), row(1000, 9.0))
    bars = await feed(venue).warm_up(NOW)
    assert venue.asked == [(1000 * HOUR - PAGE, 1000 * HOUR), (1000 * HOUR - 2 * PAGE, 1000 * HOUR - PAGE)]
    assert [(bar.start // HOUR, bar.close, bar.volume) for bar in bars] == [
        (995, 1.0, 1.0), (996, 1.0, 0.0), (997, 2.0, 1.0), (998, 2.0, 0.0), (999, 2.0, 0.0),
    ]  # fmt: skip


async def test_a_long_history_is_read_page_by_page_and_no_further_than_is_needed() -> None:
    now = 3000
    venue = Venue(*(row(hour, 1.0 + hour % 7) for hour in range(now)))
    bars = await feed(venue).warm_up(now * HOUR)
    assert [bar.start for bar in bars] == [hour * HOUR for hour in range(now - HOURS, now)]
    spans = sorted(venue.asked)
    assert (spans[0][0], spans[-1][1]) == ((now - HOURS) * HOUR, now * HOUR)
    assert all(a[1] == b[0] for a, b in pairwise(spans))
    assert all(end - start <= PAGE for start, end in spans)


async def test_a_pair_without_history_says_so() -> None:
    with pytest.raises(NoHistory, match="XLM-USDC did not trade in the last"):
        await feed(Venue()).warm_up(NOW)


async def test_the_hour_watched_in_part_is_read_from_the_venue_once_it_has_closed() -> None:
    venue = Venue(row(999, 1.0))
    watched = feed(venue)
    await watched.warm_up(NOW)
    watched.trade(NOW + 300, 5.0, 1.0)
    watched.close_until(NOW + 600)
    assert (watched.incomplete, watched.take()) == (False, [])
    watched.close_until(1001 * HOUR)
    assert watched.incomplete
    assert watched.take() == []
    venue.rows.append(row(1000, 4.0, 77.0))
    await watched.complete()
    assert venue.asked[-1] == (1000 * HOUR, 1001 * HOUR)
    assert [(bar.start // HOUR, bar.close, bar.volume) for bar in watched.take()] == [(1000, 4.0, 77.0)]


async def test_later_hours_are_built_from_trades_and_handed_out_once() -> None:
    venue = Venue(row(999, 1.0), row(1000, 2.0))
    watched = feed(venue)
    await watched.warm_up(NOW)
    watched.close_until(1001 * HOUR)
    await watched.complete()
    watched.take()
    watched.trade(1001 * HOUR, 3.0, 10.0)
    watched.trade(1001 * HOUR + 300, 4.0, 5.0)
    watched.close_until(1003 * HOUR)
    assert [(bar.start // HOUR, bar.close, bar.volume) for bar in watched.take()] == [
        (1001, 4.0, 15.0), (1002, 4.0, 0.0),
    ]  # fmt: skip
    assert watched.take() == []
    assert len(venue.asked) == 3


async def test_after_an_interruption_the_hours_up_to_the_present_one_are_read_from_the_venue() -> None:
    venue = Venue(row(999, 1.0), row(1000, 2.0))
    watched = feed(venue)
    await watched.warm_up(NOW)
    watched.close_until(1001 * HOUR)
    await watched.complete()
    watched.take()
    watched.trade(1001 * HOUR + 5, 3.0, 10.0)
    watched.interrupted(1003 * HOUR + 300)
    watched.close_until(1003 * HOUR + 300)
    assert watched.incomplete
    venue.rows += [row(1001, 3.5, 60.0), row(1002, 3.6, 50.0)]
    await watched.complete()
    assert [(bar.start // HOUR, bar.close, bar.volume) for bar in watched.take()] == [
        (1001, 3.5, 60.0), (1002, 3.6, 50.0),
    ]  # fmt: skip
    watched.trade(1003 * HOUR + 500, 9.0, 1.0)
    watched.close_until(1004 * HOUR)
    assert watched.incomplete  # the hour in which watching began again


async def test_trades_that_come_before_the_history_are_kept_for_their_hour() -> None:
    venue = Venue(row(999, 1.0))
    watched = feed(venue)
    watched.trade(NOW - 3000, 8.0, 1.0)
    watched.trade(NOW, 5.0, 2.0)
    assert not watched.ready
    await watched.warm_up(NOW)
    assert watched.ready
    venue.rows.append(row(1000, 4.0))
    watched.trade(1001 * HOUR + 5, 6.0, 1.0)
    watched.close_until(1002 * HOUR)
    await watched.complete()
    assert [(bar.start // HOUR, bar.open, bar.close) for bar in watched.take()] == [
        (1000, 4.0, 4.0), (1001, 6.0, 6.0),
    ]  # fmt: skip


async def test_a_trade_that_rounded_to_nothing_is_no_price() -> None:
    watched = feed(Venue(row(999, 1.0), row(1000, 2.0)))
    await watched.warm_up(NOW)
    watched.trade(1001 * HOUR, 3.0, 0.0)
    watched.trade(1001 * HOUR, 0.0, 3.0)
    watched.close_until(1002 * HOUR)
    await watched.complete()
    assert [(bar.close, bar.trades) for bar in watched.take()] == [(2.0, 1), (1.0, 0)]
