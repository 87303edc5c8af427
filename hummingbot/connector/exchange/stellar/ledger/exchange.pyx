"""How two offers exchange, to the stroop.

The arithmetic is that of stellar-core since protocol 10. A price n/d is in units of *sheep* for a unit of
*wheat*: wheat is what the resting offer sells and the taker receives, sheep what the taker sends. The
smaller of two crossing offers always leaves the book; rounding favours the one that stays, by at most 1 %,
or there is no trade.

References
----------
stellar-core, ``src/transactions/OfferExchange.cpp`` (``exchangeV10``, ``adjustOffer``).
"""

from libc.stdint cimport int64_t

__all__ = [
    "adjust_offer",
    "bid_liabilities",
    "crosses",
    "exchange_v10",
    "offer_liabilities",
]

cdef int64_t INT64_MAX = 0x7FFFFFFFFFFFFFFF


cdef inline uint128 product(int64_t a, int64_t b) noexcept nogil:
    return <uint128>a * <uint128>b


cdef inline uint128 floor_of(uint128 value, int64_t divisor) noexcept nogil:
    return value // <uint128>divisor


cdef inline uint128 ceil_of(uint128 value, int64_t divisor) noexcept nogil:
    return (value + <uint128>(divisor - 1)) // <uint128>divisor


cdef int exchange_unbounded(int64_t n, int64_t d, int64_t max_wheat_send, int64_t max_wheat_receive,
                            int64_t max_sheep_send, int64_t max_sheep_receive, Rounding rounding,
                            Exchange *trade) except -1:
    """Exchange without the bound of 1 % on the price."""
    cdef uint128 wheat_value = min(product(max_wheat_send, n), product(max_sheep_receive, d))
    cdef uint128 sheep_value = min(product(max_sheep_send, d), product(max_wheat_receive, n))
    cdef uint128 wheat, sheep
    trade.wheat_stays = wheat_value > sheep_value
    if trade.wheat_stays:
        if rounding == STRICT_SEND:
            wheat = floor_of(sheep_value, n)
            sheep = min(max_sheep_send, max_sheep_receive)
        elif n > d or rounding == STRICT_RECEIVE:
            wheat = floor_of(sheep_value, n)
            sheep = ceil_of(wheat * <uint128>n, d)
        else:
            sheep = floor_of(sheep_value, d)
            wheat = floor_of(sheep * <uint128>d, n)
    elif n > d:
        wheat = floor_of(wheat_value, n)
        sheep = floor_of(wheat * <uint128>n, d)
    else:
        sheep = floor_of(wheat_value, d)
        wheat = ceil_of(sheep * <uint128>d, n)
    if wheat > <uint128>min(max_wheat_send, max_wheat_receive) or \
            sheep > <uint128>min(max_sheep_send, max_sheep_receive):
        raise ArithmeticError(
            f"an exchange at {n}/{d} went beyond its limits: wheat {max_wheat_send}, {max_wheat_receive}; "
            f"sheep {max_sheep_send}, {max_sheep_receive}"
        )
    trade.wheat_received = <int64_t>wheat
    trade.sheep_sent = <int64_t>sheep
    return 0


cdef int exchange(int64_t n, int64_t d, int64_t max_wheat_send, int64_t max_wheat_receive,
                  int64_t max_sheep_send, int64_t max_sheep_receive, Rounding rounding,
                  Exchange *trade) except -1:
    """Exchange, or nothing where rounding would move the price by more than 1 %."""
    cdef uint128 wheat_value, sheep_value, error
    exchange_unbounded(n, d, max_wheat_send, max_wheat_receive, max_sheep_send, max_sheep_receive,
                       rounding, trade)
    if trade.wheat_received > 0 and trade.sheep_sent > 0:
        wheat_value = product(trade.wheat_received, n)
        sheep_value = product(trade.sheep_sent, d)
        if sheep_value != wheat_value and (sheep_value > wheat_value) != trade.wheat_stays:
            raise ArithmeticError(f"an exchange at {n}/{d} favoured the offer that leaves the book")
        error = 100 * (wheat_value - sheep_value if wheat_value > sheep_value else sheep_value - wheat_value)
        if rounding == NORMAL:
            if error > wheat_value:
                trade.wheat_received = 0
                trade.sheep_sent = 0
        elif sheep_value <= wheat_value and error > wheat_value:
            raise ArithmeticError(f"an exchange at {n}/{d} favoured the taker by more than 1 %")
    elif rounding == STRICT_SEND:
        if trade.sheep_sent == 0:
            raise ArithmeticError(f"an exchange at {n}/{d} by strict send sent nothing")
    else:
        trade.wheat_received = 0
        trade.sheep_sent = 0
    return 0


cdef int64_t adjusted_amount(int64_t n, int64_t d, int64_t max_wheat_send,
                             int64_t max_sheep_receive) except -1:
    cdef Exchange trade
    exchange(n, d, max_wheat_send, INT64_MAX, INT64_MAX, max_sheep_receive, NORMAL, &trade)
    return trade.wheat_received


cdef int liabilities(int64_t n, int64_t d, int64_t amount, int64_t *selling, int64_t *buying) except -1:
    cdef Exchange trade
    exchange_unbounded(n, d, amount, INT64_MAX, INT64_MAX, INT64_MAX, NORMAL, &trade)
    selling[0] = trade.wheat_received
    buying[0] = trade.sheep_sent
    return 0


cdef bint price_above(int64_t n, int64_t d, int64_t limit_n, int64_t limit_d) noexcept nogil:
    return product(n, limit_d) > product(d, limit_n)


cdef bint price_at_least(int64_t n, int64_t d, int64_t limit_n, int64_t limit_d) noexcept nogil:
    return product(n, limit_d) >= product(d, limit_n)


cdef int check_price(object n, object d) except -1:
    if not (0 < n <= 0x7FFFFFFF and 0 < d <= 0x7FFFFFFF):
        raise ValueError(f"price {n}/{d} is not a fraction of two positive 32-bit integers")
    return 0


cdef int check_amounts(tuple amounts) except -1:
    for amount in amounts:
        if not 0 <= amount <= INT64_MAX:
            raise ValueError(f"amount {amount} is not between 0 and 2^63 - 1 stroops")
    return 0


def exchange_v10(n, d, max_wheat_send, max_wheat_receive, max_sheep_send, max_sheep_receive,
                 str rounding="normal"):
    """Exchange a taker with one resting offer.

    Parameters
    ----------
    n, d : int
        The resting offer's price: sheep for a unit of wheat.
    max_wheat_send, max_sheep_receive : int
        What the resting offer can still send and receive, in stroops.
    max_wheat_receive, max_sheep_send : int
        What the taker still wants and can send, in stroops.
    rounding : {"normal", "strict_send", "strict_receive"}
        ``normal`` for offers, the others for path payments.

    Returns
    -------
    tuple of (int, int, bool)
        Wheat received, sheep sent (both 0 if rounding would cost more than 1 %), and whether the resting
        offer stays.

    Examples
    --------
    >>> exchange_v10(3, 2, 28, 10, 100, 2**63 - 1)
    (10, 15, True)
    """
    cdef Exchange trade
    cdef Rounding mode
    check_price(n, d)
    check_amounts((max_wheat_send, max_wheat_receive, max_sheep_send, max_sheep_receive))
    if rounding == "normal":
        mode = NORMAL
    elif rounding == "strict_send":
        mode = STRICT_SEND
    elif rounding == "strict_receive":
        mode = STRICT_RECEIVE
    else:
        raise ValueError(f"rounding {rounding!r} is none of normal, strict_send, strict_receive")
    exchange(n, d, max_wheat_send, max_wheat_receive, max_sheep_send, max_sheep_receive, mode, &trade)
    return trade.wheat_received, trade.sheep_sent, trade.wheat_stays


def adjust_offer(n, d, max_wheat_send, max_sheep_receive):
    """Return what an offer amounts to once it rests: never more than its seller can send and receive.

    0 means *dust*: at this price so little cannot be exchanged within 1 %, and the network would delete
    the offer.

    Parameters
    ----------
    n, d : int
        Price: buying for a unit of selling.
    max_wheat_send : int
        The most to sell, in stroops.
    max_sheep_receive : int
        The most that its seller can receive, in stroops.

    Examples
    --------
    >>> adjust_offer(11, 100, 10, 2**63 - 1)
    0
    >>> adjust_offer(11, 100, 1000, 2**63 - 1)
    1000
    """
    check_price(n, d)
    check_amounts((max_wheat_send, max_sheep_receive))
    return adjusted_amount(n, d, max_wheat_send, max_sheep_receive)


def offer_liabilities(n, d, amount):
    """Return what a resting offer reserves: (selling, buying) liabilities in stroops.

    Examples
    --------
    >>> offer_liabilities(7, 10, 173636678)
    (173636678, 121545674)
    """
    cdef int64_t selling, buying
    check_price(n, d)
    check_amounts((amount,))
    liabilities(n, d, amount, &selling, &buying)
    return selling, buying


def bid_liabilities(n, d, buy_amount):
    """Return what an order for a given amount *bought* reserves: (selling, buying) liabilities in stroops.

    Parameters
    ----------
    n, d : int
        The price as the offer rests: buying for a unit of selling.
    buy_amount : int
        Stroops of the asset bought.

    Examples
    --------
    >>> bid_liabilities(10, 7, 100)
    (70, 100)
    """
    cdef Exchange trade
    check_price(n, d)
    check_amounts((buy_amount,))
    exchange_unbounded(n, d, INT64_MAX, INT64_MAX, INT64_MAX, buy_amount, NORMAL, &trade)
    return trade.wheat_received, trade.sheep_sent


def crosses(n, d, taker_n, taker_d, bint passive=False):
    """Tell whether a taker's offer at taker_n/taker_d meets a resting one at n/d: an exact comparison of
    fractions.

    Each price is its own offer's buying for a unit of its selling, so they cross if n/d ≤ taker_d/taker_n;
    a passive taker does not take an equal price.

    Examples
    --------
    >>> crosses(1, 3, 3, 1), crosses(1, 3, 3, 1, passive=True)
    (True, False)
    """
    check_price(n, d)
    check_price(taker_n, taker_d)
    if passive:
        return not price_at_least(n, d, taker_d, taker_n)
    return not price_above(n, d, taker_d, taker_n)
