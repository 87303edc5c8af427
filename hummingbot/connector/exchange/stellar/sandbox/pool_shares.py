"""Trustlines of pool shares, and the pools that live as long as one of them does.

References
----------
stellar-core, ``src/transactions/ChangeTrustOpFrame.cpp``, ``src/transactions/TransactionUtils.cpp``.
"""

from typing import Final, Literal

from ..ledger.asset import Asset
from ..ledger.liquidity_pool import PoolParameters, PoolShare
from ..ledger.xdr import pool_id
from .entries import Pool, Trustline
from .state import LedgerState

__all__ = ["SHARE_RESERVES", "join_pool", "leave_pool"]

SHARE_RESERVES: Final = 2
"""Base reserves, and subentries, that a line of pool shares counts for."""

AUTHORIZED_OR_MAINTAINS: Final = 3


def join_pool(
    state: LedgerState, account: str, parameters: PoolParameters
) -> Literal["TRUST_LINE_MISSING", "NOT_AUTH_MAINTAIN_LIABILITIES"] | None:
    """Count one more line of a pool's shares, and make the pool with the first; return what forbids it, or
    None.

    Whoever holds shares must be able to hold both assets: their lines cannot be removed while it does.
    """
    for asset in (parameters.asset_a, parameters.asset_b):
        if needs_line(account, asset):
            line = state.touch_trustline(account, asset)
            if line is None:
                return "TRUST_LINE_MISSING"
            if not line.flags & AUTHORIZED_OR_MAINTAINS:
                return "NOT_AUTH_MAINTAIN_LIABILITIES"
            line.pool_uses += 1
    share = PoolShare(pool_id(parameters))
    pool = state.touch_pool(share)
    if pool is None:
        state.add_pool(Pool(share, parameters.asset_a, parameters.asset_b, trustlines=1))
    else:
        pool.trustlines += 1
    return None


def leave_pool(state: LedgerState, line: Trustline) -> None:
    """Remove an empty line of pool shares, and the pool with its last one."""
    assert isinstance(line.asset, PoolShare)
    state.remove_trustline(line)
    pool = state.touch_pool(line.asset)
    if pool is None:
        raise ArithmeticError(f"the pool of {line!r} is not on the ledger")
    for asset in (pool.asset_a, pool.asset_b):
        if needs_line(line.account, asset):
            used = state.touch_trustline(line.account, asset)
            if used is None:
                raise ArithmeticError(f"{line!r} is there without a line of {asset}")
            used.pool_uses -= 1
    pool.trustlines -= 1
    if pool.trustlines == 0:
        state.remove_pool(pool)


def needs_line(account: str, asset: Asset) -> bool:
    """Tell whether an account holds an asset by a trustline: lumens and its own credits need none."""
    return not asset.is_native and asset.issuer != account
