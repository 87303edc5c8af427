"""The distance of one row from the data that a model was trained on.

References
----------
Mahalanobis, On the generalized distance in statistics, Proceedings of the National Institute of Sciences of
India 2, 1936
"""

from libc.math cimport sqrt

import numpy as np

__all__ = ["Mahalanobis"]


cdef class Mahalanobis:
    """The root of the mean square of a row's coordinates along the axes of the training data.

    Parameters
    ----------
    center, deviation : ndarray of float64, shape (n,)
        What a row is standardised by.
    whitening : ndarray of float64, shape (n, n)
        Of standardised rows, one axis a row.

    Raises
    ------
    ValueError
        If shapes do not fit each other.
    """

    cdef Py_ssize_t width
    cdef double[::1] _center, _deviation, _along
    cdef double[:, ::1] _axes

    def __init__(self, center, deviation, whitening):
        self.width = len(center)
        if np.shape(deviation) != (self.width,) or np.shape(whitening) != (self.width, self.width):
            raise ValueError(f"deviation and whitening do not fit {self.width} columns")
        self._center, self._deviation = center, deviation
        self._axes, self._along = np.ascontiguousarray(np.transpose(whitening)), np.empty(self.width)

    def of(self, const double[::1] row):
        """Return the distance of a row, shape (n,); NaN or infinity where it holds one."""
        if row.shape[0] != self.width:
            raise ValueError(f"a distance is of {self.width} columns, not {row.shape[0]}")
        return self._of(&row[0])

    cdef double _of(self, const double* row) noexcept nogil:
        cdef Py_ssize_t k, j, width = self.width
        cdef double* along = &self._along[0]
        cdef const double* axis
        cdef double standard, total = 0.0
        for j in range(width):
            along[j] = 0.0
        for k in range(width):
            standard = (row[k] - self._center[k]) / self._deviation[k]
            axis = &self._axes[k, 0]
            for j in range(width):
                along[j] += standard * axis[j]
        for j in range(width):
            total += along[j] * along[j]
        return sqrt(total / width)
