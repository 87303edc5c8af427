"""LiquidityPoolWithdraw: give shares of a pool back for their part of its reserves.

References
----------
stellar-core, ``src/transactions/LiquidityPoolWithdrawOpFrame.cpp``.
"""

from typing import Final

from ...ledger.liquidity_pool import PoolShare
from ...ledger.operations import LiquidityPoolWithdraw
from ...ledger.pool import withdrawn_amount
from ...ledger.results import OperationResult
from ..frozen_keys import is_line_frozen
from ..holding import hold
from ..state import LedgerState

__all__ = ["SUCCESS", "apply", "check"]

SUCCESS: Final = OperationResult("liquidity_pool_withdraw", "LIQUIDITY_POOL_WITHDRAW_SUCCESS")


def check(operation: LiquidityPoolWithdraw, source: str) -> OperationResult | None:
    """Refuse an amount of shares that is not positive, and least amounts below 0."""
    if operation.amount <= 0 or operation.min_amount_a < 0 or operation.min_amount_b < 0:
        return refusal("MALFORMED")
    return None


def apply(operation: LiquidityPoolWithdraw, source: str, state: LedgerState) -> OperationResult:
    """Pay out both parts, rounded down."""
    share = PoolShare(operation.pool_id)
    line = state.touch_trustline(source, share)
    if line is None:
        return refusal("NO_TRUST")
    if line.balance < operation.amount:
        return refusal("UNDERFUNDED")
    pool = state.touch_pool(share)
    if pool is None:
        raise ArithmeticError(f"the pool of {line!r} is not on the ledger")
    if is_line_frozen(state, source, pool.asset_a, pool.asset_b):
        return refusal("TRUSTLINE_FROZEN")
    amount_a = withdrawn_amount(operation.amount, pool.total_shares, pool.reserve_a)
    amount_b = withdrawn_amount(operation.amount, pool.total_shares, pool.reserve_b)
    for asset, amount, least in (
        (pool.asset_a, amount_a, operation.min_amount_a),
        (pool.asset_b, amount_b, operation.min_amount_b),
    ):
        if amount < least:
            return refusal("UNDER_MINIMUM")
        holding = hold(state, source, asset)
        if holding is None or not holding.add(amount):
            return refusal("LINE_FULL")
    line.balance -= operation.amount
    pool.total_shares -= operation.amount
    pool.reserve_a -= amount_a
    pool.reserve_b -= amount_b
    return SUCCESS


def refusal(code: str) -> OperationResult:
    """Return the result with one of the operation's own codes."""
    return OperationResult("liquidity_pool_withdraw", f"LIQUIDITY_POOL_WITHDRAW_{code}")
