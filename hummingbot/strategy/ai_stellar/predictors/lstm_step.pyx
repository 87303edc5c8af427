"""One step of a long short-term memory network, its state carried from bar to bar.

References
----------
Gers, Schmidhuber and Cummins, Learning to forget: continual prediction with LSTM, Neural Computation 2000
"""

from libc.math cimport exp, isfinite, tanh

import numpy as np

__all__ = ["LstmState"]


cdef inline double sigmoid(double x) noexcept nogil:
    return 1.0 / (1.0 + exp(-x))


cdef inline void add_rows(
    double* total, const double* factors, const double* rows, Py_ssize_t count, Py_ssize_t width
) noexcept nogil:
    """Add to a total so many rows, each times its factor: four at once, as the total is then read a quarter as often."""
    cdef Py_ssize_t k = 0, j
    cdef const double* w
    cdef double a, b, c, d
    while k + 4 <= count:
        a, b, c, d, w = factors[k], factors[k + 1], factors[k + 2], factors[k + 3], rows + k * width
        for j in range(width):
            total[j] += a * w[j] + b * w[width + j] + (c * w[2 * width + j] + d * w[3 * width + j])
        k += 4
    while k < count:
        w = rows + k * width
        for j in range(width):
            total[j] += factors[k] * w[j]
        k += 1


cdef class LstmState:
    """State and output of one network on one series.

    Gates are ordered input, forget, candidate, output. Inputs are standardised, and limited to ``limit``
    deviations.

    Parameters
    ----------
    center, deviation : ndarray of float64, shape (inputs,)
        What inputs are standardised by.
    limit : float
        Largest standardised input.
    input_weights : ndarray of float64, shape (inputs, 4 * hidden)
    recurrent_weights : ndarray of float64, shape (hidden, 4 * hidden)
    bias : ndarray of float64, shape (4 * hidden,)
    head_weights : ndarray of float64, shape (hidden, outputs)
    head_bias : ndarray of float64, shape (outputs,)

    Attributes
    ----------
    output : ndarray of float64, shape (outputs,)
        After the last step; the array is overwritten by the next.
    steps : int
        Steps taken.

    Raises
    ------
    ValueError
        If shapes do not fit each other.
    """

    cdef readonly object output
    cdef readonly long steps
    cdef double limit
    cdef double[::1] _center, _deviation, _bias, _head_bias
    cdef double[:, ::1] _input, _recurrent, _head
    cdef double[::1] _hidden, _cell, _gates, _output, _standard
    cdef Py_ssize_t width, hidden, outputs

    def __init__(
        self, center, deviation, double limit, input_weights, recurrent_weights, bias, head_weights, head_bias
    ):
        self._center, self._deviation, self.limit = center, deviation, limit
        self._input, self._recurrent, self._bias = input_weights, recurrent_weights, bias
        self._head, self._head_bias = head_weights, head_bias
        self.width, self.hidden = self._input.shape[0], self._recurrent.shape[0]
        self.outputs = self._head.shape[1]
        if not (
            self._center.shape[0] == self._deviation.shape[0] == self.width
            and self._input.shape[1] == self._recurrent.shape[1] == self._bias.shape[0] == 4 * self.hidden
            and self._head.shape[0] == self.hidden
            and self._head_bias.shape[0] == self.outputs
        ):
            raise ValueError("the shapes of the network's weights do not fit each other")
        self._hidden, self._cell = np.zeros(self.hidden), np.zeros(self.hidden)
        self._gates, self._standard = np.zeros(4 * self.hidden), np.zeros(self.width)
        self.output = np.zeros(self.outputs)
        self._output = self.output
        self.steps = 0

    def step(self, const double[::1] row):
        """Take one row of inputs; return whether it could be taken.

        A row that holds NaN or infinity changes nothing.

        Parameters
        ----------
        row : ndarray of float64, shape (inputs,)
        """
        cdef Py_ssize_t k
        if row.shape[0] != self.width:
            raise ValueError(f"the network takes {self.width} inputs, not {row.shape[0]}")
        for k in range(self.width):
            if not isfinite(row[k]):
                return False
        with nogil:
            self._step(&row[0])
        self.steps += 1
        return True

    cdef void _step(self, const double* row) noexcept nogil:
        cdef Py_ssize_t k, j, n = self.hidden, wide = 4 * self.hidden
        cdef double x
        cdef double* z = &self._gates[0]
        cdef double* h = &self._hidden[0]
        cdef double* c = &self._cell[0]
        for j in range(wide):
            z[j] = self._bias[j]
        for k in range(self.width):
            x = (row[k] - self._center[k]) / self._deviation[k]
            self._standard[k] = self.limit if x > self.limit else (-self.limit if x < -self.limit else x)
        add_rows(z, &self._standard[0], &self._input[0, 0], self.width, wide)
        add_rows(z, h, &self._recurrent[0, 0], n, wide)
        for k in range(n):
            c[k] = sigmoid(z[n + k]) * c[k] + sigmoid(z[k]) * tanh(z[2 * n + k])
            h[k] = sigmoid(z[3 * n + k]) * tanh(c[k])
        for j in range(self.outputs):
            self._output[j] = self._head_bias[j]
        add_rows(&self._output[0], h, &self._head[0, 0], n, self.outputs)
