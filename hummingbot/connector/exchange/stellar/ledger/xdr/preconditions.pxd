"""Preconditions."""

from hummingbot.connector.exchange.stellar.ledger.transaction cimport Transaction
from .reader cimport Reader
from .writer cimport Writer

cdef int write_preconditions(Writer out, Transaction tx) except -1
cdef tuple read_preconditions(Reader data)
