"""Bodies of the path payments and of the operations on pools, in ``OperationBody`` of Stellar-transaction.x."""

from hummingbot.connector.exchange.stellar.ledger.liquidity_pool import (
    LiquidityPoolDeposit,
    LiquidityPoolWithdraw,
)
from hummingbot.connector.exchange.stellar.ledger.path_payments import (
    PathPaymentStrictReceive,
    PathPaymentStrictSend,
)

from .reader cimport Reader
from .wire cimport whole
from .writer cimport Writer

cdef enum:
    PATH_PAYMENT_STRICT_RECEIVE = 2
    PATH_PAYMENT_STRICT_SEND = 13
    LIQUIDITY_POOL_DEPOSIT = 22
    LIQUIDITY_POOL_WITHDRAW = 23
    MOST_IN_PATH = 5


cdef bint write_path_operation(Writer out, object operation) except -1:
    """Write an operation of this family from its type on; tell whether it is one."""
    kind = type(operation)
    if kind is PathPaymentStrictSend:
        out.int32(PATH_PAYMENT_STRICT_SEND)
        write_path_payment(out, operation, whole(operation.send_amount), whole(operation.dest_min))
    elif kind is PathPaymentStrictReceive:
        out.int32(PATH_PAYMENT_STRICT_RECEIVE)
        write_path_payment(out, operation, whole(operation.send_max), whole(operation.dest_amount))
    elif kind is LiquidityPoolDeposit:
        out.int32(LIQUIDITY_POOL_DEPOSIT)
        out.pool_id(operation.pool_id)
        out.int64(whole(operation.max_amount_a))
        out.int64(whole(operation.max_amount_b))
        out.int32(whole(operation.min_price_n))
        out.int32(whole(operation.min_price_d))
        out.int32(whole(operation.max_price_n))
        out.int32(whole(operation.max_price_d))
    elif kind is LiquidityPoolWithdraw:
        out.int32(LIQUIDITY_POOL_WITHDRAW)
        out.pool_id(operation.pool_id)
        out.int64(whole(operation.amount))
        out.int64(whole(operation.min_amount_a))
        out.int64(whole(operation.min_amount_b))
    else:
        return False
    return True


cdef object read_path_operation(Reader data, int kind, object source, object source_id):
    """Read the body of an operation of this family; None if it is of another."""
    cdef long long first, second
    cdef int min_n, min_d, max_n
    if kind == PATH_PAYMENT_STRICT_SEND or kind == PATH_PAYMENT_STRICT_RECEIVE:
        return read_path_payment(data, kind, source, source_id)
    if kind == LIQUIDITY_POOL_DEPOSIT:
        pool_id = data.pool_id()
        first = data.int64()
        second = data.int64()
        min_n = data.int32()
        min_d = data.int32()
        max_n = data.int32()
        return LiquidityPoolDeposit(
            pool_id, first, second, min_n, min_d, max_n, data.int32(), source, source_id)
    if kind == LIQUIDITY_POOL_WITHDRAW:
        pool_id = data.pool_id()
        first = data.int64()
        second = data.int64()
        return LiquidityPoolWithdraw(pool_id, first, second, data.int64(), source, source_id)
    return None


cdef int write_path_payment(Writer out, object operation, long long sent, long long received) except -1:
    out.asset(operation.send_asset)
    out.int64(sent)
    out.muxed_account(operation.destination, operation.destination_id)
    out.asset(operation.dest_asset)
    out.int64(received)
    if len(operation.path) > MOST_IN_PATH:
        raise ValueError(f"its path has {len(operation.path)} assets, at most {MOST_IN_PATH} are allowed")
    out.uint32(<unsigned int>len(operation.path))
    for asset in operation.path:
        out.asset(asset)
    return 0


cdef object read_path_payment(Reader data, int kind, object source, object source_id):
    cdef Py_ssize_t i
    cdef long long sent, received
    send_asset = data.asset()
    sent = data.int64()
    destination = data.muxed_account()
    destination_id = data.muxed_id
    dest_asset = data.asset()
    received = data.int64()
    path = []
    for i in range(data.count(MOST_IN_PATH, 4)):
        path.append(data.asset())
    operation = PathPaymentStrictSend if kind == PATH_PAYMENT_STRICT_SEND else PathPaymentStrictReceive
    return operation(
        send_asset, sent, destination, dest_asset, received, tuple(path), source, source_id, destination_id)
