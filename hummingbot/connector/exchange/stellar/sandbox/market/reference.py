"""The reference price: what the rest of the world pays, which the sandbox's makers quote around."""

import math
from dataclasses import dataclass
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from .bars import HOUR, Bars
from .intrabar import hour_path, price_on

__all__ = ["BarSource", "Conditions", "HourlyReference", "Reference"]

LOOKBACK_HOURS: Final = 30 * 24
HOURS_KEPT: Final = 3


@dataclass(frozen=True, slots=True)
class Conditions:
    """What the reference venue was like over the `LOOKBACK_HOURS` before an hour.

    Parameters
    ----------
    volume_ratio : float
        The hour's volume relative to the mean before it; 1 where nothing is known.
    daily_volatility : float
        Standard deviation of the daily log-return, from hourly ones.
    daily_volume : float
        Mean base units a day.
    """

    volume_ratio: float
    daily_volatility: float
    daily_volume: float


class Reference(Protocol):
    """A price for every instant, and the bars it came from."""

    @property
    def end(self) -> int | None:
        """Unix seconds at which the reference ends; None if it does not."""

    def price(self, time: float) -> float:
        """Return quote per base at a market time, unix seconds."""

    def bars_before(self, time: int) -> Bars:
        """Return the hourly bars that closed at `time` or before."""

    def conditions(self, time: float) -> Conditions:
        """Return what the reference venue is like in the hour of `time`."""

    def fingerprint(self, time: int) -> str | None:
        """Return what only the bars up to `time` have, if they can be others another time; else None."""

    def describe(self) -> dict[str, Any]:
        """Return what a report says of it."""


class BarSource(Protocol):
    """Hourly bars: `History` or `GeneratedHistory`."""

    @property
    def start(self) -> int:
        """Opening time of the first bar."""

    @property
    def end(self) -> int | None:
        """End of the last bar; None if there is always another."""

    def until(self, time: int) -> Bars:
        """Return the bars that opened before `time`, or at it."""

    def fingerprint(self, time: int) -> str | None:
        """Return what only those bars have, if they can be others another time; else None."""

    def describe(self) -> dict[str, Any]:
        """Return what a report says of the source."""


class HourlyReference:
    """Follow hourly bars, on a path within each hour that depends on nothing but seed, stream and hour.

    Parameters
    ----------
    source : BarSource
    seed : int
    stream : str
        Names the pair, so that two pairs on one seed take different paths.
    """

    def __init__(self, source: BarSource, seed: int, stream: str) -> None:
        self._source = source
        self._entropy = [seed, *f"path {stream}".encode()]
        self._paths: dict[int, NDArray[np.float64]] = {}
        self._conditions = -1, Conditions(1.0, 0.0, 0.0)

    @property
    def start(self) -> int:
        """Opening time of the first bar, unix seconds."""
        return self._source.start

    @property
    def end(self) -> int | None:
        """Unix seconds at which the bars end; None for a generator."""
        return self._source.end

    def price(self, time: float) -> float:
        """Return quote per base at a market time.

        Raises
        ------
        HistoryError
            If a history file does not reach to `time`.
        """
        hour, seconds = divmod(time, HOUR)
        path = self._paths.get(int(hour))
        return price_on(self._draw(int(hour)) if path is None else path, seconds)

    def bars_before(self, time: int) -> Bars:
        """Return the hourly bars that closed at `time` or before."""
        last = time - time % HOUR - HOUR
        if last < self._source.start:
            return self._source.until(self._source.start)[:0]
        return self._source.until(last)

    def conditions(self, time: float) -> Conditions:
        """Return what the reference venue is like in the hour of `time`."""
        hour = int(time // HOUR)
        if hour != self._conditions[0]:
            bars = self._source.until(hour * HOUR)
            self._conditions = hour, _conditions(bars[-LOOKBACK_HOURS - 1 :])
        return self._conditions[1]

    def fingerprint(self, time: int) -> str | None:
        """Return what only the bars up to `time` have, if they can be others another time; else None."""
        return self._source.fingerprint(time)

    def describe(self) -> dict[str, Any]:
        """Return what a report says of the source."""
        return self._source.describe()

    def _draw(self, hour: int) -> NDArray[np.float64]:
        bars = self._source.until(hour * HOUR)
        random = np.random.default_rng(np.random.SeedSequence([*self._entropy, hour]))
        path = hour_path(bars.bar(len(bars) - 1), random)
        while len(self._paths) >= HOURS_KEPT:
            del self._paths[min(self._paths)]
        self._paths[hour] = path
        return path


def _conditions(bars: Bars) -> Conditions:
    close, volume = bars.close, bars.volume
    if len(bars) < 3:
        return Conditions(1.0, 0.0, float(volume.mean()) * 24.0)
    mean = float(volume[:-1].mean())
    returns = np.diff(np.log(close[:-1]))
    return Conditions(
        volume_ratio=float(volume[-1]) / mean if mean > 0.0 else 1.0,
        daily_volatility=float(returns.std()) * math.sqrt(24.0),
        daily_volume=mean * 24.0,
    )
