"""A controller that keeps one bid under the lowest price of the last hours' candles."""

from decimal import Decimal

from hummingbot.core.data_type.common import MarketDict, TradeType
from hummingbot.data_feed.candles_feed.data_types import CandlesConfig
from hummingbot.strategy_v2.controllers.controller_base import ControllerBase, ControllerConfigBase
from hummingbot.strategy_v2.executors.order_executor.data_types import ExecutionStrategy, OrderExecutorConfig
from hummingbot.strategy_v2.models.executor_actions import CreateExecutorAction, ExecutorAction


class CandleFloorConfig(ControllerConfigBase):
    """Settings."""

    controller_name: str = "candle_floor"
    controller_type: str = "generic"
    connector_name: str = "stellar_local"
    trading_pair: str = "XLM-USDC"
    interval: str = "1h"
    candles: int = 24
    amount: Decimal = Decimal(50)
    discount: Decimal = Decimal("0.02")

    def update_markets(self, markets: MarketDict) -> MarketDict:
        return markets.add_or_update(self.connector_name, self.trading_pair)


class CandleFloor(ControllerBase):
    """Bids once, when the candles are there."""

    told = "no candles yet"

    def get_candles_config(self) -> list[CandlesConfig]:
        config = self.config
        return [
            CandlesConfig(
                connector=config.connector_name,
                trading_pair=config.trading_pair,
                interval=config.interval,
                max_records=config.candles,
            )
        ]

    async def update_processed_data(self) -> None:
        config = self.config
        frame = self.market_data_provider.get_candles_df(
            config.connector_name, config.trading_pair, config.interval, config.candles
        )
        self.processed_data = {"closed": frame.iloc[:-1]}

    def determine_executor_actions(self) -> list[ExecutorAction]:
        closed = self.processed_data["closed"]
        if self.executors_info or len(closed) < self.config.candles - 1:
            return []
        self.told = (
            f"lowest of {len(closed)} candles from {closed['timestamp'].min():.0f}: {closed['low'].min()}"
        )
        order = OrderExecutorConfig(
            timestamp=self.market_data_provider.time(),
            connector_name=self.config.connector_name,
            trading_pair=self.config.trading_pair,
            side=TradeType.BUY,
            amount=self.config.amount,
            execution_strategy=ExecutionStrategy.LIMIT,
            price=Decimal(str(closed["low"].min())) * (1 - self.config.discount),
        )
        return [CreateExecutorAction(controller_id=self.config.id, executor_config=order)]

    def to_format_status(self) -> list[str]:
        return [self.told]
