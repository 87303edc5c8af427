"""Writing XDR (RFC 4506: big endian, padded to 4 bytes): primitives, accounts, assets."""

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize, PyBytes_GET_SIZE
from libc.stdlib cimport free, malloc, realloc
from libc.string cimport memcpy, memset

from hummingbot.connector.exchange.stellar.ledger.liquidity_pool import PoolParameters, PoolShare
from hummingbot.connector.exchange.stellar.ledger import strkey

from .wire cimport ASSET_POOL_SHARE, CONSTANT_PRODUCT, KEY, MUXED, key_of, whole, xdr_of

cdef str SIGNER_KINDS = "GTXP"


cdef class Writer:
    """XDR bytes under construction."""

    def __cinit__(self):
        self.capacity = 1024
        self.size = 0
        self.start = <unsigned char*>malloc(self.capacity)
        if self.start == NULL:
            raise MemoryError

    def __dealloc__(self):
        free(self.start)

    cdef unsigned char* room(self, Py_ssize_t count) except NULL:
        cdef unsigned char* here
        cdef Py_ssize_t capacity
        if self.size + count > self.capacity:
            capacity = 2 * self.capacity + count
            here = <unsigned char*>realloc(self.start, capacity)
            if here == NULL:
                raise MemoryError
            self.start = here
            self.capacity = capacity
        here = self.start + self.size
        self.size += count
        return here

    cdef int uint32(self, unsigned int value) except -1:
        cdef unsigned char* p = self.room(4)
        p[0] = (value >> 24) & 0xFF
        p[1] = (value >> 16) & 0xFF
        p[2] = (value >> 8) & 0xFF
        p[3] = value & 0xFF
        return 0

    cdef int int32(self, int value) except -1:
        return self.uint32(<unsigned int>value)

    cdef int uint64(self, unsigned long long value) except -1:
        cdef unsigned char* p = self.room(8)
        cdef int i
        for i in range(8):
            p[i] = (value >> (56 - 8 * i)) & 0xFF
        return 0

    cdef int int64(self, long long value) except -1:
        return self.uint64(<unsigned long long>value)

    cdef int opaque(self, bytes value) except -1:
        cdef Py_ssize_t length = PyBytes_GET_SIZE(value)
        memcpy(self.room(length), PyBytes_AS_STRING(value), length)
        return 0

    cdef int variable(self, bytes value) except -1:
        cdef Py_ssize_t length = PyBytes_GET_SIZE(value)
        cdef Py_ssize_t padding = (4 - (length & 3)) & 3
        self.uint32(<unsigned int>length)
        self.opaque(value)
        memset(self.room(padding), 0, padding)
        return 0

    cdef int text(self, str value, Py_ssize_t limit, str what) except -1:
        return self.bounded(value.encode("utf-8", "surrogateescape"), limit, what)

    cdef int bounded(self, bytes value, Py_ssize_t limit, str what) except -1:
        if PyBytes_GET_SIZE(value) > limit:
            raise ValueError(f"the {what} has {len(value)} bytes, at most {limit} are allowed")
        return self.variable(value)

    cdef int signer_key(self, object signer) except -1:
        cdef bytes key = strkey.decode_signer(signer)
        self.int32(SIGNER_KINDS.index(signer[0]))
        return self.opaque(key)

    cdef int balance_id(self, str balance_id) except -1:
        cdef bytes raw = bytes.fromhex(balance_id)
        if len(raw) != 4 + KEY or raw[:4] != b"\0\0\0\0":
            raise ValueError(f"claimable balance id {balance_id!r} is not 00000000 and 64 hexadecimal digits")
        return self.opaque(raw)

    cdef int account_id(self, object account) except -1:
        cdef bytes key = key_of(account)
        self.uint32(0)
        memcpy(self.room(KEY), PyBytes_AS_STRING(key), KEY)
        return 0

    cdef int muxed_account(self, object account, object number) except -1:
        cdef bytes key
        if number is None:
            return self.account_id(account)
        key = key_of(account)
        self.uint32(MUXED)
        self.uint64(whole(number))
        memcpy(self.room(KEY), PyBytes_AS_STRING(key), KEY)
        return 0

    cdef int asset(self, object asset) except -1:
        return self.opaque(xdr_of(asset))

    cdef int pool_id(self, str pool_id) except -1:
        cdef bytes raw = bytes.fromhex(pool_id)
        if len(raw) != KEY:
            raise ValueError(f"pool id {pool_id!r} is not {2 * KEY} hexadecimal digits")
        return self.opaque(raw)

    cdef int trusted(self, object asset) except -1:
        if type(asset) is not PoolShare:
            return self.asset(asset)
        self.int32(ASSET_POOL_SHARE)
        return self.pool_id(asset.pool_id)

    cdef int trust_wanted(self, object asset) except -1:
        if type(asset) is not PoolParameters:
            return self.asset(asset)
        self.int32(ASSET_POOL_SHARE)
        self.int32(CONSTANT_PRODUCT)
        self.asset(asset.asset_a)
        self.asset(asset.asset_b)
        return self.int32(whole(asset.fee_bp))

    cdef bytes getvalue(self):
        return PyBytes_FromStringAndSize(<const char*>self.start, self.size)
