"""The closes of the coins that lead the market, hour by hour, while we trade another."""

import asyncio
import math
from collections.abc import Sequence
from typing import Any, Final

from .bars import HOUR
from .candles import CandlesError, candles_feed, hourly_candles

__all__ = ["PATIENCE", "ReferenceFeed"]

PATIENCE: Final = 10.0
"""Wall seconds that a decision waits for them at most."""
TRIES: Final = 3
PAUSE: Final = 1.5
"""Wall seconds before a candle that is not there yet is asked for again."""
SPAN: Final = 30 * 24 * HOUR
"""Seconds asked for at a time."""
KEPT: Final = 2000
"""Hours that are remembered after they were read."""


class ReferenceFeed:
    """Knows the closes of some coins on another exchange; what it cannot read is NaN, and trading goes on.

    Parameters
    ----------
    exchange : str
        As Hummingbot's candles feeds name it.
    coins : sequence of str
        In the order in which their closes are given.
    quote : str
        What they are quoted in there.

    Attributes
    ----------
    trouble : str or None
        Why the last reading found less than was asked for.

    Raises
    ------
    CandlesError
        If there are no candles of that exchange.
    """

    def __init__(self, exchange: str, coins: Sequence[str], quote: str) -> None:
        self.trouble: str | None = None
        self._exchange = exchange
        pairs = [f"{coin}-{quote}" for coin in coins]
        self._feeds: list[tuple[str, Any]] = [(pair, candles_feed(exchange, pair)) for pair in pairs]
        self._closes: list[dict[int, float]] = [{} for _ in coins]

    def at(self, time: int) -> tuple[float, ...]:
        """Return the closes of the bars that ended at a time, seconds since 1970; NaN where unknown."""
        return tuple([known.get(time, math.nan) for known in self._closes])

    async def read(self, begin: int, end: int, patience: float = PATIENCE) -> None:
        """Read the bars that start in ``[begin, end)``, for as long as ``patience`` lets it; never raises."""
        self.trouble = None
        try:
            async with asyncio.timeout(patience):
                await asyncio.gather(*(self._read(k, begin, end) for k in range(len(self._closes))))
        except TimeoutError:
            self.trouble = f"{self._exchange} did not answer within {patience:g} s"
        if self.trouble is None and not all(map(math.isfinite, self.at(end))):
            self.trouble = f"{self._exchange} has no bar yet of the hour that ended"

    def forget(self, time: int) -> None:
        """Drop what ended long before a time."""
        for known in self._closes:
            for old in [one for one in known if one < time - KEPT * HOUR]:
                del known[old]

    async def _read(self, coin: int, begin: int, end: int) -> None:
        (pair, feed), known = self._feeds[coin], self._closes[coin]
        if begin + HOUR in known and end in known:  # read for another pair
            return
        trouble = None
        for attempt in range(TRIES):
            if attempt:
                await asyncio.sleep(PAUSE)
            try:
                for at in range(begin, end, SPAN):
                    bars = await hourly_candles(feed, self._exchange, pair, at, min(at + SPAN, end))
                    for start, close in zip(bars["timestamp"], bars["close"], strict=True):
                        if math.isfinite(float(close)) and float(close) > 0.0:
                            known[int(start) + HOUR] = float(close)
            except CandlesError as error:  # the other coins go on
                trouble = str(error)
                continue
            trouble, begin = None, end - HOUR  # all before that hour came, or never will
            if end in known:
                break
        self.trouble = trouble or self.trouble
