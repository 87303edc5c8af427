"""Readers and writers of XDR primitives (RFC 4506: big endian, padded to 4 bytes), of accounts and of assets.

Every read is checked against the end of the data. Accounts and assets repeat from transaction to transaction,
so both directions are kept in dictionaries that start over at `CACHE_LIMIT` entries.
"""

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize, PyBytes_GET_SIZE
from cpython.number cimport PyNumber_Index
from libc.stdlib cimport free, malloc, realloc
from libc.string cimport memcpy, memset

from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE, Asset
from hummingbot.connector.exchange.stellar.ledger.liquidity_pool import PoolParameters, PoolShare
from hummingbot.connector.exchange.stellar.ledger import strkey

cdef enum:
    CACHE_LIMIT = 16384
    KEY = 32
    MUXED = 0x100
    ASSET_NATIVE = 0
    ASSET_4 = 1
    ASSET_12 = 2
    ASSET_POOL_SHARE = 3
    CONSTANT_PRODUCT = 0
    SIGNED_PAYLOAD = 3
    PAYLOAD_BYTES = 64

cdef str SIGNER_KINDS = "GTXP"


class XdrError(ValueError):
    """Bytes that are not the XDR they should be, or values that cannot be written as XDR."""


class UnsupportedXdr(ValueError):
    """Well-formed XDR of a kind that this codec does not model; the message names the kind."""


cdef dict _account_of_key = {}
cdef dict _key_of_account = {}
cdef dict _asset_of_xdr = {}
cdef dict _xdr_of_asset = {NATIVE: b"\0\0\0\0"}
cdef object _NATIVE = NATIVE


cdef str account_of(bytes key):
    account = _account_of_key.get(key)
    if account is None:
        account = strkey.encode_account(key)
        if len(_account_of_key) >= CACHE_LIMIT:
            _account_of_key.clear()
        _account_of_key[key] = account
    return <str>account


cdef bytes key_of(object account):
    key = _key_of_account.get(account)
    if key is None:
        key = strkey.decode_account(account)
        if len(_key_of_account) >= CACHE_LIMIT:
            _key_of_account.clear()
        _key_of_account[account] = key
    return <bytes>key


cdef bytes xdr_of(object asset):
    if asset is _NATIVE:
        return b"\0\0\0\0"
    xdr = _xdr_of_asset.get(asset)
    if xdr is None:
        if not isinstance(asset, Asset):
            raise XdrError(f"{asset!r} is not an Asset")
        code = asset.code.encode("ascii")
        xdr = (
            (b"\0\0\0\1" + code.ljust(4, b"\0") if len(code) <= 4 else b"\0\0\0\2" + code.ljust(12, b"\0"))
            + b"\0\0\0\0"
            + key_of(asset.issuer)
        )
        if len(_xdr_of_asset) >= CACHE_LIMIT:
            _xdr_of_asset.clear()
            _xdr_of_asset[_NATIVE] = b"\0\0\0\0"
        _xdr_of_asset[asset] = xdr
    return <bytes>xdr


def encode_account(bytes key not None) -> str:
    return account_of(key)


def decode_account(str account not None) -> bytes:
    return key_of(account)


def asset_xdr(asset) -> bytes:
    return xdr_of(asset)


cdef extern from "Python.h":
    int PyObject_GenericSetAttr(object instance, object name, object value) except -1


cdef object filled(object kind, tuple values):
    """Make a frozen dataclass from its first fields, in order, the others None: five times as fast as it."""
    cdef tuple names = <tuple>kind.__slots__
    cdef Py_ssize_t i, given = len(values)
    if len(names) < given:
        raise TypeError(f"{kind.__name__} has {len(names)} fields, not {given}")
    made = kind.__new__(kind)
    for i in range(len(names)):
        PyObject_GenericSetAttr(made, names[i], values[i] if i < given else None)
    return made


cdef object whole(object value):
    """Return an integer as it is; C would cut a float or a Decimal to one in silence."""
    return PyNumber_Index(value)


cdef class Reader:
    """A cursor over XDR bytes; every method raises XdrError instead of reading past the end."""

    def __cinit__(self, bytes data not None):
        self.data = data
        self.start = <const unsigned char*>PyBytes_AS_STRING(data)
        self.size = PyBytes_GET_SIZE(data)
        self.at = 0

    cdef object malformed(self, str why):
        return XdrError(f"malformed XDR at byte {self.at} of {self.size}: {why}")

    cdef const unsigned char* take(self, Py_ssize_t count) except NULL:
        cdef const unsigned char* here
        if count < 0 or count > self.size - self.at:
            raise self.malformed(f"{count} more bytes expected, {self.size - self.at} left")
        here = self.start + self.at
        self.at += count
        return here

    cdef unsigned int uint32(self) except? 4294967295:
        cdef const unsigned char* p = self.take(4)
        return (<unsigned int>p[0] << 24) | (<unsigned int>p[1] << 16) | (<unsigned int>p[2] << 8) | p[3]

    cdef int int32(self) except? -1:
        return <int>self.uint32()

    cdef int peek(self) except? -1:
        """Return the next int32 without passing over it."""
        cdef int value = self.int32()
        self.at -= 4
        return value

    cdef unsigned long long uint64(self) except? 18446744073709551615:
        cdef const unsigned char* p = self.take(8)
        cdef unsigned long long value = 0
        cdef int i
        for i in range(8):
            value = (value << 8) | p[i]
        return value

    cdef long long int64(self) except? -1:
        return <long long>self.uint64()

    cdef int boolean(self) except -1:
        cdef unsigned int value = self.uint32()
        if value > 1:
            raise self.malformed(f"a boolean is 0 or 1, not {value}")
        return <int>value

    cdef int void_extension(self, str what) except -1:
        cdef int value = self.int32()
        if value != 0:
            raise UnsupportedXdr(f"extension {value} of {what} is not modelled")
        return 0

    cdef Py_ssize_t count(self, Py_ssize_t limit, Py_ssize_t least) except -1:
        """Read the length of an array whose elements take at least `least` bytes each."""
        cdef unsigned int value = self.uint32()
        if value > limit:
            raise self.malformed(f"an array of {value} elements, at most {limit} are allowed")
        if value * least > self.size - self.at:
            raise self.malformed(f"an array of {value} elements is longer than the bytes left")
        return value

    cdef bytes opaque(self, Py_ssize_t count):
        return PyBytes_FromStringAndSize(<const char*>self.take(count), count)

    cdef bytes variable(self, Py_ssize_t limit):
        cdef unsigned int length = self.uint32()
        cdef Py_ssize_t padding, i
        cdef const unsigned char* p
        cdef bytes value
        if length > limit:
            raise self.malformed(f"opaque data of {length} bytes, at most {limit} are allowed")
        value = self.opaque(length)
        padding = (4 - (length & 3)) & 3
        p = self.take(padding)
        for i in range(padding):
            if p[i] != 0:
                raise self.malformed("padding is not zero")
        return value

    cdef str text(self, Py_ssize_t limit):
        """Read text; bytes that are not UTF-8 become lone surrogates."""
        return self.variable(limit).decode("utf-8", "surrogateescape")

    cdef str signer_key(self):
        cdef int kind = self.int32()
        cdef Py_ssize_t began = self.at
        if kind < 0 or kind > SIGNED_PAYLOAD:
            raise self.malformed(f"signer key type {kind} does not exist")
        self.take(KEY)
        if kind == SIGNED_PAYLOAD:
            self.variable(PAYLOAD_BYTES)
        return strkey.encode_signer(SIGNER_KINDS[kind], self.data[began:self.at])

    cdef str balance_id(self):
        """Read the id of a claimable balance as Horizon writes it."""
        self.void_extension("a claimable balance id")
        return "00000000" + self.opaque(KEY).hex()

    cdef str key(self):
        return account_of(PyBytes_FromStringAndSize(<const char*>self.take(KEY), KEY))

    cdef str account_id(self):
        cdef int kind = self.int32()
        if kind != 0:
            raise self.malformed(f"public key type {kind} does not exist")
        return self.key()

    cdef str muxed_account(self):
        """Read an account; `muxed_id` is then its number, or None if it was written without one."""
        cdef int kind = self.int32()
        self.muxed_id = None
        if kind == MUXED:
            self.muxed_id = self.uint64()
        elif kind != 0:
            raise self.malformed(f"account key type {kind} does not exist")
        return self.key()

    cdef object asset(self):
        cdef Py_ssize_t began = self.at
        cdef Py_ssize_t width
        cdef int kind = self.int32()
        cdef bytes xdr
        if kind == ASSET_NATIVE:
            return _NATIVE
        if kind != ASSET_4 and kind != ASSET_12:
            raise self.malformed(f"asset type {kind} does not exist")
        width = 4 if kind == ASSET_4 else 12
        self.take(width + 4 + KEY)
        xdr = PyBytes_FromStringAndSize(<const char*>self.start + began, self.at - began)
        asset = _asset_of_xdr.get(xdr)
        if asset is None:
            if xdr[4 + width:8 + width] != b"\0\0\0\0":
                raise self.malformed("the issuer's public key type does not exist")
            code = xdr[4:4 + width].rstrip(b"\0")
            if not code.isalnum() or (kind == ASSET_12 and len(code) <= 4):
                raise UnsupportedXdr(f"asset code {code!r} is not valid: the network refuses it as malformed")
            asset = Asset(code.decode("ascii"), account_of(xdr[8 + width:]))
            if len(_asset_of_xdr) >= CACHE_LIMIT:
                _asset_of_xdr.clear()
            _asset_of_xdr[xdr] = asset
        return asset

    cdef str pool_id(self):
        return self.opaque(KEY).hex()

    cdef bint pool_share_follows(self) except -1:
        """Take the type of an asset if it is that of pool shares; tell whether it was."""
        if self.int32() == ASSET_POOL_SHARE:
            return True
        self.at -= 4
        return False

    cdef object trusted(self):
        """Read what a trustline is of: a credit, or the shares of a pool."""
        return PoolShare(self.pool_id()) if self.pool_share_follows() else self.asset()

    cdef object trust_wanted(self):
        """Read what a trustline is to be of: a credit, or the shares of a pool named by its parameters."""
        cdef int kind
        if not self.pool_share_follows():
            return self.asset()
        kind = self.int32()
        if kind != CONSTANT_PRODUCT:
            raise self.malformed(f"liquidity pool type {kind} does not exist")
        asset_a = self.asset()
        asset_b = self.asset()
        return PoolParameters(asset_a, asset_b, self.int32())

    cdef int end(self, str what) except -1:
        if self.at != self.size:
            raise self.malformed(f"{self.size - self.at} bytes after the end of the {what}")
        return 0


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
