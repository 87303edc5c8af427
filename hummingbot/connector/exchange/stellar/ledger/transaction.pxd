"""The transaction."""


cdef class Transaction:
    cdef readonly object source, fee, sequence, operations, min_time, max_time, memo, has_time_bounds
    cdef readonly object preconditions, source_id
