from libc.stdint cimport int64_t

from .entries cimport Account, Offer, Trustline
from hummingbot.connector.exchange.stellar.ledger.book cimport Book


cdef class LedgerState:
    cdef readonly dict accounts
    cdef readonly dict trustlines
    cdef readonly dict offers
    cdef readonly dict books
    cdef public int64_t ledger
    cdef public int64_t base_reserve
    cdef public int64_t id_pool
    cdef dict _journal
    cdef int64_t _id_pool_before
    cdef list _kept

    cdef Book book_of(self, object selling, object buying)
    cpdef Account touch_account(self, str account)
    cpdef Trustline touch_trustline(self, str account, object asset)
    cpdef Offer touch_offer(self, object offer_id)
    cpdef add_account(self, Account entry)
    cpdef add_trustline(self, Trustline entry)
    cpdef add_offer(self, Offer entry)
    cpdef remove_trustline(self, Trustline entry)
    cpdef remove_offer(self, Offer entry)
    cpdef int64_t next_id(self)
    cdef restore(self, dict journal)
    cdef put(self, object key, object entry)
