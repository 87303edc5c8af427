"""BumpSequence: raise an account's sequence number, so that what was signed for lower ones is void.

References
----------
stellar-core, ``src/transactions/BumpSequenceOpFrame.cpp``.
"""

from typing import Final

from ...ledger.operations import BumpSequence
from ...ledger.results import OperationResult
from ..state import LedgerState

__all__ = ["SUCCESS", "apply", "check"]

SUCCESS: Final = OperationResult("bump_sequence", "BUMP_SEQUENCE_SUCCESS")
BAD_SEQ: Final = OperationResult("bump_sequence", "BUMP_SEQUENCE_BAD_SEQ")


def check(operation: BumpSequence, source: str) -> OperationResult | None:
    """Refuse a negative number."""
    return BAD_SEQ if operation.bump_to < 0 else None


def apply(operation: BumpSequence, source: str, state: LedgerState) -> OperationResult:
    """Raise the number if it is lower; the ledger notes the time either way."""
    account = state.touch_account(source)
    if account is None:
        raise KeyError(f"account {source} is not on the ledger")
    account.sequence = max(account.sequence, operation.bump_to)
    account.sequence_ledger = state.ledger
    account.sequence_time = state.close_time
    return SUCCESS
