"""AllowTrust: the older form of SetTrustLineFlags, which sets the authorization of a line as a whole.

References
----------
stellar-core, ``src/transactions/AllowTrustOpFrame.cpp``, ``TrustFlagsOpFrameBase.cpp``.
"""

from typing import Final

from ...ledger.asset import Asset
from ...ledger.operations import AllowTrust
from ...ledger.results import OperationResult
from ..state import LedgerState
from . import trust_flags

__all__ = ["SUCCESS", "apply", "check"]

SUCCESS: Final = OperationResult("allow_trust", "ALLOW_TRUST_SUCCESS")


def refuse(code: str) -> OperationResult:
    """Return a result with one of the operation's own codes."""
    return OperationResult("allow_trust", f"ALLOW_TRUST_{code}")


def check(operation: AllowTrust, source: str) -> OperationResult | None:
    """Refuse an authorization that does not exist, and one of the source itself."""
    possible = operation.authorize <= trust_flags.MAINTAINS_LIABILITIES and operation.trustor != source
    return None if possible else refuse("MALFORMED")


def apply(operation: AllowTrust, source: str, state: LedgerState) -> OperationResult:
    """Set the authorization; a line that loses its last one loses its offers and pool shares."""
    revocable = state.accounts[source].flags & trust_flags.ACCOUNT_AUTH_REVOCABLE
    if not revocable and operation.authorize == 0:
        return refuse("CANT_REVOKE")
    line = state.trustlines.get((operation.trustor, Asset(operation.code, source)))
    if line is None:
        return refuse("NO_TRUST_LINE")
    flags = line.flags & ~trust_flags.AUTHORIZATION | operation.authorize
    if not revocable and line.flags & trust_flags.AUTHORIZED and flags & trust_flags.MAINTAINS_LIABILITIES:
        return refuse("CANT_REVOKE")
    refused = trust_flags.set_flags(line, flags, state)
    if refused is not None:
        return refuse("LOW_RESERVE") if refused == "low reserve" else refused
    return SUCCESS
