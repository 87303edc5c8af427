"""Rows of an order book."""


cdef object row_of(object price, object amount, object update_id)
