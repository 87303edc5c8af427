"""Where the connector's HTTP requests go, and the web assistants that make them."""

import time
from collections.abc import Sequence
from typing import Any

from hummingbot.core.api_throttler.async_throttler import AsyncThrottler
from hummingbot.core.web_assistant.auth import AuthBase
from hummingbot.core.web_assistant.web_assistants_factory import WebAssistantsFactory

from hummingbot.connector.exchange.stellar import stellar_constants as CONSTANTS
from hummingbot.connector.exchange.stellar.horizon.horizon import Horizon
from hummingbot.connector.exchange.stellar.horizon.ledger_clock import LedgerClock
from hummingbot.connector.exchange.stellar.horizon.node import HorizonNode
from hummingbot.connector.exchange.stellar.horizon.node_pool import NodePool
from hummingbot.connector.exchange.stellar.horizon.quota import Quota
from hummingbot.connector.exchange.stellar.node_addresses import NodeAddresses
from hummingbot.connector.exchange.stellar.rpc.node import RpcNode
from hummingbot.connector.exchange.stellar.rpc.rpc import Rpc

__all__ = [
    "build_api_factory",
    "build_horizon",
    "build_rpc",
    "create_throttler",
    "get_current_server_time",
    "private_rest_url",
    "public_rest_url",
]


def public_rest_url(path_url: str, domain: str = CONSTANTS.DEFAULT_DOMAIN) -> str:
    """Return the full URL of a Horizon path such as ``/order_book``."""
    return NodeAddresses.find(domain).horizon[0] + path_url


def private_rest_url(path_url: str, domain: str = CONSTANTS.DEFAULT_DOMAIN) -> str:
    """Return the same: Horizon has no private paths, transactions carry their own signatures."""
    return public_rest_url(path_url, domain)


def create_throttler(domain: str = CONSTANTS.DEFAULT_DOMAIN, nodes: int = 1) -> AsyncThrottler:
    """Make a throttler with the limits of the domain's nodes, for use without an exchange."""
    return AsyncThrottler(CONSTANTS.rate_limits(domain, nodes))


def build_api_factory(
    throttler: AsyncThrottler | None = None,
    auth: AuthBase | None = None,
    domain: str = CONSTANTS.DEFAULT_DOMAIN,
    **_: Any,
) -> WebAssistantsFactory:
    """Make Hummingbot's factory of REST assistants."""
    return WebAssistantsFactory(throttler=throttler or create_throttler(domain), auth=auth)


def build_horizon(
    domain: str,
    urls: Sequence[str],
    clock: LedgerClock,
    throttler: AsyncThrottler | None = None,
    factory: WebAssistantsFactory | None = None,
) -> Horizon:
    """Make the client of a domain's Horizon nodes.

    Parameters
    ----------
    domain : str
    urls : sequence of str
        Of the nodes, the preferred ones first; without trailing slashes.
    clock : LedgerClock
        Which it keeps.
    """
    throttler = throttler or create_throttler(domain, len(urls))
    factory = factory or build_api_factory(throttler, domain=domain)
    grant = CONSTANTS.QUOTAS[domain]

    def quota() -> Quota | None:
        return Quota(*grant, wakes_every=lambda: clock.median_arrival) if grant else None

    nodes = [HorizonNode(url, factory, throttler, quota()) for url in urls]
    return Horizon(NodePool(nodes, domain, clock), clock)


def build_rpc(
    domain: str,
    urls: Sequence[str],
    horizon: Horizon,
    clock: LedgerClock,
    throttler: AsyncThrottler,
    factory: WebAssistantsFactory,
) -> Rpc:
    """Make the client of a domain's RPC nodes, which must be of the network of its Horizon nodes.

    Parameters
    ----------
    domain : str
    urls : sequence of str
        Of the nodes, the preferred ones first.
    horizon : Horizon
    clock : LedgerClock
    """
    nodes = [RpcNode(url, factory, throttler) for url in urls]
    return Rpc(nodes, domain, horizon.pool.passphrase, clock)


async def get_current_server_time(
    throttler: AsyncThrottler | None = None, domain: str = CONSTANTS.DEFAULT_DOMAIN
) -> float:
    """Return the wall time in milliseconds: nothing the connector signs depends on a server's wall clock.

    Time bounds come from the ledger's own close times instead.
    """
    return time.time() * 1e3
