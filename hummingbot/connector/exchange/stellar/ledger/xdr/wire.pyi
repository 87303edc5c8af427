from hummingbot.connector.exchange.stellar.ledger.asset import Asset

class XdrError(ValueError):
    """Bytes that are not the XDR they should be, or values that cannot be written as XDR."""

class UnsupportedXdr(ValueError):
    """Well-formed XDR of a kind that this codec does not model; the message names the kind."""

def encode_account(key: bytes) -> str:
    """Write a 32-byte public key as ``G…`` (cached)."""

def decode_account(account: str) -> bytes:
    """Read the 32-byte public key of ``G…`` (cached); ValueError if it is not an address."""

def asset_xdr(asset: Asset) -> bytes:
    """Return the XDR of an asset: 4 bytes (native), 44 or 52 (cached)."""
