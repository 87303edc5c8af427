"""The operations that make, change and delete offers: extension types, for they are made by the dozen.

Amounts are stroops, prices are fractions n/d, accounts are ``G…``. `source` None means the transaction's
source; `source_id` is the number of a muxed one.
"""

cimport cython

__all__ = ["CreatePassiveSellOffer", "ManageBuyOffer", "ManageSellOffer"]


@cython.dataclasses.dataclass(frozen=True)
cdef class ManageSellOffer:
    """Create (id 0), update, or delete (amount 0) an offer that sells `amount` of `selling`.

    The price n/d is units of `buying` per unit of `selling` (threshold: medium).
    """

    offer_id = 0
    source = None
    source_id = None


@cython.dataclasses.dataclass(frozen=True)
cdef class ManageBuyOffer:
    """Create (id 0), update, or delete (amount 0) an offer that buys `buy_amount` of `buying`.

    The price n/d is units of `selling` per unit of `buying`; the ledger stores it inverted (threshold:
    medium).
    """

    offer_id = 0
    source = None
    source_id = None


@cython.dataclasses.dataclass(frozen=True)
cdef class CreatePassiveSellOffer:
    """Create an offer that does not take offers of an equal price (threshold: medium)."""

    source = None
    source_id = None
