"""Ledger keys that the network has frozen: who must not be touched, and by which operation (CAP-77).

Frozen are accounts, for what they do and for their lumens, and trustlines of credits. Validators agree on it
by an upgrade of the network's configuration.

References
----------
CAP-0077; stellar-core, ``src/transactions`` (``doesAccessFrozenKey`` of each operation).
"""

from collections.abc import Callable, Iterator
from typing import Any, Final

from ..ledger.asset import Asset
from ..ledger.ledger_keys import AccountKey, SignerKey, TrustlineKey
from ..ledger.operations import (
    AccountMerge,
    AllowTrust,
    ChangeTrust,
    Clawback,
    CreateAccount,
    CreateClaimableBalance,
    CreatePassiveSellOffer,
    ManageBuyOffer,
    ManageSellOffer,
    Operation,
    PathPaymentStrictReceive,
    PathPaymentStrictSend,
    Payment,
    RevokeSponsorship,
    SetTrustLineFlags,
    Transaction,
)
from .state import LedgerState

__all__ = ["FREEZES", "FrozenKey", "is_accessed", "is_line_frozen"]

FREEZES: Final = 26
"""The protocol since which a network can freeze ledger keys."""

FrozenKey = str | tuple[str, Asset]
"""An account, or an account's trustline: what `LedgerState` keeps them under."""


def is_accessed(tx: Transaction, state: LedgerState) -> bool:
    """Tell whether a transaction touches what is frozen, as far as that shows before it is applied."""
    frozen = state.frozen
    if not frozen:
        return False
    return tx.source in frozen or any(
        key in frozen
        for operation in tx.operations
        for key in keys_of(operation, operation.source or tx.source)
    )


def is_line_frozen(state: LedgerState, account: str, *assets: Asset) -> bool:
    """Tell whether an account's trustline of one of the assets is frozen; lumens have none."""
    return any((account, asset) in state.frozen for asset in assets)


def keys_of(operation: Operation, source: str) -> Iterator[FrozenKey]:
    """Yield what must not be frozen for an operation of `source`."""
    yield source
    touched = TOUCHED.get(type(operation))
    if touched is not None:
        yield from touched(operation, source)


def holding(account: str, asset: Asset) -> FrozenKey:
    """Return where an account holds an asset."""
    return account if asset.is_native else (account, asset)


def offer(operation: Any, source: str) -> list[FrozenKey]:
    return [(source, operation.selling), (source, operation.buying)]


def path_payment(operation: Any, source: str) -> list[FrozenKey]:
    return [(source, operation.send_asset), holding(operation.destination, operation.dest_asset)]


def payment(operation: Payment, source: str) -> list[FrozenKey]:
    return [(source, operation.asset), holding(operation.destination, operation.asset)]


def change_trust(operation: ChangeTrust, source: str) -> list[FrozenKey]:
    return [(source, operation.asset)] if isinstance(operation.asset, Asset) else []


def revoke_sponsorship(operation: RevokeSponsorship, source: str) -> list[FrozenKey]:
    match operation.target:
        case AccountKey(account) | SignerKey(account):
            return [account]
        case TrustlineKey(account, Asset() as asset):
            return [(account, asset)]
    return []


TOUCHED: Final[dict[type, Callable[[Any, str], list[FrozenKey]]]] = {
    AccountMerge: lambda operation, _: [operation.destination],
    AllowTrust: lambda operation, source: [(operation.trustor, Asset(operation.code, source))],
    ChangeTrust: change_trust,
    Clawback: lambda operation, _: [(operation.holder, operation.asset)],
    CreateAccount: lambda operation, _: [operation.destination],
    CreateClaimableBalance: lambda operation, source: [(source, operation.asset)],
    CreatePassiveSellOffer: offer,
    ManageBuyOffer: offer,
    ManageSellOffer: offer,
    PathPaymentStrictReceive: path_payment,
    PathPaymentStrictSend: path_payment,
    Payment: payment,
    RevokeSponsorship: revoke_sponsorship,
    SetTrustLineFlags: lambda operation, _: [(operation.trustor, operation.asset)],
}
"""What an operation touches beside its source. Pools and claimable balances show theirs when applied."""
