"""CreateClaimableBalance: set an amount aside for others to claim.

References
----------
stellar-core, ``src/transactions/CreateClaimableBalanceOpFrame.cpp``.
"""

from typing import Final

from ...ledger.asset import NATIVE
from ...ledger.claimable_balances import (
    And,
    BeforeAbsoluteTime,
    BeforeRelativeTime,
    Claimant,
    CreateClaimableBalance,
    Not,
    Or,
    Predicate,
)
from ...ledger.results import OperationResult
from ...ledger.xdr import operation_balance_id
from ..claimable_balance import ClaimableBalance
from ..holding import hold
from ..sponsorship import sponsor_balance
from ..state import LedgerState

__all__ = ["UNTOUCHED", "apply", "check"]

INT64_MAX: Final = 2**63 - 1
DEEPEST: Final = 4
ACCOUNT_CLAWBACK_ENABLED: Final = 8
LINE_CLAWBACK_ENABLED: Final = 4
NAME: Final = "create_claimable_balance"
UNTOUCHED: Final = OperationResult(NAME, "CREATE_CLAIMABLE_BALANCE_SUCCESS", balance_id="0" * 72)


def refuse(code: str) -> OperationResult:
    """Return a result with one of the operation's own codes."""
    return OperationResult(NAME, f"CREATE_CLAIMABLE_BALANCE_{code}")


def check(operation: CreateClaimableBalance, source: str) -> OperationResult | None:
    """Refuse an amount that is not positive, claimants that are missing or named twice, and conditions
    that cannot be."""
    names = {claimant.destination for claimant in operation.claimants}
    sound = (
        operation.amount > 0
        and 0 < len(names) == len(operation.claimants)
        and all(is_sound(claimant.predicate, 1) for claimant in operation.claimants)
    )
    return None if sound else refuse("MALFORMED")


def is_sound(predicate: Predicate | None, depth: int) -> bool:
    """Tell whether a condition is complete and nested four deep at most."""
    if depth > DEEPEST:
        return False
    match predicate:
        case None:
            return False
        case And(parts) | Or(parts):
            return len(parts) == 2 and all(is_sound(part, depth + 1) for part in parts)
        case Not(part):
            return is_sound(part, depth + 1)
        case BeforeAbsoluteTime(time):
            return time >= 0
        case BeforeRelativeTime(seconds):
            return seconds >= 0
        case _:
            return True


def apply(operation: CreateClaimableBalance, source: str, state: LedgerState) -> OperationResult:
    """Take the amount and reserve the balance, one base reserve a claimant."""
    asset = operation.asset
    state.touch_account(source)
    paying = hold(state, source, asset)
    if paying is None:
        return refuse("NO_TRUST")
    if not paying.is_authorized():
        return refuse("NOT_AUTHORIZED")
    if not paying.add(-operation.amount):
        return refuse("UNDERFUNDED")
    balance = ClaimableBalance(
        operation_balance_id(*state.origin),
        asset,
        operation.amount,
        tuple(
            Claimant(claimant.destination, made_absolute(claimant.predicate, state.close_time))
            for claimant in operation.claimants
        ),
        clawback_enabled=asset != NATIVE and can_be_clawed_back(operation, source, state),
    )
    refused = sponsor_balance(state, source, balance)
    if refused is not None:
        return refuse("LOW_RESERVE") if refused == "low reserve" else refused
    state.add_entry(balance)
    return OperationResult(NAME, "CREATE_CLAIMABLE_BALANCE_SUCCESS", balance_id=balance.balance_id)


def can_be_clawed_back(operation: CreateClaimableBalance, source: str, state: LedgerState) -> bool:
    """Tell whether the amount was given on that condition, or, by its issuer, is to be given on it."""
    line = state.trustlines.get((source, operation.asset))
    if line is not None:
        return bool(line.flags & LINE_CLAWBACK_ENABLED)
    return bool(state.accounts[source].flags & ACCOUNT_CLAWBACK_ENABLED)


def made_absolute(predicate: Predicate, close_time: int) -> Predicate:
    """Return a condition in which every time counts from 1970, instead of from the ledger."""
    match predicate:
        case And(parts):
            return And(tuple(made_absolute(part, close_time) for part in parts))
        case Or(parts):
            return Or(tuple(made_absolute(part, close_time) for part in parts))
        case Not(part):
            return Not(None if part is None else made_absolute(part, close_time))
        case BeforeRelativeTime(seconds):
            return BeforeAbsoluteTime(min(close_time + seconds, INT64_MAX))
        case _:
            return predicate
