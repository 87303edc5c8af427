"""LiquidityPoolDeposit: put both assets of a pool into it for shares.

References
----------
stellar-core, ``src/transactions/LiquidityPoolDepositOpFrame.cpp``.
"""

from typing import Final

from ...ledger.liquidity_pool import PoolShare
from ...ledger.operations import LiquidityPoolDeposit
from ...ledger.pool import deposit_amounts, deposit_refusal
from ...ledger.results import OperationResult
from ..frozen_keys import is_line_frozen
from ..holding import hold, look
from ..state import LedgerState

__all__ = ["SUCCESS", "apply", "check"]

SUCCESS: Final = OperationResult("liquidity_pool_deposit", "LIQUIDITY_POOL_DEPOSIT_SUCCESS")


def check(operation: LiquidityPoolDeposit, source: str) -> OperationResult | None:
    """Refuse amounts and prices that are not positive, and a least price above the most."""
    amounts = (operation.max_amount_a, operation.max_amount_b)
    prices = (operation.min_price_n, operation.min_price_d, operation.max_price_n, operation.max_price_d)
    if min(*amounts, *prices) <= 0:
        return refusal("MALFORMED")
    min_n, min_d, max_n, max_d = prices
    return refusal("MALFORMED") if min_n * max_d > min_d * max_n else None


def apply(operation: LiquidityPoolDeposit, source: str, state: LedgerState) -> OperationResult:
    """Put in as much as both maxima allow, in the proportion of the reserves."""
    share = PoolShare(operation.pool_id)
    line = state.touch_trustline(source, share)
    if line is None:
        return refusal("NO_TRUST")
    pool = state.touch_pool(share)
    if pool is None:
        raise ArithmeticError(f"the pool of {line!r} is not on the ledger")
    assets = (pool.asset_a, pool.asset_b)
    holdings = [look(state, source, asset) for asset in assets]
    held = [holding for holding in holdings if holding is not None]
    if len(held) < len(assets):
        raise ArithmeticError(f"{line!r} is there without a line of {pool.asset_a} or {pool.asset_b}")
    if not all(holding.is_authorized() for holding in held):
        return refusal("NOT_AUTHORIZED")
    if is_line_frozen(state, source, *assets):
        return refusal("TRUSTLINE_FROZEN")
    reserves = (pool.reserve_a, pool.reserve_b, pool.total_shares)
    amounts = deposit_amounts(*reserves, operation.max_amount_a, operation.max_amount_b)
    code = deposit_refusal(
        amounts,
        reserves,
        (held[0].available(), held[1].available()),
        line.limit - line.balance,
        (operation.min_price_n, operation.min_price_d),
        (operation.max_price_n, operation.max_price_d),
    )
    if code is not None:
        return refusal(code)
    amount_a, amount_b, shares = amounts
    for asset, amount in zip(assets, (amount_a, amount_b), strict=True):
        holding = hold(state, source, asset)
        if holding is None or not holding.add(-amount):
            raise ArithmeticError(f"{source} cannot pay {amount} {asset} into a pool")
    pool.reserve_a += amount_a
    pool.reserve_b += amount_b
    pool.total_shares += shares
    line.balance += shares
    return SUCCESS


def refusal(code: str) -> OperationResult:
    """Return the result with one of the operation's own codes."""
    return OperationResult("liquidity_pool_deposit", f"LIQUIDITY_POOL_DEPOSIT_{code}")
