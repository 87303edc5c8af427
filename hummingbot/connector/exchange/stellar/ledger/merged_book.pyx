"""One side of a book and the pool beside it as one list of levels, to the stroop.

A hop of a path payment goes through the offers or through the pool as a whole, whichever is better for all
of it: nobody can take the best of both. So levels of the two cannot simply lie beside each other. What can
be said exactly is what a payment of a certain size costs: that of the offers or that of the pool. Here that
is asked at the end of each level of offers and at steps through the pool, and of these points those are kept
between which prices only get worse (their lower convex hull).

References
----------
stellar-core, ``src/transactions/OfferExchange.cpp`` (``convertWithOffersAndPools``).
"""

from libc.stdint cimport int64_t

from .exchange cimport STRICT_RECEIVE, STRICT_SEND, Exchange, Rounding, exchange, uint128
from .pool cimport received_for, sent_for

__all__ = ["merged_levels"]

cdef int64_t INT64_MAX = 0x7FFFFFFFFFFFFFFF

cdef enum:
    STEPS = 100
    STEP = 2_000
    CROSSED = 1_000  # offers at most by one operation


cdef struct Point:
    int64_t sheep
    int64_t wheat


cdef class Crossing:
    """What offers give for growing amounts: those an amount takes whole, every larger one takes, too."""

    cdef list offers
    cdef bint sends
    cdef Rounding rounding
    cdef Py_ssize_t next
    cdef Point taken

    def __cinit__(self, list offers, bint sends):
        self.offers = offers
        self.sends = sends
        self.rounding = STRICT_SEND if sends else STRICT_RECEIVE
        self.next = 0
        self.taken = Point(0, 0)

    cdef bint take(self, int64_t amount, Exchange *trade) except -1:
        """Exchange with the next offer for what is left of an amount; tell whether it is used up."""
        cdef int64_t left = amount - (self.taken.sheep if self.sends else self.taken.wheat)
        n, d, size = self.offers[self.next]
        exchange(n, d, size, INT64_MAX if self.sends else left, left if self.sends else INT64_MAX, INT64_MAX,
                 self.rounding, trade)
        return not trade.wheat_stays

    cdef bint quote(self, int64_t amount, Point *quoted) except -1:
        """Say what an amount exchanges, not smaller than any before it; tell whether there are offers for it."""
        cdef Exchange trade
        while (self.taken.sheep if self.sends else self.taken.wheat) < amount:
            if self.next == len(self.offers):
                return False
            if not self.take(amount, &trade):
                quoted.sheep = self.taken.sheep + trade.sheep_sent
                quoted.wheat = self.taken.wheat + trade.wheat_received
                return True
            self.taken.sheep += trade.sheep_sent
            self.taken.wheat += trade.wheat_received
            self.next += 1
        quoted[0] = self.taken
        return True

    cdef list ends(self):
        """Return the amounts at which an offer is used up, the last of all a little less."""
        cdef Exchange trade
        cdef Point end = Point(0, 0)
        cdef list amounts = []
        for n, d, size in self.offers:
            exchange(n, d, size, INT64_MAX, INT64_MAX, INT64_MAX, self.rounding, &trade)
            if trade.sheep_sent > INT64_MAX - end.sheep or trade.wheat_received > INT64_MAX - end.wheat:
                break
            end.sheep += trade.sheep_sent
            end.wheat += trade.wheat_received
            amounts.append(end.sheep if self.sends else end.wheat)
        if amounts and self.sends:
            amounts[len(amounts) - 1] -= CROSSED  # of each offer summed up, the ledger takes a stroop less
        return amounts


cdef bint quote_pool(int64_t reserve_in, int64_t reserve_out, int64_t amount, bint sends,
                     Point *quoted) noexcept:
    quoted.sheep = amount if sends else sent_for(reserve_in, reserve_out, amount)
    quoted.wheat = received_for(reserve_in, reserve_out, amount) if sends else amount
    return quoted.sheep > 0 and quoted.wheat > 0


cdef list steps(int64_t reserve_in, int64_t reserve_out, bint sends):
    """Return amounts that move a pool's price by about a thousandth each."""
    cdef int64_t before = reserve_in if sends else reserve_out
    cdef int64_t moved = before
    cdef list amounts = []
    for _ in range(STEPS if reserve_in > 0 and reserve_out > 0 else 0):
        if moved > INT64_MAX - moved // STEP:
            break
        moved += moved // STEP if sends else -(moved // STEP)
        amounts.append(moved - before if sends else before - moved)
    return amounts


cdef bint is_worse(Point start, Point middle, Point end) noexcept:
    """Tell whether sheep for a unit of wheat grow from the first of two stretches to the second."""
    return (
        <uint128>(middle.sheep - start.sheep) * <uint128>(end.wheat - middle.wheat)
        < <uint128>(end.sheep - middle.sheep) * <uint128>(middle.wheat - start.wheat))


def merged_levels(offers, reserve_in, reserve_out, bint sends, bint is_whole=True):
    """Return the levels of offers and pool: what each takes and gives beyond those before it, best first.

    A path payment straight from *sheep* to *wheat*, as large as the first levels together, exchanges exactly
    what they say. It may do better where several offers are summed up in a level, since the ledger rounds
    each in the taker's favour, or where better offers are not shown. A payment that ends within a level
    exchanges at most that level's whole; between offers and pool it may cost more than its share of it.

    Parameters
    ----------
    offers : sequence of (n, d, amount)
        Best first: sheep for a unit of wheat, and stroops of wheat.
    reserve_in, reserve_out : int
        The pool's sheep and wheat, in stroops; 0 and 0 without a pool.
    sends : bool
        Whether the payment names the sheep that it sends, or else the wheat that it receives.
    is_whole : bool
        Whether these are all offers there are. If not, nothing is said of larger amounts than theirs.
        Of the very last, 1,000 stroops are not offered to one who sends.

    Returns
    -------
    list of (int, int)
        Stroops of sheep and of wheat.

    Raises
    ------
    ValueError
        If a price is no fraction of two positive 32-bit integers, or an amount no int64 above 0.

    Examples
    --------
    >>> merged_levels([(1, 10, 5_000), (1, 8, 8_000)], 0, 0, False)
    [(500, 5000), (1000, 8000)]
    """
    for n, d, size in offers:
        if not (0 < n <= 0x7FFFFFFF and 0 < d <= 0x7FFFFFFF and 0 < size <= INT64_MAX):
            raise ValueError(f"{size} stroops at {n}/{d} are no offer")
    if not (0 <= reserve_in <= INT64_MAX and 0 <= reserve_out <= INT64_MAX):
        raise ValueError(f"reserves of {reserve_in} and {reserve_out} are no pool")
    cdef Crossing crossing = Crossing(list(offers), sends)
    cdef list amounts = crossing.ends()
    cdef int64_t amount, most = INT64_MAX
    cdef Point booked, pooled, best
    cdef bint books, pools
    cdef list hull = [(0, 0)]
    if not is_whole:
        most = amounts[len(amounts) - 1] if amounts else 0
    for amount in sorted({*amounts, *steps(reserve_in, reserve_out, sends)}):
        if not 0 < amount <= most:
            continue
        books = crossing.quote(amount, &booked)
        pools = quote_pool(reserve_in, reserve_out, amount, sends, &pooled)
        if not (books or pools):
            continue
        if pools and not (books and <uint128>pooled.sheep * <uint128>booked.wheat
                          > <uint128>pooled.wheat * <uint128>booked.sheep):
            best = pooled
        else:
            best = booked
        add_to_hull(hull, best)
    return [(end[0] - start[0], end[1] - start[1]) for start, end in zip(hull, hull[1:])]


cdef add_to_hull(list hull, Point point):
    """Add the next point, and leave out those that it shows to be no turn for the worse."""
    cdef Point last, before
    last.sheep, last.wheat = hull[len(hull) - 1]
    if point.sheep <= last.sheep or point.wheat <= last.wheat:
        return
    while len(hull) > 1:
        before.sheep, before.wheat = hull[len(hull) - 2]
        if is_worse(before, last, point):
            break
        hull.pop()
        last = before
    hull.append((point.sheep, point.wheat))
