"""Preconditions of a transaction beside its time bounds.

References
----------
CAP-21, https://github.com/stellar/stellar-protocol/blob/master/core/cap-0021.md
"""

from dataclasses import dataclass

__all__ = ["Preconditions"]


@dataclass(frozen=True, slots=True)
class Preconditions:
    """What the ledger and the source account have to be like for a transaction to be valid.

    Parameters
    ----------
    ledger_bounds : tuple of (int, int) or None
        First ledger that may hold it, and first that may not (0: any).
    minimum_sequence : int or None
        The account's sequence number may be anything from here up to one less than the transaction's; None:
        exactly one less.
    minimum_sequence_age : int
        Seconds since the account's sequence number last changed.
    minimum_sequence_ledger_gap : int
        Ledgers since then.
    extra_signers : tuple of str
        Up to two signer keys (``G…``, ``T…``, ``X…``, ``P…``) that have to sign as well.
    """

    ledger_bounds: tuple[int, int] | None = None
    minimum_sequence: int | None = None
    minimum_sequence_age: int = 0
    minimum_sequence_ledger_gap: int = 0
    extra_signers: tuple[str, ...] = ()
