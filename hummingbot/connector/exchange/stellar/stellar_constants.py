"""Names, addresses, limits and intervals of the connector. Durations are seconds."""

from decimal import Decimal
from typing import Final

from hummingbot.core.api_throttler.data_types import RateLimit

DEFAULT_DOMAIN: Final = "stellar"
TESTNET: Final = "stellar_testnet"
LOCAL: Final = "stellar_local"
DOMAINS: Final = (DEFAULT_DOMAIN, TESTNET, LOCAL)

HORIZON_URLS: Final = {
    DEFAULT_DOMAIN: "https://horizon.stellar.org",
    TESTNET: "https://horizon-testnet.stellar.org",
    LOCAL: "http://127.0.0.1:8000",
}
"""Where each domain's Horizon is, unless the user names another node."""

PASSPHRASES: Final[dict[str, str | None]] = {
    DEFAULT_DOMAIN: "Public Global Stellar Network ; September 2015",
    TESTNET: "Test SDF Network ; September 2015",
    LOCAL: None,
}
"""What a node of the domain must call its network; None takes any that is not the public network's."""

NODES_FILE: Final = "stellar_nodes.yml"
"""File of the instance's ``conf`` with each domain's nodes; it also reaches connectors without keys."""

ASSETS_FILE: Final = "stellar_assets.yml"
"""File of the instance's ``conf`` with lines ``DOMAIN: NAME=CODE:ISSUER, …``; it reaches them, too."""

ORDER_ID_PREFIX: Final = "ST"
ORDER_ID_MAX_LENGTH: Final = 32

REQUEST_TIMEOUT: Final = 10.0
SUBMIT_TIMEOUT: Final = 35.0
"""Horizon itself gives up on a submission after 30 s and answers 504."""
STREAM_STALL: Final = 70.0
"""Horizon ends every stream after 55 s, so a longer silence is a dead connection."""
STREAM_RETRY_FIRST: Final = 0.1
STREAM_RETRY_MOST: Final = 10.0

POLL_INTERVALS: Final = {DEFAULT_DOMAIN: 60.0, TESTNET: 60.0, LOCAL: 5.0}
"""How often an account is read beside its stream, for what the stream does not tell, such as a revocation."""

PAGE: Final = 200
BOOK_LEVELS: Final = 200

OPERATIONS_IN_TRANSACTION: Final = 100
FEE_CAP: Final = 10_000
"""Stroops that an operation may cost at most unless the user says otherwise; while ledgers have room it costs
100."""

MARKET_SLIPPAGE: Final = Decimal("0.05")
"""A MARKET order never trades further than this share beyond the best opposite price."""

SMALLEST_STEP: Final = Decimal("0.0000001")
DUST: Final = Decimal("0.00001")
"""100 stroops: below it on either side, rounding an exchange to stroops can miss the price by more than the
network's 1 %, and the ledger deletes such an offer."""

QUOTAS: Final[dict[str, tuple[int, int] | None]] = {
    DEFAULT_DOMAIN: (3600, 100),
    TESTNET: (3600, 100),
    LOCAL: None,
}
"""Requests an hour, and in one burst, that a domain's Horizon grants an IP address."""

HORIZON_LIMIT: Final = "horizon"
SUBMIT_LIMIT: Final = "horizon-submit"
RPC_LIMIT: Final = "rpc"


def rate_limits(domain: str, nodes: int = 1) -> list[RateLimit]:
    """Return the throttler's limits: short windows, because it scans its whole log at every request.

    A public Horizon grants 3,600 requests an hour with bursts of 100; the local sandbox has no limit.
    """
    reads, sends, seconds = (100, 50, 0.25) if domain == LOCAL else (50, 20, 10.0)
    return [
        RateLimit(HORIZON_LIMIT, reads * nodes, seconds),
        RateLimit(SUBMIT_LIMIT, sends * nodes, seconds),
        RateLimit(RPC_LIMIT, reads, seconds),
    ]
