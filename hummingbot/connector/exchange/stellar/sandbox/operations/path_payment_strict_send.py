"""PathPaymentStrictSend: send an exact amount, and deliver what the path makes of it.

References
----------
stellar-core, ``src/transactions/PathPaymentStrictSendOpFrame.cpp``.
"""

from typing import Final

from ...ledger.operations import PathPaymentStrictSend
from ...ledger.results import ClaimAtom, Delivery, OperationResult
from ..hop import send_exactly
from ..state import LedgerState
from ..transfers import credit, debit
from .path_payment import MAX_CROSSINGS, Report, hops, is_lost

__all__ = ["UNTOUCHED", "apply", "check"]

REPORT: Final = Report("path_payment_strict_send")
UNTOUCHED: Final = REPORT.untouched()
MALFORMED: Final = REPORT.refusal("MALFORMED")


def check(operation: PathPaymentStrictSend, source: str) -> OperationResult | None:
    """Refuse amounts that are not positive."""
    return MALFORMED if operation.send_amount <= 0 or operation.dest_min <= 0 else None


def apply(operation: PathPaymentStrictSend, source: str, state: LedgerState) -> OperationResult:
    """Debit the source, walk the path forwards, credit the destination."""
    if is_lost(operation, state):
        return REPORT.refusal("NO_DESTINATION")
    amount = operation.send_amount
    unpaid = debit(state, source, operation.send_asset, amount)
    if unpaid is not None:
        return REPORT.refusal(unpaid)
    claims: list[ClaimAtom] = []
    left = MAX_CROSSINGS
    for sent, received in hops(operation):
        failure, amount, crossed, used = send_exactly(state, source, sent, amount, received, left)
        if failure is not None:
            return REPORT.refusal(failure)
        claims.extend(crossed)
        left -= used
    if amount < operation.dest_min:
        return REPORT.refusal("UNDER_DESTMIN")
    refused = credit(state, operation.destination, operation.dest_asset, amount)
    if refused is not None:
        return REPORT.refusal(refused)
    return REPORT.success(claims, Delivery(operation.destination, operation.dest_asset, amount))
