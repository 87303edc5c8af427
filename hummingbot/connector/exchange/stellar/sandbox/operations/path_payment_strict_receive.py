"""PathPaymentStrictReceive: deliver an exact amount, for what the path takes for it.

References
----------
stellar-core, ``src/transactions/PathPaymentStrictReceiveOpFrame.cpp``.
"""

from typing import Final

from ...ledger.operations import PathPaymentStrictReceive
from ...ledger.results import ClaimAtom, Delivery, OperationResult
from ..hop import receive_exactly
from ..state import LedgerState
from ..transfers import credit, debit
from .path_payment import MAX_CROSSINGS, Report, hops, is_lost

__all__ = ["UNTOUCHED", "apply", "check"]

REPORT: Final = Report("path_payment_strict_receive")
UNTOUCHED: Final = REPORT.untouched()
MALFORMED: Final = REPORT.refusal("MALFORMED")


def check(operation: PathPaymentStrictReceive, source: str) -> OperationResult | None:
    """Refuse amounts that are not positive."""
    return MALFORMED if operation.dest_amount <= 0 or operation.send_max <= 0 else None


def apply(operation: PathPaymentStrictReceive, source: str, state: LedgerState) -> OperationResult:
    """Credit the destination, walk the path backwards, debit the source."""
    if is_lost(operation, state):
        return REPORT.refusal("NO_DESTINATION")
    amount = operation.dest_amount
    refused = credit(state, operation.destination, operation.dest_asset, amount)
    if refused is not None:
        return REPORT.refusal(refused)
    claims: tuple[ClaimAtom, ...] = ()
    left = MAX_CROSSINGS
    for sent, received in reversed(list(hops(operation))):
        failure, amount, crossed, used = receive_exactly(state, source, sent, received, amount, left)
        if failure is not None:
            return REPORT.refusal(failure)
        claims = crossed + claims
        left -= used
    if amount > operation.send_max:
        return REPORT.refusal("OVER_SENDMAX")
    unpaid = debit(state, source, operation.send_asset, amount)
    if unpaid is not None:
        return REPORT.refusal(unpaid)
    delivery = Delivery(operation.destination, operation.dest_asset, operation.dest_amount)
    return REPORT.success(claims, delivery)
