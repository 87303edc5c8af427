"""Strkey: the text forms of Stellar keys (``G…`` accounts, ``S…`` secret seeds).

A strkey is base32 of one version byte, 32 bytes of key and a CRC16-XModem of both, low byte first.

References
----------
SEP-23, https://github.com/stellar/stellar-protocol/blob/master/ecosystem/sep-0023.md
"""

from base64 import b32decode, b32encode
from binascii import Error, crc_hqx
from typing import Final

__all__ = ["decode_account", "decode_secret", "encode_account", "encode_secret"]

ACCOUNT: Final = 6 << 3
SECRET: Final = 18 << 3
TEXT_LENGTH: Final = 56
KEY_LENGTH: Final = 32


def encode_account(key: bytes) -> str:
    """Write a 32-byte Ed25519 public key as ``G…``."""
    return _encode(ACCOUNT, key)


def decode_account(account: str) -> bytes:
    """Read the 32-byte public key of ``G…``.

    Raises
    ------
    ValueError
        If it is not a valid account address; a muxed address (``M…``) is named as such.
    """
    if not isinstance(account, str):
        raise ValueError(f"account {account!r} is not text: write an address G… of 56 characters")
    if account.startswith("M") and len(account) > TEXT_LENGTH:
        raise ValueError(f"account {account!r} is muxed: use the account G… it belongs to")
    key = _decode(ACCOUNT, account)
    if key is None:
        raise ValueError(f"account {account!r} is not a valid address: expected G and 55 more characters")
    return key


def encode_secret(seed: bytes) -> str:
    """Write a 32-byte Ed25519 seed as ``S…``."""
    return _encode(SECRET, seed)


def decode_secret(secret: str) -> bytes:
    """Read the 32-byte seed of ``S…``. The error never repeats the input.

    Raises
    ------
    ValueError
        If it is not a valid secret key.
    """
    key = _decode(SECRET, secret) if isinstance(secret, str) else None
    if key is None:
        raise ValueError(
            "the secret key is not valid: expected S and 55 more characters, as a wallet exports it"
        )
    return key


def _encode(version: int, key: bytes) -> str:
    if len(key) != KEY_LENGTH:
        raise ValueError(f"a key has {KEY_LENGTH} bytes, not {len(key)}")
    body = bytes((version,)) + key
    return b32encode(body + crc_hqx(body, 0).to_bytes(2, "little")).decode("ascii")


def _decode(version: int, text: str) -> bytes | None:
    if len(text) != TEXT_LENGTH:
        return None
    try:
        raw = b32decode(text)
    except (Error, ValueError):
        return None
    if raw[0] != version or crc_hqx(raw[:-2], 0).to_bytes(2, "little") != raw[-2:]:
        return None
    return raw[1:-2]
