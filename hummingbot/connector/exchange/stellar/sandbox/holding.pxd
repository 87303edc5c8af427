from libc.stdint cimport int64_t

from .entries cimport Account, Trustline
from .state cimport LedgerState


cdef class Holding:
    cdef Account lumens
    cdef Trustline line
    cdef int64_t base_reserve

    cpdef int64_t balance(self) noexcept
    cpdef int64_t available(self) noexcept
    cpdef int64_t room(self) noexcept
    cpdef bint is_authorized(self) noexcept
    cpdef bint maintains_liabilities(self) noexcept
    cpdef int64_t can_sell(self) noexcept
    cpdef int64_t can_buy(self) noexcept
    cpdef bint add(self, int64_t delta) noexcept
    cdef bint add_buying_liabilities(self, int64_t delta) noexcept
    cdef bint add_selling_liabilities(self, int64_t delta) noexcept


cpdef Holding look(LedgerState state, str account, object asset)
cpdef Holding hold(LedgerState state, str account, object asset)
