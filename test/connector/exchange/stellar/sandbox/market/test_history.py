"""A history file is checked before anything trades on it."""

from pathlib import Path

import pyarrow
import pyarrow.csv
import pyarrow.parquet
import pytest

from hummingbot.connector.exchange.stellar.sandbox.market.errors import HistoryError
from hummingbot.connector.exchange.stellar.sandbox.market.history import LONGEST_GAP_HOURS, read_history

HEADER = "date,open,high,low,close,volume"
HOURS = [f"2024-01-{1 + hour // 24:02d}T{hour % 24:02d}:00:00Z" for hour in range(24 * 6)]


def row(hour: int, values: str = "0.13,0.14,0.12,0.135,1000") -> str:
    return f"{HOURS[hour]},{values}"


def write(path: Path, *rows: str, header: str = HEADER) -> Path:
    path.write_text("\n".join((header, *rows)) + "\n")
    return path


def refusal(path: Path) -> str:
    with pytest.raises(HistoryError) as refused:
        read_history(path)
    message = str(refused.value)
    assert str(path) in message
    assert "\n" not in message
    return message


def test_csv_and_parquet_of_the_same_bars_read_the_same(tmp_path: Path) -> None:
    csv = write(tmp_path / "bars.csv", *(row(hour) for hour in range(5)))
    parquet = tmp_path / "bars.parquet"
    pyarrow.parquet.write_table(pyarrow.csv.read_csv(csv), parquet)
    histories = [read_history(csv), read_history(parquet)]
    assert [len(history.bars) for history in histories] == [5, 5]
    assert [history.start for history in histories] == [1_704_067_200] * 2
    assert [history.end for history in histories] == [1_704_067_200 + 5 * 3600] * 2
    assert histories[0].bars.bar(3) == histories[1].bars.bar(3)


@pytest.mark.parametrize("date", ["2024-01-01 {:02d}:00:00", "2024-01-01 {:02d}:00:00+00:00"])
def test_dates_without_a_zone_or_with_an_offset_are_utc(tmp_path: Path, date: str) -> None:
    rows = [f"{date.format(hour)},1,1,1,1,1" for hour in range(3)]
    assert read_history(write(tmp_path / "bars.csv", *rows)).start == 1_704_067_200


def test_other_columns_are_ignored(tmp_path: Path) -> None:
    path = write(tmp_path / "bars.csv", row(0) + ",7", row(1) + ",8", header=HEADER + ",trades")
    assert len(read_history(path).bars) == 2


def test_a_few_missing_hours_are_carried_forward_flat_and_counted(tmp_path: Path) -> None:
    history = read_history(write(tmp_path / "bars.csv", row(0), row(1), row(5), row(7)))
    assert (history.gaps, history.filled_hours) == (2, 4)
    carried = history.bars.bar(3)
    assert (carried.open, carried.high, carried.low, carried.close, carried.volume) == (*[0.135] * 4, 0.0)
    assert history.bars.bar(5).open == 0.13
    assert history.describe()["hours carried forward"] == 4


def test_a_gap_at_the_bound_is_carried_and_one_hour_more_is_refused(tmp_path: Path) -> None:
    at_bound = write(tmp_path / "at.csv", row(0), row(LONGEST_GAP_HOURS + 1))
    assert read_history(at_bound).filled_hours == LONGEST_GAP_HOURS
    message = refusal(write(tmp_path / "beyond.csv", row(0), row(1), row(LONGEST_GAP_HOURS + 3)))
    assert "49 hours are missing after row 2 (2024-01-01T01:00Z)" in message


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([row(0), row(1), row(1)], "row 3 (2024-01-01T01:00Z) repeats row 2"),
        ([row(0), row(2), row(1)], "row 3 (2024-01-01T01:00Z) comes after a later bar than row 2"),
        ([row(0), row(1, "0.13,nan,0.12,0.135,1")], "row 2 has no high"),
        ([row(0), row(1, "0.13,inf,0.12,0.135,1")], "row 2 (2024-01-01T01:00Z) has high inf"),
        ([row(0), row(1, ",0.14,0.12,0.135,1")], "row 2 has no open"),
        ([row(0), row(1, "0.13,0.14,0,0.135,1")], "has low 0.0, and a price must be above zero"),
        ([row(0), row(1, "-0.13,0.14,0.12,0.135,1")], "has open -0.13, and a price must be above zero"),
        ([row(0), row(1, "1,1,1e-12,1,1")], "has low 1e-12, and the sandbox trades at 1e-07 to 100000 quote"),
        ([row(0), row(1, "1,3e8,1,1,1")], "has high 300000000.0, and the sandbox trades at 1e-07 to 100000"),
        ([row(0), row(1, "0.13,0.14,0.12,0.135,-1")], "has volume -1.0"),
        ([row(0), row(1, "0.13,0.132,0.12,0.135,1")], "has high 0.132, below its open or close"),
        ([row(0), row(1, "0.13,0.14,0.134,0.135,1")], "has low 0.134, above its open or close"),
        ([row(0), row(1, "0.13,0.14,0.12,dear,1")], "close is '0.135' (string), not a number"),
        ([row(0), "2024-01-01T01:30:00Z,1,1,1,1,1"], "row 2 opens at 2024-01-01T01:30Z, off the hour"),
        ([row(0)], "holds 1 bars"),
        ([], "holds 0 bars"),
        (["yesterday,1,1,1,1,1", "today,1,1,1,1,1"], "date is 'yesterday' (string)"),
    ],
)
def test_a_bad_row_is_refused_with_its_number_and_value(
    tmp_path: Path, rows: list[str], expected: str
) -> None:
    assert expected in refusal(write(tmp_path / "bars.csv", *rows))


def test_a_price_that_is_not_a_number_is_refused_in_parquet_too(tmp_path: Path) -> None:
    bars = pyarrow.csv.read_csv(write(tmp_path / "bars.csv", row(0), row(1)))
    holed = bars.set_column(2, "high", pyarrow.array([0.14, float("nan")]))
    pyarrow.parquet.write_table(holed, tmp_path / "bars.parquet")
    assert "row 2 (2024-01-01T01:00Z) has high nan" in refusal(tmp_path / "bars.parquet")


def test_a_missing_column_is_named_beside_those_there_are(tmp_path: Path) -> None:
    message = refusal(
        write(tmp_path / "bars.csv", "2024-01-01T00:00:00Z,1,1,1,1", header="time,open,high,low,close")
    )
    assert "has no column date, volume (it has time, open, high, low, close)" in message


def test_what_is_no_table_is_refused(tmp_path: Path) -> None:
    torn = tmp_path / "bars.parquet"
    torn.write_bytes(b"PAR1 but not really")
    assert "cannot be read" in refusal(torn)
    assert "does not exist" in refusal(tmp_path / "nowhere.csv")
    other = tmp_path / "bars.json"
    other.write_text("[]")
    assert "ends in '.json'" in refusal(other)
    ragged = tmp_path / "ragged.csv"
    ragged.write_text(HEADER + "\n1,2\n")
    assert "cannot be read" in refusal(ragged)


def test_a_time_outside_the_file_is_refused_with_what_it_covers(tmp_path: Path) -> None:
    history = read_history(write(tmp_path / "bars.csv", row(0), row(1)))
    assert len(history.until(history.start + 3600)) == 2
    for time in (history.start - 1, history.start + 7200):
        with pytest.raises(HistoryError, match=r"covers 2024-01-01T00:00Z to 2024-01-01T02:00Z"):
            history.until(time)


def test_the_real_history_of_xlm_is_accepted(xlm_history: Path) -> None:
    history = read_history(xlm_history)
    assert (history.gaps, history.filled_hours) == (25, 88)
    assert len(history.bars) == 57_671 + 88
