"""ClawbackClaimableBalance: destroy a balance that was set aside on that condition.

References
----------
stellar-core, ``src/transactions/ClawbackClaimableBalanceOpFrame.cpp``.
"""

from typing import Final

from ...ledger.ledger_keys import ClaimableBalanceKey
from ...ledger.operations import ClawbackClaimableBalance
from ...ledger.results import OperationResult
from ..sponsorship import release_balance
from ..state import LedgerState

__all__ = ["SUCCESS", "apply", "check"]

NAME: Final = "clawback_claimable_balance"
SUCCESS: Final = OperationResult(NAME, "CLAWBACK_CLAIMABLE_BALANCE_SUCCESS")
DOES_NOT_EXIST: Final = OperationResult(NAME, "CLAWBACK_CLAIMABLE_BALANCE_DOES_NOT_EXIST")
NOT_ISSUER: Final = OperationResult(NAME, "CLAWBACK_CLAIMABLE_BALANCE_NOT_ISSUER")
NOT_ENABLED: Final = OperationResult(NAME, "CLAWBACK_CLAIMABLE_BALANCE_NOT_CLAWBACK_ENABLED")


def check(operation: ClawbackClaimableBalance, source: str) -> OperationResult | None:
    """Refuse nothing."""
    return None


def apply(operation: ClawbackClaimableBalance, source: str, state: LedgerState) -> OperationResult:
    """Destroy the balance, if it is of the source's credit."""
    balance = state.touch_claimable_balance(ClaimableBalanceKey(operation.balance_id))
    if balance is None:
        return DOES_NOT_EXIST
    if balance.asset.issuer != source:
        return NOT_ISSUER
    if not balance.clawback_enabled:
        return NOT_ENABLED
    state.touch_account(source)
    release_balance(state, balance)
    state.remove_entry(balance)
    return SUCCESS
