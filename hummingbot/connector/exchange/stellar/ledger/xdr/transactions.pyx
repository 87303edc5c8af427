"""Transactions and their envelopes: ``Transaction`` and ``TransactionEnvelope`` v1 of Stellar-transaction.x.

Modelled are the operations of `ledger.operations`, with every memo and precondition, and fee bumps.
"""

from hashlib import sha256

from hummingbot.connector.exchange.stellar.ledger.envelope import Envelope, FeeBump, SignedTransaction
from hummingbot.connector.exchange.stellar.ledger.operations import ChangeTrust, CreateAccount, Payment
from .codes import OPERATIONS
from .wire import UnsupportedXdr, XdrError

from hummingbot.connector.exchange.stellar.ledger.offer_operations cimport (
    CreatePassiveSellOffer,
    ManageBuyOffer,
    ManageSellOffer,
)
from hummingbot.connector.exchange.stellar.ledger.transaction cimport Transaction
from .account_operations cimport read_account_operation, write_account_operation
from .memos cimport read_memo, write_memo
from .path_operations cimport read_path_operation, write_path_operation
from .preconditions cimport read_preconditions, write_preconditions
from .reader cimport Reader
from .reserve_operations cimport read_reserve_operation, write_reserve_operation
from .wire cimport KEY, filled, whole
from .writer cimport Writer

cdef enum:
    ENVELOPE_V0 = 0
    ENVELOPE_V1 = 2
    ENVELOPE_FEE_BUMP = 5
    CREATE_ACCOUNT = 0
    PAYMENT = 1
    MANAGE_SELL_OFFER = 3
    CREATE_PASSIVE_SELL_OFFER = 4
    CHANGE_TRUST = 6
    MANAGE_BUY_OFFER = 12
    MOST_OPERATIONS = 100
    MOST_SIGNATURES = 20
    SIGNATURE_BYTES = 64

cdef bytes ENVELOPE_TAG = b"\0\0\0\2"
cdef bytes FEE_BUMP_TAG = b"\0\0\0\5"
cdef bytes ACCOUNT_TAG = b"\0\0\0\0"


def network_id(str passphrase not None) -> bytes:
    return sha256(passphrase.encode()).digest()


def transaction_hash(bytes tx_xdr not None, bytes network_id not None) -> bytes:
    return sha256(network_id + ENVELOPE_TAG + tx_xdr).digest()


def fee_bump_hash(bytes fee_bump_xdr not None, bytes network_id not None) -> bytes:
    return sha256(network_id + FEE_BUMP_TAG + fee_bump_xdr).digest()


def encode_transaction(Transaction tx not None) -> bytes:
    cdef Writer out = Writer()
    write_transaction(out, tx)
    return out.getvalue()


def encode_envelope(envelope) -> bytes:
    bump = envelope.fee_bump
    if bump is None:
        return envelope_xdr(ENVELOPE_V1, envelope.tx_xdr, envelope.signatures)
    return envelope_xdr(ENVELOPE_FEE_BUMP, bump.xdr, bump.signatures)


def sign_transaction(Transaction tx not None, bytes network_id not None, signing_keys) -> SignedTransaction:
    cdef Writer out = Writer()
    write_transaction(out, tx)
    cdef bytes tx_xdr = out.getvalue()
    digest = sha256(network_id + ENVELOPE_TAG + tx_xdr).digest()
    signatures = [(key.hint, key.sign(digest)) for key in signing_keys]
    return filled(SignedTransaction, (envelope_xdr(ENVELOPE_V1, tx_xdr, signatures), digest))


def sign_fee_bump(inner, str source not None, fee, bytes network_id not None, signing_keys) -> SignedTransaction:
    cdef Writer out = Writer()
    try:
        out.muxed_account(source, None)
        out.int64(whole(fee))
    except (ValueError, OverflowError, TypeError) as error:
        raise XdrError(f"the fee bump of {source} cannot be written as XDR: {error}") from error
    out.opaque(inner.envelope_xdr)
    out.int32(0)
    cdef bytes xdr = out.getvalue()
    digest = fee_bump_hash(xdr, network_id)
    signatures = [(key.hint, key.sign(digest)) for key in signing_keys]
    return SignedTransaction(envelope_xdr(ENVELOPE_FEE_BUMP, xdr, signatures), digest)


def decode_envelope(bytes xdr not None) -> Envelope:
    cdef Reader data = Reader(xdr)
    cdef int kind = data.int32()
    cdef Py_ssize_t began
    cdef long long fee
    if kind == ENVELOPE_FEE_BUMP:
        began = data.at
        source = data.muxed_account()
        source_id = data.muxed_id
        fee = data.int64()
        if data.int32() != ENVELOPE_V1:
            raise data.malformed("a fee bump holds a transaction of version 1")
        inner = read_envelope(data, xdr)
        data.void_extension("a fee bump")
        bump = FeeBump(source, fee, xdr[began:data.at], read_signatures(data), source_id)
        data.end("envelope")
        return Envelope(inner.tx, inner.tx_xdr, inner.signatures, bump)
    if kind == ENVELOPE_V0:
        data.take(KEY + 4 + 8)
        data.boolean()
        return decode_envelope(ENVELOPE_TAG + ACCOUNT_TAG + xdr[4:])
    if kind != ENVELOPE_V1:
        raise data.malformed(f"envelope type {kind} does not carry a transaction")
    envelope = read_envelope(data, xdr)
    data.end("envelope")
    return envelope


cdef object read_envelope(Reader data, bytes xdr):
    """Read a transaction and its signatures; `xdr` is all the bytes."""
    cdef Py_ssize_t began = data.at
    tx = read_transaction(data)
    tx_xdr = xdr[began:data.at]
    return Envelope(tx, tx_xdr, read_signatures(data))


cdef tuple read_signatures(Reader data):
    cdef Py_ssize_t signature
    signatures = []
    for signature in range(data.count(MOST_SIGNATURES, 8)):
        hint = data.opaque(4)
        signatures.append((hint, data.variable(SIGNATURE_BYTES)))
    return tuple(signatures)


cdef bytes envelope_xdr(int kind, bytes tx_xdr, object signatures):
    cdef Writer out = Writer()
    if len(signatures) > MOST_SIGNATURES:
        raise XdrError(f"an envelope carries at most {MOST_SIGNATURES} signatures, not {len(signatures)}")
    out.int32(kind)
    out.opaque(tx_xdr)
    out.uint32(<unsigned int>len(signatures))
    for hint, signature in signatures:
        if len(hint) != 4 or len(signature) > SIGNATURE_BYTES:
            raise XdrError(f"hints have 4 bytes, signatures up to 64, not {len(hint)} and {len(signature)}")
        out.opaque(hint)
        out.variable(signature)
    return out.getvalue()


cdef int write_transaction(Writer out, Transaction tx) except -1:
    if len(tx.operations) > MOST_OPERATIONS:
        raise XdrError(f"a transaction has at most {MOST_OPERATIONS} operations, not {len(tx.operations)}")
    try:
        out.muxed_account(tx.source, tx.source_id)
        out.uint32(whole(tx.fee))
        out.int64(whole(tx.sequence))
        write_preconditions(out, tx)
        write_memo(out, tx.memo)
    except (ValueError, OverflowError, TypeError, AttributeError) as error:
        raise XdrError(f"the transaction of {tx.source} cannot be written as XDR: {error}") from error
    out.uint32(<unsigned int>len(tx.operations))
    for operation in tx.operations:
        try:
            write_operation(out, operation)
        except (ValueError, OverflowError, TypeError, AttributeError) as error:
            raise XdrError(f"{operation!r} cannot be written as XDR: {error}") from error
    out.int32(0)
    return 0


cdef int write_operation(Writer out, object operation) except -1:
    kind = type(operation)
    if operation.source is None:
        if operation.source_id is not None:
            raise ValueError("it has a source_id but no source")
        out.int32(0)
    else:
        out.int32(1)
        out.muxed_account(operation.source, operation.source_id)
    if kind is ManageSellOffer:
        out.int32(MANAGE_SELL_OFFER)
        write_offer(out, operation, whole(operation.amount))
        out.int64(whole(operation.offer_id))
    elif kind is ManageBuyOffer:
        out.int32(MANAGE_BUY_OFFER)
        write_offer(out, operation, whole(operation.buy_amount))
        out.int64(whole(operation.offer_id))
    elif kind is CreatePassiveSellOffer:
        out.int32(CREATE_PASSIVE_SELL_OFFER)
        write_offer(out, operation, whole(operation.amount))
    elif kind is Payment:
        out.int32(PAYMENT)
        out.muxed_account(operation.destination, operation.destination_id)
        out.asset(operation.asset)
        out.int64(whole(operation.amount))
    elif kind is ChangeTrust:
        out.int32(CHANGE_TRUST)
        out.trust_wanted(operation.asset)
        out.int64(whole(operation.limit))
    elif kind is CreateAccount:
        out.int32(CREATE_ACCOUNT)
        out.account_id(operation.destination)
        out.int64(whole(operation.starting_balance))
    elif not (
        write_path_operation(out, operation)
        or write_account_operation(out, operation)
        or write_reserve_operation(out, operation)
    ):
        raise TypeError(f"{kind.__name__} is not one of the operations of this codec")
    return 0


cdef int write_offer(Writer out, object operation, long long amount) except -1:
    out.asset(operation.selling)
    out.asset(operation.buying)
    out.int64(amount)
    out.int32(whole(operation.price_n))
    out.int32(whole(operation.price_d))
    return 0


cdef object read_transaction(Reader data):
    cdef int kind
    cdef Py_ssize_t i
    source = data.muxed_account()
    source_id = data.muxed_id
    cdef unsigned int fee = data.uint32()
    cdef long long sequence = data.int64()
    min_time, max_time, bounded, preconditions = read_preconditions(data)
    memo = read_memo(data)
    operations = []
    for i in range(data.count(MOST_OPERATIONS, 8)):
        operations.append(read_operation(data))
    kind = data.int32()
    if kind == 1:
        raise UnsupportedXdr("Soroban transaction data is not modelled")
    if kind != 0:
        raise data.malformed(f"transaction extension {kind} does not exist")
    return Transaction(
        source, fee, sequence, tuple(operations), min_time, max_time, memo, bounded, preconditions, source_id
    )


cdef object read_operation(Reader data):
    cdef int kind, price_n, price_d
    cdef long long amount
    source = source_id = None
    if data.boolean():
        source = data.muxed_account()
        source_id = data.muxed_id
    kind = data.int32()
    if kind == MANAGE_SELL_OFFER or kind == MANAGE_BUY_OFFER or kind == CREATE_PASSIVE_SELL_OFFER:
        selling = data.asset()
        buying = data.asset()
        amount = data.int64()
        price_n = data.int32()
        price_d = data.int32()
        if kind == MANAGE_SELL_OFFER:
            return ManageSellOffer(selling, buying, amount, price_n, price_d, data.int64(), source, source_id)
        if kind == MANAGE_BUY_OFFER:
            return ManageBuyOffer(selling, buying, amount, price_n, price_d, data.int64(), source, source_id)
        return CreatePassiveSellOffer(selling, buying, amount, price_n, price_d, source, source_id)
    if kind == PAYMENT:
        destination = data.muxed_account()
        destination_id = data.muxed_id
        asset = data.asset()
        return Payment(destination, asset, data.int64(), source, source_id, destination_id)
    if kind == CHANGE_TRUST:
        trusted = data.trust_wanted()
        return ChangeTrust(trusted, data.int64(), source, source_id)
    if kind == CREATE_ACCOUNT:
        destination = data.account_id()
        return CreateAccount(destination, data.int64(), source, source_id)
    operation = read_path_operation(data, kind, source, source_id)
    if operation is None:
        operation = read_account_operation(data, kind, source, source_id)
    if operation is None:
        operation = read_reserve_operation(data, kind, source, source_id)
    if operation is not None:
        return operation
    if 0 <= kind < len(OPERATIONS):
        raise UnsupportedXdr(f"operation {OPERATIONS[kind]} is not modelled")
    raise data.malformed(f"operation type {kind} does not exist")
