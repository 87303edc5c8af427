"""Exchange rates for Hummingbot's reports, read off the order books at hand."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from hummingbot.core.data_type.common import PriceType
from hummingbot.core.rate_oracle.sources.rate_source_base import RateSourceBase

__all__ = ["OrderBookRates"]


class OrderBookRates(RateSourceBase):  # type: ignore[misc]
    """A rate source that asks no one: mids of a connector's own books.

    Parameters
    ----------
    connector : ExchangeBase
        A connector whose order books are kept up to date.
    pairs : sequence of str
        Its trading pairs.
    """

    def __init__(self, connector: Any, pairs: Sequence[str]) -> None:
        self._connector = connector
        self._pairs = tuple(pairs)

    @property
    def name(self) -> str:
        """Name shown by Hummingbot."""
        return f"{self._connector.name} order books"

    async def get_prices(self, quote_token: str | None = None) -> dict[str, Decimal]:
        """Return the mid of each pair whose book has two sides."""
        prices = {}
        for pair in self._pairs:
            if pair in self._connector.order_books:
                mid = self._connector.get_price_by_type(pair, PriceType.MidPrice)
                if mid is not None and mid.is_finite() and mid > 0:
                    prices[pair] = mid
        return prices
