"""Price files are read as they are, and refused with one sentence where they cannot be used."""

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest

from hummingbot.strategy.ai_stellar.market.bars import HOUR
from hummingbot.strategy.ai_stellar.research.history import HistoryError, parse_date, read_history, span_of

START = np.datetime64("2023-03-01T00:00:00")


def write(path, hours=(0, 1, 2, 3), suffix=".csv", **columns):
    """Write a small price file, some of its columns replaced."""
    n = len(hours)
    table = {
        "date": START + np.array(hours) * np.timedelta64(1, "h"),
        "open": np.full(n, 0.1),
        "high": np.full(n, 0.12),
        "low": np.full(n, 0.09),
        "close": np.full(n, 0.11),
        "volume": np.full(n, 5.0),
        **columns,
    }
    table = pa.table({name: values for name, values in table.items() if values is not None})
    file = path / f"prices{suffix}"
    if suffix == ".csv":
        pa.csv.write_csv(table, file)
    else:
        pa.parquet.write_table(table, file)
    return file


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_both_formats_give_the_same_bars(tmp_path, suffix):
    history = read_history(write(tmp_path, suffix=suffix))
    assert history.start.tolist() == [parse_date("2023-03-01") + k * HOUR for k in range(4)]
    assert history.close.tolist() == [0.11] * 4
    assert history.traded.all()


def test_a_fingerprint_depends_on_the_numbers_and_not_on_the_format(tmp_path):
    csv = read_history(write(tmp_path)).fingerprint()
    assert read_history(write(tmp_path, suffix=".parquet")).fingerprint() == csv
    assert read_history(write(tmp_path, volume=[5.0, 5.0, 5.0, 6.0])).fingerprint() != csv


def test_missing_hours_are_flat_bars_marked_as_not_traded(tmp_path):
    history = read_history(write(tmp_path, hours=(0, 3)))
    assert history.traded.tolist() == [True, False, False, True]
    assert history.high.tolist() == [0.12, 0.11, 0.11, 0.12]
    assert history.volume.tolist() == [5.0, 0.0, 0.0, 5.0]


def test_a_span_holds_its_begin_and_not_its_end(tmp_path):
    history = read_history(write(tmp_path))
    begin = parse_date("2023-03-01T01:00")
    assert history.between(begin, begin + 2 * HOUR).start.tolist() == [begin, begin + HOUR]


def test_a_span_to_judge_is_no_longer_than_the_file(tmp_path):
    file, hour = write(tmp_path, close=[0.11, 0.1, 0.11, 0.1]), parse_date("2023-03-01")
    for begin, end in ((None, None), (hour - HOUR, hour + 99 * HOUR)):
        history, *span = span_of(file, begin, end)
        assert (span, len(history)) == ([hour, hour + 4 * HOUR], 4)
    history, *span = span_of(file, hour + HOUR, hour + 2 * HOUR)
    assert (span, len(history), history.held) == ([hour + HOUR, hour + 2 * HOUR], 2, (hour, hour + 4 * HOUR))


@pytest.mark.parametrize(
    ("begin", "end", "asked"),
    [
        ("2024-01-01", None, "from 2024-01-01"),
        (None, "2022-12-31", "before 2022-12-31"),
        ("2022-01-01", "2022-12-31", "from 2022-01-01 before 2022-12-31"),
    ],
)
def test_a_span_of_which_the_file_holds_nothing_is_refused(tmp_path, begin, end, asked):
    given = (parse_date(one) if one else None for one in (begin, end))
    held = r"prices\.csv holds 2023-03-01 to 2023-03-01, and nothing"
    with pytest.raises(HistoryError, match=f"{held} {asked}: name other dates"):
        span_of(write(tmp_path), *given)


@pytest.mark.parametrize(
    ("columns", "problem"),
    [
        ({"hours": (0, 1, 1, 2)}, "a bar of prices.csv repeats at 2023-03-01T01:00:00: remove one"),
        ({"hours": (0, 2, 1, 3)}, "not in order at 2023-03-01T01:00:00: sort them"),
        ({"hours": (0, 1, 2, 20_000)}, "gap of over 8784 hours before 2025-06-11T08:00:00: fetch"),
        ({"close": [0.1, float("nan"), 0.1, 0.1]}, "close of prices.csv at 2023-03-01T01:00:00 is nan"),
        ({"low": [0.1, 0.0, 0.1, 0.1]}, "low of prices.csv at 2023-03-01T01:00:00 is 0.0"),
        ({"volume": [1.0, 1.0, 1.0, -1.0]}, "volume of prices.csv at 2023-03-01T03:00:00 is -1.0"),
        ({"high": [0.01] * 4}, "do not enclose open and close: remove the bar or repair it"),
        ({"volume": None}, "has no column volume"),
        ({"close": ["a", "b", "c", "d"]}, "column close of prices.csv holds no numbers but string: write"),
        ({"date": [1, 2, 3, 4]}, "column date of prices.csv holds no dates but int64: write when"),
        ({"date": START + np.arange(4) * np.timedelta64(15, "m")}, "is not hourly"),
    ],
)
def test_what_is_no_hourly_history_is_refused_with_the_place(tmp_path, columns, problem):
    with pytest.raises(HistoryError, match=problem):
        read_history(write(tmp_path, **columns))


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(HistoryError, match="no price file at"):
        read_history(tmp_path / "prices.csv")


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("prices.pkl", "is neither .parquet nor .csv: write"),
        ("prices.parquet", r"cannot be read as parquet \(.+\): write it anew, or name another$"),
        ("prices.csv", r"cannot be read as csv \(.+\): write it anew, or name another$"),
    ],
)
def test_a_file_of_another_kind_is_refused(tmp_path, name, problem):
    (tmp_path / name).write_bytes(b"PAR1 or not")
    with pytest.raises(HistoryError, match=problem):
        read_history(tmp_path / name)


def test_a_file_without_bars_is_refused(tmp_path):
    with pytest.raises(HistoryError, match="holds no bars: name another"):
        read_history(write(tmp_path, suffix=".parquet", hours=()))


def test_a_date_is_utc_unless_it_says_otherwise():
    assert parse_date("1970-01-02") == 86_400
    assert parse_date("1970-01-01T01:00+01:00") == 0
    with pytest.raises(HistoryError, match="is not a date"):
        parse_date("yesterday")
