"""Reading XDR (RFC 4506: big endian, padded to 4 bytes): primitives, accounts, assets.

Every read is checked against the end of the data.
"""

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize, PyBytes_GET_SIZE

from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE, Asset
from hummingbot.connector.exchange.stellar.ledger.liquidity_pool import PoolParameters, PoolShare
from hummingbot.connector.exchange.stellar.ledger import strkey
from .wire import UnsupportedXdr, XdrError

from .wire cimport (
    ASSET_12,
    ASSET_4,
    ASSET_NATIVE,
    ASSET_POOL_SHARE,
    CONSTANT_PRODUCT,
    KEY,
    MUXED,
    PAYLOAD_BYTES,
    SIGNED_PAYLOAD,
    account_of,
    asset_of,
    keep_asset,
)

cdef str SIGNER_KINDS = "GTXP"
cdef object _NATIVE = NATIVE


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
        asset = asset_of(xdr)
        if asset is None:
            if xdr[4 + width:8 + width] != b"\0\0\0\0":
                raise self.malformed("the issuer's public key type does not exist")
            code = xdr[4:4 + width].rstrip(b"\0")
            if not code.isalnum() or (kind == ASSET_12 and len(code) <= 4):
                raise UnsupportedXdr(f"asset code {code!r} is not valid: the network refuses it as malformed")
            return keep_asset(xdr, Asset(code.decode("ascii"), account_of(xdr[8 + width:])))
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
