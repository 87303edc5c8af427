"""ChangeTrust: open, change or remove a trustline.

References
----------
stellar-core, ``src/transactions/ChangeTrustOpFrame.cpp``.
"""

from typing import Final

from ...ledger.operations import ChangeTrust
from ...ledger.results import OperationResult
from ..crossing import remove_subentry
from ..entries import Trustline
from ..state import LedgerState
from .subentry import add_subentry

__all__ = ["SUCCESS", "apply", "check"]

SUCCESS: Final = OperationResult("change_trust", "CHANGE_TRUST_SUCCESS")
MALFORMED: Final = OperationResult("change_trust", "CHANGE_TRUST_MALFORMED")
NO_ISSUER: Final = OperationResult("change_trust", "CHANGE_TRUST_NO_ISSUER")
INVALID_LIMIT: Final = OperationResult("change_trust", "CHANGE_TRUST_INVALID_LIMIT")
LOW_RESERVE: Final = OperationResult("change_trust", "CHANGE_TRUST_LOW_RESERVE")
CANNOT_DELETE: Final = OperationResult("change_trust", "CHANGE_TRUST_CANNOT_DELETE")

ACCOUNT_AUTH_REQUIRED: Final = 1
ACCOUNT_CLAWBACK_ENABLED: Final = 8
LINE_AUTHORIZED: Final = 1
LINE_CLAWBACK_ENABLED: Final = 4


def check(operation: ChangeTrust, source: str) -> OperationResult | None:
    """Refuse a negative limit, a line of lumens, and an issuer's line of its own credit."""
    asset = operation.asset
    return MALFORMED if operation.limit < 0 or asset.is_native or asset.issuer == source else None


def apply(operation: ChangeTrust, source: str, state: LedgerState) -> OperationResult:
    """Set the limit; it cannot go below what the line holds and may still buy."""
    asset, limit = operation.asset, operation.limit
    line = state.touch_trustline(source, asset)
    if line is not None:
        if limit < line.balance + line.buying_liabilities:
            return INVALID_LIMIT
        if limit == 0:
            if line.pool_uses:
                return CANNOT_DELETE
            remove_subentry(state, source, line.sponsor)
            state.remove_trustline(line)
            return SUCCESS
        if asset.issuer not in state.accounts:
            return NO_ISSUER
        line.limit = limit
        return SUCCESS
    if limit == 0:
        return INVALID_LIMIT
    issuer = state.accounts.get(asset.issuer)
    if issuer is None:
        return NO_ISSUER
    refused = add_subentry(state, source)
    if refused is not None:
        return LOW_RESERVE if refused == "low reserve" else refused
    flags = 0 if issuer.flags & ACCOUNT_AUTH_REQUIRED else LINE_AUTHORIZED
    if issuer.flags & ACCOUNT_CLAWBACK_ENABLED:
        flags |= LINE_CLAWBACK_ENABLED
    state.add_trustline(Trustline(source, asset, 0, limit, flags=flags))
    return SUCCESS
