"""Results: ``TransactionResult`` of Stellar-transaction.x.

Results of every operation of the protocol are read at least to their name and code; trades are read to their
claims wherever they occur. Written is what `ledger.results` holds whole: the operations of `ledger.operations`,
and every other outcome without a payload of its own.
"""

from hummingbot.connector.exchange.stellar.ledger.results import (
    ClaimAtom,
    Delivery,
    OfferRecord,
    OperationResult,
    TransactionResult,
)

from .codes import OPERATION_CODES, OPERATIONS, RESULT_CODES, TRANSACTION_CODES
from .wire import UnsupportedXdr, XdrError

from .reader cimport Reader
from .wire cimport filled, whole
from .writer cimport Writer

cdef enum:
    FEE_BUMP_INNER_SUCCESS = 1
    FEE_BUMP_INNER_FAILED = -13
    SUCCESS = 0
    FAILED = -1
    OP_INNER = 0
    PATH_PAYMENT_STRICT_RECEIVE = 2
    MANAGE_SELL_OFFER = 3
    CREATE_PASSIVE_SELL_OFFER = 4
    ACCOUNT_MERGE = 8
    INFLATION = 9
    MANAGE_BUY_OFFER = 12
    PATH_PAYMENT_STRICT_SEND = 13
    CREATE_CLAIMABLE_BALANCE = 14
    INVOKE_HOST_FUNCTION = 24
    PATH_PAYMENT_NO_ISSUER = -9
    CLAIM_V0 = 0
    CLAIM_ORDER_BOOK = 1
    CLAIM_POOL = 2
    OFFER_DELETED = 2
    PASSIVE = 1
    ANY = 0x7FFFFFFF

cdef tuple EFFECTS = ("CREATED", "UPDATED", "DELETED")
cdef dict _TYPE = {name: number for number, name in enumerate(OPERATIONS)}
cdef dict _OPERATION_CODE = {name: -number for number, name in enumerate(OPERATION_CODES)}
cdef dict _TRANSACTION_CODE = {name: 1 - number for number, name in enumerate(TRANSACTION_CODES)}
cdef tuple _RESULT_CODE = tuple([{name: -number for number, name in enumerate(codes)} for codes in RESULT_CODES])
cdef tuple _OPERATIONS = OPERATIONS
cdef tuple _TRANSACTION_CODES = TRANSACTION_CODES
cdef tuple _REFUSED = tuple([OperationResult("", code) for code in OPERATION_CODES])
cdef tuple _PLAIN = tuple(
    [tuple([OperationResult(name, code) for code in codes]) for name, codes in zip(OPERATIONS, RESULT_CODES)]
)


def decode_result(bytes xdr not None) -> TransactionResult:
    cdef Reader data = Reader(xdr)
    cdef long long fee = data.int64()
    cdef int code = data.int32()
    cdef int outer_code = code
    cdef long long inner_fee
    if code == FEE_BUMP_INNER_SUCCESS or code == FEE_BUMP_INNER_FAILED:
        inner_hash = data.opaque(32)
        inner_fee = data.int64()
        code = data.int32()
        if code == FEE_BUMP_INNER_SUCCESS or code == FEE_BUMP_INNER_FAILED:
            raise data.malformed("a fee bump inside a fee bump")
        if (outer_code == FEE_BUMP_INNER_SUCCESS) != (code == SUCCESS):
            raise data.malformed(f"a fee bump of code {outer_code} around a result of code {code}")
        inner = read_outcome(data, fee, code)
        data.void_extension("an inner transaction result")
        result = TransactionResult(fee, inner.code, inner.operations, inner_hash, inner_fee)
    else:
        result = read_outcome(data, fee, code)
    data.void_extension("a transaction result")
    data.end("result")
    return result


def encode_result(result) -> bytes:
    cdef Writer out = Writer()
    cdef object code = _TRANSACTION_CODE.get(result.code)
    if code is None or code == FEE_BUMP_INNER_SUCCESS or code == FEE_BUMP_INNER_FAILED:
        raise XdrError(f"transaction code {result.code!r} cannot be written: expected txSUCCESS, txFAILED, …")
    try:
        out.int64(whole(result.fee_charged))
        if result.inner_hash is not None:
            if len(result.inner_hash) != 32:
                raise ValueError(f"a hash has 32 bytes, not {len(result.inner_hash)}")
            out.int32(FEE_BUMP_INNER_SUCCESS if code == SUCCESS else FEE_BUMP_INNER_FAILED)
            out.opaque(result.inner_hash)
            out.int64(whole(result.inner_fee))
        out.int32(code)
        if code == SUCCESS or code == FAILED:
            out.uint32(len(result.operations))
            for operation in result.operations:
                write_operation(out, operation)
        elif result.operations:
            raise ValueError(f"{result.code} has no operation results, yet {len(result.operations)} were given")
    except (ValueError, OverflowError, TypeError, AttributeError) as error:
        if isinstance(error, UnsupportedXdr):
            raise
        raise XdrError(f"{result!r} cannot be written as XDR: {error}") from error
    out.int32(0)
    if result.inner_hash is not None:
        out.int32(0)
    return out.getvalue()


cdef object read_outcome(Reader data, long long fee, int code):
    cdef Py_ssize_t i
    if code > 0 or code < 2 - <int>len(_TRANSACTION_CODES):
        raise UnsupportedXdr(f"transaction result code {code} is newer than this codec")
    if code != SUCCESS and code != FAILED:
        return TransactionResult(fee, _TRANSACTION_CODES[1 - code])
    operations = []
    for i in range(data.count(ANY, 4)):
        operations.append(read_operation(data))
    return TransactionResult(fee, _TRANSACTION_CODES[1 - code], tuple(operations))


cdef object read_operation(Reader data):
    cdef int code = data.int32()
    cdef int kind
    cdef tuple outcomes
    if code != OP_INNER:
        if code > 0 or code <= -<int>len(_REFUSED):
            raise UnsupportedXdr(f"operation code {code} is newer than this codec")
        return _REFUSED[-code]
    kind = data.int32()
    if kind < 0 or kind >= len(_OPERATIONS):
        raise UnsupportedXdr(f"operation type {kind} is newer than this codec")
    outcomes = <tuple>_PLAIN[kind]
    code = data.int32()
    if code > 0 or code <= -<int>len(outcomes):
        raise UnsupportedXdr(f"result code {code} of {_OPERATIONS[kind]} is newer than this codec")
    plain = outcomes[-code]
    if code == SUCCESS:
        if kind == MANAGE_SELL_OFFER or kind == MANAGE_BUY_OFFER or kind == CREATE_PASSIVE_SELL_OFFER:
            return read_offer_success(data, plain.operation, plain.code)
        if kind == PATH_PAYMENT_STRICT_SEND or kind == PATH_PAYMENT_STRICT_RECEIVE:
            claims = read_claims(data)
            destination = data.account_id()
            asset = data.asset()
            delivery = Delivery(destination, asset, data.int64())
            return OperationResult(plain.operation, plain.code, claims, delivery=delivery)
        if kind == ACCOUNT_MERGE:
            return OperationResult(plain.operation, plain.code, merged_balance=data.int64())
        if kind == CREATE_CLAIMABLE_BALANCE:
            return OperationResult(plain.operation, plain.code, balance_id=data.balance_id())
        skip_success(data, kind)
    elif code == PATH_PAYMENT_NO_ISSUER and (
        kind == PATH_PAYMENT_STRICT_SEND or kind == PATH_PAYMENT_STRICT_RECEIVE
    ):
        return OperationResult(plain.operation, plain.code, no_issuer=data.asset())
    return plain


cdef int skip_success(Reader data, int kind) except -1:
    """Pass over what the success arm of another operation carries."""
    cdef Py_ssize_t i
    if kind == INVOKE_HOST_FUNCTION:
        data.take(32)
    elif kind == INFLATION:
        for i in range(data.count(ANY, 44)):
            data.account_id()
            data.int64()
    return 0


cdef tuple read_claims(Reader data):
    cdef Py_ssize_t i, total = data.count(ANY, 60)
    if total == 0:
        return ()
    claims = []
    for i in range(total):
        claims.append(read_claim(data))
    return tuple(claims)


cdef object read_claim(Reader data):
    cdef int kind = data.int32()
    cdef long long offer_id = 0, amount_sold
    if kind == CLAIM_ORDER_BOOK:
        seller = data.account_id()
        offer_id = data.int64()
    elif kind == CLAIM_POOL:
        seller = data.opaque(32).hex()
    elif kind == CLAIM_V0:
        seller = data.key()
        offer_id = data.int64()
    else:
        raise data.malformed(f"claim type {kind} does not exist")
    sold = data.asset()
    amount_sold = data.int64()
    bought = data.asset()
    return filled(ClaimAtom, (seller, offer_id, sold, amount_sold, bought, data.int64(), kind == CLAIM_POOL))


cdef object read_offer_success(Reader data, str operation, str code):
    cdef tuple claims = read_claims(data)
    cdef int effect = data.int32()
    cdef long long offer_id, amount
    cdef int price_n, price_d
    cdef unsigned int flags
    if effect == OFFER_DELETED:
        return filled(OperationResult, (operation, code, claims, "DELETED"))
    if effect != 0 and effect != 1:
        raise data.malformed(f"offer effect {effect} does not exist")
    seller = data.account_id()
    offer_id = data.int64()
    selling = data.asset()
    buying = data.asset()
    amount = data.int64()
    price_n = data.int32()
    price_d = data.int32()
    flags = data.uint32()
    if flags > PASSIVE:
        raise UnsupportedXdr(f"offer flags {flags} are newer than this codec")
    data.void_extension("an offer")
    offer = filled(
        OfferRecord, (seller, offer_id, selling, buying, amount, price_n, price_d, flags == PASSIVE)
    )
    return filled(OperationResult, (operation, code, claims, EFFECTS[effect], offer))


cdef int write_operation(Writer out, object result) except -1:
    cdef object op_code = _OPERATION_CODE.get(result.code)
    cdef object code
    cdef int kind
    if op_code is not None and op_code != OP_INNER:
        out.int32(op_code)
        return 0
    number = _TYPE.get(result.operation)
    if number is None:
        raise ValueError(f"operation {result.operation!r} does not exist")
    kind = number
    code = (<dict>_RESULT_CODE[kind]).get(result.code)
    if code is None:
        raise ValueError(f"operation {result.operation} has no result code {result.code!r}")
    out.int32(OP_INNER)
    out.int32(kind)
    out.int32(code)
    if code == SUCCESS:
        if kind == MANAGE_SELL_OFFER or kind == MANAGE_BUY_OFFER or kind == CREATE_PASSIVE_SELL_OFFER:
            write_offer_success(out, result)
        elif kind == ACCOUNT_MERGE:
            out.int64(whole(result.merged_balance))
        elif kind == CREATE_CLAIMABLE_BALANCE:
            out.balance_id(result.balance_id)
        elif kind == PATH_PAYMENT_STRICT_SEND or kind == PATH_PAYMENT_STRICT_RECEIVE:
            write_claims(out, result.claims)
            out.account_id(result.delivery.destination)
            out.asset(result.delivery.asset)
            out.int64(whole(result.delivery.amount))
        elif kind == INFLATION or kind == INVOKE_HOST_FUNCTION:
            raise UnsupportedXdr(f"the success of {result.operation} is read but not written by this codec")
    elif code == PATH_PAYMENT_NO_ISSUER and (
        kind == PATH_PAYMENT_STRICT_SEND or kind == PATH_PAYMENT_STRICT_RECEIVE
    ):
        out.asset(result.no_issuer)
    return 0


cdef int write_claims(Writer out, object claims) except -1:
    out.uint32(len(claims))
    for claim in claims:
        if claim.is_pool:
            pool = bytes.fromhex(claim.seller)
            if len(pool) != 32:
                raise ValueError(f"pool id {claim.seller!r} is not 64 hexadecimal digits")
            out.int32(CLAIM_POOL)
            out.opaque(pool)
        else:
            out.int32(CLAIM_ORDER_BOOK)
            out.account_id(claim.seller)
            out.int64(whole(claim.offer_id))
        out.asset(claim.sold)
        out.int64(whole(claim.amount_sold))
        out.asset(claim.bought)
        out.int64(whole(claim.amount_bought))
    return 0


cdef int write_offer_success(Writer out, object result) except -1:
    cdef str effect = result.effect
    write_claims(out, result.claims)
    if effect == "DELETED":
        if result.offer is not None:
            raise ValueError("a deleted offer leaves nothing behind, but an offer was given")
        out.int32(OFFER_DELETED)
        return 0
    if effect != "CREATED" and effect != "UPDATED":
        raise ValueError(f"effect {effect!r} is not CREATED, UPDATED or DELETED")
    offer = result.offer
    out.int32(0 if effect == "CREATED" else 1)
    out.account_id(offer.seller)
    out.int64(whole(offer.offer_id))
    out.asset(offer.selling)
    out.asset(offer.buying)
    out.int64(whole(offer.amount))
    out.int32(whole(offer.price_n))
    out.int32(whole(offer.price_d))
    out.uint32(PASSIVE if offer.passive else 0)
    out.int32(0)
    return 0
