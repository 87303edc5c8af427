"""How a transaction can end, and what a node's refusal of one says."""

from base64 import b64decode
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from hummingbot.connector.exchange.stellar.horizon.errors import HorizonRefused
from hummingbot.connector.exchange.stellar.ledger.results import TransactionResult
from hummingbot.connector.exchange.stellar.ledger.xdr import decode_result

from .record import TransactionRecord

__all__ = ["NOT_PASSED_ON", "Expired", "Included", "Refused", "Verdict", "read_refusal"]

NOT_PASSED_ON: Final = "not passed on"
"""Code of a 400 without a result code: the node found no transaction in the request to give the network."""
TRANSACTION_CODES: Final = {
    "tx_failed": "txFAILED",
    "tx_too_early": "txTOO_EARLY",
    "tx_too_late": "txTOO_LATE",
    "tx_bad_seq": "txBAD_SEQ",
    "tx_bad_auth": "txBAD_AUTH",
    "tx_insufficient_balance": "txINSUFFICIENT_BALANCE",
    "tx_insufficient_fee": "txINSUFFICIENT_FEE",
    "tx_no_source_account": "txNO_ACCOUNT",
    "tx_frozen_key_accessed": "txFROZEN_KEY_ACCESSED",
}


@dataclass(frozen=True, slots=True)
class Included:
    """It is on the ledger, successful or failed; its sequence number is used."""

    record: TransactionRecord


@dataclass(frozen=True, slots=True)
class Refused:
    """The network did not take it; it never was and never will be on the ledger, and cost nothing.

    Parameters
    ----------
    code : str
    result : TransactionResult or None
    occupant : TransactionRecord or None
        The transaction that has used its sequence number instead: the ledger's own proof.
    """

    code: str
    result: TransactionResult | None
    occupant: TransactionRecord | None = None


@dataclass(frozen=True, slots=True)
class Expired:
    """Its time bound has passed without it: a later ledger proves that it never happened."""


Verdict = Included | Refused | Expired


def read_refusal(error: HorizonRefused) -> Refused | None:
    """Return what Horizon's refusal of a transaction says; None if it says nothing about the transaction."""
    extras: Mapping[str, Any] = error.extras
    codes = extras.get("result_codes")
    if not isinstance(codes, dict) or not isinstance(codes.get("transaction"), str):
        if "envelope_xdr" in extras:
            return Refused("txMALFORMED", None)
        return Refused(NOT_PASSED_ON, None) if error.status == 400 else None
    result = None
    with suppress(ValueError, TypeError):
        result = decode_result(b64decode(extras.get("result_xdr", ""), validate=True))
    named = str(codes["transaction"])
    code = result.code if result else TRANSACTION_CODES.get(named, named)
    return Refused(code, result)
