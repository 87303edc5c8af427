"""Payment: send an asset to an account.

The destination is credited before the source is debited: a payment to oneself can be of more than one owns.

References
----------
stellar-core, ``src/transactions/PaymentOpFrame.cpp``, ``PathPaymentOpFrameBase.cpp``.
"""

from typing import Final

from ...ledger.operations import Payment
from ...ledger.results import OperationResult
from ..holding import hold
from ..state import LedgerState

__all__ = ["SUCCESS", "apply", "check"]

SUCCESS: Final = OperationResult("payment", "PAYMENT_SUCCESS")
MALFORMED: Final = OperationResult("payment", "PAYMENT_MALFORMED")
NO_DESTINATION: Final = OperationResult("payment", "PAYMENT_NO_DESTINATION")
NO_TRUST: Final = OperationResult("payment", "PAYMENT_NO_TRUST")
NOT_AUTHORIZED: Final = OperationResult("payment", "PAYMENT_NOT_AUTHORIZED")
LINE_FULL: Final = OperationResult("payment", "PAYMENT_LINE_FULL")
SRC_NO_TRUST: Final = OperationResult("payment", "PAYMENT_SRC_NO_TRUST")
SRC_NOT_AUTHORIZED: Final = OperationResult("payment", "PAYMENT_SRC_NOT_AUTHORIZED")
UNDERFUNDED: Final = OperationResult("payment", "PAYMENT_UNDERFUNDED")


def check(operation: Payment, source: str) -> OperationResult | None:
    """Refuse an amount that is not positive."""
    return MALFORMED if operation.amount <= 0 else None


def apply(operation: Payment, source: str, state: LedgerState) -> OperationResult:
    """Move the amount; a credit can always go back to its issuer, even one that no longer exists."""
    asset, destination, amount = operation.asset, operation.destination, operation.amount
    if asset.is_native and destination == source:
        return SUCCESS
    if asset.issuer != destination and destination not in state.accounts:
        return NO_DESTINATION
    receiving = hold(state, destination, asset)
    if receiving is None:
        return NO_TRUST
    if not receiving.is_authorized():
        return NOT_AUTHORIZED
    if not receiving.add(amount):
        return LINE_FULL
    sending = hold(state, source, asset)
    if sending is None:
        return SRC_NO_TRUST
    if not sending.is_authorized():
        return SRC_NOT_AUTHORIZED
    if not sending.add(-amount):
        return UNDERFUNDED
    return SUCCESS
