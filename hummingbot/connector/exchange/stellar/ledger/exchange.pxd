from libc.stdint cimport int64_t

cdef extern from *:
    """
    typedef unsigned __int128 stellar_uint128;
    """
    ctypedef unsigned long long uint128 "stellar_uint128"

cdef struct Exchange:
    int64_t wheat_received
    int64_t sheep_sent
    bint wheat_stays

cdef enum Rounding:
    NORMAL
    STRICT_SEND
    STRICT_RECEIVE

cdef int exchange(int64_t n, int64_t d, int64_t max_wheat_send, int64_t max_wheat_receive,
                  int64_t max_sheep_send, int64_t max_sheep_receive, Rounding rounding,
                  Exchange *trade) except -1
cdef int exchange_unbounded(int64_t n, int64_t d, int64_t max_wheat_send, int64_t max_wheat_receive,
                            int64_t max_sheep_send, int64_t max_sheep_receive, Rounding rounding,
                            Exchange *trade) except -1
cdef int64_t adjusted_amount(int64_t n, int64_t d, int64_t max_wheat_send,
                             int64_t max_sheep_receive) except -1
cdef int liabilities(int64_t n, int64_t d, int64_t amount, int64_t *selling, int64_t *buying) except -1
cdef bint price_above(int64_t n, int64_t d, int64_t limit_n, int64_t limit_d) noexcept nogil
cdef bint price_at_least(int64_t n, int64_t d, int64_t limit_n, int64_t limit_d) noexcept nogil
