"""The transaction: an extension type, for one is made for every order sent and for every envelope read."""

cimport cython

__all__ = ["Transaction"]


@cython.dataclasses.dataclass(frozen=True)
cdef class Transaction:
    """1 to 100 operations that are applied all or none.

    Parameters
    ----------
    source : str
        Pays the fee and spends the sequence number.
    fee : int
        The most that the whole transaction may cost, in stroops.
    sequence : int
        The source's sequence number plus one.
    operations : tuple of Operation
    min_time, max_time : int
        Bounds on the close time of the ledger, unix seconds; 0 means no bound. Both 0 with
        `has_time_bounds` false is an envelope without preconditions.
    memo : Memo or None
        Text of up to 28 bytes, a number, or a hash.
    has_time_bounds : bool
        False where there are none at all, which is not the same bytes as two bounds of 0.
    preconditions : Preconditions or None
        Those beside the time bounds.
    source_id : int or None
        Where the source was written as a muxed account ``M…``: the number in it. Nothing on the ledger
        depends on it; operations have it too.
    """

    min_time = 0
    max_time = 0
    memo = None
    has_time_bounds = True
    preconditions = None
    source_id = None
