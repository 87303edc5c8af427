"""The way a price takes within an hour whose open, high, low and close are known.

The path starts at the open, visits the extreme that lies against the bar's direction first as often as XLM
does, then the other, and reaches the close `SETTLED` seconds before the hour ends. Both extremes are
visited on a multiple of `SLOT` seconds, so that a network of twelve ledgers an hour trades at all four
prices, and bars rebuilt from its trades are the history's. The hour is divided among the three legs by
their length, give or take a half, so that no leg is a jump. Between these knots the log-price is a Brownian
bridge, folded back into the range of the bar.
"""

import math
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .bars import HOUR, Bar

__all__ = ["AGAINST_FIRST", "ROUGHNESS", "SETTLED", "SLOT", "hour_path", "price_on"]

SLOT: Final = 300
"""Seconds between the instants at which an extreme may lie."""

SETTLED: Final = 600
"""Seconds for which an hour's price stays at its close; the next hour opens where it opens. Assumed: two
ledgers of five minutes, so that the last trades of an hour are near its close."""

AGAINST_FIRST: Final = 0.90
"""Probability that a bar that rose had its low first, or one that fell its high: 0.898 and 0.911 in
XLM/USDT, 5-minute bars of 2022-08-01 to 2023-09-27 (bars with both extremes in one 5-minute bar left
out)."""

ROUGHNESS: Final = 0.55
"""Standard deviation of the bridge over an hour, in units of the bar's log-range. Calibrated so that the
root of the summed squared 5-minute returns is 0.66 of the range in the median, as in the same XLM/USDT
bars."""

STEP: Final = 60
STEPS: Final = HOUR // STEP
SLOT_STEPS: Final = SLOT // STEP
CLOSE_STEP: Final = STEPS - SETTLED // STEP


def hour_path(bar: Bar, random: np.random.Generator) -> NDArray[np.float64]:
    """Return the log-price at each minute of the bar's hour, both ends included: shape (61,)."""
    low, high = math.log(bar.low), math.log(bar.high)
    knots = [(0, math.log(bar.open))]
    extremes = _extremes(bar, random)
    for step, extreme in zip(_extreme_steps(bar, extremes, random), extremes, strict=True):
        if extreme not in (bar.open, bar.close):
            knots.append((step, math.log(extreme)))
    knots.append((CLOSE_STEP, math.log(bar.close)))
    path = np.empty(STEPS + 1)
    path[CLOSE_STEP:] = knots[-1][1]
    deviation = ROUGHNESS * (high - low) / math.sqrt(STEPS)
    for (first, begin), (last, end) in pairwise(knots):
        span = last - first
        walk = np.zeros(span + 1)
        np.cumsum(random.standard_normal(span) * deviation, out=walk[1:])
        share = np.arange(span + 1) / span
        path[first : last + 1] = begin + walk + share * (end - begin - walk[-1])
    return _fold(path, low, high)


def price_on(path: NDArray[np.float64], seconds: float) -> float:
    """Return the price `seconds` into the hour, between minutes geometrically interpolated."""
    step, rest = divmod(seconds / STEP, 1.0)
    left = path[int(step)]
    if rest == 0.0:
        return math.exp(left)
    return math.exp(left + rest * (path[int(step) + 1] - left))


def _extremes(bar: Bar, random: np.random.Generator) -> tuple[float, float]:
    against_first = random.random() < AGAINST_FIRST
    rose = bar.close > bar.open or (bar.close == bar.open and random.random() < 0.5)
    return (bar.low, bar.high) if rose == against_first else (bar.high, bar.low)


def _extreme_steps(bar: Bar, extremes: tuple[float, float], random: np.random.Generator) -> tuple[int, int]:
    visits = np.log([bar.open, *extremes, bar.close])
    legs = np.abs(np.diff(visits)) * random.uniform(0.5, 1.5, 3)
    slots = CLOSE_STEP // SLOT_STEPS
    until_first, until_second = np.cumsum(legs)[:2] / max(legs.sum(), 1e-12) * slots
    first = min(max(round(until_first), 1), slots - 2)
    second = min(max(round(until_second), first + 1), slots - 1)
    return first * SLOT_STEPS, second * SLOT_STEPS


def _fold(path: NDArray[np.float64], low: float, high: float) -> NDArray[np.float64]:
    width = high - low
    if width <= 0.0:
        return np.full_like(path, low)
    phase = np.mod(path - low, 2.0 * width)
    return np.clip(low + np.where(phase > width, 2.0 * width - phase, phase), low, high)
