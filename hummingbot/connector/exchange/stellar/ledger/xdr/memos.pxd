"""Memos."""

from .reader cimport Reader
from .writer cimport Writer

cdef int write_memo(Writer out, object memo) except -1
cdef object read_memo(Reader data)
