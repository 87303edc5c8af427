"""Who pays the reserves of entries: their owner, or an account that sponsors them.

References
----------
stellar-core, ``src/transactions/SponsorshipUtils.cpp``.
"""

from typing import Final, Literal

from ..ledger.asset import NATIVE
from ..ledger.liquidity_pool import PoolShare
from ..ledger.results import OperationResult
from .claimable_balance import ClaimableBalance
from .data_entry import DataEntry
from .entries import Account, Offer, Trustline
from .holding import hold
from .pool_shares import SHARE_RESERVES
from .state import LedgerState

__all__ = [
    "ACCOUNT_RESERVES",
    "Refusal",
    "Sponsorable",
    "move_sponsorship",
    "release_balance",
    "reserves_of",
    "sponsor_balance",
    "start_sponsoring",
    "stop_sponsoring",
]

ACCOUNT_RESERVES: Final = 2
MOST_SPONSORING: Final = 2**32 - 1
TOO_MANY_SPONSORING: Final = OperationResult("", "opTOO_MANY_SPONSORING")

Sponsorable = Account | Trustline | Offer | DataEntry | ClaimableBalance
Refusal = OperationResult | Literal["low reserve"] | None
"""What forbids it; ``"low reserve"`` stands for the operation's own code."""


def reserves_of(entry: Sponsorable) -> int:
    """Return how many base reserves an entry takes."""
    if isinstance(entry, ClaimableBalance):
        return len(entry.claimants)
    if isinstance(entry, Account):
        return ACCOUNT_RESERVES
    return SHARE_RESERVES if isinstance(entry, Trustline) and isinstance(entry.asset, PoolShare) else 1


def start_sponsoring(state: LedgerState, sponsor: str, reserves: int) -> Refusal:
    """Let an account pay for entries, if it can."""
    lumens = hold(state, sponsor, NATIVE)
    account = state.touch_account(sponsor)
    if lumens is None or account is None:
        raise KeyError(f"account {sponsor} is not on the ledger")
    if lumens.available() < reserves * state.base_reserve:
        return "low reserve"
    if account.sponsoring + account.subentries + reserves > MOST_SPONSORING:
        return TOO_MANY_SPONSORING
    account.sponsoring += reserves
    return None


def stop_sponsoring(state: LedgerState, sponsor: str, reserves: int) -> None:
    """Give an account back what it paid."""
    account = state.touch_account(sponsor)
    if account is None:
        raise KeyError(f"account {sponsor} is not on the ledger")
    account.sponsoring -= reserves


def move_sponsorship(
    state: LedgerState, owner: str | None, old: str | None, new: str | None, reserves: int
) -> Refusal:
    """Let another account pay for what `owner` has: no one but the owner if `new` is None.

    A claimable balance has no owner. An owner whose own count of reserves stays is not modified.
    """
    if new is not None:
        refused = start_sponsoring(state, new, reserves)
        if refused is not None:
            return refused
        account = None if owner is None or old is not None else state.touch_account(owner)
        if account is not None:
            account.sponsored += reserves
    elif old is not None and owner is not None:
        lumens, account = hold(state, owner, NATIVE), state.touch_account(owner)
        if lumens is None or account is None or lumens.available() < reserves * state.base_reserve:
            return "low reserve"
        account.sponsored -= reserves
    if old is not None:
        stop_sponsoring(state, old, reserves)
    return None


def sponsor_balance(state: LedgerState, source: str, balance: ClaimableBalance) -> Refusal:
    """Let a balance be paid for by whoever sponsors `source`, or else by itself."""
    balance.sponsor = state.sponsorships.get(source, source)
    return start_sponsoring(state, balance.sponsor, reserves_of(balance))


def release_balance(state: LedgerState, balance: ClaimableBalance) -> None:
    """Give whoever pays for a balance its reserve back, as it goes."""
    if balance.sponsor is not None:
        stop_sponsoring(state, balance.sponsor, reserves_of(balance))
