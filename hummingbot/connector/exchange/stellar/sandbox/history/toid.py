"""Total order ids: one int64 that names a ledger, a transaction or an operation and sorts them all.

The upper 32 bits are the ledger, then 20 bits of the transaction's position in it (from 1) and 12 bits of the
operation's position in the transaction (from 1). Zero in a lower part names the thing above.

References
----------
https://github.com/stellar/stellar-protocol/blob/master/ecosystem/sep-0035.md
"""

from typing import Final

__all__ = ["SYNTHETIC_OFFER", "ledger_of", "operation_of", "toid", "transaction_id_of", "transaction_of"]

SYNTHETIC_OFFER: Final = 1 << 62
"""Set in the offer id of a taker whose order never rested: ``TOID of the operation | 1 << 62``."""

OPERATION_MASK: Final = 0xFFF
TRANSACTION_MASK: Final = 0xFFFFF


def toid(ledger: int, transaction: int = 0, operation: int = 0) -> int:
    """Return the id of a ledger, of its n-th transaction, or of that one's n-th operation.

    Examples
    --------
    >>> toid(39, 1, 1)
    167503728641
    """
    return ledger << 32 | transaction << 12 | operation


def ledger_of(id: int) -> int:
    """Return the ledger that an id belongs to."""
    return id >> 32


def transaction_of(id: int) -> int:
    """Return the position of the id's transaction in its ledger, from 1."""
    return id >> 12 & TRANSACTION_MASK


def operation_of(id: int) -> int:
    """Return the position of the id's operation in its transaction, from 1."""
    return id & OPERATION_MASK


def transaction_id_of(id: int) -> int:
    """Return the id of the transaction that an operation belongs to."""
    return id & ~OPERATION_MASK
