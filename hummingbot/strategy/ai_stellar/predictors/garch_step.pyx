"""Volatility from bar to bar: the GARCH recursion, and what a forecast of variance is made from.

References
----------
Bollerslev, Generalized autoregressive conditional heteroskedasticity, Journal of Econometrics 31, 1986
Glosten, Jagannathan and Runkle, On the relation between the expected value and the volatility of the nominal
excess return on stocks, Journal of Finance 48, 1993
Parkinson, The extreme value method for estimating the variance of the rate of return, Journal of Business 53,
1980
Corsi, A simple approximate long-memory model of realized volatility, Journal of Financial Econometrics 7, 2009
"""

from libc.math cimport exp, isfinite, log, sqrt

import numpy as np

__all__ = ["COLUMNS", "RING", "WINDOWS", "GarchState", "VolatilityState"]

cdef enum:
    HOUR = 3600
    HOURS = 24
    MOST = 720
    RANGES = 7
    SQUARES = 3
    SHARES = 2
    COUNT = 12           # RANGES + SQUARES + SHARES

cdef double FLOOR = 1e-8   # a standard deviation of 1 bp an hour
cdef double LARGEST_LOG = 50.0
cdef double PARKINSON = 0.36067376022224085   # 1 / (4 ln 2)
cdef long[RANGES] RANGE_SPANS = [1, 3, 6, 24, 72, 168, 720]
cdef long[SQUARES] SQUARE_SPANS = [24, 168, 720]
cdef long[SHARES] SHARE_SPANS = [24, 168]

RING = MOST
"""Bars after which nothing seen before them matters."""
WINDOWS = tuple(RANGE_SPANS[k] for k in range(RANGES))
COLUMNS = (
    *(f"range_{span}" for span in WINDOWS),
    *(f"square_{SQUARE_SPANS[k]}" for k in range(SQUARES)),
    *(f"falls_{SHARE_SPANS[k]}" for k in range(SHARES)),
)
"""What `VolatilityState.row` holds, in units of hourly variance without the hour of day: log of the mean Parkinson
variance, log of the mean squared return, and log of the share of it that came from falls, over so many hours."""


cdef class GarchState:
    """The conditional variance of a GJR-GARCH(1, 1), return by return.

    ``variance`` is that of the coming return ``mean + e``: it becomes ``constant + (shock + fall · [e < 0]) e² +
    persistence · variance``.

    Parameters
    ----------
    mean, constant, shock, fall, persistence : float
        μ, ω, α, γ and β; γ = 0 is a plain GARCH.
    variance : float
        Of the first return.
    """

    cdef readonly double mean, constant, shock, fall, persistence
    cdef public double variance

    def __init__(
        self, double mean, double constant, double shock, double fall, double persistence, double variance
    ):
        self.mean, self.constant, self.shock = mean, constant, shock
        self.fall, self.persistence, self.variance = fall, persistence, variance

    cdef inline double _after(self, double variance, double change) noexcept nogil:
        cdef double e = change - self.mean  # without a branch, which half of all returns would mispredict
        return self.constant + (self.shock + self.fall * (e < 0.0)) * e * e + self.persistence * variance

    cpdef double step(self, double change):
        """Take a return; return the variance of the next."""
        self.variance = self._after(self.variance, change)
        return self.variance

    cpdef double total(self, long steps):
        """Return the variance forecast for the sum of the coming returns.

        Parameters
        ----------
        steps : int
            How many.
        """
        return self._total(self.variance, steps)

    cdef double _total(self, double variance, long steps) noexcept nogil:
        cdef double decay = self.shock + 0.5 * self.fall + self.persistence, power = 1.0, total = 0.0
        cdef double mean
        cdef long k
        if decay >= 1.0 - 1e-9:  # integrated: it goes on rising
            for k in range(steps):
                total += variance + k * self.constant
            return total
        mean = self.constant / (1.0 - decay)
        for k in range(steps):
            power *= decay
        return steps * mean + (variance - mean) * (1.0 - power) / (1.0 - decay)


cdef class VolatilityState:
    """What the variance of a pair's coming hours is forecast from, bar by bar.

    Returns are divided by the root of the hour of day's share of variance. The GARCH recursion begins anew each
    hour, `RING` hours ago, from the long-run variance: a restart that replays `RING` bars reaches the same numbers
    to the last bit.

    Parameters
    ----------
    garch : GarchState
        Parameters, for returns so divided; its variance is where the recursion begins.
    hours : ndarray of float64, shape (24,)
        Share of variance of each UTC hour, 1 on average.

    Attributes
    ----------
    row : ndarray of float64, shape (len(COLUMNS),)
        By `COLUMNS`; overwritten by every `update`.
    variance : float
        GARCH's, of the coming hour, without the hour of day.
    bars : int
        Returns seen.
    start : int
        Start of the last bar, seconds since 1970.
    """

    cdef GarchState garch
    cdef double[::1] _hours
    cdef double[2 * MOST] _change, _square, _range
    cdef double _close
    cdef double[::1] _row
    cdef readonly object row
    cdef readonly double variance
    cdef readonly long bars
    cdef readonly long long start

    def __init__(self, GarchState garch not None, hours):
        self.garch, self._hours = garch, hours
        if len(hours) != HOURS or not min(hours) > 0.0:
            raise ValueError(f"the hours of day have {HOURS} positive shares of variance, not {list(hours)}")
        self.row = np.full(COUNT, np.nan)
        self._row = self.row
        self.variance = garch.variance
        self.bars, self.start, self._close = 0, -1, 0.0

    def update(self, double high, double low, double close, long long start):
        """Take a closed hourly bar and overwrite `row` and `variance`; of the first, only its close is used.

        Raises
        ------
        ValueError
            If a price is not positive and finite, or the bar does not follow the last one by an hour. Nothing is
            changed then.
        """
        if not (low > 0.0 and close >= low and high >= close and isfinite(high)):
            raise ValueError(f"high {high}, low {low}, close {close} at {start} are no bar")
        if start % HOUR or (self.start >= 0 and start != self.start + HOUR):
            raise ValueError(
                f"bar at {start} does not follow the one at {self.start} by {HOUR} s: fill the hours without trades"
            )
        if self.start >= 0:
            self._take(log(close / self._close), log(high / low), (start // HOUR) % HOURS)
        self._close, self.start = close, start

    cdef void _take(self, double change, double reach, long hour) noexcept nogil:
        cdef long at = self.bars % MOST
        cdef double share = self._hours[hour]
        self._change[at] = self._change[at + MOST] = change / share ** 0.5
        self._square[at] = self._square[at + MOST] = change * change / share
        self._range[at] = self._range[at + MOST] = PARKINSON * reach * reach / share
        self.bars += 1
        self._fill(at + MOST)

    cdef void _fill(self, long newest) noexcept nogil:
        cdef long known = self.bars if self.bars < MOST else MOST
        cdef double total = 0.0, falls = 0.0, variance = self.garch.variance
        cdef double* change = &self._change[newest]
        cdef double* square = &self._square[newest]
        cdef double* reach = &self._range[newest]
        cdef long i = 0, k
        for k in range(RANGES):
            while i < RANGE_SPANS[k] and i < known:
                total += reach[-i]
                i += 1
            self._row[k] = log(total / i + FLOOR)
        total, i = 0.0, 0
        for k in range(SQUARES):
            while i < SQUARE_SPANS[k] and i < known:
                total += square[-i]
                falls += square[-i] * (change[-i] < 0.0)
                i += 1
            self._row[RANGES + k] = log(total / i + FLOOR)
            if k < SHARES:
                self._row[RANGES + SQUARES + k] = log(falls / i + FLOOR) - self._row[RANGES + k]
        for i in range(known - 1, -1, -1):
            variance = self.garch._after(variance, change[-i])
        self.variance = variance

    cpdef double total(self, long steps):
        """Return GARCH's variance of the coming ``steps`` hours, without the hour of day."""
        return self.garch._total(self.variance, steps)

    def sigma(self, spans, const double[:, ::1] weights):
        """Return the standard deviation of the coming return over each span, a list.

        The log of the mean hourly variance is linear in that of GARCH's and in `row`; times the hours and their
        share of variance, that is the variance.

        Parameters
        ----------
        spans : sequence of int
            In hours.
        weights : ndarray of float64, shape (spans, 2 + len(COLUMNS))
            Constant, of GARCH, and of each of `COLUMNS`.
        """
        cdef Py_ssize_t k, j
        cdef long hours
        cdef double mean
        cdef list made = []
        if weights.shape[0] != len(spans) or weights.shape[1] != 2 + COUNT:
            raise ValueError(f"weights are not {2 + COUNT} for each of {len(spans)} spans")
        for k in range(weights.shape[0]):
            hours = spans[k]
            mean = weights[k, 0] + weights[k, 1] * log(self.total(hours) / hours)
            for j in range(COUNT):
                mean += weights[k, 2 + j] * self._row[j]
            made.append(sqrt(exp(min(mean, LARGEST_LOG)) * hours * self.share(hours)))
        return made

    cpdef double share(self, long steps):
        """Return the mean share of variance of the hours of day of the coming ``steps`` hours."""
        cdef double total = 0.0
        cdef long k
        if steps >= HOURS:
            return 1.0
        for k in range(steps):
            total += self._hours[(self.start // HOUR + 1 + k) % HOURS]
        return total / steps
