"""What of a balance can be spent, and how much more fits: reserves and liabilities. All amounts are stroops.

References
----------
stellar-core, ``src/transactions/TransactionUtils.cpp`` (``getMinBalance``, ``getAvailableBalance``,
``getMaxAmountReceive``).
"""

from libc.stdint cimport int64_t

__all__ = [
    "available_credit",
    "available_native",
    "minimum_balance",
    "room",
    "room_native",
]


cpdef int64_t minimum_balance(int64_t subentries, int64_t sponsoring, int64_t sponsored,
                              int64_t base_reserve) noexcept:
    """Return the lumens that an account must keep: two base reserves, and one for each entry it pays for.

    Examples
    --------
    >>> minimum_balance(3, 0, 0, 5_000_000)
    25000000
    """
    return (2 + subentries + sponsoring - sponsored) * base_reserve


cpdef int64_t available_native(int64_t balance, int64_t selling_liabilities, int64_t subentries,
                               int64_t sponsoring, int64_t sponsored, int64_t base_reserve) noexcept:
    """Return the lumens that can be spent: above the reserve, and not promised to resting offers.

    It is negative where the network raised the reserve after the account was funded.
    """
    return balance - minimum_balance(subentries, sponsoring, sponsored, base_reserve) - selling_liabilities


cpdef int64_t room_native(int64_t balance, int64_t buying_liabilities) noexcept:
    """Return how many more lumens an account can receive."""
    return 0x7FFFFFFFFFFFFFFF - balance - buying_liabilities


cpdef int64_t available_credit(int64_t balance, int64_t selling_liabilities) noexcept:
    """Return what of a trustline's balance is not promised to resting offers."""
    return balance - selling_liabilities


cpdef int64_t room(int64_t limit, int64_t balance, int64_t buying_liabilities) noexcept:
    """Return how much more a trustline can receive, after what its resting offers may still buy."""
    return limit - balance - buying_liabilities
