from libc.stdint cimport int64_t

from .entries cimport Account, Offer, Pool, Trustline
from hummingbot.connector.exchange.stellar.ledger.book cimport Book


cdef class LedgerState:
    cdef readonly dict accounts
    cdef readonly dict trustlines
    cdef readonly dict offers
    cdef readonly dict books
    cdef readonly dict pools
    cdef readonly dict pools_of
    cdef readonly dict data
    cdef readonly dict claimable_balances
    cdef public int64_t ledger
    cdef public int64_t base_reserve
    cdef public int64_t id_pool
    cdef public int protocol
    cdef public int64_t close_time
    cdef public tuple origin
    cdef public dict sponsorships
    cdef public dict last_sequences
    cdef public frozenset frozen
    cdef dict _journal
    cdef int64_t _id_pool_before
    cdef dict _sponsorships_before
    cdef list _kept
    cdef list _outer

    cdef Book book_of(self, object selling, object buying)
    cdef Pool pool_between(self, object one, object other)
    cdef begin_attempt(self)
    cdef keep_attempt(self)
    cdef undo_attempt(self)
    cpdef Account touch_account(self, str account)
    cpdef Trustline touch_trustline(self, str account, object asset)
    cpdef Offer touch_offer(self, object offer_id)
    cpdef Pool touch_pool(self, object share)
    cpdef add_account(self, Account entry)
    cpdef add_trustline(self, Trustline entry)
    cpdef add_offer(self, Offer entry)
    cpdef add_pool(self, Pool entry)
    cpdef remove_trustline(self, Trustline entry)
    cpdef remove_offer(self, Offer entry)
    cpdef remove_pool(self, Pool entry)
    cpdef int64_t next_id(self)
    cdef restore(self, dict journal)
    cdef put(self, object key, object entry)
    cdef dict family_of(self, object key)
    cdef object touch(self, object key)
    cdef put_offer(self, object offer_id, Offer entry)
    cdef put_pool(self, object share, Pool entry)
