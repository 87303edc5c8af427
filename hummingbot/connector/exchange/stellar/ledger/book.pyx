"""One side of an order book: offer ids, best first.

The order is stellar-core's ``isBetterOffer``: the price as a double, ``n / d``, then the lower offer id.
Fractions that differ by less than a double can tell are therefore served in order of their ids.
"""

from libc.stdint cimport int64_t
from libc.stdlib cimport free, realloc
from libc.string cimport memmove

__all__ = ["Book"]


cdef inline bint better(double price, int64_t offer_id, Level *level) noexcept:
    return price < level.price or (price == level.price and offer_id < level.offer_id)


cdef class Book:
    """Ids of the offers that sell one asset for another, in the order in which they are taken.

    Levels lie in one array, worst first, so that taking the best is O(1); insertion and removal cost a
    binary search and a move of what is better, which is little where books are busy: at the top.

    Examples
    --------
    >>> book = Book()
    >>> book.insert(1, 3, 8), book.insert(1, 4, 9), book.insert(2, 6, 7)
    (None, None, None)
    >>> list(book)
    [9, 7, 8]
    """

    def __dealloc__(self):
        free(self._levels)

    def __len__(self):
        return self._count

    def __iter__(self):
        return iter([self._levels[i].offer_id for i in range(self._count - 1, -1, -1)])

    cdef Py_ssize_t _position(self, double price, int64_t offer_id) noexcept:
        """Return how many levels are worse."""
        cdef Py_ssize_t low = 0, high = self._count, middle
        while low < high:
            middle = (low + high) // 2
            if better(price, offer_id, &self._levels[middle]):
                low = middle + 1
            else:
                high = middle
        return low

    cpdef insert(self, int64_t n, int64_t d, int64_t offer_id):
        """Add an offer at price n/d."""
        cdef double price = <double>n / <double>d
        cdef Py_ssize_t at, room
        cdef Level *levels
        if self._count == self._room:
            room = max(16, self._room * 2)
            levels = <Level *>realloc(self._levels, room * sizeof(Level))
            if levels == NULL:
                raise MemoryError(f"no memory for an order book of {room} offers")
            self._levels = levels
            self._room = room
        at = self._position(price, offer_id)
        memmove(&self._levels[at + 1], &self._levels[at], (self._count - at) * sizeof(Level))
        self._levels[at].price = price
        self._levels[at].offer_id = offer_id
        self._count += 1

    cpdef remove(self, int64_t n, int64_t d, int64_t offer_id):
        """Take an offer at price n/d out.

        Raises
        ------
        KeyError
            If it is not in this book at that price.
        """
        cdef Py_ssize_t at = self._position(<double>n / <double>d, offer_id)
        if at == self._count or self._levels[at].offer_id != offer_id:
            raise KeyError(f"offer {offer_id} is not in this book at {n}/{d}")
        self._count -= 1
        memmove(&self._levels[at], &self._levels[at + 1], (self._count - at) * sizeof(Level))

    cdef int64_t best(self) noexcept:
        """Return the best offer's id, or 0 if there is none."""
        return self._levels[self._count - 1].offer_id if self._count else 0
