"""Finds the best way of a MARKET order over books and pools, and the price beyond which it must not go."""

import logging
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Final

from hummingbot.connector.exchange.stellar import stellar_constants as CONSTANTS
from hummingbot.connector.exchange.stellar.horizon.errors import HorizonError
from hummingbot.connector.exchange.stellar.horizon.horizon import Horizon
from hummingbot.connector.exchange.stellar.horizon.liquidity_pools import read_pool
from hummingbot.connector.exchange.stellar.horizon.payment_paths import (
    PaymentPath,
    best_path_from,
    best_path_to,
)
from hummingbot.connector.exchange.stellar.ledger.amount import from_stroops
from hummingbot.connector.exchange.stellar.ledger.asset import Asset
from hummingbot.connector.exchange.stellar.ledger.liquidity_pool import FEE_BP
from hummingbot.connector.exchange.stellar.ledger.operations import PathPaymentStrictReceive

from .errors import OrderRejected
from .instructions import Order, Placement
from .market_payments import MarketPayment, market_payment

__all__ = ["MarketOrders"]

LEFT: Final = Fraction(10_000 - FEE_BP, 10_000)
"""What a pool lets pass of what it is paid."""


class MarketOrders:
    """Turns MARKET orders into path payments.

    Where Horizon does not answer, an order still goes out over its own two assets, within its cap: there the
    ledger itself takes the better of book and pool.

    Parameters
    ----------
    horizon : Horizon
    account : callable
        Returns whose orders they are.
    best_opposite : callable
        Takes a pair and whether to buy; returns the best price of the book's other side, None if it is empty.
    logger : logging.Logger
    """

    def __init__(
        self,
        horizon: Horizon,
        account: Callable[[], str],
        best_opposite: Callable[[str, bool], Decimal | None],
        logger: logging.Logger,
    ) -> None:
        self._horizon = horizon
        self._account = account
        self._best_opposite = best_opposite
        self._logger = logger

    async def price_cap(self, trading_pair: str, base: Asset, quote: Asset, is_buy: bool) -> Decimal:
        """Return the worst price allowed: the best of book and pool, and the slippage beyond it.

        Raises
        ------
        OrderRejected
            If neither has anything to trade with.
        """
        prices = [self._best_opposite(trading_pair, is_buy), await self._pool_price(base, quote, is_buy)]
        known = [price for price in prices if price is not None]
        if not known:
            raise OrderRejected(
                f"there is no offer on the other side of {trading_pair} and no pool to trade with"
            )
        best = min(known) if is_buy else max(known)
        return best * (1 + CONSTANTS.MARKET_SLIPPAGE if is_buy else 1 - CONSTANTS.MARKET_SLIPPAGE)

    async def placement(self, order: Order, cap: Decimal) -> Placement:
        """Return the payment that the order makes, over the best path there is.

        Raises
        ------
        OrderRejected
            If no path fills it within its cap, or the ledger cannot hold its amounts.
        """
        account = self._account()
        terms = (account, order.base, order.quote, order.is_buy, order.amount, cap)
        try:
            payment = market_payment(*terms)
            path = await self._best_path(order)
        except ValueError as error:
            raise OrderRejected(f"its amount does not fit the ledger: {error}") from None
        except HorizonError as error:
            self._logger.debug(f"Order {order.client_order_id} goes out over its own two assets: {error}")
            return Placement(order, payment)
        _refuse_beyond(order, payment, path)
        return Placement(order, market_payment(*terms, hops=path.hops) if path and path.hops else payment)

    async def _best_path(self, order: Order) -> PaymentPath | None:
        if order.is_buy:
            return await best_path_to(self._horizon, order.quote, order.base, order.amount)
        return await best_path_from(self._horizon, order.base, order.quote, order.amount)

    async def _pool_price(self, base: Asset, quote: Asset, is_buy: bool) -> Decimal | None:
        try:
            pool = await read_pool(self._horizon, base, quote)
        except HorizonError as error:
            self._logger.debug(f"The price of a pool is not known: {error}")
            return None
        if pool is None or not pool.total_shares:
            return None
        price = pool.price(base) / LEFT if is_buy else pool.price(base) * LEFT
        return Decimal(price.numerator) / Decimal(price.denominator)


def _refuse_beyond(order: Order, payment: MarketPayment, path: PaymentPath | None) -> None:
    """Refuse an order that could only fail, without paying the network for saying so."""
    amount = f"{from_stroops(order.amount).normalize():f}"
    if path is None:
        raise OrderRejected(
            f"books and pools together cannot fill {amount} of {order.trading_pair}: lower the amount"
        )
    is_buy = isinstance(payment, PathPaymentStrictReceive)
    found = path.source_amount if is_buy else path.destination_amount
    bound = payment.send_max if isinstance(payment, PathPaymentStrictReceive) else payment.dest_min
    if found > bound if is_buy else found < bound:
        raise OrderRejected(
            f"{amount} of {order.trading_pair} would {'cost' if is_buy else 'bring'} {from_stroops(found)} "
            f"at best, but within {CONSTANTS.MARKET_SLIPPAGE:.0%} of the best price it must be "
            f"{from_stroops(bound)} at {'most' if is_buy else 'least'}: lower the amount"
        )
