"""From what the network applied to what is remembered of it."""

from ...ledger.liquidity_pool import PoolParameters, PoolShare
from ...ledger.operations import (
    BeginSponsoringFutureReserves,
    ChangeTrust,
    EndSponsoringFutureReserves,
    Transaction,
)
from ...ledger.results import OperationResult
from ...ledger.xdr import decode_envelope, decode_result
from ..closed import AppliedTransaction, ClosedLedger
from ..entries import Pool, Trustline
from .outcomes import outcome_of
from .records import LedgerRecord, OperationRecord, Outcome, PoolChange, TradeRecord, TransactionRecord
from .toid import toid
from .trades import trades_of

__all__ = ["ledger_record", "operations_of", "read_operations"]


def ledger_record(closed: ClosedLedger) -> LedgerRecord:
    """Return the record of a ledger that just closed, with its transactions and trades."""
    header = closed.header
    transactions: list[TransactionRecord] = []
    trades: list[TradeRecord] = []
    for applied in closed.transactions:
        record = _transaction_record(header.sequence, header.close_time, applied)
        transactions.append(record)
        if record.successful:
            trades.extend(_trades_in(record, applied))
    successful = [record for record in transactions if record.successful]
    return LedgerRecord(
        header.sequence,
        header.hash,
        header.previous_hash,
        header.close_time,
        header.total_coins,
        header.fee_pool,
        header.id_pool,
        header.base_fee,
        header.base_reserve,
        header.max_tx_set_size,
        header.protocol,
        len(successful),
        len(transactions) - len(successful),
        sum(record.operation_count for record in successful),
        sum(record.operation_count for record in transactions),
        tuple(transactions),
        tuple(trades),
    )


def _transaction_record(sequence: int, closed_at: int, applied: AppliedTransaction) -> TransactionRecord:
    tx = applied.envelope.tx
    return TransactionRecord(
        toid(sequence, applied.apply_order),
        applied.hash,
        closed_at,
        tx.source,
        applied.result.code == "txSUCCESS",
        len(tx.operations),
        applied.fee_charged,
        applied.envelope.fee,
        applied.envelope_xdr,
        applied.result_xdr,
        _trustline_outcomes(applied),
        _pool_changes(applied),
        _outcomes(applied),
        applied.envelope.fee_source if applied.inner_hash else "",
        applied.inner_hash or b"",
    )


def _trustline_outcomes(applied: AppliedTransaction) -> tuple[tuple[int, str], ...]:
    """Return what became of the line that each ChangeTrust names; it may touch others, of a pool's assets."""
    outcomes = []
    operations = applied.envelope.tx.operations
    for position, changes in enumerate(applied.operation_changes, 1):
        operation = operations[position - 1]
        if not isinstance(operation, ChangeTrust):
            continue
        of_shares = isinstance(operation.asset, PoolParameters)
        for before, after in changes:
            line = after or before
            if isinstance(line, Trustline) and isinstance(line.asset, PoolShare) == of_shares:
                outcome = "created" if before is None else "removed" if after is None else "updated"
                outcomes.append((position, outcome))
    return tuple(outcomes)


def _pool_changes(applied: AppliedTransaction) -> tuple[PoolChange, ...]:
    found = []
    for position, changes in enumerate(applied.operation_changes, 1):
        for before, after in changes:
            if isinstance(before, Pool | None) and isinstance(after, Pool | None):
                found.append(PoolChange(position, before, after))
    return tuple(found)


def _outcomes(applied: AppliedTransaction) -> tuple[Outcome, ...]:
    if not applied.operation_changes:
        return ()
    tx, results = applied.envelope.tx, applied.result.operations
    found = (
        outcome_of(position, operation, operation.source or tx.source, result, changes)
        for position, (operation, result, changes) in enumerate(
            zip(tx.operations, results, applied.operation_changes, strict=True), 1
        )
    )
    return tuple(outcome for outcome in found if outcome is not None)


def _trades_in(record: TransactionRecord, applied: AppliedTransaction) -> list[TradeRecord]:
    trades: list[TradeRecord] = []
    operations = applied.envelope.tx.operations
    for position, result in enumerate(applied.result.operations, 1):
        if result.claims:
            taker = operations[position - 1].source or record.source
            changes = applied.operation_changes[position - 1]
            pools = [change for change in record.pools if change.operation == position]
            trades.extend(trades_of(record.id + position, record.closed_at, taker, result, changes, pools))
    return trades


def operations_of(record: TransactionRecord, applied: AppliedTransaction) -> tuple[OperationRecord, ...]:
    """Return the operations of a transaction that was just applied."""
    return _operations(record, applied.envelope.tx, applied.result.operations)


def read_operations(record: TransactionRecord) -> tuple[OperationRecord, ...]:
    """Return the operations of a transaction, read back from its bytes."""
    tx = decode_envelope(record.envelope_xdr).tx
    return _operations(record, tx, decode_result(record.result_xdr).operations)


def _operations(
    record: TransactionRecord, tx: Transaction, results: tuple[OperationResult, ...]
) -> tuple[OperationRecord, ...]:
    return tuple(
        OperationRecord(
            record.id + position,
            record,
            operation,
            results[position - 1] if results else None,
            operation.source_id if operation.source else tx.source_id,
            _begin_sponsor(tx, position) if record.successful else None,
        )
        for position, operation in enumerate(tx.operations, 1)
    )


def _begin_sponsor(tx: Transaction, position: int) -> tuple[str, int | None] | None:
    """Return who began the sponsorship that an operation ends; None if it ends none."""
    ending = tx.operations[position - 1]
    if isinstance(ending, EndSponsoringFutureReserves):
        sponsored = ending.source or tx.source
        for operation in reversed(tx.operations[: position - 1]):
            if isinstance(operation, BeginSponsoringFutureReserves) and operation.sponsored == sponsored:
                if operation.source is None:
                    return tx.source, tx.source_id
                return operation.source, operation.source_id
    return None
