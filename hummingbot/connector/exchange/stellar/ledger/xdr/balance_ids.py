"""Ids of claimable balances: hashes of the operation that made them (``HashIDPreimage``)."""

from hashlib import sha256
from struct import Struct
from typing import Final

from ..asset import Asset
from .wire import asset_xdr, decode_account

__all__ = ["operation_balance_id", "revocation_balance_id"]

OPERATION: Final = 6
REVOCATION: Final = 7
ORIGIN: Final = Struct(">ii32sqI")


def operation_balance_id(source: str, sequence: int, position: int) -> str:
    """Return the id of the balance that CreateClaimableBalance makes, as Horizon writes it.

    Parameters
    ----------
    source : str
        Of the transaction.
    sequence : int
        Of the transaction.
    position : int
        Of the operation in it, from 0.
    """
    return balance_id(origin(OPERATION, source, sequence, position))


def revocation_balance_id(source: str, sequence: int, position: int, pool_id: str, asset: Asset) -> str:
    """Return the id of the balance that a revocation makes of one asset of a pool, as Horizon writes it.

    The operation is named as for `operation_balance_id`, the pool in hexadecimal.
    """
    revoked = bytes.fromhex(pool_id) + asset_xdr(asset)
    return balance_id(origin(REVOCATION, source, sequence, position) + revoked)


def origin(kind: int, source: str, sequence: int, position: int) -> bytes:
    """Return what names an operation of a transaction."""
    return ORIGIN.pack(kind, 0, decode_account(source), sequence, position)


def balance_id(preimage: bytes) -> str:
    """Return an id of type 0."""
    return "00000000" + sha256(preimage).hexdigest()
