"""Path payments and operations on pools, for the codec of transactions."""

from .reader cimport Reader
from .writer cimport Writer


cdef bint write_path_operation(Writer out, object operation) except -1
cdef object read_path_operation(Reader data, int kind, object source, object source_id)
