"""The reserve and the limit of what an account owns beside its lumens."""

from typing import Final, Literal

from ...ledger.asset import NATIVE
from ...ledger.results import OperationResult
from ..holding import hold
from ..state import LedgerState

__all__ = ["MAX_SUBENTRIES", "TOO_MANY_SUBENTRIES", "add_subentry"]

MAX_SUBENTRIES: Final = 1000
TOO_MANY_SUBENTRIES: Final = OperationResult("", "opTOO_MANY_SUBENTRIES")


def add_subentry(
    state: LedgerState, owner: str, reserves: int = 1
) -> OperationResult | Literal["low reserve"] | None:
    """Count one more entry of an account; return what forbids it, or None.

    ``"low reserve"`` stands for the operation's own code. `reserves` is how many base reserves the entry
    takes, each of them a subentry.
    """
    account = state.touch_account(owner)
    lumens = hold(state, owner, NATIVE)
    if account is None or lumens is None:
        raise KeyError(f"account {owner} is not on the ledger")
    if account.subentries > MAX_SUBENTRIES - reserves:
        return TOO_MANY_SUBENTRIES
    if lumens.available() < reserves * state.base_reserve:
        return "low reserve"
    account.subentries += reserves
    return None
