"""Transactions and their envelopes: ``Transaction`` and ``TransactionEnvelope`` v1 of Stellar-transaction.x.

Modelled are the six operations of `ledger.operations`, text memos, and time bounds as the only precondition.
"""

from hashlib import sha256

from hummingbot.connector.exchange.stellar.ledger.envelope import Envelope, SignedTransaction
from hummingbot.connector.exchange.stellar.ledger.operations import (
    ChangeTrust,
    CreateAccount,
    CreatePassiveSellOffer,
    ManageBuyOffer,
    ManageSellOffer,
    Payment,
    Transaction,
)
from .codes import OPERATIONS
from .wire import UnsupportedXdr, XdrError

from .wire cimport Reader, Writer, whole

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
    MEMO_BYTES = 28
    SIGNATURE_BYTES = 64

cdef bytes ENVELOPE_TAG = b"\0\0\0\2"
cdef tuple MEMOS = ("none", "text", "id", "hash", "return")


def network_id(str passphrase not None) -> bytes:
    return sha256(passphrase.encode()).digest()


def transaction_hash(bytes tx_xdr not None, bytes network_id not None) -> bytes:
    return sha256(network_id + ENVELOPE_TAG + tx_xdr).digest()


def encode_transaction(tx) -> bytes:
    cdef Writer out = Writer()
    write_transaction(out, tx)
    return out.getvalue()


def encode_envelope(envelope) -> bytes:
    return envelope_xdr(envelope.tx_xdr, envelope.signatures)


def sign_transaction(tx, bytes network_id not None, signing_keys) -> SignedTransaction:
    cdef bytes tx_xdr = encode_transaction(tx)
    digest = sha256(network_id + ENVELOPE_TAG + tx_xdr).digest()
    signatures = [(key.hint, key.sign(digest)) for key in signing_keys]
    return SignedTransaction(envelope_xdr(tx_xdr, signatures), digest)


def decode_envelope(bytes xdr not None) -> Envelope:
    cdef Reader data = Reader(xdr)
    cdef int kind = data.int32()
    cdef Py_ssize_t began, signature
    if kind == ENVELOPE_FEE_BUMP:
        raise UnsupportedXdr("fee bump transactions are not modelled")
    if kind == ENVELOPE_V0:
        raise UnsupportedXdr("transaction envelopes v0 (before protocol 13) are not modelled")
    if kind != ENVELOPE_V1:
        raise data.malformed(f"envelope type {kind} does not carry a transaction")
    began = data.at
    tx = read_transaction(data)
    tx_xdr = xdr[began:data.at]
    signatures = []
    for signature in range(data.count(MOST_SIGNATURES, 8)):
        hint = data.opaque(4)
        signatures.append((hint, data.variable(SIGNATURE_BYTES)))
    data.end("envelope")
    return Envelope(tx, tx_xdr, tuple(signatures))


cdef bytes envelope_xdr(bytes tx_xdr, object signatures):
    cdef Writer out = Writer()
    if len(signatures) > MOST_SIGNATURES:
        raise XdrError(f"an envelope carries at most {MOST_SIGNATURES} signatures, not {len(signatures)}")
    out.int32(ENVELOPE_V1)
    out.opaque(tx_xdr)
    out.uint32(<unsigned int>len(signatures))
    for hint, signature in signatures:
        if len(hint) != 4 or len(signature) > SIGNATURE_BYTES:
            raise XdrError(f"hints have 4 bytes, signatures up to 64, not {len(hint)} and {len(signature)}")
        out.opaque(hint)
        out.variable(signature)
    return out.getvalue()


cdef int write_transaction(Writer out, object tx) except -1:
    if len(tx.operations) > MOST_OPERATIONS:
        raise XdrError(f"a transaction has at most {MOST_OPERATIONS} operations, not {len(tx.operations)}")
    try:
        out.account_id(tx.source)
        out.uint32(whole(tx.fee))
        out.int64(whole(tx.sequence))
        if tx.has_time_bounds:
            out.int32(1)
            out.uint64(whole(tx.min_time))
            out.uint64(whole(tx.max_time))
        elif tx.min_time or tx.max_time:
            raise ValueError("it has times although has_time_bounds is false")
        else:
            out.int32(0)
        if tx.memo is None:
            out.int32(0)
        else:
            memo = tx.memo.encode()
            if len(memo) > MEMO_BYTES:
                raise ValueError(f"the memo has {len(memo)} bytes, at most {MEMO_BYTES} are allowed")
            out.int32(1)
            out.variable(memo)
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
        out.int32(0)
    else:
        out.int32(1)
        out.account_id(operation.source)
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
        out.account_id(operation.destination)
        out.asset(operation.asset)
        out.int64(whole(operation.amount))
    elif kind is ChangeTrust:
        out.int32(CHANGE_TRUST)
        out.asset(operation.asset)
        out.int64(whole(operation.limit))
    elif kind is CreateAccount:
        out.int32(CREATE_ACCOUNT)
        out.account_id(operation.destination)
        out.int64(whole(operation.starting_balance))
    else:
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
    cdef bint bounded = False
    cdef unsigned long long min_time = 0, max_time = 0
    source = data.muxed_account()
    cdef unsigned int fee = data.uint32()
    cdef long long sequence = data.int64()
    kind = data.int32()
    if kind == 1:
        bounded = True
        min_time = data.uint64()
        max_time = data.uint64()
    elif kind == 2:
        raise UnsupportedXdr("preconditions v2 (ledger bounds, minimum sequence, …) are not modelled")
    elif kind != 0:
        raise data.malformed(f"precondition type {kind} does not exist")
    kind = data.int32()
    memo = None
    if kind == 1:
        text = data.variable(MEMO_BYTES)
        try:
            memo = text.decode()
        except UnicodeDecodeError:
            raise UnsupportedXdr(f"memo text {text!r} is not UTF-8") from None
    elif 2 <= kind <= 4:
        raise UnsupportedXdr(f"memo type {MEMOS[kind]} is not modelled")
    elif kind != 0:
        raise data.malformed(f"memo type {kind} does not exist")
    operations = []
    for i in range(data.count(MOST_OPERATIONS, 8)):
        operations.append(read_operation(data))
    kind = data.int32()
    if kind == 1:
        raise UnsupportedXdr("Soroban transaction data is not modelled")
    if kind != 0:
        raise data.malformed(f"transaction extension {kind} does not exist")
    return Transaction(source, fee, sequence, tuple(operations), min_time, max_time, memo, bounded)


cdef object read_operation(Reader data):
    cdef int kind, price_n, price_d
    cdef long long amount
    source = data.muxed_account() if data.boolean() else None
    kind = data.int32()
    if kind == MANAGE_SELL_OFFER or kind == MANAGE_BUY_OFFER or kind == CREATE_PASSIVE_SELL_OFFER:
        selling = data.asset()
        buying = data.asset()
        amount = data.int64()
        price_n = data.int32()
        price_d = data.int32()
        if kind == MANAGE_SELL_OFFER:
            return ManageSellOffer(selling, buying, amount, price_n, price_d, data.int64(), source)
        if kind == MANAGE_BUY_OFFER:
            return ManageBuyOffer(selling, buying, amount, price_n, price_d, data.int64(), source)
        return CreatePassiveSellOffer(selling, buying, amount, price_n, price_d, source)
    if kind == PAYMENT:
        destination = data.muxed_account()
        asset = data.asset()
        return Payment(destination, asset, data.int64(), source)
    if kind == CHANGE_TRUST:
        asset = data.asset()
        return ChangeTrust(asset, data.int64(), source)
    if kind == CREATE_ACCOUNT:
        destination = data.account_id()
        return CreateAccount(destination, data.int64(), source)
    if 0 <= kind < len(OPERATIONS):
        raise UnsupportedXdr(f"operation {OPERATIONS[kind]} is not modelled")
    raise data.malformed(f"operation type {kind} does not exist")
