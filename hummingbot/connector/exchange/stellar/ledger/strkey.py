"""Strkey: the text forms of Stellar keys (``G…`` accounts, ``M…`` muxed accounts, ``S…`` secret seeds, and
``T…``, ``X…`` and ``P…`` signers).

A strkey is base32 of one version byte, the key (mostly 32 bytes) and a CRC16-XModem of both, low byte first.

References
----------
SEP-23, https://github.com/stellar/stellar-protocol/blob/master/ecosystem/sep-0023.md
"""

from base64 import b32decode, b32encode
from binascii import Error, crc_hqx
from typing import Final

__all__ = [
    "decode_account",
    "decode_muxed",
    "decode_secret",
    "decode_signer",
    "encode_account",
    "encode_muxed",
    "encode_secret",
    "encode_signer",
]

ACCOUNT: Final = 6 << 3
SECRET: Final = 18 << 3
MUXED: Final = 12 << 3
SIGNERS: Final = {"G": ACCOUNT, "T": 19 << 3, "X": 23 << 3, "P": 15 << 3}
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
        If it is not a valid account address; a muxed address (``M…``) is named as such, and a secret key
        given for one is not repeated.
    """
    if not isinstance(account, str):
        raise ValueError(f"account {account!r} is not text: write an address G… of 56 characters")
    if account.startswith("M") and len(account) > TEXT_LENGTH:
        raise ValueError(f"account {account!r} is muxed: use the account G… it belongs to")
    key = _decode(ACCOUNT, account)
    if key is None:
        if _decode(SECRET, account.strip()) is not None:
            raise ValueError("a secret key was given for an account: write its address G… of 56 characters")
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


def encode_muxed(account: str, number: int) -> str:
    """Write an account and a number from 0 to 2^64 - 1 as ``M…``."""
    return _encode_body(MUXED, decode_account(account) + number.to_bytes(8, "big"))


def decode_muxed(muxed: str) -> tuple[str, int]:
    """Read the account ``G…`` and the number of ``M…``.

    Raises
    ------
    ValueError
        If it is not a valid muxed address.
    """
    body = _decode_body(MUXED, muxed)
    if body is None or len(body) != KEY_LENGTH + 8:
        raise ValueError(f"account {muxed!r} is not a valid muxed address: expected M and 68 more characters")
    return encode_account(body[:KEY_LENGTH]), int.from_bytes(body[KEY_LENGTH:], "big")


def encode_signer(kind: str, body: bytes) -> str:
    """Write a signer key: `kind` is its first letter, ``G``, ``T``, ``X`` or ``P``."""
    return _encode_body(SIGNERS[kind], body)


def decode_signer(signer: str) -> bytes:
    """Read the bytes of a signer key ``G…``, ``T…``, ``X…`` or ``P…``.

    Raises
    ------
    ValueError
        If it is not one.
    """
    body = _decode_body(SIGNERS.get(signer[:1], -1), signer)
    if body is None or len(body) != (KEY_LENGTH if signer[0] != "P" else _payload_end(body)):
        raise ValueError(f"signer {signer!r} is not a valid key: expected G…, T…, X… or P…")
    return body


def _payload_end(body: bytes) -> int:
    """Return how long a key with a payload has to be: the key, the payload's length, the payload padded."""
    return KEY_LENGTH + 4 + -(-int.from_bytes(body[KEY_LENGTH : KEY_LENGTH + 4], "big") // 4) * 4


def _encode(version: int, key: bytes) -> str:
    if len(key) != KEY_LENGTH:
        raise ValueError(f"a key has {KEY_LENGTH} bytes, not {len(key)}")
    return _encode_body(version, key)


def _decode(version: int, text: str) -> bytes | None:
    return _decode_body(version, text) if len(text) == TEXT_LENGTH else None


def _encode_body(version: int, key: bytes) -> str:
    body = bytes((version,)) + key
    return b32encode(body + crc_hqx(body, 0).to_bytes(2, "little")).decode("ascii").rstrip("=")


def _decode_body(version: int, text: str) -> bytes | None:
    try:
        raw = b32decode(text + "=" * (-len(text) % 8))
    except (Error, ValueError):
        return None
    if len(raw) < 3 or raw[0] != version or crc_hqx(raw[:-2], 0).to_bytes(2, "little") != raw[-2:]:
        return None
    return raw[1:-2]
