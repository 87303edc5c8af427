"""Trades the difference between a pair's order book and its liquidity pool.

Where the pool sells cheaper than someone in the book buys, it buys from the pool with a MARKET order (a path
payment: the ledger itself takes pool or book, whichever is better, within a cap) and sells to the bid; where
the pool pays more than someone in the book asks, the other way round. The second leg follows the fill of the
first and is as large as that; between the two the market can move.
"""

from decimal import Decimal
from pathlib import Path

from hummingbot.core.data_type.common import MarketDict, OrderType
from hummingbot.core.event.events import OrderFilledEvent
from hummingbot.core.utils.async_utils import safe_ensure_future
from hummingbot.strategy.strategy_v2_base import StrategyV2Base, StrategyV2ConfigBase
from pydantic import Field

from hummingbot.connector.exchange.stellar.errors import StellarError


class StellarPoolArbitrageConfig(StrategyV2ConfigBase):
    """Settings."""

    script_file_name: str = Path(__file__).name
    exchange: str = Field("stellar_local", description="connector")
    trading_pair: str = Field("XLM-USDC", description="pair that has a book and a pool")
    amount: Decimal = Field(Decimal(20), gt=0, description="base asset of one round")
    least_gain: Decimal = Field(
        Decimal("0.002"), gt=0, lt=1, description="share of its cost a round must gain"
    )
    pause: float = Field(1.0, gt=0, description="seconds between two looks at the pool at least")

    def update_markets(self, markets: MarketDict) -> MarketDict:
        """Name the one market."""
        markets.add_or_update(self.exchange, self.trading_pair)
        return markets


class StellarPoolArbitrage(StrategyV2Base):
    """Looks, takes the pool, and closes at the book."""

    def __init__(self, connectors: dict, config: StellarPoolArbitrageConfig) -> None:
        super().__init__(connectors, config)
        self._look = None
        self._earliest = 0.0
        self._opening: dict[str, bool] = {}
        self._left: dict[str, Decimal] = {}
        self.rounds = 0

    @property
    def _connector(self):
        return self.connectors[self.config.exchange]

    def on_tick(self) -> None:
        """Look at the pool, unless a round is under way."""
        is_busy = bool(self._opening) or bool(self._connector.in_flight_orders)
        is_looking = self._look is not None and not self._look.done()
        if not is_busy and not is_looking and self.current_timestamp >= self._earliest:
            self._earliest = self.current_timestamp + self.config.pause
            self._look = safe_ensure_future(self._take_what_pays())

    async def _take_what_pays(self) -> None:
        pair, amount = self.config.trading_pair, self.config.amount
        try:
            cost = await self._connector.pools.quote(pair, True, amount)
            income = await self._connector.pools.quote(pair, False, amount)
        except StellarError as error:
            self.logger().info(f"No round: {error}.")
            return
        book = self._connector.get_order_book(pair)
        bids = book.get_price_for_volume(False, float(amount)).result_price
        asks = book.get_price_for_volume(True, float(amount)).result_price
        if Decimal(str(bids)) * amount > cost * (1 + self.config.least_gain):
            self._open(True)
        elif income > Decimal(str(asks)) * amount * (1 + self.config.least_gain):
            self._open(False)

    def _open(self, is_buy: bool) -> None:
        side = self.buy if is_buy else self.sell
        order_id = side(self.config.exchange, self.config.trading_pair, self.config.amount, OrderType.MARKET)
        self._opening[order_id] = is_buy

    def did_fill_order(self, event: OrderFilledEvent) -> None:
        """Close what the pool filled, with whoever is best in the book."""
        if event.order_id in self._opening:
            self._left[event.order_id] = self._left.get(event.order_id, Decimal(0)) + event.amount

    def _close(self, order_id: str) -> None:
        was_buy, amount = self._opening.pop(order_id), self._left.pop(order_id, Decimal(0))
        if amount:
            side = self.sell if was_buy else self.buy
            side(self.config.exchange, self.config.trading_pair, amount, OrderType.MARKET)
            self.rounds += 1

    def did_complete_buy_order(self, event) -> None:
        """Go on with the other leg."""
        if event.order_id in self._opening:
            self._close(event.order_id)

    def did_complete_sell_order(self, event) -> None:
        """Go on with the other leg."""
        if event.order_id in self._opening:
            self._close(event.order_id)

    def did_fail_order(self, event) -> None:
        """Forget a round that never began."""
        self._opening.pop(event.order_id, None)
