"""Transactions and their envelopes as stellar-sdk's own XDR objects, field by field."""

from collections.abc import Iterable

from stellar_sdk import xdr as sdk

from hummingbot.connector.exchange.stellar.ledger.envelope import Envelope
from hummingbot.connector.exchange.stellar.ledger.memo import Memo, MemoHash, MemoId, MemoReturn
from hummingbot.connector.exchange.stellar.ledger.operations import Transaction

from .sdk_operations import sdk_operation
from .sdk_values import muxed, signer_key


def sdk_memo(memo: Memo | None) -> sdk.Memo:
    kinds = sdk.MemoType
    match memo:
        case None:
            return sdk.Memo(kinds.MEMO_NONE)
        case MemoId(number):
            return sdk.Memo(kinds.MEMO_ID, id=sdk.Uint64(number))
        case MemoHash(hash):
            return sdk.Memo(kinds.MEMO_HASH, hash=sdk.Hash(hash))
        case MemoReturn(hash):
            return sdk.Memo(kinds.MEMO_RETURN, ret_hash=sdk.Hash(hash))
        case _:
            return sdk.Memo(kinds.MEMO_TEXT, text=memo.encode() if isinstance(memo, str) else memo)


def sdk_preconditions(tx: Transaction) -> sdk.Preconditions:
    kinds = sdk.PreconditionType
    bounds = sdk.TimeBounds(sdk.TimePoint(sdk.Uint64(tx.min_time)), sdk.TimePoint(sdk.Uint64(tx.max_time)))
    more = tx.preconditions
    if more is None:
        if not tx.has_time_bounds:
            return sdk.Preconditions(kinds.PRECOND_NONE)
        return sdk.Preconditions(kinds.PRECOND_TIME, time_bounds=bounds)
    ledgers = more.ledger_bounds
    sequence = more.minimum_sequence
    v2 = sdk.PreconditionsV2(
        bounds if tx.has_time_bounds else None,
        None if ledgers is None else sdk.LedgerBounds(sdk.Uint32(ledgers[0]), sdk.Uint32(ledgers[1])),
        None if sequence is None else sdk.SequenceNumber(sdk.Int64(sequence)),
        sdk.Duration(sdk.Uint64(more.minimum_sequence_age)),
        sdk.Uint32(more.minimum_sequence_ledger_gap),
        [signer_key(signer) for signer in more.extra_signers],
    )
    return sdk.Preconditions(kinds.PRECOND_V2, v2=v2)


def sdk_transaction(tx: Transaction) -> sdk.Transaction:
    return sdk.Transaction(
        muxed(tx.source, tx.source_id),
        sdk.Uint32(tx.fee),
        sdk.SequenceNumber(sdk.Int64(tx.sequence)),
        sdk_preconditions(tx),
        sdk_memo(tx.memo),
        [sdk_operation(operation) for operation in tx.operations],
        sdk.TransactionExt(0),
    )


def sdk_signatures(signatures: Iterable[tuple[bytes, bytes]]) -> list[sdk.DecoratedSignature]:
    return [
        sdk.DecoratedSignature(sdk.SignatureHint(hint), sdk.Signature(signature))
        for hint, signature in signatures
    ]


def sdk_envelope(envelope: Envelope) -> sdk.TransactionEnvelope:
    kinds = sdk.EnvelopeType
    signed = sdk.TransactionV1Envelope(sdk_transaction(envelope.tx), sdk_signatures(envelope.signatures))
    bump = envelope.fee_bump
    if bump is None:
        return sdk.TransactionEnvelope(kinds.ENVELOPE_TYPE_TX, v1=signed)
    outer = sdk.FeeBumpTransaction(
        muxed(bump.source, bump.source_id),
        sdk.Int64(bump.fee),
        sdk.FeeBumpTransactionInnerTx(kinds.ENVELOPE_TYPE_TX, v1=signed),
        sdk.FeeBumpTransactionExt(0),
    )
    bumped = sdk.FeeBumpTransactionEnvelope(outer, sdk_signatures(bump.signatures))
    return sdk.TransactionEnvelope(kinds.ENVELOPE_TYPE_TX_FEE_BUMP, fee_bump=bumped)
