"""A strategy that asks for everything that the connector can do, at random."""

import logging
import random
from collections.abc import Coroutine
from decimal import Decimal
from typing import Any, Final

from hummingbot.core.data_type.common import OrderType, PriceType
from hummingbot.core.data_type.limit_order import LimitOrder
from hummingbot.core.utils.async_utils import safe_ensure_future
from hummingbot.strategy.strategy_py_base import StrategyPyBase

from hummingbot.connector.exchange.stellar.errors import StellarError
from hummingbot.connector.exchange.stellar.stellar_exchange import StellarExchange

__all__ = ["PAIR", "RandomTrader"]

PAIR: Final = "XLM-USDC"
MOST_OPEN: Final = 24
KINDS: Final = (OrderType.LIMIT, OrderType.LIMIT_MAKER, OrderType.MARKET)
WEIGHTS: Final = (8, 2, 1)
UNIT: Final = Decimal("0.0000001")


class RandomTrader(StrategyPyBase):  # type: ignore[misc]
    """Asks for orders, cancels, ladders, pool deposits and withdrawals at each tick, by a seed.

    Parameters
    ----------
    exchange : StellarExchange
    seed, orders : int

    Attributes
    ----------
    asked : int
        Orders it has asked for.
    lacks : list of str
        What it waits for before it trades.
    """

    def __init__(self, exchange: StellarExchange, seed: int, orders: int) -> None:
        super().__init__()
        self.add_markets([exchange])
        self._exchange = exchange
        self._chance = random.Random(seed)
        self._left = orders
        self._aside: Any = None
        self._sweep: Any = None
        self._quoted: list[tuple[bool, Decimal]] = []
        self.asked = 0
        self.is_stopping = False

    @property
    def lacks(self) -> list[str]:
        """What it waits for before it trades."""
        return [name for name, is_met in self._exchange.status_dict.items() if not is_met]

    def tick(self, timestamp: float) -> None:
        """Ask for a few things at once."""
        if self.is_stopping or not self._exchange.ready:
            return
        chance = self._chance
        orders = list(self._exchange.in_flight_orders.values())
        self._quoted = [(order.is_buy, order.price) for order in self._exchange.limit_orders]
        for order in orders:
            if chance.random() < 0.06 and order.is_open:
                self._exchange.cancel(PAIR, order.client_order_id)
                if chance.random() < 0.5:
                    self._place()
        if len(orders) < MOST_OPEN:
            for _ in range(chance.randint(0, 4)):
                self._place()
        if chance.random() < 0.04:
            self._move_ladder()
        if chance.random() < 0.03:
            self._change_pool()
        if chance.random() < 0.015 and (self._sweep is None or self._sweep.done()):
            self._sweep = safe_ensure_future(self._exchange.cancel_all(10.0))

    async def finish(self) -> None:
        """Wait for what is under way besides orders."""
        self.is_stopping = True
        for work in (self._aside, self._sweep):
            if work is not None:
                await work

    def _price(self, is_buy: bool) -> Decimal | None:
        """Behind the touch, where it rests until the market comes; now and then beyond the other side's.

        It keeps clear of the own orders on the other side, which it would be refused for, but not always.
        """
        mid = self._exchange.get_price_by_type(PAIR, PriceType.MidPrice)
        if self._left <= 0 or mid.is_nan():
            return None
        self._left -= 1
        self.asked += 1
        chance = self._chance
        distance = Decimal(chance.randint(-40, -3) if chance.random() < 0.85 else 15) / 10_000
        price = (mid * (1 + distance if is_buy else 1 - distance)).quantize(UNIT)
        other = [quoted for was_buy, quoted in self._quoted if was_buy != is_buy]
        if other and chance.random() < 0.95:
            price = min(price, min(other) - UNIT) if is_buy else max(price, max(other) + UNIT)
        self._quoted.append((is_buy, price))
        return price

    def _amount(self) -> Decimal:
        return Decimal(self._chance.randint(10_000_000, 400_000_000)) * UNIT

    def _place(self) -> None:
        is_buy = self._chance.random() < 0.5
        price = self._price(is_buy)
        if price is not None:
            kind = self._chance.choices(KINDS, WEIGHTS)[0]
            (self._exchange.buy if is_buy else self._exchange.sell)(PAIR, self._amount(), kind, price)

    def _move_ladder(self) -> None:
        """Take some rungs away and put as many or other ones elsewhere, all in one tick."""
        resting = [order for order in self._exchange.limit_orders if order.trading_pair == PAIR]
        leaving = self._chance.sample(resting, min(len(resting), self._chance.randint(2, 8)))
        if leaving:
            self._exchange.batch_order_cancel(leaving)
        rungs = []
        for rung in range(self._chance.randint(2, 8)):
            price = self._price(rung % 2 == 0)
            if price is not None:
                rungs.append(LimitOrder("", PAIR, rung % 2 == 0, "XLM", "USDC", price, self._amount()))
        if rungs:
            self._exchange.batch_order_create(rungs)

    def _change_pool(self) -> None:
        mid = self._exchange.get_price_by_type(PAIR, PriceType.MidPrice)
        if mid.is_nan():
            return
        pools, base = self._exchange.pools, self._amount()
        slippage = Decimal("0.05")
        if self._chance.random() < 0.7:
            self._do_aside(pools.deposit(PAIR, base, (base * mid).quantize(UNIT), slippage, True))
        else:
            shares = None if self._chance.random() < 0.5 else UNIT * self._chance.randint(1, 10_000_000)
            self._do_aside(pools.withdraw(PAIR, shares, slippage))

    def _do_aside(self, work: Coroutine[Any, Any, Any]) -> None:
        """Do one such thing at a time."""
        if self._aside is None or self._aside.done():
            self._aside = safe_ensure_future(_forgiving(work))
        else:
            work.close()


async def _forgiving(work: Coroutine[Any, Any, Any]) -> None:
    try:
        await work
    except StellarError as error:
        logging.getLogger(__name__).warning(f"Not done: {error}.")
