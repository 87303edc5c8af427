"""XDR bytes under construction."""


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
