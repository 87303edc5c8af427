"""Makes a market on Stellar with a ladder of offers on each side of the middle price.

Whenever the middle has moved, or an offer was taken, the whole ladder is cancelled and placed anew in one
tick: the connector makes each resting offer into the order that takes its place, one operation each, in one
transaction. So on the ledger it moves at once or not at all, needs no funds or reserve twice, and an offer
whose price stays keeps its place in the queue. Up to 50 levels on each side fit into one transaction.
"""

from decimal import Decimal
from pathlib import Path

from hummingbot.core.data_type.common import MarketDict, OrderType
from hummingbot.strategy.strategy_v2_base import StrategyV2Base, StrategyV2ConfigBase
from pydantic import Field


class StellarLadderConfig(StrategyV2ConfigBase):
    """Settings. Shares are of the middle price: 0.002 is 20 basis points."""

    script_file_name: str = Path(__file__).name
    exchange: str = Field("stellar_local", description="connector")
    trading_pair: str = Field("XLM-USDC", description="pair")
    levels: int = Field(3, ge=1, le=50, description="offers on each side")
    amount: Decimal = Field(Decimal(20), gt=0, description="base asset of each offer")
    spread: Decimal = Field(Decimal("0.002"), gt=0, lt=1, description="of the first level from the middle")
    step: Decimal = Field(Decimal("0.001"), gt=0, lt=1, description="from level to level")
    tolerance: Decimal = Field(Decimal("0.001"), gt=0, lt=1, description="move of the middle that moves it")
    pause: float = Field(2.0, gt=0, description="seconds between two moves at least")

    def update_markets(self, markets: MarketDict) -> MarketDict:
        """Name the one market."""
        markets.add_or_update(self.exchange, self.trading_pair)
        return markets


class StellarLadder(StrategyV2Base):
    """Places, watches and moves the ladder."""

    def __init__(self, connectors: dict, config: StellarLadderConfig) -> None:
        super().__init__(connectors, config)
        self._middle: Decimal | None = None
        self._earliest = 0.0

    def on_tick(self) -> None:
        """Move the ladder if it is due."""
        connector = self.connectors[self.config.exchange]
        middle = connector.get_mid_price(self.config.trading_pair)
        if not middle.is_finite() or self.current_timestamp < self._earliest:
            return
        resting = self.get_active_orders(self.config.exchange)
        is_whole = len(resting) == 2 * self.config.levels
        if is_whole and self._middle and abs(middle / self._middle - 1) < self.config.tolerance:
            return
        self._middle, self._earliest = middle, self.current_timestamp + self.config.pause
        for order in resting:
            self.cancel(self.config.exchange, self.config.trading_pair, order.client_order_id)
        for level in range(self.config.levels):
            distance = self.config.spread + level * self.config.step
            self._offer(self.buy, middle * (1 - distance))
            self._offer(self.sell, middle * (1 + distance))

    def _offer(self, side, price: Decimal) -> None:
        connector, pair = self.connectors[self.config.exchange], self.config.trading_pair
        side(
            self.config.exchange,
            pair,
            connector.quantize_order_amount(pair, self.config.amount),
            OrderType.LIMIT,
            connector.quantize_order_price(pair, price),
        )
