"""Where the connector's HTTP requests go, and the web assistants that make them."""

import time
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]
from hummingbot.core.api_throttler.async_throttler import AsyncThrottler
from hummingbot.core.web_assistant.auth import AuthBase
from hummingbot.core.web_assistant.web_assistants_factory import WebAssistantsFactory

from hummingbot import root_path  # type: ignore[attr-defined]
from hummingbot.connector.exchange.stellar import stellar_constants as CONSTANTS
from hummingbot.connector.exchange.stellar.credentials import check_horizon_url
from hummingbot.connector.exchange.stellar.errors import ConfigurationError

__all__ = [
    "build_api_factory",
    "create_throttler",
    "get_current_server_time",
    "horizon_url",
    "private_rest_url",
    "public_rest_url",
]


def horizon_url(domain: str, chosen: str = "", conf: Path | None = None) -> str:
    """Return the URL of the domain's Horizon, without a trailing slash.

    The user's own field comes first, then the domain's line in ``conf/stellar_nodes.yml``, then the default.

    Raises
    ------
    ConfigurationError
        If the domain is unknown, the file cannot be read, or the address is not http(s).
    """
    if domain not in CONSTANTS.HORIZON_URLS:
        raise ConfigurationError(
            f"domain {domain!r} is not one of {', '.join(CONSTANTS.DOMAINS)}: choose one of these"
        )
    url = chosen.strip() or _nodes(conf).get(domain, "") or CONSTANTS.HORIZON_URLS[domain]
    return check_horizon_url(url, domain)


def _nodes(conf: Path | None) -> dict[str, str]:
    path = (root_path() / "conf" if conf is None else conf) / CONSTANTS.NODES_FILE
    try:
        text = path.read_text()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise ConfigurationError(f"cannot read {path}: {error.strerror}") from None
    try:
        nodes = yaml.safe_load(text) or {}
    except yaml.YAMLError:
        nodes = None
    if not isinstance(nodes, dict) or not all(isinstance(url, str) for url in nodes.values()):
        raise ConfigurationError(
            f"{path} must hold lines DOMAIN: URL, such as stellar_local: http://127.0.0.1:8000"
        )
    unknown = [str(name) for name in nodes if name not in CONSTANTS.DOMAINS]
    if unknown:
        raise ConfigurationError(
            f"{path} names {', '.join(unknown)}, but the domains are {', '.join(CONSTANTS.DOMAINS)}"
        )
    return nodes


def public_rest_url(path_url: str, domain: str = CONSTANTS.DEFAULT_DOMAIN) -> str:
    """Return the full URL of a Horizon path such as ``/order_book``."""
    return horizon_url(domain) + path_url


def private_rest_url(path_url: str, domain: str = CONSTANTS.DEFAULT_DOMAIN) -> str:
    """Return the same: Horizon has no private paths, transactions carry their own signatures."""
    return public_rest_url(path_url, domain)


def create_throttler(domain: str = CONSTANTS.DEFAULT_DOMAIN) -> AsyncThrottler:
    """Make a throttler with the domain's limits, for use without an exchange."""
    return AsyncThrottler(CONSTANTS.rate_limits(domain))


def build_api_factory(
    throttler: AsyncThrottler | None = None,
    auth: AuthBase | None = None,
    domain: str = CONSTANTS.DEFAULT_DOMAIN,
    **_: Any,
) -> WebAssistantsFactory:
    """Make Hummingbot's factory of REST assistants."""
    return WebAssistantsFactory(throttler=throttler or create_throttler(domain), auth=auth)


async def get_current_server_time(
    throttler: AsyncThrottler | None = None, domain: str = CONSTANTS.DEFAULT_DOMAIN
) -> float:
    """Return the wall time in milliseconds: nothing the connector signs depends on a server's wall clock.

    Time bounds come from the ledger's own close times instead.
    """
    return time.time() * 1e3
