"""Who took part in what: ids of transactions, operations, payments and effects, of each account and pool."""

from collections.abc import Container, Iterable

from ...ledger.ledger_keys import AccountKey, DataKey, OfferKey, SignerKey, TrustlineKey
from ...ledger.operations import (
    AllowTrust,
    BeginSponsoringFutureReserves,
    Clawback,
    CreateClaimableBalance,
    RevokeSponsorship,
    SetTrustLineFlags,
)
from .effects import affected_accounts
from .records import OperationRecord, TransactionRecord
from .timeline import Timeline

__all__ = ["Participation"]

EMPTY = Timeline()


class Participation:
    """Four families of timelines; the account ``None`` stands for everyone.

    As in Horizon, an account takes part in an operation if it is its source or is named by it, and in a
    transaction if it is its source, pays its fee or takes part in one of its operations. The maker whose
    offer is taken does not: it learns of it by its trades and effects. A liquidity pool or a claimable
    balance, by its id, takes part in what changes it, and the pool in all effects of that.
    """

    def __init__(self) -> None:
        self._pools: set[str] = set()
        self._transactions: dict[str | None, Timeline] = {}
        self._operations: dict[str | None, Timeline] = {}
        self._payments: dict[str | None, Timeline] = {}
        self._effects: dict[str | None, Timeline] = {}

    def add(self, record: TransactionRecord, operations: Iterable[OperationRecord]) -> None:
        """List a transaction and its operations under everyone who took part."""
        accounts: set[str | None] = {None, record.source, record.fee_account or None}
        for operation in operations:
            direct: set[str | None] = {None, *participants_of(operation)}
            pools = {change.pool.share.pool_id for change in operation.pools}
            self._pools |= pools
            balances = set() if operation.outcome is None else set(operation.outcome.balances)
            accounts |= direct | pools | balances
            _append(self._operations, direct | pools | balances, operation.id)
            if operation.is_payment:
                _append(self._payments, direct, operation.id)
            affected = affected_accounts(operation)
            if affected:
                _append(self._effects, {None, *affected, *pools}, operation.id)
        _append(self._transactions, accounts, record.id)

    def transactions(self, account: str | None) -> Timeline:
        """Return the ids of the transactions that an account, or anyone, took part in."""
        return self._transactions.get(account, EMPTY)

    def operations(self, account: str | None) -> Timeline:
        """Return the ids of the operations."""
        return self._operations.get(account, EMPTY)

    def payments(self, account: str | None) -> Timeline:
        """Return the ids of the operations that paid, created or merged an account."""
        return self._payments.get(account, EMPTY)

    def effects(self, account: str | None) -> Timeline:
        """Return the ids of the operations that had an effect on the account."""
        return self._effects.get(account, EMPTY)

    def knows(self, account: str) -> bool:
        """Tell whether the account took part in any transaction."""
        return account in self._transactions

    def is_pool(self, name: str) -> bool:
        """Tell whether a pool of this id took part in anything."""
        return name in self._pools

    def reap(self, id: int) -> None:
        """Drop what is older than an id; who took part in it stays known."""
        for family in (self._transactions, self._operations, self._payments, self._effects):
            for line in family.values():
                line.forget_before(id)

    def forget_before(self, id: int, residents: Container[str], own_id: int) -> None:
        """Drop what is older than an id; of accounts that are not residents, what is older than another."""
        for family in (self._transactions, self._operations, self._payments, self._effects):
            emptied = [
                name
                for name, line in family.items()
                if not line.forget_before(own_id if self._is_own(name, residents) else id)
            ]
            for name in emptied:
                del family[name]
        self._pools &= self._transactions.keys()

    def _is_own(self, name: str | None, residents: Container[str]) -> bool:
        return name is not None and name not in residents and name not in self._pools


def participants_of(record: OperationRecord) -> set[str]:
    """Return the accounts that an operation is of, names, or has paid a reserve by."""
    operation, found = record.operation, {record.source}
    match operation:
        case AllowTrust() | SetTrustLineFlags():
            found.add(operation.trustor)
        case Clawback():
            found.add(operation.holder)
        case CreateClaimableBalance():
            found |= {claimant.destination for claimant in operation.claimants}
        case BeginSponsoringFutureReserves():
            found.add(operation.sponsored)
        case RevokeSponsorship(OfferKey(seller)):
            found.add(seller)
        case RevokeSponsorship(AccountKey() | TrustlineKey() | DataKey() | SignerKey() as key):
            found.add(key.account)
        case _:
            destination = getattr(operation, "destination", None)
            if destination is not None:
                found.add(destination)
    if record.begin_sponsor is not None:
        found.add(record.begin_sponsor[0])
    if record.sponsor is not None:
        found.add(record.sponsor)
    return found


def _append(family: dict[str | None, Timeline], accounts: Iterable[str | None], id: int) -> None:
    for account in accounts:
        line = family.get(account)
        if line is None:
            line = family[account] = Timeline()
        line.append(id)
