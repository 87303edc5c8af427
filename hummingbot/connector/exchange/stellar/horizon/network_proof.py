"""What proves that a node belongs to the network it names: the hashes of its transactions."""

from base64 import b64decode
from collections.abc import Mapping
from typing import Any, Final

from hummingbot.connector.exchange.stellar.ledger.xdr import fee_bump_hash, network_id, transaction_hash

from .errors import reading

__all__ = ["is_on_network"]

KIND_LENGTH: Final = 4
COUNT_LENGTH: Final = 4
HINT_AND_LENGTH: Final = 8
FEE_BUMP: Final = 5


def is_on_network(record: Mapping[str, Any], passphrase: str) -> bool:
    """Tell whether a transaction as Horizon shows it has the hash that it has on a network.

    What is signed is cut out of the envelope by the length of the signatures behind it, so operations of
    any kind may be in it.

    Raises
    ------
    HorizonUnavailable
        If it is no transaction.
    """
    with reading("a transaction"):
        envelope = b64decode(record["envelope_xdr"])
        signatures = [b64decode(signature) for signature in record["signatures"]]
        padded = (HINT_AND_LENGTH + len(signature) + -len(signature) % 4 for signature in signatures)
        signed = envelope[KIND_LENGTH : len(envelope) - COUNT_LENGTH - sum(padded)]
        hash_on = fee_bump_hash if envelope[KIND_LENGTH - 1] == FEE_BUMP else transaction_hash
        return hash_on(signed, network_id(passphrase)).hex() == str(record["hash"])
