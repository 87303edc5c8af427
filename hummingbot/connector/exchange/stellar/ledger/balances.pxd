from libc.stdint cimport int64_t

cpdef int64_t minimum_balance(int64_t subentries, int64_t sponsoring, int64_t sponsored,
                              int64_t base_reserve) noexcept
cpdef int64_t available_native(int64_t balance, int64_t selling_liabilities, int64_t subentries,
                               int64_t sponsoring, int64_t sponsored, int64_t base_reserve) noexcept
cpdef int64_t room_native(int64_t balance, int64_t buying_liabilities) noexcept
cpdef int64_t available_credit(int64_t balance, int64_t selling_liabilities) noexcept
cpdef int64_t room(int64_t limit, int64_t balance, int64_t buying_liabilities) noexcept
