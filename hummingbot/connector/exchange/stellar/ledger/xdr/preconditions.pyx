"""Preconditions: ``Preconditions`` of Stellar-transaction.x, time bounds among them."""

from hummingbot.connector.exchange.stellar.ledger.preconditions import Preconditions

from hummingbot.connector.exchange.stellar.ledger.transaction cimport Transaction
from .reader cimport Reader
from .wire cimport KEY, whole
from .writer cimport Writer

cdef enum:
    NONE_AT_ALL = 0
    TIME_BOUNDS = 1
    VERSION_2 = 2
    MOST_EXTRA_SIGNERS = 2


cdef int write_preconditions(Writer out, Transaction tx) except -1:
    more = tx.preconditions
    if not tx.has_time_bounds and (tx.min_time or tx.max_time):
        raise ValueError("it has times although has_time_bounds is false")
    if more is not None:
        out.int32(VERSION_2)
        out.int32(1 if tx.has_time_bounds else 0)
    else:
        out.int32(TIME_BOUNDS if tx.has_time_bounds else NONE_AT_ALL)
    if tx.has_time_bounds:
        out.uint64(whole(tx.min_time))
        out.uint64(whole(tx.max_time))
    if more is None:
        return 0
    out.int32(0 if more.ledger_bounds is None else 1)
    if more.ledger_bounds is not None:
        first, end = more.ledger_bounds
        out.uint32(whole(first))
        out.uint32(whole(end))
    out.int32(0 if more.minimum_sequence is None else 1)
    if more.minimum_sequence is not None:
        out.int64(whole(more.minimum_sequence))
    out.uint64(whole(more.minimum_sequence_age))
    out.uint32(whole(more.minimum_sequence_ledger_gap))
    if len(more.extra_signers) > MOST_EXTRA_SIGNERS:
        raise ValueError(f"it has {len(more.extra_signers)} extra signers, at most 2 are allowed")
    out.uint32(<unsigned int>len(more.extra_signers))
    for signer in more.extra_signers:
        out.signer_key(signer)
    return 0


cdef tuple read_preconditions(Reader data):
    """Return least time, most time, whether there are such bounds, and the preconditions beside them."""
    cdef int kind = data.int32()
    cdef bint bounded
    cdef unsigned long long min_time = 0, max_time = 0
    if kind < NONE_AT_ALL or kind > VERSION_2:
        raise data.malformed(f"precondition type {kind} does not exist")
    bounded = data.boolean() if kind == VERSION_2 else kind == TIME_BOUNDS
    if bounded:
        min_time = data.uint64()
        max_time = data.uint64()
    return min_time, max_time, bounded, read_others(data) if kind == VERSION_2 else None


cdef object read_others(Reader data):
    cdef Py_ssize_t i
    cdef unsigned long long age
    bounds = (data.uint32(), data.uint32()) if data.boolean() else None
    sequence = data.int64() if data.boolean() else None
    age = data.uint64()
    gap = data.uint32()
    signers = []
    for i in range(data.count(MOST_EXTRA_SIGNERS, 4 + KEY)):
        signers.append(data.signer_key())
    return Preconditions(bounds, sequence, age, gap, tuple(signers))
