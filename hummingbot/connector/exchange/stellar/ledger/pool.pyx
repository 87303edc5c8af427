"""What a liquidity pool takes and gives, to the stroop.

A pool keeps the product of its two reserves: who takes from the one puts into the other so much that, after
30 basis points of it are left aside as the pool's gain, the product stays. Every rounding is to the pool's
side, so the product never falls by trading.

References
----------
stellar-core, ``src/transactions/OfferExchange.cpp`` (``exchangeWithPool``),
``src/transactions/LiquidityPoolDepositOpFrame.cpp``, ``src/util/numeric.cpp``; CAP-38.
"""

from libc.math cimport sqrt
from libc.stdint cimport int64_t, uint64_t

from .exchange cimport uint128

__all__ = [
    "deposit_amounts",
    "deposit_refusal",
    "pool_receives",
    "pool_sends",
    "withdrawn_amount",
]

cdef int64_t INT64_MAX = 0x7FFFFFFFFFFFFFFF

cdef enum:
    WHOLE = 10_000
    KEPT = 9_970
    NONE = -1


cdef inline uint128 product(int64_t a, int64_t b) noexcept nogil:
    return <uint128>a * <uint128>b


cdef inline int64_t whole(uint128 value) noexcept nogil:
    """Return a value that fits an amount, or NONE."""
    return NONE if value > <uint128>INT64_MAX else <int64_t>value


cdef inline int64_t floor_of(uint128 value, uint128 divisor) noexcept nogil:
    return whole(value // divisor)


cdef inline int64_t ceil_of(uint128 value, uint128 divisor) noexcept nogil:
    return whole(value // divisor + (value % divisor != 0))


cdef inline int64_t scaled_floor_of(int64_t factor, uint128 value, uint128 divisor) noexcept nogil:
    """Return factor · value / divisor where the product has more than 128 bits: the quotient first."""
    cdef uint128 quotient = value // divisor
    if quotient > <uint128>INT64_MAX:
        return NONE
    return whole(<uint128>factor * quotient + <uint128>factor * (value % divisor) // divisor)


cdef inline int64_t scaled_ceil_of(int64_t factor, uint128 value, uint128 divisor) noexcept nogil:
    cdef uint128 quotient = value // divisor
    cdef uint128 rest
    if quotient > <uint128>INT64_MAX:
        return NONE
    rest = <uint128>factor * (value % divisor)
    return whole(<uint128>factor * quotient + rest // divisor + (rest % divisor != 0))


cdef int64_t received_for(int64_t reserve_in, int64_t reserve_out, int64_t amount_in) noexcept nogil:
    """Return what a pool gives for an amount, or NONE if it cannot take it or would give nothing."""
    cdef int64_t amount_out
    if reserve_in <= 0 or reserve_out <= 0 or amount_in > INT64_MAX - reserve_in:
        return NONE
    amount_out = scaled_floor_of(
        KEPT, product(reserve_out, amount_in), product(WHOLE, reserve_in) + product(KEPT, amount_in))
    return amount_out if amount_out else NONE


cdef int64_t sent_for(int64_t reserve_in, int64_t reserve_out, int64_t amount_out) noexcept nogil:
    """Return what a pool takes for an amount, or NONE if it does not have it or could not hold the price."""
    cdef int64_t amount_in
    if reserve_in <= 0 or reserve_out <= 0 or amount_out >= reserve_out:
        return NONE
    amount_in = scaled_ceil_of(WHOLE, product(reserve_in, amount_out), product(reserve_out - amount_out, KEPT))
    return NONE if amount_in > INT64_MAX - reserve_in else amount_in


cdef int64_t square_root(uint128 value) noexcept nogil:
    """Return the largest integer whose square is not above a value of up to 126 bits.

    A step of Newton's method takes the floating-point root, 11 bits short at most, to within one above it.
    """
    cdef uint128 root = <uint128><uint64_t>sqrt(<double>value)
    if root:
        root = (root + value // root) // 2
    while root * root > value:
        root -= 1
    return <int64_t>root


cdef int check_amounts(tuple amounts) except -1:
    for amount in amounts:
        if not 0 <= amount <= INT64_MAX:
            raise ValueError(f"amount {amount} is not between 0 and 2^63 - 1 stroops")
    return 0


cdef int check_price(object n, object d) except -1:
    if not (0 < n <= 0x7FFFFFFF and 0 < d <= 0x7FFFFFFF):
        raise ValueError(f"price {n}/{d} is not a fraction of two positive 32-bit integers")
    return 0


def pool_sends(reserve_in, reserve_out, amount_in):
    """Return what a pool gives for an exact amount: a hop of a strict send.

    Parameters
    ----------
    reserve_in, reserve_out : int
        What the pool has of the asset that it takes, and of the one that it gives, in stroops.
    amount_in : int
        What it is sent, in stroops.

    Returns
    -------
    int or None
        Stroops; None if the pool is empty, would be overfull, or would give nothing.

    Examples
    --------
    >>> pool_sends(1_000_000, 2_000_000, 1_000)
    1992
    """
    cdef int64_t amount
    check_amounts((reserve_in, reserve_out, amount_in))
    amount = received_for(reserve_in, reserve_out, amount_in)
    return None if amount == NONE else amount


def pool_receives(reserve_in, reserve_out, amount_out):
    """Return what a pool takes for an exact amount: a hop of a strict receive.

    Parameters
    ----------
    reserve_in, reserve_out : int
        What the pool has of the asset that it takes, and of the one that it gives, in stroops.
    amount_out : int
        What it is to give, in stroops.

    Returns
    -------
    int or None
        Stroops; None if the pool does not have more than the amount, or would be overfull.

    Examples
    --------
    >>> pool_receives(1_000_000, 2_000_000, 1_992)
    1000
    """
    cdef int64_t amount
    check_amounts((reserve_in, reserve_out, amount_out))
    amount = sent_for(reserve_in, reserve_out, amount_out)
    return None if amount == NONE else amount


def deposit_amounts(reserve_a, reserve_b, total_shares, max_amount_a, max_amount_b):
    """Return what a deposit puts into a pool and what it gets for it: (amount A, amount B, shares).

    An empty pool takes both amounts and gives their geometric mean; any other takes them in the proportion
    of its reserves, as much as both maxima allow. All are in stroops; 0 shares mean that the deposit is too
    small.

    Examples
    --------
    >>> deposit_amounts(0, 0, 0, 400, 900)
    (400, 900, 600)
    >>> deposit_amounts(400, 900, 600, 100, 100)
    (44, 99, 66)
    """
    cdef int64_t shares_a, shares_b, shares
    check_amounts((reserve_a, reserve_b, total_shares, max_amount_a, max_amount_b))
    if total_shares == 0:
        return max_amount_a, max_amount_b, square_root(product(max_amount_a, max_amount_b))
    if not (reserve_a and reserve_b):
        raise ValueError(f"a pool of {total_shares} shares has reserves, not {reserve_a} and {reserve_b}")
    shares_a = floor_of(product(total_shares, max_amount_a), <uint128><int64_t>reserve_a)
    shares_b = floor_of(product(total_shares, max_amount_b), <uint128><int64_t>reserve_b)
    if shares_a == NONE or shares_b == NONE:
        shares = max(shares_a, shares_b)
    else:
        shares = min(shares_a, shares_b)
    if shares == NONE:
        raise ValueError(f"no pool has {total_shares} shares for reserves of {reserve_a} and {reserve_b}")
    return (
        ceil_of(product(shares, reserve_a), <uint128><int64_t>total_shares),
        ceil_of(product(shares, reserve_b), <uint128><int64_t>total_shares),
        shares,
    )


cdef bint is_bad_price(int64_t a, int64_t b, int64_t min_n, int64_t min_d, int64_t max_n,
                       int64_t max_d) noexcept nogil:
    return a == 0 or b == 0 or product(a, min_d) < product(b, min_n) or product(a, max_d) > product(b, max_n)


def deposit_refusal(amounts, reserves, available, share_room, min_price, max_price):
    """Return why a pool does not take a deposit, in the network's order of checks, or None.

    Parameters
    ----------
    amounts : tuple of (int, int, int)
        As `deposit_amounts` returns them.
    reserves : tuple of (int, int, int)
        Reserve A, reserve B and total shares of the pool.
    available : tuple of (int, int)
        What the depositor can spend of A and of B.
    share_room : int
        How many more shares its trustline can hold.
    min_price, max_price : tuple of (int, int)
        Bounds n/d on amount A for a unit of amount B.

    Returns
    -------
    {"UNDERFUNDED", "BAD_PRICE", "LINE_FULL", "POOL_FULL"} or None

    Examples
    --------
    >>> deposit_refusal((44, 99, 66), (400, 900, 600), (44, 99), 66, (2, 5), (1, 2))
    >>> deposit_refusal((44, 99, 66), (400, 900, 600), (44, 99), 66, (1, 2), (1, 1))
    'BAD_PRICE'
    """
    check_amounts((*amounts, *reserves))
    for n, d in (min_price, max_price):
        check_price(n, d)
    if available[0] < amounts[0] or available[1] < amounts[1]:
        return "UNDERFUNDED"
    if is_bad_price(amounts[0], amounts[1], min_price[0], min_price[1], max_price[0], max_price[1]):
        return "BAD_PRICE"
    if share_room < amounts[2]:
        return "LINE_FULL"
    if any(INT64_MAX - amount < reserve for amount, reserve in zip(amounts, reserves)):
        return "POOL_FULL"
    return None


def withdrawn_amount(shares, total_shares, reserve):
    """Return what shares are worth of one reserve, in stroops.

    Examples
    --------
    >>> withdrawn_amount(66, 666, 1000)
    99
    """
    check_amounts((shares, total_shares, reserve))
    if not 0 < total_shares or shares > total_shares:
        raise ValueError(f"{shares} shares are more than the {total_shares} that there are")
    return floor_of(product(shares, reserve), <uint128><int64_t>total_shares)
