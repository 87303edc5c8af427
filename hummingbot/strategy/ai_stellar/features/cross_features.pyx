"""Features of other assets beside a pair's own, one bar at a time; `cross_definition` says what each is.

As in `bar_features`, the last week is kept contiguous in memory and nothing is accumulated beyond it: a restart
that replays `CROSS_WARM_UP` bars reaches the same numbers to the last bit.
"""

from libc.math cimport NAN, isfinite, isnan, log, sqrt

import numpy as np

from .cross_definition import CROSS_COUNT, CROSS_WARM_UP, REFERENCES as COINS

cdef enum:
    HOUR = 3600
    DAY = 24
    WEEK = 168
    RING = 169           # closes of WEEK returns
    REFERENCES = 3
    COUNT = 14

cdef double SMALLEST_SCALE = 1e-3
cdef double CLIP = 8.0
cdef double LARGEST_BETA = 4.0

if CROSS_COUNT != COUNT or CROSS_WARM_UP != RING or len(COINS) != REFERENCES:
    raise ImportError(f"cross_features.pyx computes {COUNT} features, cross_definition.py names {CROSS_COUNT}")


cdef inline double limited(double x, double most) noexcept nogil:
    return most if x > most else (-most if x < -most else x)  # NaN passes


cdef class CrossFeatures:
    """The cross-asset feature row of the bars seen so far.

    Parameters
    ----------
    row : ndarray of float64, shape (CROSS_COUNT,), optional
        Where to write it, as a part of a longer row; by default an array of its own.

    Attributes
    ----------
    row : ndarray of float64, shape (CROSS_COUNT,)
        Overwritten by every `update`: copy it to keep it. NaN where a close that is needed is unknown.
    bars : int
        Number of bars seen.
    start : int
        Start of the last bar, ledger time in seconds.
    """

    cdef double[2 * RING] _close
    cdef double[REFERENCES][2 * RING] _reference
    cdef double[2 * RING] _market
    cdef double[::1] _row
    cdef readonly object row
    cdef readonly long bars
    cdef readonly long long start

    def __init__(self, row=None):
        cdef long k, i
        self.row = np.empty(COUNT) if row is None else row
        if self.row.shape != (COUNT,):
            raise ValueError(f"a row of {COUNT} cross-asset features has not the shape {self.row.shape}")
        self.row[:] = NAN
        self._row = self.row
        self.bars = 0
        self.start = -1
        for i in range(2 * RING):
            self._close[i] = self._market[i] = NAN
            for k in range(REFERENCES):
                self._reference[k][i] = NAN

    def update(self, double close, double scale, references, long long start):
        """Take the closes of one hour and overwrite `row`.

        Parameters
        ----------
        close : float
            The pair's close, in any unit.
        scale : float
            `Features.scale` of the pair after that bar, log-return units; NaN while it is unknown.
        references : sequence of 3 floats
            Closes of `REFERENCES` at the same time, each in a unit of its own; NaN where unknown.
        start : int
            Ledger time at which the bar opened, seconds since 1970; an hour after the bar before it.

        Raises
        ------
        ValueError
            If a close is not positive and finite (NaN is taken for a reference), their number is another, or
            the bar does not follow the last one. Nothing is changed then.
        """
        cdef double[REFERENCES] closes
        cdef long k
        if len(references) != REFERENCES:
            raise ValueError(f"{len(references)} reference closes at {start}: give {', '.join(COINS)}, NaN where unknown")
        for k in range(REFERENCES):
            closes[k] = references[k]
            if not (isnan(closes[k]) or (closes[k] > 0.0 and isfinite(closes[k]))):
                raise ValueError(
                    f"close of {COINS[k]} at {start} must be positive, or NaN where unknown, got {closes[k]}"
                )
        if not (close > 0.0 and isfinite(close)):
            raise ValueError(f"close of the bar at {start} must be positive and finite, got {close}")
        if start % HOUR or (self.bars and start != self.start + HOUR):
            raise ValueError(
                f"bar at {start} does not follow the one at {self.start} by {HOUR} s: fill the hours without trades"
            )
        self._take(log(close), scale, closes, start)

    cdef void _take(self, double close, double scale, double* closes, long long start) noexcept nogil:
        cdef long k, at = self.bars % RING
        self._close[at] = self._close[at + RING] = close
        for k in range(REFERENCES):
            self._reference[k][at] = self._reference[k][at + RING] = log(closes[k])
        self.start = start
        self.bars += 1
        self._market[at] = self._market[at + RING] = self._mean_return(at + RING, 1)
        self._fill_row(scale if scale > 0.0 and isfinite(scale) else NAN)

    cdef double _scale(self, double* c) noexcept nogil:
        """Size of a reference's hourly return; NaN where less than half of the day or of the week is known."""
        cdef double square = 0, day = 0, x
        cdef long i, known = 0, known_day = 0
        for i in range(WEEK):
            x = c[-i] - c[-i - 1]
            if not isnan(x):
                square += x * x
                known += 1
            if i == DAY - 1:
                day = square
                known_day = known
        if 2 * known_day < DAY or 2 * known < WEEK:
            return NAN
        x = sqrt(0.5 * (day / known_day + square / known))
        return x if x > SMALLEST_SCALE else SMALLEST_SCALE

    cdef double _mean_return(self, long newest, long n) noexcept nogil:
        """Mean log-return over ``n`` bars of the references whose two closes are known."""
        cdef double total = 0, x
        cdef long k, known = 0
        for k in range(REFERENCES):
            x = self._reference[k][newest] - self._reference[k][newest - n]
            if not isnan(x):
                total += x
                known += 1
        return total / known if known else NAN

    cdef void _fill_row(self, double scale) noexcept nogil:
        cdef long newest = (self.bars - 1) % RING + RING
        cdef double* own = &self._close[newest]
        cdef double* market = &self._market[newest]
        cdef double* c
        cdef double* row = &self._row[0]
        cdef long[4] spans = [1, 4, 24, 168]
        cdef double s, x, both = 0, square = 0
        cdef long i = 0, j, k, known = 0
        for k in range(REFERENCES):
            c = &self._reference[k][newest]
            s = self._scale(c)
            for j in range(3):
                row[i] = limited((c[0] - c[-spans[j]]) / (s * sqrt(<double>spans[j])), CLIP)
                i += 1
        for j in range(4):
            x = own[0] - own[-spans[j]] - self._mean_return(newest, spans[j])
            row[i] = limited(x / (scale * sqrt(<double>spans[j])), CLIP)
            i += 1
        for j in range(WEEK):
            x = own[-j] - own[-j - 1]
            if not (isnan(x) or isnan(market[-j])):
                both += x * market[-j]
                square += market[-j] * market[-j]
                known += 1
        row[i] = limited(both / square, LARGEST_BETA) if 2 * known >= WEEK and square > 1e-18 else NAN


def cross_matrix(start, close, scale, references):
    """Cross-asset feature rows of a whole history, made by `CrossFeatures` bar by bar.

    Parameters
    ----------
    start : ndarray of int64, shape (n,)
        Bar starts, an hour apart.
    close, scale : ndarray of float64, shape (n,)
        As `CrossFeatures.update` takes them.
    references : ndarray of float64, shape (n, 3)
        Closes of `REFERENCES`, NaN where unknown.

    Returns
    -------
    ndarray of float64, shape (n, CROSS_COUNT)
    """
    cdef CrossFeatures features = CrossFeatures()
    cdef long i, n = len(start)
    if not (len(close) == len(scale) == n and np.shape(references) == (n, REFERENCES)):
        raise ValueError(f"start, close, scale and references must have one length and {REFERENCES} references")
    rows = np.empty((n, COUNT))
    cdef double[:, ::1] out = rows
    for i in range(n):
        features.update(close[i], scale[i], references[i], start[i])
        out[i, :] = features._row
    return rows
