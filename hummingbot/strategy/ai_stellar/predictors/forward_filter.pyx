"""The probability of each state of a hidden Markov model with Gaussian observations, given those so far.

References
----------
Rabiner, A tutorial on hidden Markov models and selected applications in speech recognition, Proceedings of the
IEEE 77, 1989
"""

from libc.math cimport exp, isfinite, log

import numpy as np

__all__ = ["ForwardFilter"]

cdef double TWO_PI = 6.283185307179586


cdef class ForwardFilter:
    """A forward filter: it knows the past and nothing else.

    Parameters
    ----------
    start : ndarray, shape (states,)
        Probabilities before the first observation.
    transitions : ndarray, shape (states, states)
        From row to column.
    means : ndarray, shape (states, width)
    covariances : ndarray, shape (states, width, width)

    Attributes
    ----------
    probabilities : ndarray, shape (states,)
        Of the states at the last observation; overwritten by every `step`.
    steps : int
        Observations taken.

    Raises
    ------
    ValueError
        If shapes do not fit, rows of probabilities do not sum to 1, or a covariance is not positive definite.
    """

    cdef readonly object probabilities
    cdef readonly long steps
    cdef Py_ssize_t states, width
    cdef double[::1] _now, _coming, _constant, _start, _density
    cdef double[:, ::1] _transitions, _means
    cdef double[:, :, ::1] _precision

    def __init__(self, start, transitions, means, covariances):
        start, transitions, means, covariances = (
            np.array(one, dtype=np.float64) for one in (start, transitions, means, covariances)
        )
        if means.ndim != 2:
            raise ValueError("the means of a hidden Markov model have one row a state")
        self.states, self.width = means.shape
        n, d = self.states, self.width
        if start.shape != (n,) or transitions.shape != (n, n) or covariances.shape != (n, d, d):
            raise ValueError(f"start, transitions and covariances do not fit {n} states of {d} observations")
        sums = np.append(transitions.sum(axis=1), start.sum())
        if not (np.abs(sums - 1.0) < 1e-6).all() or min(transitions.min(), start.min()) < 0.0:
            raise ValueError("the rows of start and transitions are no probabilities")
        try:
            half = np.linalg.cholesky(covariances)
        except np.linalg.LinAlgError:
            raise ValueError("a covariance is not positive definite") from None
        self._constant = -0.5 * d * log(TWO_PI) - np.log(np.diagonal(half, axis1=1, axis2=2)).sum(axis=1)
        self._precision = np.ascontiguousarray(np.linalg.inv(covariances))
        self._start, self._transitions, self._means = start, transitions, means
        self.probabilities = start.copy()
        self._now = self.probabilities
        self._coming, self._density = np.zeros(n), np.zeros(n)
        self.steps = 0

    def step(self, const double[::1] seen):
        """Take an observation; return its log-likelihood given those before.

        One that holds NaN or infinity tells nothing: the states only move on, and the likelihood is NaN.

        Parameters
        ----------
        seen : ndarray of float64, shape (width,)
        """
        cdef Py_ssize_t i, j, n = self.states
        cdef double total, most, found
        cdef bint known = True
        if seen.shape[0] != self.width:
            raise ValueError(f"the filter takes {self.width} observations, not {seen.shape[0]}")
        for i in range(self.width):
            known = known and isfinite(seen[i])
        for j in range(n):
            total = 0.0
            for i in range(n):
                total += self._now[i] * self._transitions[i, j]
            self._coming[j] = total if self.steps else self._start[j]
        self.steps += 1
        if not known:
            self._now[:] = self._coming
            return float("nan")
        most = -1e300
        for j in range(n):
            self._density[j] = self._log_density(seen, j)
            if self._density[j] > most:
                most = self._density[j]
        total = 0.0
        for j in range(n):
            self._now[j] = self._coming[j] * exp(self._density[j] - most)
            total += self._now[j]
        if total <= 0.0:  # impossible in double precision from where it was: begin from the densities alone
            for j in range(n):
                self._now[j] = exp(self._density[j] - most)
                total += self._now[j]
        found = most + log(total)
        for j in range(n):
            self._now[j] /= total
        return found

    cdef double _log_density(self, const double[::1] seen, Py_ssize_t state) noexcept nogil:
        cdef double distance = 0.0, one
        cdef Py_ssize_t i, j
        for i in range(self.width):
            one = seen[i] - self._means[state, i]
            for j in range(self.width):
                distance += one * self._precision[state, i, j] * (seen[j] - self._means[state, j])
        return self._constant[state] - 0.5 * distance
