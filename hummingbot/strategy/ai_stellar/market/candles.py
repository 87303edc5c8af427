"""Hourly bars by Hummingbot's own candles feeds, of any exchange that it knows."""

from typing import Any, Final

import pandas as pd

from .bars import HOUR

__all__ = ["PRICES", "CandlesError", "candles_feed", "hourly_candles"]

PRICES: Final = ("open", "high", "low", "close")


class CandlesError(RuntimeError):
    """Candles that cannot be had; the message names the exchange, the pair and what to do."""


def candles_feed(exchange: str, pair: str) -> Any:
    """Return Hummingbot's feed of a pair's hourly candles.

    Raises
    ------
    CandlesError
        If there is none of that exchange.
    """
    from hummingbot.data_feed.candles_feed.candles_factory import (
        CandlesFactory,
        UnsupportedConnectorException,
    )
    from hummingbot.data_feed.candles_feed.data_types import CandlesConfig

    from hummingbot.connector.exchange.stellar import stellar_candles

    stellar_candles.register()
    try:
        return CandlesFactory.get_candle(CandlesConfig(connector=exchange, trading_pair=pair, interval="1h"))
    except UnsupportedConnectorException:
        known = ", ".join(sorted(CandlesFactory._candles_map))
        raise CandlesError(f"Hummingbot has no candles of {exchange}: name one of {known}") from None


async def hourly_candles(feed: Any, exchange: str, pair: str, begin: int, end: int) -> pd.DataFrame:
    """Return the bars that start in ``[begin, end)``, ascending: `PRICES`, volume, and timestamp in seconds.

    Raises
    ------
    CandlesError
        If the exchange does not answer.
    """
    from hummingbot.data_feed.candles_feed.data_types import HistoricalCandlesConfig

    asked = HistoricalCandlesConfig(
        connector_name=exchange, trading_pair=pair, interval="1h", start_time=begin, end_time=end - HOUR
    )
    try:
        found = await feed.get_historical_candles(asked)
    except Exception as error:  # whatever the exchange's client raises
        raise CandlesError(
            f"{exchange} does not give bars of {pair} ({type(error).__name__}: {error}): "
            "look at the connection and the pair, then run it again"
        ) from error
    if not len(found):
        return pd.DataFrame(columns=["timestamp", *PRICES, "volume"])
    return found[(found["timestamp"] >= begin) & (found["timestamp"] < end)].sort_values("timestamp")
