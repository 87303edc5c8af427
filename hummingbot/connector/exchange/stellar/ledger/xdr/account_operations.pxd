"""Operations on accounts and by issuers, for the codec of transactions."""

from .reader cimport Reader
from .writer cimport Writer


cdef bint write_account_operation(Writer out, object operation) except -1
cdef object read_account_operation(Reader data, int kind, object source, object source_id)
