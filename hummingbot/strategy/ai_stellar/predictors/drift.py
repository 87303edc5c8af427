"""Whether forecasts, or the market, have become other than they were: then nothing should be traded on them.

A sum of deviations beyond an allowance that never falls below 0 (Page, Continuous inspection schemes,
Biometrika 41, 1954). The library river has such detectors; importing it costs 160 MB and 1.4 s.

On the hours of 2020 to 2023, XLM, forecast out of sample, the loss raised 2 alarms and the features 3. Had
every forecast been turned round, the loss would have raised an alarm in 41 of the 48 periods.
"""

import math
from datetime import UTC, datetime
from typing import Final

from .combiner import brier

__all__ = ["PERIOD", "Cusum", "Drift"]

HOUR: Final = 3600
PERIOD: Final = 720
"""Hours after which the sums start anew, at multiples since 1970, so that a restart finds them again."""
LOSS: Final = (0.2481, 0.0406, 0.1, 40.0)
"""Mean and deviation of the Brier loss of the combined 1 h forecasts out of sample, allowance and limit."""
DISTANCE: Final = (0.823, 0.127, 1.0, 100.0)
"""The same of the guard's distance; it is autocorrelated, so the limit is high."""


LARGEST: Final = 10.0
"""Deviations as which a value counts at most: one hour is no drift."""


class Cusum:
    """A detector of a mean that has risen.

    Parameters
    ----------
    mean, deviation : float
        Of the values while nothing has changed.
    allowance : float
        Deviations above the mean that are let pass.
    limit : float
        Sum of deviations beyond the allowance at which it alarms.

    Attributes
    ----------
    mean : float
        As given.
    since : int or None
        When the alarm began, seconds since 1970; it ends when the sum is back at 0.
    mean_seen : float
        Mean of the values since the sum left 0; NaN at 0.
    """

    __slots__ = ("_allowance", "_count", "_deviation", "_limit", "_sum", "_total", "mean", "since")

    def __init__(self, mean: float, deviation: float, allowance: float, limit: float) -> None:
        if not (deviation > 0.0 and limit > 0.0 and math.isfinite(mean)):
            raise ValueError(f"a mean {mean} with deviation {deviation} and limit {limit} detects nothing")
        self.mean, self._deviation = mean, deviation
        self._allowance, self._limit = allowance, limit
        self.reset()

    def reset(self) -> None:
        """Begin anew."""
        self._sum = self._total = 0.0
        self._count = 0
        self.since: int | None = None

    def update(self, value: float | None, time: int) -> None:
        """Take a value; one that is None or no number is left out."""
        if value is None or not math.isfinite(value):
            return
        excess = min((value - self.mean) / self._deviation, LARGEST)
        self._sum = max(0.0, self._sum + excess - self._allowance)
        if self._sum == 0.0:
            self.reset()
            return
        self._total += value
        self._count += 1
        if self._sum > self._limit and self.since is None:
            self.since = time

    @property
    def mean_seen(self) -> float:
        """Mean of the values since the sum left 0."""
        return self._total / self._count if self._count else math.nan


class Drift:
    """Watches the loss of the 1 h forecasts and the distance of the features from the training data."""

    __slots__ = ("_distance", "_loss", "_pending", "_period")

    def __init__(
        self,
        loss: tuple[float, float, float, float] = LOSS,
        distance: tuple[float, float, float, float] = DISTANCE,
    ) -> None:
        self._loss, self._distance = Cusum(*loss), Cusum(*distance)
        self._pending: tuple[int, float] | None = None
        self._period = -1

    def update(
        self, time: int, rose: float | None, probability: float | None, distance: float | None
    ) -> None:
        """Take an hour.

        Parameters
        ----------
        time : int
            Its end, seconds since 1970.
        rose : float or None
            1 if the price rose in it, 0 if it fell, None if it stayed: then it says nothing of the forecast.
        probability : float or None
            Of up in the coming hour, as forecast now.
        distance : float or None
            Of the features from the training data.
        """
        number = time // HOUR
        if self._period != number // PERIOD:
            self._period = number // PERIOD
            self._loss.reset()
            self._distance.reset()
            self._pending = None
        if self._pending is not None and rose is not None and self._pending[0] == time - HOUR:
            self._loss.update(brier(self._pending[1], rose), time)
        self._pending = None if probability is None else (time, probability)
        self._distance.update(distance, time)

    def reason(self) -> str | None:
        """Return why nothing should be traded on the forecasts, or None."""
        for name, cusum in (
            ("the loss of the 1 h forecasts has", self._loss),
            ("the features' distance from the training data has", self._distance),
        ):
            if cusum.since is not None:
                since = datetime.fromtimestamp(cusum.since, UTC).strftime("%Y-%m-%d %H:%M")
                return (
                    f"{name} risen, as seen since {since}: mean {cusum.mean_seen:.4g}, "
                    f"where {cusum.mean:.4g} is usual"
                )
        return None
