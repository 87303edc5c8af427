"""What readers and writers of XDR share: its errors, accounts and assets.

Accounts and assets repeat from transaction to transaction, so both directions are kept in dictionaries that
start over at `CACHE_LIMIT` entries.
"""

from cpython.number cimport PyNumber_Index

from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE, Asset
from hummingbot.connector.exchange.stellar.ledger import strkey

cdef enum:
    CACHE_LIMIT = 16384


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


cdef object asset_of(bytes xdr):
    """Return the asset of whole XDR; None if it is not kept yet."""
    return _asset_of_xdr.get(xdr)


cdef object keep_asset(bytes xdr, object asset):
    if len(_asset_of_xdr) >= CACHE_LIMIT:
        _asset_of_xdr.clear()
    _asset_of_xdr[xdr] = asset
    return asset


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
