"""Whether the network takes a transaction: what it looks at, in which order, and how it refuses.

References
----------
stellar-core, ``src/transactions/TransactionFrame.cpp`` and ``FeeBumpTransactionFrame.cpp`` (``checkValid``).
"""

from typing import Final

from ..ledger.asset import NATIVE
from ..ledger.envelope import FeeBump
from ..ledger.operations import Operation, Transaction
from ..ledger.preconditions import Preconditions
from ..ledger.results import OperationResult, TransactionResult
from ..ledger.strkey import decode_signer
from . import operations
from .candidate import Candidate
from .frozen_keys import is_accessed
from .holding import look
from .signatures import LOW, Signatures
from .state import LedgerState

__all__ = ["refuse", "refuse_before_sequence", "refuse_by_account", "refuse_unsigned"]

INT64_MAX: Final = 2**63 - 1
NO_PRECONDITIONS: Final = Preconditions()
BAD_AUTH: Final = OperationResult("", "opBAD_AUTH")


def refuse(
    candidate: Candidate,
    state: LedgerState,
    close_time: int,
    base_fee: int,
    ledger: int,
    *,
    behind: int | None = None,
) -> TransactionResult | None:
    """Return the result with which the network refuses a transaction, or None if it is valid.

    Parameters
    ----------
    candidate : Candidate
    state : LedgerState
    close_time : int
        What its time bounds have to allow, unix seconds.
    base_fee : int
        Stroops an operation.
    ledger : int
        The number of the ledger that would hold it.
    behind : int, optional
        The sequence number that its account will have spent by then, if others of it come first.
    """
    tx, bump = candidate.tx, candidate.envelope.fee_bump
    fee = base_fee * max(1, candidate.fee_units)
    if bump is None:
        refused = refuse_transaction(candidate, state, close_time, ledger, fee, tx.fee, behind)
        return None if refused is None else TransactionResult(fee, *refused)
    result = refuse_fee_bump(candidate, bump, state, base_fee)
    if result is not None:
        return result
    refused = refuse_transaction(candidate, state, close_time, ledger, 0, None, behind)
    return None if refused is None else TransactionResult(fee, *refused, candidate.tx_hash, 0)


def refuse_transaction(
    candidate: Candidate,
    state: LedgerState,
    close_time: int,
    ledger: int,
    minimum_fee: int,
    fee: int | None,
    behind: int | None,
) -> tuple[str, tuple[OperationResult, ...]] | None:
    """Return code and operation results of a transaction that is not valid, or None.

    Its account has to have `fee`; None if another pays.
    """
    tx = candidate.tx
    code = refuse_before_sequence(tx, state, close_time, ledger, minimum_fee)
    if code is None:
        signatures = candidate.signatures()
        code = refuse_by_account(tx, state, signatures, close_time, ledger, fee, behind)
        if code is None:
            results = refuse_operations(tx, state, signatures)
            if results is not None:
                return "txFAILED", results
            if not signatures.all_used():
                code = "txBAD_AUTH_EXTRA"
    return None if code is None else (code, ())


def refuse_fee_bump(
    candidate: Candidate, bump: FeeBump, state: LedgerState, base_fee: int
) -> TransactionResult | None:
    """Return the result that refuses a fee bump for itself, whatever is in it, or None."""
    tx = candidate.tx
    fee = base_fee * candidate.fee_units
    own_fee = base_fee * max(1, len(tx.operations))
    if bump.fee < fee:
        return TransactionResult(fee, "txINSUFFICIENT_FEE")
    if bump.fee * own_fee < tx.fee * fee:
        return TransactionResult(min(INT64_MAX, -(-tx.fee * fee // own_fee)), "txINSUFFICIENT_FEE")
    account = state.accounts.get(bump.source)
    if account is None:
        return TransactionResult(fee, "txNO_ACCOUNT")
    signatures = Signatures(candidate.hash, bump.signatures)
    if not signatures.meet(account, LOW):
        return TransactionResult(fee, "txBAD_AUTH")
    lumens = look(state, bump.source, NATIVE)
    if lumens is None or lumens.available() < bump.fee:
        return TransactionResult(fee, "txINSUFFICIENT_BALANCE")
    if bump.source in state.frozen:
        return TransactionResult(fee, "txFROZEN_KEY_ACCESSED")
    return None if signatures.all_used() else TransactionResult(fee, "txBAD_AUTH_EXTRA")


def refuse_before_sequence(
    tx: Transaction, state: LedgerState, close_time: int, ledger: int, minimum_fee: int
) -> str | None:
    """Return the code of what is wrong with a transaction before its account is looked at, or None."""
    more = tx.preconditions or NO_PRECONDITIONS
    signers = more.extra_signers
    if len(set(signers)) < len(signers) or any(is_empty_payload(signer) for signer in signers):
        return "txMALFORMED"
    if not tx.operations:
        return "txMISSING_OPERATION"
    first, end = more.ledger_bounds or (0, 0)
    if (tx.min_time and tx.min_time > close_time) or first > ledger:
        return "txTOO_EARLY"
    if (tx.max_time and tx.max_time < close_time) or (end and end <= ledger):
        return "txTOO_LATE"
    if tx.fee < minimum_fee:
        return "txINSUFFICIENT_FEE"
    if tx.source not in state.accounts:
        return "txNO_ACCOUNT"
    return "txFROZEN_KEY_ACCESSED" if is_accessed(tx, state) else None


def refuse_by_account(
    tx: Transaction,
    state: LedgerState,
    signatures: Signatures,
    close_time: int,
    ledger: int,
    fee: int | None,
    behind: int | None = None,
) -> str | None:
    """Return the code of what its account has against a transaction, or None.

    The account has to have `fee` left, in stroops; None if another pays. `behind` is the sequence number
    that it will have spent, None for the one that it has.
    """
    account = state.accounts[tx.source]
    more = tx.preconditions or NO_PRECONDITIONS
    if not follows(account.sequence if behind is None else behind, tx, ledger):
        return "txBAD_SEQ"
    latest_time = close_time - more.minimum_sequence_age
    latest_ledger = ledger - more.minimum_sequence_ledger_gap
    if latest_time < (account.sequence_time or 0) or latest_ledger < (account.sequence_ledger or 0):
        return "txBAD_MIN_SEQ_AGE_OR_GAP"
    if not signatures.meet(account, LOW) or not signatures.meet_all(more.extra_signers):
        return "txBAD_AUTH"
    lumens = look(state, tx.source, NATIVE)
    if fee is not None and (lumens is None or lumens.available() < fee):
        return "txINSUFFICIENT_BALANCE"
    return None


def follows(sequence: int, tx: Transaction, ledger: int) -> bool:
    """Tell whether a transaction may come next for an account with this sequence number."""
    if tx.sequence == ledger << 32:
        return False
    if tx.preconditions is not None and tx.preconditions.minimum_sequence is not None:
        return tx.preconditions.minimum_sequence <= sequence < tx.sequence
    return sequence < INT64_MAX and sequence + 1 == tx.sequence


def is_empty_payload(signer: str) -> bool:
    """Tell whether a signer key signs a payload of no bytes, which proves nothing."""
    return signer[0] == "P" and decode_signer(signer)[32:36] == bytes(4)


def refuse_operations(
    tx: Transaction, state: LedgerState, signatures: Signatures
) -> tuple[OperationResult, ...] | None:
    """Return the results with the first operation that is not signed or malformed, or None."""
    for i, operation in enumerate(tx.operations):
        source = operation.source or tx.source
        result = None if is_signed(operation, tx, state, signatures) else BAD_AUTH
        if result is None:
            result = operations.check(operation, source)
        if result is not None:
            return tuple(
                result if j == i else operations.untouched(other) for j, other in enumerate(tx.operations)
            )
    return None


def is_signed(operation: Operation, tx: Transaction, state: LedgerState, signatures: Signatures) -> bool:
    """Tell whether an operation's source agrees to it."""
    source = operation.source or tx.source
    account = state.accounts.get(source)
    if account is None:
        return signatures.meet_absent(source)
    return signatures.meet(account, operations.threshold(operation))


def refuse_unsigned(
    tx: Transaction, state: LedgerState, signatures: Signatures
) -> tuple[str | None, tuple[OperationResult, ...]]:
    """Return the code and the results of operations that are not all signed; no code if they are."""
    signed = [is_signed(operation, tx, state, signatures) for operation in tx.operations]
    if all(signed):
        return (None if signatures.all_used() else "txBAD_AUTH_EXTRA"), ()
    return "txFAILED", tuple(
        operations.untouched(operation) if good else BAD_AUTH
        for operation, good in zip(tx.operations, signed, strict=True)
    )
