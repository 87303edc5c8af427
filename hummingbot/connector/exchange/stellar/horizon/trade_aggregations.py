"""What traded in spans of ledger time, as Horizon's ``/trade_aggregations`` sums it up."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from hummingbot.connector.exchange.stellar import stellar_constants as CONSTANTS
from hummingbot.connector.exchange.stellar.ledger.asset import Asset

from .errors import HorizonRefused, reading
from .horizon import Horizon
from .trades import asset_params

__all__ = ["RESOLUTIONS", "TradeAggregation", "read_last_trade_aggregation", "read_trade_aggregations"]

RESOLUTIONS: Final = (60, 300, 900, 3600, 86_400, 604_800)
"""Seconds of a span that Horizon knows. Spans begin at multiples of them, counted from 1970."""


@dataclass(frozen=True, slots=True)
class TradeAggregation:
    """Trades of one span of ledger time, with offers and with liquidity pools.

    Parameters
    ----------
    start : int
        Unix seconds.
    open, high, low, close : float
        Quote per base.
    base_volume, counter_volume : float
    trade_count : int
    """

    start: int
    open: float
    high: float
    low: float
    close: float
    base_volume: float
    counter_volume: float
    trade_count: int

    @classmethod
    def read(cls, record: Mapping[str, Any]) -> "TradeAggregation":
        """Read a record."""
        with reading("a trade aggregation"):
            return cls(
                int(record["timestamp"]) // 1000,
                _price(record, "open"),
                _price(record, "high"),
                _price(record, "low"),
                _price(record, "close"),
                float(record["base_volume"]),
                float(record["counter_volume"]),
                int(record["trade_count"]),
            )


async def read_trade_aggregations(
    horizon: Horizon, base: Asset, counter: Asset, resolution: int, start: int, end: int
) -> list[TradeAggregation]:
    """Return the spans of `resolution` seconds that begin in [start, end) and had trades, oldest first.

    Raises
    ------
    HorizonUnavailable, HorizonRefused
        If the node does not answer.
    """
    spans: list[TradeAggregation] = []
    while start < end:
        borders = {"start_time": start * 1000, "end_time": end * 1000}
        query: dict[str, str | int] = {"order": "asc", "limit": CONSTANTS.PAGE, **borders}
        page = await _page(horizon, base, counter, resolution, query)
        spans += page
        if len(page) < CONSTANTS.PAGE:
            break
        start = page[-1].start + resolution
    return spans


async def read_last_trade_aggregation(
    horizon: Horizon, base: Asset, counter: Asset, resolution: int, end: int
) -> TradeAggregation | None:
    """Return the last span before `end` that had trades, None if there was none.

    Raises
    ------
    HorizonUnavailable, HorizonRefused
        If the node does not answer.
    """
    query: dict[str, str | int] = {"order": "desc", "limit": 1, "end_time": end * 1000}
    return next(iter(await _page(horizon, base, counter, resolution, query)), None)


async def _page(
    horizon: Horizon, base: Asset, counter: Asset, resolution: int, query: Mapping[str, str | int]
) -> list[TradeAggregation]:
    pair = {**asset_params("base_asset", base), **asset_params("counter_asset", counter)}
    try:
        answer = await horizon.get("/trade_aggregations", {**pair, "resolution": resolution * 1000, **query})
    except HorizonRefused as error:
        if error.status == 404:  # one of the assets never traded
            return []
        raise
    return [TradeAggregation.read(record) for record in answer.records]


def _price(record: Mapping[str, Any], name: str) -> float:
    """Read the fraction: the text beside it has seven decimals, too few for a small price."""
    fraction = {key.lower(): int(value) for key, value in record[f"{name}_r"].items()}
    return fraction["n"] / fraction["d"]
