"""Price histories: hourly bars read from parquet or CSV files, and checked."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hummingbot.strategy.ai_stellar.market.bars import HOUR, LONGEST_GAP

from .report import day

__all__ = ["COLUMNS", "History", "HistoryError", "days", "parse_date", "read_history", "span_of"]

COLUMNS = ("date", "open", "high", "low", "close", "volume")


class HistoryError(ValueError):
    """A price file that cannot be used; the message names the file, what is wrong and what to do."""


@dataclass(frozen=True, slots=True)
class History:
    """Hourly bars without gaps.

    Attributes
    ----------
    name : str
        Where they came from: the file's name.
    start : ndarray of int64, shape (n,)
        Bar starts, seconds since 1970, an hour apart.
    open, high, low, close, volume : ndarray of float64, shape (n,)
        Prices in quote per base, volume in base units.
    traded : ndarray of bool, shape (n,)
        False where the file has no bar, and a flat one without volume stands in.
    held : tuple of int
        Begin and end of what the file holds, seconds since 1970, whatever was cut off here.
    """

    name: str
    start: NDArray[np.int64]
    open: NDArray[np.float64]
    high: NDArray[np.float64]
    low: NDArray[np.float64]
    close: NDArray[np.float64]
    volume: NDArray[np.float64]
    traded: NDArray[np.bool_]
    held: tuple[int, int]

    def __len__(self) -> int:
        return len(self.start)

    def between(self, begin: int, end: int) -> "History":
        """Return the bars that start in ``[begin, end)``, seconds since 1970."""
        first, last = np.searchsorted(self.start, [begin, end])
        return replace(
            self,
            **{
                name: getattr(self, name)[first:last]
                for name in ("start", "open", "high", "low", "close", "volume", "traded")
            },
        )

    def check_moves(self) -> None:
        """Refuse a price that never moves: nothing can be learnt from it or judged on it.

        Raises
        ------
        HistoryError
            With what is held.
        """
        if len(self) > 1 and (self.close == self.close[0]).all():
            raise self.still(*self.held)

    def still(self, begin: int, end: int) -> HistoryError:
        """Return the error that says that the price never moves in a span."""
        return HistoryError(
            f"the price of {self.name} never moves in {days(begin, end)}: name another file or span"
        )

    def too_short(self, begin: int, end: int, found: str, fewest: str) -> HistoryError:
        """Return the error that says how much of ``[begin, end)`` can be used, and what the file holds."""
        return HistoryError(
            f"{self.name}, which holds {days(*self.held)}, has {found} in {days(begin, end)}: "
            f"needs {fewest} at least"
        )

    def fingerprint(self) -> str:
        """Sha256 over the bars' numbers, independent of the file's format."""
        digest = sha256()
        for array in (self.start, self.open, self.high, self.low, self.close, self.volume):
            digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()


def parse_date(text: str) -> int:
    """Read ``2023-12-31`` or an ISO 8601 instant (UTC where no zone is given) as seconds since 1970."""
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        raise HistoryError(f"{text!r} is not a date: write 2023-12-31 or 2023-12-31T18:00") from None
    return int((when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp())


def read_history(path: Path) -> History:
    """Read hourly OHLCV bars and put flat bars where hours are missing.

    Parameters
    ----------
    path : Path
        A ``.parquet`` or ``.csv`` file with the columns `COLUMNS`; ``date`` is the bar's opening, UTC.

    Raises
    ------
    HistoryError
        If the file is missing, of another kind, lacks a column, or holds NaN, prices that are not positive, a
        high below a low, duplicate or unsorted or off-hour bars, or a gap longer than `LONGEST_GAP`.
    """
    columns = _read_columns(path)
    seconds = columns["date"].astype("datetime64[s]").astype(np.int64)
    prices = {name: columns[name].astype(np.float64) for name in COLUMNS[1:]}
    _check(path, seconds, prices)
    start = np.arange(seconds[0], seconds[-1] + HOUR, HOUR, dtype=np.int64)
    source = np.searchsorted(seconds, start, side="right") - 1
    traded = seconds[source] == start
    close = prices["close"][source]
    flat = {name: np.where(traded, prices[name][source], close) for name in ("open", "high", "low")}
    return History(
        path.name,
        start,
        close=close,
        volume=np.where(traded, prices["volume"][source], 0.0),
        traded=traded,
        held=(int(start[0]), int(start[-1]) + HOUR),
        **flat,
    )


def days(begin: int, end: int) -> str:
    """Return a span by the dates of its begin and its end, UTC."""
    return f"{day(begin)} to {day(end)}"


def span_of(file: Path, begin: int | None, end: int | None) -> tuple[History, int, int]:
    """Read a price file up to ``end``; return it and the span to judge, seconds since 1970.

    The span is that part of ``[begin, end)`` which the file holds. A decision is taken when a bar has closed:
    that at the file's own end, which nothing follows, is in no span.

    Raises
    ------
    HistoryError
        If the file cannot be used, holds nothing of the span, or its price never moves there.
    """
    history = read_history(file)
    first, last = history.held
    since = first if begin is None else max(begin, first)
    until = last if end is None else min(end, last)
    if since >= until:
        named = (f"{word} {day(one)}" for word, one in (("from", begin), ("before", end)) if one is not None)
        raise HistoryError(
            f"{history.name} holds {days(first, last)}, and nothing {' '.join(named)}: name other dates"
        )
    history.between(since, until).check_moves()
    return history.between(0, until), since, until


def _read_columns(path: Path) -> dict[str, NDArray[np.generic]]:
    import pyarrow as pa
    import pyarrow.csv
    import pyarrow.parquet

    if not path.is_file():
        raise HistoryError(f"no price file at {path}: name a parquet or CSV file with hourly bars")
    if path.suffix not in (".parquet", ".csv"):
        raise HistoryError(f"{path.name} is neither .parquet nor .csv: write its bars into one of both")
    try:
        table = pyarrow.parquet.read_table(path) if path.suffix == ".parquet" else pyarrow.csv.read_csv(path)
    except (pa.ArrowInvalid, OSError) as error:
        reason = str(error).partition("\n")[0].rstrip(". ")
        raise HistoryError(
            f"{path.name} cannot be read as {path.suffix[1:]} ({reason}): write it anew, or name another"
        ) from error
    twice = [name for name in COLUMNS if table.column_names.count(name) > 1]
    if twice:
        raise HistoryError(f"{path.name} has column {', '.join(twice)} more than once: remove one")
    missing = [name for name in COLUMNS if name not in table.column_names]
    if missing:
        raise HistoryError(f"{path.name} has no column {', '.join(missing)}: needs {', '.join(COLUMNS)}")
    if not pa.types.is_temporal(table.schema.field("date").type):
        raise HistoryError(
            f"column date of {path.name} holds no dates but {table.schema.field('date').type}: "
            "write when each bar opens as 2023-12-31 18:00:00, UTC"
        )
    for name in COLUMNS[1:]:
        kind = table.schema.field(name).type
        if not (pa.types.is_floating(kind) or pa.types.is_integer(kind)):
            raise HistoryError(
                f"column {name} of {path.name} holds no numbers but {kind}: write each as 0.1234"
            )
    return {name: table.column(name).to_numpy() for name in COLUMNS}


def _check(path: Path, seconds: NDArray[np.int64], prices: dict[str, NDArray[np.float64]]) -> None:
    def first(bad: NDArray[np.bool_]) -> str:
        return str(np.datetime64(int(seconds[int(np.argmax(bad))]), "s"))

    if len(seconds) == 0:
        raise HistoryError(f"{path.name} holds no bars: name another file")
    for name, values in prices.items():
        bad = ~np.isfinite(values) | ((values <= 0) if name != "volume" else (values < 0))
        if bad.any():
            raise HistoryError(
                f"{name} of {path.name} at {first(bad)} is {values[int(np.argmax(bad))]}: "
                "remove the bar or repair it"
            )
    bad = (prices["high"] < np.maximum(prices["open"], prices["close"])) | (
        prices["low"] > np.minimum(prices["open"], prices["close"])
    )
    if bad.any():
        raise HistoryError(
            f"high and low of {path.name} at {first(bad)} do not enclose open and close: "
            "remove the bar or repair it"
        )
    if (seconds % HOUR).any():
        minute = int(seconds[0] % HOUR) // 60
        whole = bool((seconds % HOUR == seconds[0] % HOUR).all()) and minute in (30, 45)
        remedy = (
            f"all start at :{minute}, so its zone is probably not UTC: convert it" if whole else "resample it"
        )
        raise HistoryError(
            f"{path.name} is not hourly: a bar starts at {first(seconds % HOUR != 0)}; {remedy}"
        )
    steps = np.diff(seconds, prepend=seconds[0] - HOUR)
    if (steps < 0).any():
        raise HistoryError(f"bars of {path.name} are not in order at {first(steps < 0)}: sort them by date")
    if (steps == 0).any():
        raise HistoryError(f"a bar of {path.name} repeats at {first(steps == 0)}: remove one of the two")
    if (steps > LONGEST_GAP * HOUR).any():
        raise HistoryError(
            f"{path.name} has a gap of over {LONGEST_GAP} hours before {first(steps > LONGEST_GAP * HOUR)}: "
            "fetch what is missing, or keep what comes after"
        )
