"""Deposits into pools and withdrawals from them, checked as the ledger will, and bound against slippage."""

from fractions import Fraction
from typing import Final

from hummingbot.connector.exchange.stellar.horizon.liquidity_pools import ShareLine
from hummingbot.connector.exchange.stellar.ledger.amount import from_stroops
from hummingbot.connector.exchange.stellar.ledger.liquidity_pool import (
    LiquidityPoolDeposit,
    LiquidityPoolWithdraw,
)
from hummingbot.connector.exchange.stellar.ledger.pool import deposit_refusal
from hummingbot.connector.exchange.stellar.ledger.pool_reserves import PoolReserves, price_bounds

from .errors import OperationRefused

__all__ = ["PoolRefused", "pool_deposit", "pool_withdrawal"]

REFUSALS: Final = {
    "UNDERFUNDED": "the account has not enough of both assets",
    "BAD_PRICE": "amounts that small cannot keep the pool's price: deposit more, or allow more slippage",
    "LINE_FULL": "the limit of the trustline for the pool's shares leaves no room: raise it",
    "POOL_FULL": "the pool cannot hold so much",
}


class PoolRefused(OperationRefused):
    """A deposit or withdrawal that the ledger would refuse; nothing was sent."""


def pool_deposit(
    pool: PoolReserves,
    line: ShareLine,
    most: tuple[int, int],
    free: tuple[int, int],
    slippage: Fraction,
) -> LiquidityPoolDeposit:
    """Return the operation that puts at most these amounts in, in the proportion of the reserves.

    Parameters
    ----------
    pool : PoolReserves
        An empty one takes both amounts whole.
    line : ShareLine
        The depositor's, for the pool's shares.
    most, free : tuple of (int, int)
        Stroops of A and B: to put in at most, and available.
    slippage : Fraction
        How far, as a share, the pool's price may have moved when the deposit arrives.

    Raises
    ------
    PoolRefused
        If the ledger would refuse it as the pool stands, or an argument makes no sense.
    """
    is_empty = pool.total_shares == 0
    try:
        price = Fraction(*most) if is_empty else 1 / pool.price(pool.parameters.asset_a)
        lowest, highest = price_bounds(price, slippage)
        amounts = pool.deposit(*most)
    except (ValueError, ZeroDivisionError) as error:
        raise PoolRefused(f"nothing was sent: {error}") from None
    reserves = (pool.reserve_a, pool.reserve_b, pool.total_shares)
    refusal = deposit_refusal(amounts, reserves, free, line.limit - line.balance, lowest, highest)
    if refusal is not None or not amounts[2]:
        raise PoolRefused(
            f"nothing was sent: {REFUSALS[refusal or 'BAD_PRICE']} (the pool would take "
            f"{_pair(pool, amounts[:2])}; {_pair(pool, free)} are free)"
        )
    return LiquidityPoolDeposit(pool.id, *most, *lowest, *highest)


def pool_withdrawal(
    pool: PoolReserves, line: ShareLine | None, shares: int | None, slippage: Fraction
) -> LiquidityPoolWithdraw:
    """Return the operation that gives shares back (None: all of them) for their part of the reserves.

    Parameters
    ----------
    slippage : Fraction
        How far, as a share, either payout may lie below what it is worth now.

    Raises
    ------
    PoolRefused
        If the account does not hold so many.
    """
    held = line.balance if line else 0
    wanted = held if shares is None else shares
    if not held:
        raise PoolRefused(f"the account holds no shares of the pool {pool.id}")
    if not 0 < wanted <= held:
        raise PoolRefused(
            f"the account holds {from_stroops(held)} shares of the pool {pool.id}, not "
            f"{from_stroops(wanted)}: choose a number up to that"
        )
    a, b = pool.worth(wanted)
    return LiquidityPoolWithdraw(pool.id, wanted, int(a * (1 - slippage)), int(b * (1 - slippage)))


def _pair(pool: PoolReserves, amounts: tuple[int, ...]) -> str:
    assets = (pool.parameters.asset_a, pool.parameters.asset_b)
    return " and ".join(
        f"{from_stroops(amount)} {asset.code}" for amount, asset in zip(amounts, assets, strict=True)
    )
