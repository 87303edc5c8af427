"""Bodies of the operations on claimable balances and sponsored reserves, and the ledger keys they name."""

from hummingbot.connector.exchange.stellar.ledger.claimable_balances import (
    UNCONDITIONAL,
    And,
    BeforeAbsoluteTime,
    BeforeRelativeTime,
    Claimant,
    ClaimClaimableBalance,
    CreateClaimableBalance,
    Not,
    Or,
    Unconditional,
)
from hummingbot.connector.exchange.stellar.ledger.issuer_operations import ClawbackClaimableBalance
from hummingbot.connector.exchange.stellar.ledger.ledger_keys import (
    AccountKey,
    ClaimableBalanceKey,
    DataKey,
    OfferKey,
    SignerKey,
    TrustlineKey,
)
from hummingbot.connector.exchange.stellar.ledger.liquidity_pool import PoolShare
from hummingbot.connector.exchange.stellar.ledger.sponsorship_operations import (
    BeginSponsoringFutureReserves,
    EndSponsoringFutureReserves,
    RevokeSponsorship,
)
from .wire import UnsupportedXdr

from .reader cimport Reader
from .wire cimport whole
from .writer cimport Writer

cdef enum:
    CREATE_CLAIMABLE_BALANCE = 14
    CLAIM_CLAIMABLE_BALANCE = 15
    BEGIN_SPONSORING = 16
    END_SPONSORING = 17
    REVOKE_SPONSORSHIP = 18
    CLAWBACK_CLAIMABLE_BALANCE = 20
    REVOKE_ENTRY = 0
    REVOKE_SIGNER = 1
    KEY_ACCOUNT = 0
    KEY_TRUSTLINE = 1
    KEY_OFFER = 2
    KEY_DATA = 3
    KEY_CLAIMABLE_BALANCE = 4
    LAST_KEY = 9
    PREDICATE_UNCONDITIONAL = 0
    PREDICATE_AND = 1
    PREDICATE_OR = 2
    PREDICATE_NOT = 3
    PREDICATE_ABSOLUTE = 4
    PREDICATE_RELATIVE = 5
    MOST_CLAIMANTS = 10
    POOL_SHARE = 3
    POOL_ID = 32
    MOST_PREDICATES = 2
    DEEPEST = 64
    DATA_BYTES = 64


cdef bint write_reserve_operation(Writer out, object operation) except -1:
    """Write an operation of this family from its type on; tell whether it is one."""
    kind = type(operation)
    if kind is CreateClaimableBalance:
        out.int32(CREATE_CLAIMABLE_BALANCE)
        out.asset(operation.asset)
        out.int64(whole(operation.amount))
        write_claimants(out, operation.claimants)
    elif kind is ClaimClaimableBalance:
        out.int32(CLAIM_CLAIMABLE_BALANCE)
        out.balance_id(operation.balance_id)
    elif kind is BeginSponsoringFutureReserves:
        out.int32(BEGIN_SPONSORING)
        out.account_id(operation.sponsored)
    elif kind is EndSponsoringFutureReserves:
        out.int32(END_SPONSORING)
    elif kind is RevokeSponsorship:
        out.int32(REVOKE_SPONSORSHIP)
        write_target(out, operation.target)
    elif kind is ClawbackClaimableBalance:
        out.int32(CLAWBACK_CLAIMABLE_BALANCE)
        out.balance_id(operation.balance_id)
    else:
        return False
    return True


cdef object read_reserve_operation(Reader data, int kind, object source, object source_id):
    """Read the body of an operation of this family; None if it is of another."""
    cdef long long amount
    if kind == CREATE_CLAIMABLE_BALANCE:
        asset = data.asset()
        amount = data.int64()
        return CreateClaimableBalance(asset, amount, read_claimants(data), source, source_id)
    if kind == CLAIM_CLAIMABLE_BALANCE:
        return ClaimClaimableBalance(data.balance_id(), source, source_id)
    if kind == BEGIN_SPONSORING:
        return BeginSponsoringFutureReserves(data.account_id(), source, source_id)
    if kind == END_SPONSORING:
        return EndSponsoringFutureReserves(source, source_id)
    if kind == REVOKE_SPONSORSHIP:
        return RevokeSponsorship(read_target(data), source, source_id)
    if kind == CLAWBACK_CLAIMABLE_BALANCE:
        return ClawbackClaimableBalance(data.balance_id(), source, source_id)
    return None


cdef int write_target(Writer out, object target) except -1:
    kind = type(target)
    if kind is SignerKey:
        out.int32(REVOKE_SIGNER)
        out.account_id(target.account)
        return out.signer_key(target.key)
    out.int32(REVOKE_ENTRY)
    if kind is AccountKey:
        out.int32(KEY_ACCOUNT)
        out.account_id(target.account)
    elif kind is TrustlineKey:
        out.int32(KEY_TRUSTLINE)
        out.account_id(target.account)
        out.trusted(target.asset)
    elif kind is OfferKey:
        out.int32(KEY_OFFER)
        out.account_id(target.seller)
        out.int64(whole(target.offer_id))
    elif kind is DataKey:
        out.int32(KEY_DATA)
        out.account_id(target.account)
        out.text(target.name, DATA_BYTES, "name")
    elif kind is ClaimableBalanceKey:
        out.int32(KEY_CLAIMABLE_BALANCE)
        out.balance_id(target.balance_id)
    else:
        raise TypeError(f"{kind.__name__} does not name what can be sponsored")
    return 0


cdef object read_target(Reader data):
    cdef int kind = data.int32()
    if kind == REVOKE_SIGNER:
        account = data.account_id()
        return SignerKey(account, data.signer_key())
    if kind != REVOKE_ENTRY:
        raise data.malformed(f"sponsorship of type {kind} does not exist")
    kind = data.int32()
    if kind == KEY_ACCOUNT:
        return AccountKey(data.account_id())
    if kind == KEY_TRUSTLINE:
        account = data.account_id()
        return TrustlineKey(account, data.trusted())
    if kind == KEY_OFFER:
        account = data.account_id()
        return OfferKey(account, data.int64())
    if kind == KEY_DATA:
        account = data.account_id()
        return DataKey(account, data.text(DATA_BYTES))
    if kind == KEY_CLAIMABLE_BALANCE:
        return ClaimableBalanceKey(data.balance_id())
    if KEY_CLAIMABLE_BALANCE < kind <= LAST_KEY:
        raise UnsupportedXdr(f"ledger key type {kind} is not modelled: entries of it have no sponsor")
    raise data.malformed(f"ledger key type {kind} does not exist")


def claimants_xdr(claimants) -> bytes:
    out = Writer()
    write_claimants(out, claimants)
    return out.getvalue()


cdef int write_claimants(Writer out, object claimants) except -1:
    if len(claimants) > MOST_CLAIMANTS:
        raise ValueError(f"a balance has at most {MOST_CLAIMANTS} claimants, not {len(claimants)}")
    out.uint32(<unsigned int>len(claimants))
    for claimant in claimants:
        out.int32(0)
        out.account_id(claimant.destination)
        write_predicate(out, claimant.predicate)
    return 0


cdef tuple read_claimants(Reader data):
    cdef Py_ssize_t i
    claimants = []
    for i in range(data.count(MOST_CLAIMANTS, 12 + 32)):
        data.void_extension("a claimant")
        destination = data.account_id()
        claimants.append(Claimant(destination, read_predicate(data, 1)))
    return tuple(claimants)


cdef int write_predicate(Writer out, object predicate) except -1:
    kind = type(predicate)
    if kind is Unconditional:
        out.int32(PREDICATE_UNCONDITIONAL)
    elif kind is And or kind is Or:
        if len(predicate.predicates) > MOST_PREDICATES:
            raise ValueError(f"{kind.__name__} has at most 2 predicates, not {len(predicate.predicates)}")
        out.int32(PREDICATE_AND if kind is And else PREDICATE_OR)
        out.uint32(<unsigned int>len(predicate.predicates))
        for part in predicate.predicates:
            write_predicate(out, part)
    elif kind is Not:
        out.int32(PREDICATE_NOT)
        out.int32(0 if predicate.predicate is None else 1)
        if predicate.predicate is not None:
            write_predicate(out, predicate.predicate)
    elif kind is BeforeAbsoluteTime:
        out.int32(PREDICATE_ABSOLUTE)
        out.int64(whole(predicate.time))
    elif kind is BeforeRelativeTime:
        out.int32(PREDICATE_RELATIVE)
        out.int64(whole(predicate.seconds))
    else:
        raise TypeError(f"{predicate!r} is not a predicate")
    return 0


cdef object read_predicate(Reader data, int depth):
    cdef int kind = data.int32()
    cdef Py_ssize_t i
    if depth > DEEPEST:
        raise UnsupportedXdr(f"predicates nested more than {DEEPEST} deep are not modelled: the network allows 4")
    if kind == PREDICATE_UNCONDITIONAL:
        return UNCONDITIONAL
    if kind == PREDICATE_AND or kind == PREDICATE_OR:
        parts = []
        for i in range(data.count(MOST_PREDICATES, 4)):
            parts.append(read_predicate(data, depth + 1))
        return And(tuple(parts)) if kind == PREDICATE_AND else Or(tuple(parts))
    if kind == PREDICATE_NOT:
        return Not(read_predicate(data, depth + 1) if data.boolean() else None)
    if kind == PREDICATE_ABSOLUTE:
        return BeforeAbsoluteTime(data.int64())
    if kind == PREDICATE_RELATIVE:
        return BeforeRelativeTime(data.int64())
    raise data.malformed(f"predicate type {kind} does not exist")
