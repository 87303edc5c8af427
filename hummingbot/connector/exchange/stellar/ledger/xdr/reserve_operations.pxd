"""Operations on claimable balances and sponsored reserves, for the codec of transactions."""

from .reader cimport Reader
from .writer cimport Writer


cdef bint write_reserve_operation(Writer out, object operation) except -1
cdef object read_reserve_operation(Reader data, int kind, object source, object source_id)
