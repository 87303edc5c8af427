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
    cdef double[::1] _hidden, _cell, _gates, _output
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
        self._gates = np.zeros(4 * self.hidden)
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
        cdef double* w
        for j in range(wide):
            z[j] = self._bias[j]
        for k in range(self.width):
            x = (row[k] - self._center[k]) / self._deviation[k]
            x = self.limit if x > self.limit else (-self.limit if x < -self.limit else x)
            w = &self._input[k, 0]
            for j in range(wide):
                z[j] += x * w[j]
        for k in range(n):
            x = h[k]
            w = &self._recurrent[k, 0]
            for j in range(wide):
                z[j] += x * w[j]
        for k in range(n):
            c[k] = sigmoid(z[n + k]) * c[k] + sigmoid(z[k]) * tanh(z[2 * n + k])
            h[k] = sigmoid(z[3 * n + k]) * tanh(c[k])
        for j in range(self.outputs):
            self._output[j] = self._head_bias[j]
        for k in range(n):
            w = &self._head[k, 0]
            for j in range(self.outputs):
                self._output[j] += h[k] * w[j]
