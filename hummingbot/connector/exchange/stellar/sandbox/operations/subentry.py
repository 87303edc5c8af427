"""The reserve and the limit of what an account owns beside its lumens."""

from typing import Final

from ...ledger.asset import NATIVE
from ...ledger.results import OperationResult
from ..holding import hold
from ..sponsorship import Refusal, start_sponsoring
from ..state import LedgerState

__all__ = ["MAX_SUBENTRIES", "TOO_MANY_SUBENTRIES", "add_subentry"]

MAX_SUBENTRIES: Final = 1000
TOO_MANY_SUBENTRIES: Final = OperationResult("", "opTOO_MANY_SUBENTRIES")


def add_subentry(state: LedgerState, owner: str, reserves: int = 1) -> Refusal:
    """Count one more entry of an account, or a signer; return what forbids it, or None.

    Whoever sponsors the account pays for it. `reserves` is how many base reserves it takes, each of them a
    subentry.
    """
    account = state.touch_account(owner)
    lumens = hold(state, owner, NATIVE)
    if account is None or lumens is None:
        raise KeyError(f"account {owner} is not on the ledger")
    if account.subentries > MAX_SUBENTRIES - reserves:
        return TOO_MANY_SUBENTRIES
    sponsor = state.sponsorships.get(owner)
    if sponsor is not None:
        refused = start_sponsoring(state, sponsor, reserves)
        if refused is not None:
            return refused
        account.sponsored += reserves
    elif lumens.available() < reserves * state.base_reserve:
        return "low reserve"
    account.subentries += reserves
    return None
