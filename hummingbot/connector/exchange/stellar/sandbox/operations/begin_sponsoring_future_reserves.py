"""BeginSponsoringFutureReserves: pay for what another account comes to own, until it says that it is enough.

References
----------
stellar-core, ``src/transactions/BeginSponsoringFutureReservesOpFrame.cpp``.
"""

from typing import Final

from ...ledger.operations import BeginSponsoringFutureReserves
from ...ledger.results import OperationResult
from ..state import LedgerState

__all__ = ["SUCCESS", "apply", "check"]

NAME: Final = "begin_sponsoring_future_reserves"
SUCCESS: Final = OperationResult(NAME, "BEGIN_SPONSORING_FUTURE_RESERVES_SUCCESS")
MALFORMED: Final = OperationResult(NAME, "BEGIN_SPONSORING_FUTURE_RESERVES_MALFORMED")
ALREADY_SPONSORED: Final = OperationResult(NAME, "BEGIN_SPONSORING_FUTURE_RESERVES_ALREADY_SPONSORED")
RECURSIVE: Final = OperationResult(NAME, "BEGIN_SPONSORING_FUTURE_RESERVES_RECURSIVE")


def check(operation: BeginSponsoringFutureReserves, source: str) -> OperationResult | None:
    """Refuse an account that would sponsor itself."""
    return MALFORMED if operation.sponsored == source else None


def apply(operation: BeginSponsoringFutureReserves, source: str, state: LedgerState) -> OperationResult:
    """Begin, unless the account has a sponsor, sponsors another, or the source has a sponsor itself."""
    if operation.sponsored in state.sponsorships:
        return ALREADY_SPONSORED
    if source in state.sponsorships or operation.sponsored in state.sponsorships.values():
        return RECURSIVE
    state.sponsorships = {**state.sponsorships, operation.sponsored: source}
    return SUCCESS
