"""Clawback: destroy a credit that its holder was given on that condition.

References
----------
stellar-core, ``src/transactions/ClawbackOpFrame.cpp``.
"""

from typing import Final

from ...ledger.operations import Clawback
from ...ledger.results import OperationResult
from ..state import LedgerState

__all__ = ["SUCCESS", "apply", "check"]

LINE_CLAWBACK_ENABLED: Final = 4
SUCCESS: Final = OperationResult("clawback", "CLAWBACK_SUCCESS")
MALFORMED: Final = OperationResult("clawback", "CLAWBACK_MALFORMED")
NO_TRUST: Final = OperationResult("clawback", "CLAWBACK_NO_TRUST")
NOT_CLAWBACK_ENABLED: Final = OperationResult("clawback", "CLAWBACK_NOT_CLAWBACK_ENABLED")
UNDERFUNDED: Final = OperationResult("clawback", "CLAWBACK_UNDERFUNDED")


def check(operation: Clawback, source: str) -> OperationResult | None:
    """Refuse what is not the source's own credit, a clawback from itself, and an amount below 1."""
    from_itself = operation.holder == source and operation.holder_id is None
    return MALFORMED if from_itself or operation.amount < 1 or operation.asset.issuer != source else None


def apply(operation: Clawback, source: str, state: LedgerState) -> OperationResult:
    """Take the amount, whether the line is authorized or not, but not what its offers have promised."""
    line = state.trustlines.get((operation.holder, operation.asset))
    if line is None:
        return NO_TRUST
    if not line.flags & LINE_CLAWBACK_ENABLED:
        return NOT_CLAWBACK_ENABLED
    if line.balance - line.selling_liabilities < operation.amount:
        return UNDERFUNDED
    touched = state.touch_trustline(operation.holder, operation.asset)
    if touched is not None:
        touched.balance -= operation.amount
    return SUCCESS
