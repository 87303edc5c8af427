"""A price history that never happened: hourly bars with XLM's volatility, tails and volume.

What is not in it: drift, daily and weekly seasons, and anything that predicts the sign of a return. A
strategy that earns on it by forecasting has found noise.
"""

import math
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from . import calibration as xlm
from .bars import HOUR, Bars, utc

__all__ = ["INITIAL_PRICE", "WARM_UP_HOURS", "GeneratedHistory"]

INITIAL_PRICE: Final = 0.13
"""Quote per base at the start: XLM/USD on 2024-01-01, rounded."""

WARM_UP_HOURS: Final = 90 * 24
"""Hours of history before the start, for strategies that warm up."""

CHUNK_HOURS: Final = 30 * 24


class GeneratedHistory:
    """Hourly bars drawn from the model in `calibration`, as far ahead as they are asked for.

    Hour t opens at the close of hour t − 1, returns r_t of the GARCH process, reaches beyond its body by
    exponential wicks, and trades a log-normal volume that follows volatility and the size of the move.

    Parameters
    ----------
    seed : int
        The same seed gives the same bars, however they are asked for.
    stream : str
        Names an independent path for the same seed: one for each pair.
    start : int
        Unix seconds, on the hour, at which the price is `initial_price`; bars begin `WARM_UP_HOURS` before.
    initial_price : float
        Quote per base.
    """

    def __init__(self, seed: int, stream: str, start: int, initial_price: float = INITIAL_PRICE) -> None:
        self.start = start - start % HOUR - WARM_UP_HOURS * HOUR
        self.end: int | None = None
        self._opening = start - start % HOUR
        self._initial_price = initial_price
        self._random = np.random.default_rng(np.random.SeedSequence([seed, *stream.encode()]))
        self._variance = xlm.SAMPLE_DEVIATION**2
        self._last_return = 0.0
        self._log_close = 0.0
        self._log_volume = _mean_log_volume()
        self._columns: NDArray[np.float64] = np.empty((5, 0))
        self._draw()
        while self._columns.shape[1] <= WARM_UP_HOURS:
            self._draw()
        shift = math.log(initial_price) - self._columns[0, WARM_UP_HOURS]
        self._columns[:4] += shift
        self._log_close += shift

    def until(self, time: int) -> Bars:
        """Return the bars that opened before `time`, or at it."""
        rows = max((time - self.start) // HOUR + 1, 0)
        while self._columns.shape[1] < rows:
            self._draw()
        start = self.start + HOUR * np.arange(rows, dtype=np.int64)
        log_open, log_high, log_low, log_close, log_volume = self._columns[:, :rows]
        return Bars(
            start, np.exp(log_open), np.exp(log_high), np.exp(log_low), np.exp(log_close), np.exp(log_volume)
        )

    def fingerprint(self, time: int) -> None:
        """Return nothing: seed, stream and start say which bars these are."""

    def describe(self) -> dict[str, Any]:
        """Return what a report says of this source."""
        return {
            "source": "generator: GARCH(1,1) with Student-t, fitted on XLM/USDT hourly 2022–2023",
            "from": utc(self.start),
            "start": utc(self._opening),
            "initial price": self._initial_price,
            "omega (percent²)": xlm.OMEGA,
            "alpha": xlm.ALPHA,
            "beta": xlm.BETA,
            "nu": xlm.NU,
            "log-likelihood": xlm.LOG_LIKELIHOOD,
            "returns fitted": xlm.RETURNS,
        }

    def _draw(self) -> None:
        hours = CHUNK_HOURS
        innovation = self._random.standard_t(xlm.NU, hours) / math.sqrt(xlm.NU / (xlm.NU - 2.0))
        wicks = self._random.exponential(xlm.WICK, (2, hours))
        noise = self._random.normal(0.0, xlm.VOLUME_NOISE, hours)
        columns = np.empty((5, hours))
        for hour in range(hours):
            self._variance = xlm.OMEGA + xlm.ALPHA * self._last_return**2 + xlm.BETA * self._variance
            deviation = math.sqrt(self._variance)
            move = min(max(deviation * innovation[hour], -xlm.LARGEST_MOVE), xlm.LARGEST_MOVE)
            self._last_return = move
            log_open, log_close = self._log_close, self._log_close + move / 100.0
            self._log_volume = (
                xlm.VOLUME_CONSTANT
                + xlm.VOLUME_PERSISTENCE * self._log_volume
                + xlm.VOLUME_VOLATILITY * math.log(deviation / 100.0)
                + xlm.VOLUME_MOVE * abs(move) / deviation
                + noise[hour]
            )
            above, below = wicks[:, hour] * deviation / 100.0
            columns[:, hour] = (
                log_open,
                max(log_open, log_close) + above,
                min(log_open, log_close) - below,
                log_close,
                self._log_volume,
            )
            self._log_close = log_close
        self._columns = np.concatenate((self._columns, columns), axis=1)


def _mean_log_volume() -> float:
    fixed = xlm.VOLUME_CONSTANT + xlm.VOLUME_VOLATILITY * math.log(xlm.SAMPLE_DEVIATION / 100.0)
    return (fixed + xlm.VOLUME_MOVE * 0.7) / (1.0 - xlm.VOLUME_PERSISTENCE)
