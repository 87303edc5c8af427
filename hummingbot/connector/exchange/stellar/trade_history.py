"""What a pair has traded so far, by its name at Hummingbot's border."""

import math
from collections.abc import Iterable

from hummingbot.connector.exchange.stellar.assets import AssetTable
from hummingbot.connector.exchange.stellar.horizon.errors import HorizonRefused
from hummingbot.connector.exchange.stellar.horizon.horizon import Horizon
from hummingbot.connector.exchange.stellar.horizon.trade_aggregations import (
    TradeAggregation,
    read_last_trade_aggregation,
    read_trade_aggregations,
)
from hummingbot.connector.exchange.stellar.horizon.trades import Trade, asset_params

__all__ = ["TradeHistory"]


class TradeHistory:
    """Asks Horizon for trades of the past, of offers and of pools.

    Each question raises `HorizonUnavailable` or `HorizonRefused` if no node answers, and `ConfigurationError`
    if the pair is no pair here.

    Parameters
    ----------
    horizon : Horizon
    assets : AssetTable
    """

    def __init__(self, horizon: Horizon, assets: AssetTable) -> None:
        self._horizon = horizon
        self._assets = assets

    async def last_prices(self, trading_pairs: Iterable[str]) -> dict[str, float]:
        """Return the price of each pair's last trade, NaN for a pair that never traded."""
        return {pair: await self._last_price(pair) for pair in trading_pairs}

    async def aggregations(
        self, trading_pair: str, resolution_seconds: int, start: int, end: int
    ) -> list[TradeAggregation]:
        """Return the pair's trades in spans of `resolution_seconds` (60, 300, 900, 3600, 86400 or 604800).

        Parameters
        ----------
        start, end : int
            Unix seconds of ledger time; spans that begin in [start, end), oldest first. Spans without trades
            are left out.
        """
        pair = self._assets.pair(trading_pair)
        return await read_trade_aggregations(self._horizon, *pair, resolution_seconds, start, end)

    async def last_aggregation(
        self, trading_pair: str, resolution_seconds: int, end: int
    ) -> TradeAggregation | None:
        """Return the last span before `end` (unix seconds) in which the pair traded, None if it never did."""
        pair = self._assets.pair(trading_pair)
        return await read_last_trade_aggregation(self._horizon, *pair, resolution_seconds, end)

    async def _last_price(self, trading_pair: str) -> float:
        base, quote = self._assets.pair(trading_pair)
        market = {**asset_params("base_asset", base), **asset_params("counter_asset", quote)}
        try:
            answer = await self._horizon.get("/trades", {**market, "order": "desc", "limit": "1"})
        except HorizonRefused as error:
            if error.status == 404:
                return math.nan
            raise
        for record in answer.records:
            trade = Trade.read(record)
            return trade.counter_amount / max(1, trade.base_amount)
        return math.nan
