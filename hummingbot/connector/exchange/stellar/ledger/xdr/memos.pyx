"""Memos: ``Memo`` of Stellar-transaction.x."""

from hummingbot.connector.exchange.stellar.ledger.memo import MemoHash, MemoId, MemoReturn

from .reader cimport Reader
from .wire cimport KEY, whole
from .writer cimport Writer

cdef enum:
    MEMO_BYTES = 28
    MEMO_NONE = 0
    MEMO_TEXT = 1
    MEMO_ID = 2
    MEMO_HASH = 3
    MEMO_RETURN = 4


cdef int write_memo(Writer out, object memo) except -1:
    if memo is None:
        out.int32(MEMO_NONE)
    elif isinstance(memo, (str, bytes)):
        out.int32(MEMO_TEXT)
        out.bounded(memo.encode() if isinstance(memo, str) else memo, MEMO_BYTES, "memo")
    elif isinstance(memo, MemoId):
        out.int32(MEMO_ID)
        out.uint64(whole(memo.id))
    elif isinstance(memo, (MemoHash, MemoReturn)):
        if len(memo.hash) != KEY:
            raise ValueError(f"a hash has {KEY} bytes, not {len(memo.hash)}")
        out.int32(MEMO_HASH if isinstance(memo, MemoHash) else MEMO_RETURN)
        out.opaque(memo.hash)
    else:
        raise TypeError(f"{memo!r} is not a memo")
    return 0


cdef object read_memo(Reader data):
    cdef int kind = data.int32()
    if kind == MEMO_NONE:
        return None
    if kind == MEMO_TEXT:
        text = data.variable(MEMO_BYTES)
        try:
            return text.decode()
        except UnicodeDecodeError:
            return text
    if kind == MEMO_ID:
        return MemoId(data.uint64())
    if kind == MEMO_HASH:
        return MemoHash(data.opaque(KEY))
    if kind == MEMO_RETURN:
        return MemoReturn(data.opaque(KEY))
    raise data.malformed(f"memo type {kind} does not exist")
