"""AccountMerge: give all lumens to another account, and be gone.

References
----------
stellar-core, ``src/transactions/MergeOpFrame.cpp``.
"""

from typing import Final

from ...ledger.asset import NATIVE
from ...ledger.operations import AccountMerge
from ...ledger.results import OperationResult
from ..crossing import remove_subentry
from ..holding import hold
from ..sponsorship import ACCOUNT_RESERVES, stop_sponsoring
from ..state import LedgerState

__all__ = ["UNTOUCHED", "apply", "check"]

AUTH_IMMUTABLE: Final = 4
UNTOUCHED: Final = OperationResult("account_merge", "ACCOUNT_MERGE_SUCCESS", merged_balance=0)


def refuse(code: str) -> OperationResult:
    """Return a result with one of the operation's own codes."""
    return OperationResult("account_merge", f"ACCOUNT_MERGE_{code}")


def check(operation: AccountMerge, source: str) -> OperationResult | None:
    """Refuse a merge of an account into itself."""
    return refuse("MALFORMED") if operation.destination == source else None


def apply(operation: AccountMerge, source: str, state: LedgerState) -> OperationResult:
    """Remove the account with its signers; it must own and sponsor nothing else.

    A sequence number that a new account of this name could begin below is too far: transactions that were
    applied already could be applied again.
    """
    if operation.destination not in state.accounts:
        return refuse("NO_ACCOUNT")
    account = state.touch_account(source)
    if account is None:
        raise KeyError(f"account {source} is not on the ledger")
    if account.flags & AUTH_IMMUTABLE:
        return refuse("IMMUTABLE_SET")
    if account.subentries != len(account.signers):
        return refuse("HAS_SUB_ENTRIES")
    if max(account.sequence, state.last_sequences.get(source, 0)) >= state.ledger << 32:
        return refuse("SEQNUM_TOO_FAR")
    if account.sponsoring or source in state.sponsorships.values():
        return refuse("IS_SPONSOR")
    for _, _, sponsor in account.signers:
        remove_subentry(state, source, sponsor)
    account.signers = ()
    balance = account.balance
    receiving = hold(state, operation.destination, NATIVE)
    if receiving is None or not receiving.add(balance):
        return refuse("DEST_FULL")
    if account.sponsor is not None:
        stop_sponsoring(state, account.sponsor, ACCOUNT_RESERVES)
    state.remove_entry(account)
    return OperationResult("account_merge", "ACCOUNT_MERGE_SUCCESS", merged_balance=balance)
