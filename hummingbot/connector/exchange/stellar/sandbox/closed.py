"""What a network answers: to a submission at once, and for every ledger that closes."""

from dataclasses import dataclass
from typing import Literal

from ..ledger.envelope import Envelope
from ..ledger.results import TransactionResult
from .entry_kinds import AnyEntry

__all__ = ["AppliedTransaction", "Change", "ClosedLedger", "LedgerHeader", "Submission", "SubmissionStatus"]

SubmissionStatus = Literal["PENDING", "DUPLICATE", "TRY_AGAIN_LATER", "ERROR"]

Change = tuple[AnyEntry | None, AnyEntry | None]
"""An entry before and after: ``(None, entry)`` created it, ``(entry, None)`` removed it."""


@dataclass(frozen=True, slots=True)
class LedgerHeader:
    """The last closed ledger.

    Parameters
    ----------
    sequence : int
        Number of the ledger; the first is 1.
    close_time : int
        Unix seconds.
    base_fee, base_reserve : int
        Stroops an operation, stroops an entry.
    max_tx_set_size : int
        Most operations that one ledger holds.
    id_pool : int
        The last offer id given out.
    fee_pool, total_coins : int
        Stroops paid as fees so far, and stroops that exist.
    protocol : int
    hash, previous_hash : bytes
        32 bytes each. They chain what this network did; they are not stellar-core's header hashes.
    """

    sequence: int
    close_time: int
    base_fee: int
    base_reserve: int
    max_tx_set_size: int
    id_pool: int
    fee_pool: int
    total_coins: int
    protocol: int
    hash: bytes
    previous_hash: bytes


@dataclass(frozen=True, slots=True)
class Submission:
    """The network's immediate answer. `result` and `result_xdr` are there for ERROR only."""

    status: SubmissionStatus
    hash: bytes
    result: TransactionResult | None = None
    result_xdr: bytes | None = None


@dataclass(frozen=True, slots=True)
class AppliedTransaction:
    """A transaction that is on the ledger, successful or not.

    Parameters
    ----------
    hash, envelope_xdr : bytes
    envelope : Envelope
    result : TransactionResult
    result_xdr : bytes
    fee_charged : int
        Stroops.
    apply_order : int
        Position in its ledger, from 1.
    fee_changes : tuple of Change
        What the fee took from the account that pays it, before any transaction of the ledger was applied.
    transaction_changes : tuple of Change
        The sequence number spent, as the transaction began, and the payer of a fee bump.
    operation_changes : tuple of tuple of Change
        What each operation changed, in order; empty if the transaction failed.
    inner_hash : bytes or None
        The transaction's own hash if it came in a fee bump, which `hash` names then.
    """

    hash: bytes
    envelope_xdr: bytes
    envelope: Envelope
    result: TransactionResult
    result_xdr: bytes
    fee_charged: int
    apply_order: int
    fee_changes: tuple[Change, ...]
    transaction_changes: tuple[Change, ...]
    operation_changes: tuple[tuple[Change, ...], ...]
    inner_hash: bytes | None = None


@dataclass(frozen=True, slots=True)
class ClosedLedger:
    """A ledger that just closed, with its transactions in apply order."""

    header: LedgerHeader
    transactions: tuple[AppliedTransaction, ...]
