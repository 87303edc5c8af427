"""ClaimClaimableBalance: take what was set aside.

References
----------
stellar-core, ``src/transactions/ClaimClaimableBalanceOpFrame.cpp``.
"""

from typing import Final

from ...ledger.claimable_balances import And, BeforeAbsoluteTime, ClaimClaimableBalance, Not, Or, Predicate
from ...ledger.ledger_keys import ClaimableBalanceKey
from ...ledger.results import OperationResult
from ..frozen_keys import is_line_frozen
from ..holding import hold
from ..sponsorship import release_balance
from ..state import LedgerState

__all__ = ["SUCCESS", "apply", "check"]

NAME: Final = "claim_claimable_balance"
SUCCESS: Final = OperationResult(NAME, "CLAIM_CLAIMABLE_BALANCE_SUCCESS")


def refuse(code: str) -> OperationResult:
    """Return a result with one of the operation's own codes."""
    return OperationResult(NAME, f"CLAIM_CLAIMABLE_BALANCE_{code}")


def check(operation: ClaimClaimableBalance, source: str) -> OperationResult | None:
    """Refuse nothing."""
    return None


def apply(operation: ClaimClaimableBalance, source: str, state: LedgerState) -> OperationResult:
    """Give the balance to a claimant whose condition holds as the ledger closes."""
    balance = state.touch_claimable_balance(ClaimableBalanceKey(operation.balance_id))
    if balance is None:
        return refuse("DOES_NOT_EXIST")
    own = (one.predicate for one in balance.claimants if one.destination == source)
    if not any(holds(predicate, state.close_time) for predicate in own):
        return refuse("CANNOT_CLAIM")
    if is_line_frozen(state, source, balance.asset):
        return refuse("TRUSTLINE_FROZEN")
    receiving = hold(state, source, balance.asset)
    if receiving is None:
        return refuse("NO_TRUST")
    if not receiving.is_authorized():
        return refuse("NOT_AUTHORIZED")
    if not receiving.add(balance.amount):
        return refuse("LINE_FULL")
    state.touch_account(source)
    release_balance(state, balance)
    state.remove_entry(balance)
    return SUCCESS


def holds(predicate: Predicate | None, close_time: int) -> bool:
    """Tell whether a condition holds in a ledger; its times are absolute by now."""
    match predicate:
        case And(parts):
            return all(holds(part, close_time) for part in parts)
        case Or(parts):
            return any(holds(part, close_time) for part in parts)
        case Not(part):
            return not holds(part, close_time)
        case BeforeAbsoluteTime(time):
            return time > close_time
        case _:
            return True
