"""Pre-authorized transactions: a signer ``T…`` agrees to one transaction, and is gone once that was tried.

References
----------
stellar-core, ``src/transactions/TransactionFrame.cpp`` (``removeOneTimeSignerFromAllSourceAccounts``).
"""

from collections.abc import Iterable

from ..ledger.strkey import decode_signer
from .closed import Change
from .entries import Account
from .state import LedgerState

__all__ = ["remove_one_time_signers"]


def remove_one_time_signers(state: LedgerState, accounts: Iterable[str], hash_: bytes) -> tuple[Change, ...]:
    """Remove the signers that agreed to the transaction of this hash; return what changed.

    Each gives its account a subentry back, or its sponsor the reserve.
    """
    found = [account for account in accounts if has_one_time_signer(state.accounts.get(account), hash_)]
    if not found:
        return ()
    state.begin()
    for name in found:
        account = state.touch_account(name)
        if account is None:
            continue
        for key, _, sponsor in account.signers:
            if agrees(key, hash_):
                account.subentries -= 1
                if sponsor is not None:
                    account.sponsored -= 1
                    paying = state.touch_account(sponsor)
                    if paying is not None:
                        paying.sponsoring -= 1
        account.signers = tuple(signer for signer in account.signers if not agrees(signer[0], hash_))
    return state.keep()


def has_one_time_signer(account: Account | None, hash_: bytes) -> bool:
    """Tell whether one of an account's signers agreed to the transaction of this hash."""
    return account is not None and any(agrees(key, hash_) for key, _, _ in account.signers)


def agrees(key: str, hash_: bytes) -> bool:
    """Tell whether a signer key is the hash of a transaction."""
    return key[0] == "T" and decode_signer(key) == hash_
