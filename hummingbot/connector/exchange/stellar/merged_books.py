"""Books in which liquidity pools stand beside the offers, for who wants to see both."""

import time
from collections.abc import Mapping
from typing import Any

from hummingbot.core.data_type.order_book import OrderBook

from hummingbot.connector.exchange.stellar.assets import AssetTable
from hummingbot.connector.exchange.stellar.horizon.horizon import Horizon
from hummingbot.connector.exchange.stellar.horizon.liquidity_pools import read_pool
from hummingbot.connector.exchange.stellar.horizon.merged_book import merge_book
from hummingbot.connector.exchange.stellar.horizon.order_book import BookSnapshot, read_book
from hummingbot.connector.exchange.stellar.ledger.pool_reserves import PoolReserves

__all__ = ["MergedBooks"]


class MergedBooks:
    """Offers and pools as they were last seen, pair by pair.

    A merged level is what a path payment (a MARKET order) exchanges. LIMIT and LIMIT_MAKER orders meet
    offers alone, so these are kept apart, too.

    Parameters
    ----------
    horizon : Horizon
    assets : AssetTable
    """

    def __init__(self, horizon: Horizon, assets: AssetTable) -> None:
        self._horizon = horizon
        self._assets = assets
        self._records: dict[str, Mapping[str, Any]] = {}
        self._pools: dict[str, PoolReserves | None] = {}
        self._offers: dict[str, OrderBook] = {}

    def offers(self, pair: str) -> OrderBook | None:
        """Return the offers alone, None where none were seen."""
        return self._offers.get(pair)

    def take(self, pair: str, record: Mapping[str, Any], update_id: int) -> BookSnapshot:
        """Take the JSON of ``/order_book`` and return it merged with the pool.

        Raises
        ------
        HorizonUnavailable
            If it is no order book.
        """
        offers = read_book(record, pair, update_id, time.time())
        book = self._offers.setdefault(pair, OrderBook())
        book.apply_snapshot(offers.bids, offers.asks, update_id)
        self._records[pair] = record
        return self._merge(pair, record, update_id)

    async def read_pool(self, pair: str) -> bool:
        """Ask for the pair's pool, as of the last ledger; tell whether there is a book that it changes.

        Raises
        ------
        HorizonUnavailable, HorizonRefused
            If the node does not answer.
        """
        pool = await read_pool(self._horizon, *self._assets.pair(pair), as_of=self._horizon.clock.sequence)
        is_news = pool != self._pools.get(pair)
        self._pools[pair] = pool
        return is_news and pair in self._records

    def again(self, pair: str, update_id: int) -> BookSnapshot:
        """Return the last book with the pool as it is now."""
        return self._merge(pair, self._records[pair], update_id)

    def _merge(self, pair: str, record: Mapping[str, Any], update_id: int) -> BookSnapshot:
        assets = self._assets.pair(pair)
        return merge_book(record, self._pools.get(pair), assets, pair, update_id, time.time())
