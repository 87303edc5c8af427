"""SetTrustLineFlags: let a holder use an issuer's credit, or no longer.

References
----------
stellar-core, ``src/transactions/SetTrustLineFlagsOpFrame.cpp``, ``TrustFlagsOpFrameBase.cpp``.
"""

from typing import Final

from ...ledger.operations import SetTrustLineFlags
from ...ledger.results import OperationResult
from ..state import LedgerState
from . import trust_flags

__all__ = ["SUCCESS", "apply", "check"]

SUCCESS: Final = OperationResult("set_trust_line_flags", "SET_TRUST_LINE_FLAGS_SUCCESS")
ALL_FLAGS: Final = trust_flags.AUTHORIZATION | trust_flags.CLAWBACK_ENABLED


def refuse(code: str) -> OperationResult:
    """Return a result with one of the operation's own codes."""
    return OperationResult("set_trust_line_flags", f"SET_TRUST_LINE_FLAGS_{code}")


def check(operation: SetTrustLineFlags, source: str) -> OperationResult | None:
    """Refuse what is not the source's own credit, flags that do not exist or contradict, and enabling
    clawback."""
    set_flags, clear_flags = operation.set_flags, operation.clear_flags
    sound = (
        operation.asset.issuer == source != operation.trustor
        and not set_flags & clear_flags
        and not set_flags & ~trust_flags.AUTHORIZATION
        and trust_flags.is_consistent(set_flags)
        and not clear_flags & ~ALL_FLAGS
    )
    return None if sound else refuse("MALFORMED")


def apply(operation: SetTrustLineFlags, source: str, state: LedgerState) -> OperationResult:
    """Set the flags; a line that loses its last authorization loses its offers and pool shares."""
    revocable = state.accounts[source].flags & trust_flags.ACCOUNT_AUTH_REVOCABLE
    lessens = operation.clear_flags & trust_flags.AUTHORIZATION
    if not revocable and lessens and not operation.set_flags & trust_flags.AUTHORIZED:
        return refuse("CANT_REVOKE")
    line = state.trustlines.get((operation.trustor, operation.asset))
    if line is None:
        return refuse("NO_TRUST_LINE")
    flags = line.flags & ~operation.clear_flags | operation.set_flags
    if not trust_flags.is_consistent(flags):
        return refuse("INVALID_STATE")
    refused = trust_flags.set_flags(line, flags, state)
    if refused is not None:
        return refuse("LOW_RESERVE") if refused == "low reserve" else refused
    return SUCCESS
