"""Features of hourly bars, one bar at a time; `definition` says what each is.

The last week is kept contiguous in memory (each value is written twice, a ring length apart), and one pass
over it yields every sum. Nothing is accumulated beyond the window, so a restart that replays `WARM_UP` bars
reaches the same numbers to the last bit.
"""

from libc.math cimport M_PI, cos, fabs, isfinite, log, sin, sqrt

import numpy as np

from .definition import FEATURE_COUNT, WARM_UP as WARM_UP_BARS

cdef enum:
    HOUR = 3600
    WEEK = 168
    RING = 170           # one more close than returns, one more return than lags
    RANKS = 24
    WARM_UP = 193        # WEEK + RANKS + 1
    WINDOWS = 6
    COUNT = 47

cdef int[WINDOWS] WINDOW = [3, 6, 12, 24, 72, 168]
cdef enum:               # positions in WINDOW
    W3, W6, W12, W24, W72, W168

cdef double BASIS_POINT = 1e-4
cdef double SMALLEST_SCALE = 1e-3
cdef double CLIP = 8.0
cdef int EPOCH = 72      # 1970-01-01 was a Thursday: hours since Monday

if FEATURE_COUNT != COUNT or WARM_UP_BARS != WARM_UP:
    raise ImportError(f"bar_features.pyx computes {COUNT} features, definition.py names {FEATURE_COUNT}")


cdef struct Sums:
    double[WINDOWS] square, absolute, signed, negative_square, cube, product, spread, flow, below, above_low, above_high, jump


cdef inline double clipped(double x) noexcept nogil:
    return CLIP if x > CLIP else (-CLIP if x < -CLIP else x)


cdef inline double limited(double x) noexcept nogil:
    return 1.0 if x > 1.0 else (-1.0 if x < -1.0 else x)


cdef inline double ratio(double a, double b) noexcept nogil:
    """Log of a / b, each at least a basis point."""
    return log((a if a > BASIS_POINT else BASIS_POINT) / (b if b > BASIS_POINT else BASIS_POINT))


cdef inline double share(double a, double b, double otherwise) noexcept nogil:
    return a / b if b > 1e-18 else otherwise


cdef class Features:
    """The feature row of the bars seen so far.

    Attributes
    ----------
    row : ndarray of float64, shape (FEATURE_COUNT,)
        Overwritten by every `update`: copy it to keep it. Meaningful once `ready`.
    ready : bool
        Whether `WARM_UP` bars have been seen.
    bars : int
        Number of bars seen.
    start : int
        Start of the last bar, ledger time in seconds.
    scale : float
        ``s`` of `definition`: size of an hourly return, log-return units.
    """

    cdef double[2 * RING] _close, _return, _range, _volume, _flow
    cdef double[RANKS] _ranks
    cdef double[:, ::1] _calendar
    cdef double[::1] _row
    cdef readonly object row
    cdef readonly long bars
    cdef readonly long long start
    cdef readonly double scale

    def __init__(self):
        self.row = np.zeros(COUNT)
        self._row = self.row
        self._calendar = CALENDAR
        self.bars = 0
        self.start = -1
        self.scale = SMALLEST_SCALE

    @property
    def ready(self):
        return self.bars >= WARM_UP

    def update(self, double open, double high, double low, double close, double volume, long long start):
        """Take a closed hourly bar and overwrite `row`.

        Parameters
        ----------
        open, high, low, close : float
            Prices, in any unit.
        volume : float
            In any unit; 0 for an hour without trades.
        start : int
            Ledger time at which the bar opened, seconds since 1970; an hour after the bar before it.

        Raises
        ------
        ValueError
            If a price is not positive and finite, low and high do not enclose the others, volume is negative
            or not finite, or the bar does not follow the last one. Nothing is changed then.
        """
        if not (0.0 < low <= high and isfinite(high) and low <= close <= high and low <= open <= high):
            raise ValueError(f"bar at {start} is not a bar: open {open}, high {high}, low {low}, close {close}")
        if not (volume >= 0.0 and isfinite(volume)):
            raise ValueError(f"volume of the bar at {start} must be finite and not negative, got {volume}")
        if start % HOUR or (self.bars and start != self.start + HOUR):
            raise ValueError(
                f"bar at {start} does not follow the one at {self.start} by {HOUR} s: fill the hours without trades"
            )
        self._take(log(close), log(high / low), volume, start)
        if self.bars >= WARM_UP:
            self._fill_row()

    cdef void _take(self, double close, double spread, double volume, long long start) noexcept nogil:
        cdef long at = self.bars % RING
        cdef double change = close - self._close[(self.bars - 1) % RING] if self.bars else 0.0
        cdef double rank
        self._close[at] = self._close[at + RING] = close
        self._return[at] = self._return[at + RING] = change
        self._range[at] = self._range[at + RING] = spread
        self._volume[at] = self._volume[at + RING] = volume
        self.start = start
        self.bars += 1
        rank = self._rank(volume)
        self._ranks[(self.bars - 1) % RANKS] = rank
        self._flow[at] = self._flow[at + RING] = change * rank

    cdef double _rank(self, double volume) noexcept nogil:
        """Mid-rank of the newest volume among the last WEEK (fewer at first), itself included."""
        if volume <= 0.0:
            return 0.0
        cdef long seen = self.bars if self.bars < WEEK else WEEK
        cdef double* newest = &self._volume[(self.bars - 1) % RING + RING]
        cdef long k, below = 0, equal = 0
        for k in range(seen):
            below += newest[-k] < volume
            equal += newest[-k] == volume
        return (below + 0.5 * equal) / seen

    cdef void _sum(self, Sums* out) noexcept nogil:
        """One pass over the last WEEK bars, newest first, leaving every sum at every window's end."""
        cdef long newest = (self.bars - 1) % RING + RING
        cdef double* c = &self._close[newest]
        cdef double* r = &self._return[newest]
        cdef double* g = &self._range[newest]
        cdef double* f = &self._flow[newest]
        cdef double square = 0, absolute = 0, signed = 0, negative = 0, cube = 0, product = 0, spread = 0, flow = 0
        cdef double below = 0, above_low = 0, above_high = 0, jump = 0, x, x2, d, size
        cdef long k = 0
        cdef int w
        for w in range(WINDOWS):
            while k < WINDOW[w]:
                x = r[-k]
                x2 = x * x
                size = fabs(x)
                d = c[0] - c[-k]
                square += x2
                absolute += size
                signed += x
                negative += x2 if x < 0 else 0.0
                cube += x2 * x
                product += x * r[-k - 1]
                spread += g[-k]
                flow += f[-k]
                below += d
                above_high = d if d < above_high else above_high
                above_low = d if d > above_low else above_low
                jump = size if size > jump else jump
                k += 1
            out.square[w] = square
            out.absolute[w] = absolute
            out.signed[w] = signed
            out.negative_square[w] = negative
            out.cube[w] = cube
            out.product[w] = product
            out.spread[w] = spread
            out.flow[w] = flow
            out.below[w] = below / k
            out.above_high[w] = above_high
            out.above_low[w] = above_low
            out.jump[w] = jump

    cdef void _fill_row(self) noexcept nogil:
        cdef Sums m
        self._sum(&m)
        cdef long newest = (self.bars - 1) % RING + RING
        cdef double* c = &self._close[newest]
        cdef double* r = &self._return[newest]
        cdef double* row = &self._row[0]
        cdef double v6 = sqrt(m.square[W6] / 6), v24 = sqrt(m.square[W24] / 24), v168 = sqrt(m.square[W168] / WEEK)
        cdef double s = sqrt(0.5 * (v24 * v24 + v168 * v168)), rank3 = 0, rank24 = 0, same_hour = 0
        cdef int[11] horizons = [1, 2, 3, 4, 6, 9, 12, 24, 48, 72, 168]
        cdef int[5] means = [W6, W12, W24, W72, W168]
        cdef int[4] oscillators = [W6, W12, W24, W72]
        cdef int[4] positions = [W12, W24, W72, W168]
        cdef int i = 0, j, w
        s = s if s > SMALLEST_SCALE else SMALLEST_SCALE
        self.scale = s

        for j in range(11):
            row[i] = clipped((c[0] - c[-horizons[j]]) / (s * sqrt(<double>horizons[j])))
            i += 1
        row[i] = clipped((r - 1)[0] / s)
        row[i + 1] = clipped((r - 2)[0] / s)
        for j in range(1, 8):
            same_hour += r[1 - 24 * j]
        row[i + 2] = clipped(same_hour / (s * sqrt(7.0)))
        i += 3
        for j in range(5):
            w = means[j]
            row[i] = clipped(m.below[w] / (s * sqrt(<double>WINDOW[w])))
            i += 1
        row[i] = clipped((m.below[W24] - m.below[W6]) / (s * sqrt(24.0)))
        row[i + 1] = clipped((m.below[W168] - m.below[W24]) / (s * sqrt(168.0)))
        i += 2
        for j in range(4):
            row[i] = share(m.signed[oscillators[j]], m.absolute[oscillators[j]], 0.0)
            i += 1
        for j in range(4):
            w = positions[j]
            row[i] = share(m.above_low[w], m.above_low[w] - m.above_high[w], 0.5)
            i += 1
        row[i] = log(s)
        row[i + 1] = ratio(v6, v24)
        row[i + 2] = ratio(v24, v168)
        row[i + 3] = ratio(m.spread[W3] / 3, m.spread[W168] / WEEK)
        row[i + 4] = ratio(m.spread[W24] / 24, m.absolute[W24] / 24)
        row[i + 5] = share(m.negative_square[W24], m.square[W24], 0.5)
        row[i + 6] = share(m.negative_square[W168], m.square[W168], 0.5)
        row[i + 7] = clipped(m.jump[W24] / s)
        row[i + 8] = clipped(share(m.cube[W72] / 72, sqrt(m.square[W72] / 72) ** 3, 0.0))
        row[i + 9] = limited(share(m.product[W24], m.square[W24], 0.0))
        row[i + 10] = limited(share(m.product[W168], m.square[W168], 0.0))
        i += 11
        for j in range(RANKS):
            rank24 += self._ranks[(self.bars - 1 - j) % RANKS]
            if j == 2:
                rank3 = rank24
        row[i] = rank3 / 3
        row[i + 1] = rank24 / RANKS
        row[i + 2] = share(m.flow[W12], m.absolute[W12], 0.0)
        i += 3
        for j in range(4):
            row[i + j] = self._calendar[(self.start // HOUR + 1 + EPOCH) % WEEK, j]


def calendar():
    """Sine and cosine of the hour of the day and of the week, by hour since Monday 00:00 UTC."""
    hour = np.arange(WEEK)
    day, week = 2 * M_PI * (hour % 24) / 24, 2 * M_PI * hour / WEEK
    return np.ascontiguousarray(np.stack([np.sin(day), np.cos(day), np.sin(week), np.cos(week)], axis=1))


CALENDAR = calendar()


def feature_matrix(start, open, high, low, close, volume):
    """Feature rows of a whole history, made by `Features` bar by bar.

    Parameters
    ----------
    start : ndarray of int64, shape (n,)
        Bar starts, an hour apart.
    open, high, low, close, volume : ndarray of float64, shape (n,)
        As `Features.update` takes them.

    Returns
    -------
    rows : ndarray of float64, shape (n, FEATURE_COUNT)
        NaN before `WARM_UP` bars.
    scale : ndarray of float64, shape (n,)
        ``s`` of `definition`, log-return units; NaN before `WARM_UP` bars.
    """
    cdef Features features = Features()
    cdef long i, n = len(start)
    cdef long long[::1] starts = np.ascontiguousarray(start, dtype=np.int64)
    cdef double[::1] o = np.ascontiguousarray(open, dtype=np.float64)
    cdef double[::1] h = np.ascontiguousarray(high, dtype=np.float64)
    cdef double[::1] l = np.ascontiguousarray(low, dtype=np.float64)
    cdef double[::1] c = np.ascontiguousarray(close, dtype=np.float64)
    cdef double[::1] v = np.ascontiguousarray(volume, dtype=np.float64)
    if not (len(open) == len(high) == len(low) == len(close) == len(volume) == n):
        raise ValueError("start, open, high, low, close and volume must have one length")
    rows, scale = np.full((n, COUNT), np.nan), np.full(n, np.nan)
    cdef double[:, ::1] out = rows
    cdef double[::1] scales = scale
    for i in range(n):
        features.update(o[i], h[i], l[i], c[i], v[i], starts[i])
        if features.bars >= WARM_UP:
            out[i, :] = features._row
            scales[i] = features.scale
    return rows, scale
