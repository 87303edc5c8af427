from libc.stdint cimport int64_t

from .state cimport LedgerState
from hummingbot.connector.exchange.stellar.ledger.exchange cimport Rounding

cdef enum Outcome:
    FILLED
    RESTS
    CROSSES_ITSELF
    TOO_MANY

cdef struct Exchanged:
    int64_t sheep_sent
    int64_t wheat_received

cdef Outcome take_offers(LedgerState state, str taker, object sheep, int64_t max_sheep_send, object wheat,
                         int64_t max_wheat_receive, int64_t limit_n, int64_t limit_d, bint passive,
                         Rounding rounding, int64_t most, list claims, Exchanged *exchanged) except *
