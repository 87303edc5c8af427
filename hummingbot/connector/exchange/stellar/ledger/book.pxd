from libc.stdint cimport int64_t

cdef struct Level:
    double price
    int64_t offer_id

cdef class Book:
    cdef Level *_levels
    cdef Py_ssize_t _count
    cdef Py_ssize_t _room

    cdef Py_ssize_t _position(self, double price, int64_t offer_id) noexcept
    cpdef insert(self, int64_t n, int64_t d, int64_t offer_id)
    cpdef remove(self, int64_t n, int64_t d, int64_t offer_id)
    cdef int64_t best(self) noexcept
