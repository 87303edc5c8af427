"""Which network a node belongs to."""

from hummingbot.connector.exchange.stellar import stellar_constants as CONSTANTS

from .errors import WrongNetwork, reading
from .horizon import Horizon

__all__ = ["read_network"]


async def read_network(horizon: Horizon, domain: str) -> str:
    """Return the passphrase of the node's network.

    Raises
    ------
    WrongNetwork
        If it is not the domain's.
    HorizonUnavailable, HorizonRefused
        If the node does not answer.
    """
    answer = await horizon.get("/")
    with reading("its root"):
        passphrase = str(answer.body["network_passphrase"])
    expected = CONSTANTS.PASSPHRASES[domain]
    public = CONSTANTS.PASSPHRASES[CONSTANTS.DEFAULT_DOMAIN]
    if passphrase != expected if expected is not None else passphrase == public:
        raise WrongNetwork(
            f"the node {horizon.url} belongs to the network {passphrase!r}, not to {domain}: "
            "choose another URL"
        )
    return passphrase
