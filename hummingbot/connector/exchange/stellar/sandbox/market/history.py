"""Hourly prices from a file, checked before anything trades on them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from .bars import HOUR, Bars, utc
from .errors import HistoryError

__all__ = ["COLUMNS", "HIGHEST_PRICE", "LONGEST_GAP_HOURS", "LOWEST_PRICE", "History", "read_history"]

COLUMNS: Final = ("date", "open", "high", "low", "close", "volume")
LONGEST_GAP_HOURS: Final = 48
"""Missing hours in a row that are carried forward; a longer gap is refused."""

LOWEST_PRICE: Final = 1e-7
HIGHEST_PRICE: Final = 1e5
"""Quote per base. Below, small trades are worth too few stroops of the quote asset to be exchanged at their
price; above, what makers and takers hold of it does not fit a trustline."""

END_OF_DATES: Final = 253_402_300_800
"""Unix seconds of the year 10000."""

PRICES: Final = ("open", "high", "low", "close")


@dataclass(frozen=True, slots=True)
class History:
    """A checked history without gaps.

    Up to `LONGEST_GAP_HOURS` missing hours in a row are carried forward: flat bars at the last close with
    volume zero, because that is what a market that did not trade shows. They are counted here and in every
    report.

    Parameters
    ----------
    path : Path
    bars : Bars
        One for every hour from the first to the last of the file.
    gaps : int
        Runs of missing hours that were carried forward.
    filled_hours : int
        Hours in them.
    """

    path: Path
    bars: Bars
    gaps: int
    filled_hours: int

    @property
    def start(self) -> int:
        """Opening time of the first bar, unix seconds."""
        return int(self.bars.start[0])

    @property
    def end(self) -> int | None:
        """End of the last bar, unix seconds."""
        return int(self.bars.start[-1]) + HOUR

    def until(self, time: int) -> Bars:
        """Return the bars that opened before `time`, or at it.

        Raises
        ------
        HistoryError
            If the file ends before `time`, or begins after it.
        """
        row = (time - self.start) // HOUR
        if not 0 <= row < len(self.bars):
            raise HistoryError(
                f"history file {self.path} covers {utc(self.start)} to {utc(self.end or 0)}, "
                f"not {utc(time)}: choose a start date and a length of run within it, or another file"
            )
        return self.bars[: row + 1]

    def fingerprint(self, time: int) -> str:
        """Return what only these bars have, of those that opened before `time` or at it: a sha256."""
        return self.until(time).fingerprint()

    def describe(self) -> dict[str, Any]:
        """Return what a report says of this source."""
        return {
            "source": "history file",
            "file": self.path.name,
            "from": utc(self.start),
            "to": utc(self.end or 0),
            "gaps carried forward": self.gaps,
            "hours carried forward": self.filled_hours,
            "longest gap accepted (hours)": LONGEST_GAP_HOURS,
        }


def read_history(path: Path) -> History:
    """Read hourly bars from a parquet or CSV file with the columns `COLUMNS`.

    ``date`` is the UTC time at which the bar opens; prices are quote per base, volume is in base units. Other
    columns are ignored.

    Raises
    ------
    HistoryError
        If the file cannot be read; lacks a column; holds a missing or infinite price, one outside
        `LOWEST_PRICE` to `HIGHEST_PRICE`, a high or low that does not enclose open and close, a negative
        volume, a bar off the hour, a duplicate, bars out of order, or a gap longer than
        `LONGEST_GAP_HOURS`.
    """
    columns = _read_columns(path)
    start = columns["date"]
    _check_values(path, columns)
    _check_times(path, start)
    steps = np.diff(start) // HOUR
    missing = int((steps - 1).sum())
    bars = Bars(
        start,
        columns["open"],
        columns["high"],
        columns["low"],
        columns["close"],
        columns["volume"],
    )
    if missing:
        bars = _carry_forward(bars)
    return History(path, bars, int((steps > 1).sum()), missing)


def _read_columns(path: Path) -> dict[str, NDArray[Any]]:
    import pyarrow as pa

    try:
        return _columns_of(path, _read_table(path))
    except HistoryError:
        raise
    except (pa.ArrowException, OSError, ValueError, ArithmeticError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise HistoryError(
            f"history file {path} cannot be read ({reason}): write it again as parquet or CSV"
        ) from None


def _read_table(path: Path) -> Any:
    import pyarrow.csv
    import pyarrow.parquet

    if not path.is_file():
        reason = "is not a file" if path.exists() else "does not exist"
        raise HistoryError(f"history file {path} {reason}: name a parquet or CSV file of hourly bars")
    if path.suffix in (".parquet", ".pq"):
        with pyarrow.parquet.ParquetFile(path) as file:
            return file.read(use_threads=False)
    if path.suffixes[-1:] == [".csv"] or path.suffixes[-2:] == [".csv", ".gz"]:
        return pyarrow.csv.read_csv(path, read_options=pyarrow.csv.ReadOptions(use_threads=False))
    raise HistoryError(
        f"history file {path} ends in {path.suffix!r}: give a .parquet, .csv or .csv.gz file of hourly bars"
    )


def _columns_of(path: Path, table: Any) -> dict[str, NDArray[Any]]:
    import pyarrow as pa

    lacking = [name for name in COLUMNS if name not in table.column_names]
    if lacking:
        raise HistoryError(
            f"history file {path} has no column {', '.join(lacking)} "
            f"(it has {', '.join(table.column_names)}): its columns must be {', '.join(COLUMNS)}"
        )
    if table.num_rows < 2:
        raise HistoryError(
            f"history file {path} holds {table.num_rows} bars: give at least 2, better 60 days of them"
        )
    columns: dict[str, NDArray[Any]] = {}
    for name in COLUMNS:
        column = table.column(name)
        if column.null_count:
            row = column.is_null().to_numpy().argmax()
            raise HistoryError(
                f"history file {path}: row {row + 1} has no {name}: fill it in or remove the row"
            )
        if name == "date":
            if not pa.types.is_timestamp(column.type):
                raise HistoryError(
                    f"history file {path}: date is {column[0].as_py()!r} ({column.type}): "
                    f"write UTC times of the bar's opening, such as 2024-01-01T00:00:00Z"
                )
            columns[name] = column.cast(pa.timestamp("us")).cast(pa.int64()).to_numpy() / 1e6
        else:
            if not (pa.types.is_floating(column.type) or pa.types.is_integer(column.type)):
                raise HistoryError(
                    f"history file {path}: {name} is {column[0].as_py()!r} ({column.type}), not a number"
                )
            columns[name] = column.cast(pa.float64()).to_numpy()
    off_calendar = (columns["date"] < 0) | (columns["date"] >= END_OF_DATES)
    if off_calendar.any():
        row = int(off_calendar.argmax())
        raise HistoryError(
            f"history file {path}: row {row + 1} opens {columns['date'][row]:.0f} seconds after 1970, "
            f"which is not in the years 1970 to 9999: correct the row or remove it"
        )
    off_hour = columns["date"] % HOUR != 0
    if off_hour.any():
        row = int(off_hour.argmax())
        raise HistoryError(
            f"history file {path}: row {row + 1} opens at {utc(columns['date'][row])}, off the hour: "
            f"aggregate the file to bars of one hour"
        )
    columns["date"] = columns["date"].astype(np.int64)
    return columns


def _check_values(path: Path, columns: dict[str, NDArray[Any]]) -> None:
    def refuse(bad: NDArray[np.bool_], name: str, why: str) -> None:
        if bad.any():
            row = int(bad.argmax())
            raise HistoryError(
                f"history file {path}: row {row + 1} ({utc(columns['date'][row])}) has {name} "
                f"{float(columns[name][row])!r}, {why}: correct the row or remove it"
            )

    for name in (*PRICES, "volume"):
        refuse(~np.isfinite(columns[name]), name, "which is not a finite number")
    for name in PRICES:
        refuse(columns[name] <= 0, name, "and a price must be above zero")
        off_scale = (columns[name] < LOWEST_PRICE) | (columns[name] > HIGHEST_PRICE)
        refuse(
            off_scale, name, f"and the sandbox trades at {LOWEST_PRICE:g} to {HIGHEST_PRICE:g} quote per base"
        )
    refuse(columns["volume"] < 0, "volume", "and a volume cannot be negative")
    refuse(columns["high"] < np.maximum(columns["open"], columns["close"]), "high", "below its open or close")
    refuse(columns["low"] > np.minimum(columns["open"], columns["close"]), "low", "above its open or close")


def _check_times(path: Path, start: NDArray[np.int64]) -> None:
    steps = np.diff(start)
    if (steps <= 0).any():
        row = int((steps <= 0).argmax()) + 1
        what, remedy = (
            ("repeats", "keep one bar an hour")
            if steps[row - 1] == 0
            else ("comes after a later bar than", "sort by date")
        )
        raise HistoryError(
            f"history file {path}: row {row + 1} ({utc(start[row])}) {what} "
            f"row {row} ({utc(start[row - 1])}): {remedy}"
        )
    longest = int(steps.max()) // HOUR - 1
    if longest > LONGEST_GAP_HOURS:
        row = int(steps.argmax())
        raise HistoryError(
            f"history file {path}: {longest} hours are missing after row {row + 1} ({utc(start[row])}), "
            f"and at most {LONGEST_GAP_HOURS} are carried forward: fill the gap or start the file after it"
        )


def _carry_forward(bars: Bars) -> Bars:
    start = np.arange(bars.start[0], bars.start[-1] + HOUR, HOUR, dtype=np.int64)
    row = np.searchsorted(bars.start, start, side="right") - 1
    carried = bars.start[row] != start
    close = bars.close[row]
    return Bars(
        start,
        np.where(carried, close, bars.open[row]),
        np.where(carried, close, bars.high[row]),
        np.where(carried, close, bars.low[row]),
        close,
        np.where(carried, 0.0, bars.volume[row]),
    )
