"""Rows of an order book as Hummingbot's OrderBook takes them, straight from Horizon's levels."""

from cpython.object cimport PyObject, PyTypeObject
from cpython.ref cimport Py_INCREF
from libc.math cimport INFINITY

from hummingbot.core.data_type.order_book_row import OrderBookRow

__all__ = ["ask_rows", "bid_rows"]

cdef extern from "Python.h":
    object PyType_GenericAlloc(PyTypeObject *kind, Py_ssize_t items)
    void PyTuple_SET_ITEM(object row, Py_ssize_t place, PyObject *value)


cdef object row_of(object price, object amount, object update_id):
    """Make a row as a namedtuple's own constructor does in the end, without its detours."""
    row = PyType_GenericAlloc(<PyTypeObject *>OrderBookRow, 3)
    cdef Py_ssize_t place = 0
    for value in (price, amount, update_id):
        Py_INCREF(value)
        PyTuple_SET_ITEM(row, place, <PyObject *>value)
        place += 1
    return row


def ask_rows(levels, update_id) -> list:
    """Return price, amount of base and update id of each level; Horizon names asks in base.

    Raises
    ------
    KeyError, TypeError, ValueError
        If a level is no level.
    """
    cdef double n, d
    rows = []
    for level in levels:
        fraction = level["price_r"]
        n, d = fraction["n"], fraction["d"]
        rows.append(row_of(price_of(n, d), amount_of(level["amount"]), update_id))
    return rows


def bid_rows(levels, update_id) -> list:
    """Return the same of bids, whose amounts Horizon names in the counter asset: the price converts them.

    Raises
    ------
    KeyError, TypeError, ValueError
        If a level is no level.
    """
    cdef double n, d, amount, price
    rows = []
    for level in levels:
        fraction = level["price_r"]
        n, d = fraction["n"], fraction["d"]
        price = price_of(n, d)
        amount = amount_of(level["amount"])
        rows.append(row_of(price, amount / price, update_id))
    return rows


cdef double price_of(double n, double d) except? -1:
    cdef double price = n / d if d else 0
    if not 0 < price < INFINITY:
        raise ValueError(f"a price of {n}/{d}")
    return price


cdef double amount_of(object text) except? -1:
    cdef double amount = float(text)
    if not 0 <= amount < INFINITY:
        raise ValueError(f"an amount of {amount}")
    return amount
