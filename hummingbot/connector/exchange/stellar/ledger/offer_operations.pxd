"""The operations that make, change and delete offers."""


cdef class ManageSellOffer:
    cdef readonly object selling, buying, amount, price_n, price_d, offer_id, source, source_id


cdef class ManageBuyOffer:
    cdef readonly object selling, buying, buy_amount, price_n, price_d, offer_id, source, source_id


cdef class CreatePassiveSellOffer:
    cdef readonly object selling, buying, amount, price_n, price_d, source, source_id
