"""Provides liquidity to a pair's pool, watches the position, and takes it out again.

At the start it deposits, in the pool's proportion; while it runs it logs what the position is worth against
having kept what was put in; it withdraws when that falls too far behind, and when the strategy stops.
"""

from decimal import Decimal
from pathlib import Path

from hummingbot.core.data_type.common import MarketDict
from hummingbot.core.utils.async_utils import safe_ensure_future
from hummingbot.strategy.strategy_v2_base import StrategyV2Base, StrategyV2ConfigBase
from pydantic import Field

from hummingbot.connector.exchange.stellar.errors import StellarError


class StellarLiquidityConfig(StrategyV2ConfigBase):
    """Settings."""

    script_file_name: str = Path(__file__).name
    exchange: str = Field("stellar_local", description="connector")
    trading_pair: str = Field("XLM-USDC", description="pair of the pool")
    base_amount: Decimal = Field(Decimal(100), gt=0, description="most of the base asset to put in")
    quote_amount: Decimal = Field(Decimal(10), gt=0, description="most of the quote asset to put in")
    slippage: Decimal = Field(Decimal("0.01"), gt=0, lt=1, description="of price or payout, on the way")
    most_loss: Decimal = Field(Decimal("0.02"), gt=0, lt=1, description="impermanent loss to withdraw at")
    interval: float = Field(5.0, gt=0, description="seconds between two looks at the position")

    def update_markets(self, markets: MarketDict) -> MarketDict:
        """Name the one market."""
        markets.add_or_update(self.exchange, self.trading_pair)
        return markets


class StellarLiquidity(StrategyV2Base):
    """Deposits, watches, withdraws.

    Attributes
    ----------
    position : PoolPosition or None
        As it was last seen.
    """

    def __init__(self, connectors: dict, config: StellarLiquidityConfig) -> None:
        super().__init__(connectors, config)
        self._work = None
        self._earliest = 0.0
        self._is_in = False
        self._is_over = False
        self.position = None

    @property
    def _pools(self):
        return self.connectors[self.config.exchange].pools

    def on_tick(self) -> None:
        """Take the next step, one at a time."""
        is_working = self._work is not None and not self._work.done()
        if not is_working and not self._is_over and self.current_timestamp >= self._earliest:
            self._earliest = self.current_timestamp + self.config.interval
            self._work = safe_ensure_future(self._watch() if self._is_in else self._enter())

    async def on_stop(self) -> None:
        """Take everything out, after what is under way."""
        self._is_over = True
        if self._work is not None:
            await self._work
        await self._leave()
        await super().on_stop()

    async def _enter(self) -> None:
        settings = self.config
        try:
            base, quote = await self._pools.deposit(
                settings.trading_pair, settings.base_amount, settings.quote_amount, settings.slippage, True
            )
        except StellarError as error:
            self.logger().warning(f"Nothing was deposited: {error}.")
            return
        self._is_in = True
        self.logger().info(f"Deposited {base} and {quote} of {settings.trading_pair}.")

    async def _watch(self) -> None:
        try:
            self.position = await self._pools.position(self.config.trading_pair)
        except StellarError as error:
            self.logger().info(f"The position is not known: {error}.")
            return
        loss = self.position.impermanent_loss or Decimal(0)
        self.logger().info(
            f"Position in {self.config.trading_pair}: {self.position.base} and {self.position.quote}, "
            f"{loss:+.4%} against having kept what was put in."
        )
        if loss < -self.config.most_loss:
            self._is_over = True
            await self._leave()

    async def _leave(self) -> None:
        if not self._is_in:
            return
        try:
            base, quote = await self._pools.withdraw(self.config.trading_pair, None, self.config.slippage)
        except StellarError as error:
            self.logger().error(f"The position is still in the pool: {error}.")
            return
        self._is_in = False
        self.logger().info(f"Withdrew {base} and {quote} of {self.config.trading_pair}.")
