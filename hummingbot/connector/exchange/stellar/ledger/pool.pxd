from libc.stdint cimport int64_t

cdef int64_t received_for(int64_t reserve_in, int64_t reserve_out, int64_t amount_in) noexcept nogil
cdef int64_t sent_for(int64_t reserve_in, int64_t reserve_out, int64_t amount_out) noexcept nogil
