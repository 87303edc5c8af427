"""Reading order books that were recorded."""

import gzip

import pytest

from hummingbot.strategy.ai_stellar.research.execution.recording import Recording, read_recordings
from hummingbot.strategy.ai_stellar.research.history import HistoryError
from test.strategy.ai_stellar.research.execution.recorded_books import BEGIN, Collector, still, wandering


def test_a_book_is_what_the_updates_made_of_it(tmp_path):
    collector = Collector([(99.0, 1.0), (98.0, 2.0)], [(101.0, 3.0)])
    collector.update(0.2, bids=[(99.5, 4.0)])
    collector.update(0.6, bids=[(99.5, 0.0)], asks=[(100.5, 5.0)])
    collector.update(1.1)
    made = Recording.read(collector.write(tmp_path / "x.gz"))

    assert made.begin == BEGIN
    assert made.bids[:, :2].tolist() == [
        [[99.0, 1.0], [98.0, 2.0]],
        [[99.5, 4.0], [99.0, 1.0]],
        [[99.0, 1.0], [98.0, 2.0]],
    ]
    assert made.asks[:, 0].tolist() == [[101.0, 3.0], [101.0, 3.0], [100.5, 5.0]]
    assert made.asks[0, 1].tolist() == [101.0, 0.0]


def test_trades_have_the_taker_s_side(tmp_path):
    made = Recording.read(still(tmp_path / "x.gz", 4, [(1.0, 99.0, 2.5, True), (2.0, 101.0, 1.5, False)]))
    assert (made.trades - [BEGIN, 0, 0, 0]).tolist() == [[1.0, -1.0, 99.0, 2.5], [2.0, 1.0, 101.0, 1.5]]


def test_updates_from_before_the_whole_book_are_applied_if_they_are_newer(tmp_path):
    collector = Collector([(99.0, 1.0)], [(101.0, 1.0)])
    book = collector.lines.pop()
    collector.number = 99
    collector.update(-0.2, bids=[(99.0, 7.0)])  # number 100, which the book has
    collector.update(-0.1, bids=[(98.0, 8.0)])
    collector.lines.append(book)
    for time in (0.6, 1.2):
        collector.update(time)
    made = Recording.read(collector.write(tmp_path / "x.gz"))
    assert made.bids[0, :2].tolist() == [[99.0, 1.0], [98.0, 8.0]]


def test_missing_updates_are_refused(tmp_path):
    collector = Collector([(99.0, 1.0)], [(101.0, 1.0)])
    collector.number += 5
    collector.update(1.0)
    with pytest.raises(HistoryError, match=r"recording x\.gz lacks the updates 101 to 105: cut it there"):
        Recording.read(collector.write(tmp_path / "x.gz"))


def test_a_crossed_book_is_refused(tmp_path):
    collector = Collector([(99.0, 1.0)], [(101.0, 1.0)])
    collector.update(0.7, bids=[(102.0, 1.0)])
    collector.update(1.6)
    with pytest.raises(HistoryError, match=r"has a bid at or above the best ask 1\.0 s after its first book"):
        Recording.read(collector.write(tmp_path / "x.gz"))


@pytest.mark.parametrize("content", [b"1 {}\n", b"1 [1]\n", b"x\n", b"", b'1 {"e": "trade"}\n'])
def test_what_is_no_recording_is_refused(tmp_path, content):
    (tmp_path / "x.gz").write_bytes(gzip.compress(content))
    with pytest.raises(HistoryError, match=r"recording x\.gz (cannot be read|holds no two whole books)"):
        Recording.read(tmp_path / "x.gz")


def test_a_file_that_is_not_zipped_or_not_there_is_refused(tmp_path):
    (tmp_path / "x.gz").write_text("1 {}")
    for name in ("x.gz", "y.gz"):
        with pytest.raises(HistoryError, match=r"cannot be read .*name a gzipped file"):
            Recording.read(tmp_path / name)


def test_a_directory_is_read_in_the_order_of_names(tmp_path):
    with pytest.raises(HistoryError, match="no recording"):
        read_recordings(tmp_path)
    for name in ("b_binance.gz", "a_binance.gz"):
        wandering(tmp_path / name, 5)
    assert [one.name for one in read_recordings(tmp_path)] == ["a_binance.gz", "b_binance.gz"]


def test_a_recording_goes_on_in_the_file_of_the_next_day(tmp_path):
    whole = Recording.read(wandering(tmp_path / "whole.gz", 10))
    with gzip.open(tmp_path / "whole.gz", "rt") as file:
        lines = file.readlines()
    for day, part in (("20231114", lines[:30]), ("20231115", lines[30:])):
        with gzip.open(tmp_path / f"xlm_binance_{day}.gz", "wt") as file:
            file.writelines(part)
    (made,) = read_recordings(tmp_path)
    assert made.name == "xlm_binance_20231114.gz"
    assert made.fingerprint() == whole.fingerprint()
