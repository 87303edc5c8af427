"""EndSponsoringFutureReserves: the sponsored account's word that its sponsor pays for no more.

References
----------
stellar-core, ``src/transactions/EndSponsoringFutureReservesOpFrame.cpp``.
"""

from typing import Final

from ...ledger.operations import EndSponsoringFutureReserves
from ...ledger.results import OperationResult
from ..state import LedgerState

__all__ = ["SUCCESS", "apply", "check"]

NAME: Final = "end_sponsoring_future_reserves"
SUCCESS: Final = OperationResult(NAME, "END_SPONSORING_FUTURE_RESERVES_SUCCESS")
NOT_SPONSORED: Final = OperationResult(NAME, "END_SPONSORING_FUTURE_RESERVES_NOT_SPONSORED")


def check(operation: EndSponsoringFutureReserves, source: str) -> OperationResult | None:
    """Refuse nothing."""
    return None


def apply(operation: EndSponsoringFutureReserves, source: str, state: LedgerState) -> OperationResult:
    """End the sponsorship that another account began for the source in this transaction."""
    if source not in state.sponsorships:
        return NOT_SPONSORED
    state.sponsorships = {owner: by for owner, by in state.sponsorships.items() if owner != source}
    return SUCCESS
