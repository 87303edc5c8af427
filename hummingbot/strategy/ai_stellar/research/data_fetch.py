"""Price history by Hummingbot's own candles feeds, written to a file that studies read."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from hummingbot.strategy.ai_stellar.market.bars import HOUR
from hummingbot.strategy.ai_stellar.market.candles import PRICES, CandlesError, candles_feed, hourly_candles

from .history import HistoryError
from .report import day

__all__ = ["fetch_history"]

SPAN: Final = 30 * 24 * HOUR
"""Seconds asked for, and written, at a time."""


async def fetch_history(
    exchange: str, pair: str, begin: int, end: int, file: Path, step: Callable[[str], None] = lambda _: None
) -> int:
    """Read hourly bars in ``[begin, end)`` and write them; what the file holds is not asked for again.

    A file goes on where it ends, so that it has no hole.

    Parameters
    ----------
    exchange : str
        As Hummingbot's candles feeds name it: ``binance``, ``kraken``, ``stellar`` …
    pair : str
        Trading pair.
    begin, end : int
        Seconds since 1970.
    file : Path
        Parquet.
    step : callable
        Told what was written.

    Returns
    -------
    int
        Number of bars in the file.

    Raises
    ------
    HistoryError
        If there is no such feed, it does not answer, it has no bars, or the file holds another pair or
        begins later.
    """
    if file.suffix != ".parquet":
        raise HistoryError(f"{file.name} is no parquet file: name one that ends in .parquet")
    bars = _read(file)
    try:
        feed = candles_feed(exchange, pair)
    except CandlesError as error:
        raise HistoryError(str(error)) from None
    source = {"exchange": exchange, "pair": pair}
    if not bars.empty and bars.attrs != source:
        raise HistoryError(f"{file} does not hold {pair} of {exchange} from here: name another file")
    if not bars.empty and begin < _first(bars):
        raise HistoryError(
            f"{file} begins on {day(_first(bars))}, after {day(begin)}: name another file for earlier hours"
        )
    at = begin if bars.empty else _last(bars) + HOUR
    while at < end:
        until = min(at + SPAN, end)
        fresh = await _ask(feed, exchange, pair, at, until)
        if len(fresh):
            bars = pd.concat([bars, fresh], ignore_index=True)
            bars.attrs = source
            _write(file, bars)
            step(f"to {day(until)}: {len(bars):,} bars")
        at = until
    if bars.empty:
        raise HistoryError(
            f"{exchange} has no bars of {pair} from {day(begin)} to {day(end)}: name other dates"
        )
    return len(bars)


async def _ask(feed: Any, exchange: str, pair: str, begin: int, end: int) -> pd.DataFrame:
    """Return the bars of ``[begin, end)`` as the file has them."""
    try:
        found = await hourly_candles(feed, exchange, pair, begin, end)
    except CandlesError as error:
        raise HistoryError(str(error)) from error
    if not len(found):
        return pd.DataFrame()
    made = pd.DataFrame({"date": found["timestamp"].astype("int64").to_numpy().astype("datetime64[s]")})
    for name in (*PRICES, "volume"):
        made[name] = found[name].astype("float64").to_numpy()
    return made


def _read(file: Path) -> pd.DataFrame:
    if not file.exists():
        return pd.DataFrame()
    try:
        bars = pd.read_parquet(file)
        return bars[["date", *PRICES, "volume"]]
    except (OSError, ValueError, KeyError) as error:
        raise HistoryError(f"{file} is no price file ({error}): name another, or remove it") from None


def _first(bars: pd.DataFrame) -> int:
    return int(np.datetime64(bars["date"].iloc[0], "s").astype(np.int64))


def _last(bars: pd.DataFrame) -> int:
    return int(np.datetime64(bars["date"].iloc[-1], "s").astype(np.int64))


def _write(file: Path, bars: pd.DataFrame) -> None:
    """Put the file in place whole: what cuts this off leaves the one before."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(".part")
    bars.to_parquet(part, index=False)
    part.replace(file)
