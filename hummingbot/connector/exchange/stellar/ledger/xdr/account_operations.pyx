"""Bodies of the operations on accounts and by issuers, in ``OperationBody`` of Stellar-transaction.x."""

from hummingbot.connector.exchange.stellar.ledger.account_operations import (
    AccountMerge,
    BumpSequence,
    ManageData,
    SetOptions,
    Signer,
)
from hummingbot.connector.exchange.stellar.ledger.issuer_operations import (
    AllowTrust,
    Clawback,
    SetTrustLineFlags,
)
from .wire import UnsupportedXdr

from .reader cimport Reader
from .wire cimport whole
from .writer cimport Writer

cdef enum:
    SET_OPTIONS = 5
    ALLOW_TRUST = 7
    ACCOUNT_MERGE = 8
    MANAGE_DATA = 10
    BUMP_SEQUENCE = 11
    CLAWBACK = 19
    SET_TRUST_LINE_FLAGS = 21
    CODE_4 = 1
    CODE_12 = 2
    DOMAIN_BYTES = 32
    DATA_BYTES = 64


cdef bint write_account_operation(Writer out, object operation) except -1:
    """Write an operation of this family from its type on; tell whether it is one."""
    kind = type(operation)
    if kind is SetOptions:
        out.int32(SET_OPTIONS)
        write_options(out, operation)
    elif kind is SetTrustLineFlags:
        out.int32(SET_TRUST_LINE_FLAGS)
        out.account_id(operation.trustor)
        out.asset(operation.asset)
        out.uint32(whole(operation.clear_flags))
        out.uint32(whole(operation.set_flags))
    elif kind is AllowTrust:
        out.int32(ALLOW_TRUST)
        out.account_id(operation.trustor)
        write_code(out, operation.code)
        out.uint32(whole(operation.authorize))
    elif kind is Clawback:
        out.int32(CLAWBACK)
        out.asset(operation.asset)
        out.muxed_account(operation.holder, operation.holder_id)
        out.int64(whole(operation.amount))
    elif kind is ManageData:
        out.int32(MANAGE_DATA)
        out.text(operation.name, DATA_BYTES, "name")
        out.int32(0 if operation.value is None else 1)
        if operation.value is not None:
            out.bounded(operation.value, DATA_BYTES, "value")
    elif kind is BumpSequence:
        out.int32(BUMP_SEQUENCE)
        out.int64(whole(operation.bump_to))
    elif kind is AccountMerge:
        out.int32(ACCOUNT_MERGE)
        out.muxed_account(operation.destination, operation.destination_id)
    else:
        return False
    return True


cdef object read_account_operation(Reader data, int kind, object source, object source_id):
    """Read the body of an operation of this family; None if it is of another."""
    cdef unsigned int clear_flags
    if kind == SET_OPTIONS:
        return read_options(data, source, source_id)
    if kind == SET_TRUST_LINE_FLAGS:
        trustor = data.account_id()
        asset = data.asset()
        clear_flags = data.uint32()
        return SetTrustLineFlags(trustor, asset, clear_flags, data.uint32(), source, source_id)
    if kind == ALLOW_TRUST:
        trustor = data.account_id()
        code = read_code(data)
        return AllowTrust(trustor, code, data.uint32(), source, source_id)
    if kind == CLAWBACK:
        asset = data.asset()
        holder = data.muxed_account()
        holder_id = data.muxed_id
        return Clawback(asset, holder, data.int64(), source, source_id, holder_id)
    if kind == MANAGE_DATA:
        name = data.text(DATA_BYTES)
        return ManageData(name, data.variable(DATA_BYTES) if data.boolean() else None, source, source_id)
    if kind == BUMP_SEQUENCE:
        return BumpSequence(data.int64(), source, source_id)
    if kind == ACCOUNT_MERGE:
        destination = data.muxed_account()
        return AccountMerge(destination, source, source_id, data.muxed_id)
    return None


cdef int write_options(Writer out, object options) except -1:
    out.int32(0 if options.inflation_destination is None else 1)
    if options.inflation_destination is not None:
        out.account_id(options.inflation_destination)
    for number in (
        options.clear_flags,
        options.set_flags,
        options.master_weight,
        options.low_threshold,
        options.medium_threshold,
        options.high_threshold,
    ):
        out.int32(0 if number is None else 1)
        if number is not None:
            out.uint32(whole(number))
    out.int32(0 if options.home_domain is None else 1)
    if options.home_domain is not None:
        out.text(options.home_domain, DOMAIN_BYTES, "home domain")
    out.int32(0 if options.signer is None else 1)
    if options.signer is not None:
        out.signer_key(options.signer.key)
        out.uint32(whole(options.signer.weight))
    return 0


cdef object read_options(Reader data, object source, object source_id):
    cdef int i
    inflation_destination = data.account_id() if data.boolean() else None
    numbers = []
    for i in range(6):
        numbers.append(data.uint32() if data.boolean() else None)
    home_domain = data.text(DOMAIN_BYTES) if data.boolean() else None
    signer = None
    if data.boolean():
        key = data.signer_key()
        signer = Signer(key, data.uint32())
    return SetOptions(inflation_destination, *numbers, home_domain, signer, source, source_id)


cdef int write_code(Writer out, str code) except -1:
    cdef bytes raw = code.encode("ascii")
    if not 1 <= len(raw) <= 12:
        raise ValueError(f"asset code {code!r} is not 1 to 12 letters or digits")
    out.int32(CODE_4 if len(raw) <= 4 else CODE_12)
    return out.opaque(raw.ljust(4 if len(raw) <= 4 else 12, b"\0"))


cdef str read_code(Reader data):
    cdef int kind = data.int32()
    cdef bytes code
    if kind != CODE_4 and kind != CODE_12:
        raise data.malformed(f"asset code type {kind} does not exist")
    code = data.opaque(4 if kind == CODE_4 else 12).rstrip(b"\0")
    if not code.isalnum() or (kind == CODE_12 and len(code) <= 4):
        raise UnsupportedXdr(f"asset code {code!r} is not valid: the network refuses it as malformed")
    return code.decode("ascii")
