"""ChangeTrust: open, change or remove a trustline, of a credit or of a pool's shares.

References
----------
stellar-core, ``src/transactions/ChangeTrustOpFrame.cpp``.
"""

from typing import Final

from ...ledger.asset import Asset
from ...ledger.liquidity_pool import PoolParameters, PoolShare, Trusted
from ...ledger.operations import ChangeTrust
from ...ledger.results import OperationResult
from ...ledger.xdr import is_valid_pool, pool_id
from ..crossing import remove_subentry
from ..entries import Trustline
from ..pool_shares import SHARE_RESERVES, join_pool, leave_pool
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
    """Refuse a negative limit, a line of lumens, an issuer's line of its own credit, and a pool that cannot
    be.
    """
    asset = operation.asset
    if operation.limit < 0:
        return MALFORMED
    if isinstance(asset, PoolParameters):
        return None if is_valid_pool(asset) else MALFORMED
    return MALFORMED if asset.is_native or asset.issuer == source else None


def apply(operation: ChangeTrust, source: str, state: LedgerState) -> OperationResult:
    """Set the limit; it cannot go below what the line holds and may still buy."""
    asset, limit = operation.asset, operation.limit
    trusted: Trusted = PoolShare(pool_id(asset)) if isinstance(asset, PoolParameters) else asset
    line = state.touch_trustline(source, trusted)
    if line is not None:
        if limit < line.balance + line.buying_liabilities:
            return INVALID_LIMIT
        if limit == 0:
            return remove(line, state)
        if isinstance(asset, Asset) and asset.issuer not in state.accounts:
            return NO_ISSUER
        line.limit = limit
        return SUCCESS
    if limit == 0:
        return INVALID_LIMIT
    if isinstance(asset, PoolParameters):
        code = join_pool(state, source, asset)
        if code is not None:
            return OperationResult("change_trust", f"CHANGE_TRUST_{code}")
        return add(Trustline(source, trusted, 0, limit, flags=0), SHARE_RESERVES, state)
    issuer = state.accounts.get(asset.issuer)
    if issuer is None:
        return NO_ISSUER
    flags = 0 if issuer.flags & ACCOUNT_AUTH_REQUIRED else LINE_AUTHORIZED
    if issuer.flags & ACCOUNT_CLAWBACK_ENABLED:
        flags |= LINE_CLAWBACK_ENABLED
    return add(Trustline(source, trusted, 0, limit, flags=flags), 1, state)


def add(line: Trustline, reserves: int, state: LedgerState) -> OperationResult:
    """Open a line, if its reserves are there."""
    refused = add_subentry(state, line.account, reserves)
    if refused is not None:
        return LOW_RESERVE if refused == "low reserve" else refused
    line.sponsor = state.sponsorships.get(line.account)
    state.add_trustline(line)
    return SUCCESS


def remove(line: Trustline, state: LedgerState) -> OperationResult:
    """Remove an empty line, unless a pool of its credit is held."""
    if line.pool_uses:
        return CANNOT_DELETE
    if isinstance(line.asset, PoolShare):
        remove_subentry(state, line.account, line.sponsor, SHARE_RESERVES)
        leave_pool(state, line)
    else:
        remove_subentry(state, line.account, line.sponsor)
        state.remove_trustline(line)
    return SUCCESS
