"""Public data for those who have no connector: one source a network, shared by all of them."""

import asyncio
from typing import ClassVar
from weakref import WeakValueDictionary

from hummingbot.core.utils.async_utils import safe_ensure_future

from hummingbot.connector.exchange.stellar import stellar_web_utils
from hummingbot.connector.exchange.stellar.assets import AssetTable
from hummingbot.connector.exchange.stellar.horizon.ledger_clock import LedgerClock
from hummingbot.connector.exchange.stellar.node_addresses import NodeAddresses
from hummingbot.connector.exchange.stellar.own_assets import own_assets
from hummingbot.connector.exchange.stellar.stellar_api_order_book_data_source import (
    StellarAPIOrderBookDataSource,
)

__all__ = ["PublicSource"]


class PublicSource:
    """A data source that follows the ledger, and nothing else, while someone uses it.

    Parameters
    ----------
    domain : str
        Its nodes and own assets are those of the instance's files, unless they are given.
    horizon_url, assets : str, optional
        Addresses of nodes, and own assets beside those of the file, as at `connect`.

    Attributes
    ----------
    data : StellarAPIOrderBookDataSource
    horizon : Horizon
    assets : AssetTable

    Raises
    ------
    ConfigurationError
        If one of these cannot be used.
    """

    _shared: ClassVar["WeakValueDictionary[tuple[object, str], PublicSource]"] = WeakValueDictionary()

    def __init__(self, domain: str, horizon_url: str = "", assets: str = "") -> None:
        clock, nodes = LedgerClock(), NodeAddresses.find(domain, horizon_url).horizon
        self.horizon = stellar_web_utils.build_horizon(domain, nodes, clock)
        self.assets = AssetTable(domain, own_assets(domain, assets))
        self.data = StellarAPIOrderBookDataSource([], self.horizon, self.assets, clock, domain)
        self._users = 0
        self._task: asyncio.Future[None] | None = None

    @classmethod
    def of(cls, domain: str) -> "PublicSource":
        """Return the source that all users of the running event loop share; outside of one, a new one."""
        try:
            key = asyncio.get_running_loop(), domain
        except RuntimeError:
            return cls(domain)
        source = cls._shared.get(key)
        if source is None:
            source = cls._shared[key] = cls(domain)
        return source

    def begin(self) -> None:
        """Take note of one more user."""
        self._users += 1
        if self._task is None:
            self._task = safe_ensure_future(self.data.listen_for_subscriptions())

    def end(self) -> None:
        """Take note of one user less."""
        self._users -= 1
        if self._users == 0 and self._task is not None:
            self._task.cancel()
            self._task = None
