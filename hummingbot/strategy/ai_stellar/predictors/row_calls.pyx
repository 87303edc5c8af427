"""LightGBM's prepared calls of one row, made together without the interpreter's lock.

Each lets go of the lock for some microseconds at most: taken one by one, threads spend more on the lock than
they gain.
"""

from libc.stdint cimport int64_t, uintptr_t
from libc.stdlib cimport free, malloc

__all__ = ["RowCalls"]

ctypedef int (*Predict)(void* fast, const void* row, int64_t* length, double* out) noexcept nogil


cdef class RowCalls:
    """Calls of ``LGBM_BoosterPredictForMatSingleRowFast`` on one row.

    Parameters
    ----------
    function : int
        Address of that function.
    fast : sequence of int
        Handles of the prepared calls, which must outlive this.
    row : ndarray of float64
        Read in place by every `run`.
    """

    cdef Predict _predict
    cdef void** _fast
    cdef double* _outputs
    cdef Py_ssize_t count
    cdef double[::1] _row

    def __cinit__(self, uintptr_t function, fast, double[::1] row not None):
        cdef Py_ssize_t k
        self.count = len(fast)
        self._predict, self._row = <Predict>function, row
        self._fast = <void**>malloc(self.count * sizeof(void*))
        self._outputs = <double*>malloc(self.count * sizeof(double))
        if self._fast is NULL or self._outputs is NULL:
            raise MemoryError()
        for k in range(self.count):
            self._fast[k] = <void*><uintptr_t>fast[k]

    def __dealloc__(self):
        free(self._fast)
        free(self._outputs)

    def run(self):
        """Make every call; return the number of the first that failed, or -1 where none did."""
        cdef int64_t length
        cdef Py_ssize_t k, failed = -1
        with nogil:
            for k in range(self.count):
                if self._predict(self._fast[k], &self._row[0], &length, &self._outputs[k]):
                    failed = k
                    break
        return failed

    def outputs(self):
        """Return what the calls of the last `run` gave, a list."""
        return [self._outputs[k] for k in range(self.count)]
