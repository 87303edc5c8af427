"""A cursor over XDR bytes."""


cdef class Reader:
    cdef bytes data
    cdef const unsigned char* start
    cdef Py_ssize_t at, size
    cdef object muxed_id
    cdef const unsigned char* take(self, Py_ssize_t count) except NULL
    cdef int int32(self) except? -1
    cdef int peek(self) except? -1
    cdef unsigned int uint32(self) except? 4294967295
    cdef long long int64(self) except? -1
    cdef unsigned long long uint64(self) except? 18446744073709551615
    cdef int boolean(self) except -1
    cdef int void_extension(self, str what) except -1
    cdef Py_ssize_t count(self, Py_ssize_t limit, Py_ssize_t least) except -1
    cdef bytes opaque(self, Py_ssize_t count)
    cdef bytes variable(self, Py_ssize_t limit)
    cdef str text(self, Py_ssize_t limit)
    cdef str key(self)
    cdef str signer_key(self)
    cdef str balance_id(self)
    cdef str account_id(self)
    cdef str muxed_account(self)
    cdef object asset(self)
    cdef str pool_id(self)
    cdef bint pool_share_follows(self) except -1
    cdef object trusted(self)
    cdef object trust_wanted(self)
    cdef int end(self, str what) except -1
    cdef object malformed(self, str why)
