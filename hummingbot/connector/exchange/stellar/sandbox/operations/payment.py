"""Payment: send an asset to an account.

The destination is credited before the source is debited: a payment to oneself can be of more than one owns.

References
----------
stellar-core, ``src/transactions/PaymentOpFrame.cpp``, ``PathPaymentOpFrameBase.cpp``.
"""

from typing import Final

from ...ledger.operations import Payment
from ...ledger.results import OperationResult
from ..state import LedgerState
from ..transfers import credit, debit, is_return

__all__ = ["SUCCESS", "apply", "check"]

SUCCESS: Final = OperationResult("payment", "PAYMENT_SUCCESS")
MALFORMED: Final = OperationResult("payment", "PAYMENT_MALFORMED")


def check(operation: Payment, source: str) -> OperationResult | None:
    """Refuse an amount that is not positive."""
    return MALFORMED if operation.amount <= 0 else None


def apply(operation: Payment, source: str, state: LedgerState) -> OperationResult:
    """Move the amount; a credit can always go back to its issuer, even one that no longer exists."""
    asset, destination, amount = operation.asset, operation.destination, operation.amount
    if asset.is_native and destination == source:
        return SUCCESS
    if not is_return(asset, destination) and destination not in state.accounts:
        return refusal("NO_DESTINATION")
    code = credit(state, destination, asset, amount) or debit(state, source, asset, amount)
    return SUCCESS if code is None else refusal(code)


def refusal(code: str) -> OperationResult:
    """Return the result with one of the operation's own codes."""
    return OperationResult("payment", f"PAYMENT_{code}")
