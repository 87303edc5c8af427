"""Whether the network takes a transaction, and what it then does to the ledger.

References
----------
stellar-core, ``src/transactions/TransactionFrame.cpp`` (``checkValid``, ``processFeeSeqNum``, ``apply``).
"""

from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from ..ledger.asset import NATIVE
from ..ledger.envelope import Envelope, FeeBump
from ..ledger.operations import Operation, Transaction
from ..ledger.preconditions import Preconditions
from ..ledger.results import OperationResult, TransactionResult
from ..ledger.strkey import decode_signer
from ..ledger.xdr import decode_envelope, encode_result, fee_bump_hash, transaction_hash
from . import operations
from .closed import AppliedTransaction, Change
from .holding import look
from .one_time_signers import remove_one_time_signers
from .signatures import LOW, Signatures, verified_pairs
from .state import LedgerState

__all__ = ["Candidate", "apply_transaction", "charge_fee", "refuse"]

INT64_MAX: Final = 2**63 - 1
NO_PRECONDITIONS: Final = Preconditions()
BAD_AUTH: Final = OperationResult("", "opBAD_AUTH")
NO_ACCOUNT: Final = OperationResult("", "opNO_ACCOUNT")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A transaction on its way to the ledger.

    Parameters
    ----------
    envelope_xdr : bytes
    envelope : Envelope
    hash : bytes
        Names it on the network: the transaction, or the fee bump that it is in.
    full_hash : bytes
        Of the whole envelope: also tells signatures apart.
    tx_hash : bytes
        Names the transaction itself; its signatures are over it.
    verified : dict
        What is known about its signatures.
    """

    envelope_xdr: bytes
    envelope: Envelope
    hash: bytes
    full_hash: bytes
    tx_hash: bytes
    verified: verified_pairs = field(default_factory=dict)

    @classmethod
    def read(cls, envelope_xdr: bytes, network_id: bytes) -> "Candidate":
        """Decode an envelope.

        Raises
        ------
        UnsupportedXdr, XdrError
            If it is not a transaction of the operations that are built.
        """
        envelope = decode_envelope(envelope_xdr)
        tx_hash = transaction_hash(envelope.tx_xdr, network_id)
        bump = envelope.fee_bump
        hash_ = tx_hash if bump is None else fee_bump_hash(bump.xdr, network_id)
        return cls(envelope_xdr, envelope, hash_, sha256(envelope_xdr).digest(), tx_hash)

    @property
    def tx(self) -> Transaction:
        """The transaction itself."""
        return self.envelope.tx

    @property
    def fee(self) -> int:
        """What is bid for all of it, in stroops."""
        return self.envelope.fee

    @property
    def fee_source(self) -> str:
        """The account that pays."""
        return self.envelope.fee_source

    @property
    def fee_units(self) -> int:
        """How many operations the bid is for."""
        return self.envelope.fee_units

    @property
    def inner_hash(self) -> bytes | None:
        """The transaction's own hash if it is in a fee bump, else None."""
        return None if self.envelope.fee_bump is None else self.tx_hash

    def signatures(self) -> Signatures:
        """Return the transaction's signatures, none of them used yet."""
        return Signatures(self.tx_hash, self.envelope.signatures, self.verified)


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
    return None


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

    After a failing operation the others still run and report their own codes. The result of a fee bump also
    tells what the transaction would have paid itself, at `base_fee` an operation.
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
    own_fee = 0 if bump is None else min(tx.fee, base_fee * max(1, len(tx.operations)))
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
