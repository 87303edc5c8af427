"""Liquidity pools in Horizon's words: the pool itself, and the trades, deposits and withdrawals of it."""

from typing import Any, Final

from ...ledger.amount import format_stroops
from ...ledger.asset import Asset
from ...ledger.liquidity_pool import FEE_BP, PoolParameters, PoolShare
from ...ledger.xdr import pool_id
from ..entries import Pool
from .records import PoolChange

__all__ = ["amount_of", "is_off_price", "pool_fields", "reserves", "share_fields"]

SCALE: Final = 10_000
MOST_PERCENT: Final = 1_000


def amount_of(asset: Asset, amount: int) -> dict[str, str]:
    """Return an amount of an asset."""
    return {"asset": str(asset), "amount": format_stroops(amount)}


def reserves(pool: Pool | None, amount_a: int, amount_b: int) -> list[dict[str, str]]:
    """Return an amount of each of a pool's assets; of a pool that is not known without their names."""
    if pool is None:
        return [{"amount": format_stroops(amount)} for amount in (amount_a, amount_b)]
    return [amount_of(pool.asset_a, amount_a), amount_of(pool.asset_b, amount_b)]


def pool_fields(pool: Pool) -> dict[str, Any]:
    """Return a pool as it stands."""
    return {
        "id": pool.share.pool_id,
        "fee_bp": FEE_BP,
        "type": "constant_product",
        "total_trustlines": str(pool.trustlines),
        "total_shares": format_stroops(pool.total_shares),
        "reserves": reserves(pool, pool.reserve_a, pool.reserve_b),
    }


def share_fields(shares: PoolShare | PoolParameters) -> dict[str, str]:
    """Return pool shares as Horizon spreads an asset."""
    id = shares.pool_id if isinstance(shares, PoolShare) else pool_id(shares)
    return {"asset_type": "liquidity_pool_shares", "liquidity_pool_id": id}


def is_off_price(change: PoolChange, sold: Asset, amount_sold: int, amount_bought: int, sends: bool) -> bool:
    """Tell whether rounding moved the price of a trade with a pool more than tenfold.

    Horizon leaves such trades out of the bars (its option ``rounding-slippage-filter``); so small are only
    trades of a few stroops.

    Parameters
    ----------
    change : PoolChange
        Of the pool, by the operation that traded.
    sold : Asset
        What the pool gave.
    amount_sold, amount_bought : int
        What the pool gave and took, in stroops.
    sends : bool
        Whether the operation said what the pool takes, rather than what it gives.
    """
    pool = change.before
    assert pool is not None
    has, gets = (pool.reserve_a, pool.reserve_b) if sold == pool.asset_a else (pool.reserve_b, pool.reserve_a)
    kept = SCALE - FEE_BP
    if sends:
        exact, per = kept * has * amount_bought, gets * SCALE + amount_bought * kept
        rounded = exact // per
    elif amount_sold < has:
        exact, per = gets * amount_sold * SCALE, (has - amount_sold) * kept
        rounded = -(-exact // per)
    else:
        return True
    unrounded = exact * SCALE // per
    return unrounded > 0 and abs(unrounded - rounded * SCALE) * 100 // unrounded >= MOST_PERCENT
