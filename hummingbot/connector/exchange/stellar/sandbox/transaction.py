"""What a transaction does to the ledger: its fee, its sequence number, and its operations, all or none.

References
----------
stellar-core, ``src/transactions/TransactionFrame.cpp`` (``processFeeSeqNum``, ``apply``).
"""

from typing import Final

from ..ledger.operations import Transaction
from ..ledger.results import OperationResult, TransactionResult
from ..ledger.xdr import encode_result
from . import operations
from .candidate import Candidate
from .closed import AppliedTransaction, Change
from .one_time_signers import remove_one_time_signers
from .state import LedgerState
from .validity import refuse_before_sequence, refuse_by_account, refuse_unsigned

__all__ = ["apply_transaction", "charge_fee"]

NO_ACCOUNT: Final = OperationResult("", "opNO_ACCOUNT")
PAYS_NOTHING_ITSELF: Final = 25
"""The protocol since which a transaction in a fee bump reports no fee of its own."""


def charge_fee(candidate: Candidate, state: LedgerState, base_fee: int) -> tuple[int, tuple[Change, ...]]:
    """Take the fee from the account that pays it; return it (stroops) and what changed.

    It is at most the bid, `base_fee` an operation, and what the account has: it can go below the reserve.
    """
    state.begin()
    account = state.touch_account(candidate.fee_source)
    if account is None:
        raise KeyError(f"account {candidate.fee_source} left the ledger with a transaction pending")
    fee = min(candidate.fee, base_fee * candidate.fee_units, account.balance)
    account.balance -= fee
    return fee, state.keep()


def apply_transaction(
    candidate: Candidate,
    state: LedgerState,
    close_time: int,
    fee: int,
    apply_order: int,
    fee_changes: tuple[Change, ...],
    base_fee: int,
) -> AppliedTransaction:
    """Apply a transaction whose fee is paid: spend its sequence number, then run its operations, all or none.

    After a failing operation the others still run and report their own codes. Before protocol 25 the result
    of a fee bump also tells what the transaction would have paid itself, at `base_fee` an operation.
    """
    tx, bump = candidate.tx, candidate.envelope.fee_bump
    state.close_time = close_time
    transaction_changes: tuple[Change, ...] = ()
    if bump is not None:
        transaction_changes = touch(state, bump.source)
        transaction_changes += remove_one_time_signers(state, [bump.source], candidate.hash)
    signatures = candidate.signatures()
    code = refuse_before_sequence(tx, state, close_time, state.ledger, 0)
    spends_sequence = False
    if code is None:
        paid = 0 if bump is None else None
        code = refuse_by_account(tx, state, signatures, close_time, state.ledger, paid)
        spends_sequence = code != "txBAD_SEQ"
    if spends_sequence:
        transaction_changes += spend_sequence(tx, state, close_time)
    results: tuple[OperationResult, ...] = ()
    changes: tuple[tuple[Change, ...], ...] = ()
    if code is None:
        code, results = refuse_unsigned(tx, state, signatures)
    sources = {tx.source: None} | {op.source: None for op in tx.operations if op.source is not None}
    transaction_changes += remove_one_time_signers(state, sources, candidate.tx_hash)
    if code is None:
        code, results, changes = run(tx, state)
    tells_own_fee = bump is not None and state.protocol < PAYS_NOTHING_ITSELF
    own_fee = min(tx.fee, base_fee * max(1, len(tx.operations))) if tells_own_fee else 0
    result = TransactionResult(fee, code, results, candidate.inner_hash, own_fee)
    return AppliedTransaction(
        hash=candidate.hash,
        envelope_xdr=candidate.envelope_xdr,
        envelope=candidate.envelope,
        result=result,
        result_xdr=encode_result(result),
        fee_charged=fee,
        apply_order=apply_order,
        fee_changes=fee_changes,
        transaction_changes=transaction_changes,
        operation_changes=changes,
        inner_hash=candidate.inner_hash,
    )


def touch(state: LedgerState, account: str) -> tuple[Change, ...]:
    """Mark an account as modified in this ledger."""
    state.begin()
    state.touch_account(account)
    return state.keep()


def spend_sequence(tx: Transaction, state: LedgerState, close_time: int) -> tuple[Change, ...]:
    """Set the account's sequence number, and when it was set."""
    state.begin()
    account = state.touch_account(tx.source)
    if account is not None:
        account.sequence = tx.sequence
        account.sequence_ledger = state.ledger
        account.sequence_time = close_time
    return state.keep()


def run(
    tx: Transaction, state: LedgerState
) -> tuple[str, tuple[OperationResult, ...], tuple[tuple[Change, ...], ...]]:
    """Run the operations; return the transaction's code, their results and, of a success, their changes."""
    state.begin_transaction()
    try:
        results, changes = run_operations(tx, state)
    except ArithmeticError:
        state.undo()
        state.undo_transaction()
        return "txINTERNAL_ERROR", (), ()
    if len(changes) == len(results):
        if not state.sponsorships:
            return "txSUCCESS", tuple(results), tuple(changes)
        state.undo_transaction()
        return "txBAD_SPONSORSHIP", (), ()
    state.undo_transaction()
    return "txFAILED", tuple(results), ()


def run_operations(
    tx: Transaction, state: LedgerState
) -> tuple[list[OperationResult], list[tuple[Change, ...]]]:
    """Run every operation; return all results, and the changes of those that succeeded.

    An `ArithmeticError` says that the ledger contradicts itself, as an exception does in stellar-core.
    """
    results: list[OperationResult] = []
    changes: list[tuple[Change, ...]] = []
    for position, operation in enumerate(tx.operations):
        source = operation.source or tx.source
        state.origin = (tx.source, tx.sequence, position)
        state.begin()
        if source in state.accounts:
            result = operations.check(operation, source) or operations.apply(operation, source, state)
        else:
            result = NO_ACCOUNT
        results.append(result)
        if result.code.endswith("_SUCCESS"):
            changes.append(state.keep())
        else:
            state.undo()
    return results, changes
