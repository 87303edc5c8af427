"""Readers and writers of XDR primitives, shared by the codecs of transactions and results."""


cdef object whole(object value)
cdef object filled(object kind, tuple values)


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


cdef class Writer:
    cdef unsigned char* start
    cdef Py_ssize_t size, capacity
    cdef unsigned char* room(self, Py_ssize_t count) except NULL
    cdef int int32(self, int value) except -1
    cdef int uint32(self, unsigned int value) except -1
    cdef int int64(self, long long value) except -1
    cdef int uint64(self, unsigned long long value) except -1
    cdef int opaque(self, bytes value) except -1
    cdef int variable(self, bytes value) except -1
    cdef int text(self, str value, Py_ssize_t limit, str what) except -1
    cdef int bounded(self, bytes value, Py_ssize_t limit, str what) except -1
    cdef int signer_key(self, object signer) except -1
    cdef int balance_id(self, str balance_id) except -1
    cdef int account_id(self, object account) except -1
    cdef int muxed_account(self, object account, object number) except -1
    cdef int asset(self, object asset) except -1
    cdef int pool_id(self, str pool_id) except -1
    cdef int trusted(self, object asset) except -1
    cdef int trust_wanted(self, object asset) except -1
    cdef bytes getvalue(self)
