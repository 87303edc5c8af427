"""Rows of an order book straight from Horizon's bytes, without a dict for each level.

Horizon writes every level alike: ``{"price_r":{"n":1,"d":10},"price":"0.1000000","amount":"5.0000000"}``.
Bytes of that layout are scanned; of any other, `scan_book` says nothing, and a JSON reader has to judge them.
"""

import orjson

cimport cython
from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_GET_SIZE
from libc.string cimport memcmp

from .book_rows cimport row_of

__all__ = ["scan_book"]

cdef enum:
    MOST_DIGITS = 15
    DECIMALS = 7
    EXACT = 900_719_925  # units whose stroops stay below 2^53: their quotient by 10^7 is rounded once

cdef extern from "Python.h":
    double PyOS_string_to_double(const char *text, char **end, void *overflow) except? -1

cdef double ONE = 1e7


@cython.final
cdef class Scanner:
    """A cursor over the bytes; whatever it takes is there, or it says that it is not."""

    cdef const char *at
    cdef const char *end

    cdef inline bint take(self, const char *text, Py_ssize_t size):
        if self.end - self.at < size or memcmp(self.at, text, size) != 0:
            return False
        self.at += size
        return True

    cdef inline long long digits(self):
        """Take digits without a leading zero, which make an integer exact as a double; -1 if they are none."""
        cdef const char *first = self.at
        cdef long long value = 0
        while self.at < self.end and c"0" <= self.at[0] <= c"9":
            value = value * 10 + (self.at[0] - c"0")
            self.at += 1
            if self.at - first > MOST_DIGITS:
                return -1
        if self.at == first or (first[0] == c"0" and self.at - first > 1):
            return -1
        return value

    cdef bint pass_over_price(self):
        while self.at < self.end and (c"0" <= self.at[0] <= c"9" or self.at[0] == c"."):
            self.at += 1
        return self.take(b'","amount":"', 12)

    cdef double amount(self) except? -1:
        """Take an amount with all its decimals, as near to it as a double can be; -1 if it is none."""
        cdef const char *first = self.at
        cdef long long value = self.digits()
        cdef char *after
        cdef int place
        if value < 0 or self.end - self.at < 1 + DECIMALS or self.at[0] != c".":
            return -1
        for place in range(1, 1 + DECIMALS):
            if not c"0" <= self.at[place] <= c"9":
                return -1
        self.at += 1 + DECIMALS
        if value >= EXACT:
            return PyOS_string_to_double(first, &after, NULL)
        for place in range(-DECIMALS, 0):
            value = value * 10 + (self.at[place] - c"0")
        return value / ONE

    cdef list levels(self, object update_id, bint in_counter):
        """Take an array of levels; None if it is none that can be scanned."""
        cdef long long n, d
        cdef double price, amount
        cdef list rows = []
        if self.take(b"]", 1):
            return rows
        while True:
            if not self.take(b'{"price_r":{"n":', 16):
                return None
            n = self.digits()
            if n <= 0 or not self.take(b',"d":', 5):
                return None
            d = self.digits()
            if d <= 0 or not self.take(b'},"price":"', 11) or not self.pass_over_price():
                return None
            amount = self.amount()
            if amount < 0 or not self.take(b'"}', 2):
                return None
            price = n / <double>d
            rows.append(row_of(price, amount / price if in_counter else amount, update_id))
            if self.take(b"]", 1):
                return rows
            if not self.take(b",", 1):
                return None


def scan_book(bytes data not None, update_id):
    cdef Scanner scanner = Scanner()
    cdef const char *start = PyBytes_AS_STRING(data)
    scanner.at = start
    scanner.end = start + PyBytes_GET_SIZE(data)
    if not scanner.take(b'{"bids":[', 9):
        return None
    bids = scanner.levels(update_id, True)
    if bids is None or not scanner.take(b',"asks":[', 9):
        return None
    asks = scanner.levels(update_id, False)
    if asks is None or not scanner.take(b",", 1):
        return None
    try:
        rest = orjson.loads(b"{" + data[scanner.at - start:])
    except orjson.JSONDecodeError:
        return None
    if "bids" in rest or "asks" in rest:
        return None
    return bids, asks
