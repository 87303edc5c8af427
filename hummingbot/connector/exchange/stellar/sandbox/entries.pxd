cdef class Entry:
    cdef public long long last_modified
    cdef public str sponsor


cdef class Account(Entry):
    cdef readonly str account
    cdef public long long balance
    cdef public long long sequence
    cdef public long long buying_liabilities
    cdef public long long selling_liabilities
    cdef public long long subentries
    cdef public long long flags
    cdef public long long sponsoring
    cdef public long long sponsored
    cdef public object sequence_ledger
    cdef public object sequence_time
    cdef public tuple thresholds
    cdef public tuple signers
    cdef public str home_domain
    cdef public str inflation_destination

    cpdef Account copy(self)


cdef class Trustline(Entry):
    cdef readonly str account
    cdef readonly object asset
    cdef public long long balance
    cdef public long long limit
    cdef public long long buying_liabilities
    cdef public long long selling_liabilities
    cdef public long long flags
    cdef public long long pool_uses

    cpdef Trustline copy(self)


cdef class Offer(Entry):
    cdef readonly str seller
    cdef readonly long long offer_id
    cdef public object selling
    cdef public object buying
    cdef public long long amount
    cdef public long long price_n
    cdef public long long price_d
    cdef public bint passive

    cpdef Offer copy(self)


cdef class Pool(Entry):
    cdef readonly object share
    cdef readonly object asset_a
    cdef readonly object asset_b
    cdef public long long reserve_a
    cdef public long long reserve_b
    cdef public long long total_shares
    cdef public long long trustlines

    cpdef Pool copy(self)
