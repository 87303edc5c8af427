"""The methods of Stellar RPC that the sandbox has: ledger entries, transactions, fees, health."""

from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Callable
from typing import Any, Final

from aiohttp import web

from ...ledger.xdr import UnsupportedXdr, XdrError
from ..entry_xdr import encode_entry, encode_extension, find_entry
from ..history import ledger_of
from ..history.toid import transaction_of
from ..sandbox import Sandbox
from .fee_stats import distribution
from .ledgers import header_xdr
from .lies import passphrase_of
from .responses import base_url, sandbox_of
from .submission import hand_over

__all__ = ["METHODS", "RpcError"]

INVALID_PARAMETERS: Final = -32602
FEE_WINDOW: Final = 10
SOROBAN_FEE_WINDOW: Final = 50
MOST_KEYS: Final = 200
HASH_DIGITS: Final = 64

Parameters = dict[str, Any]


class RpcError(Exception):
    """A call that cannot be answered.

    Parameters
    ----------
    code : int
        Of JSON-RPC.
    message : str
    data : str, optional
    """

    def __init__(self, code: int, message: str, data: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.data = data

    def body(self) -> dict[str, Any]:
        """Return the error as JSON-RPC shows it."""
        body: dict[str, Any] = {"code": self.code, "message": self.message}
        return body if self.data is None else body | {"data": self.data}


def get_health(request: web.Request, parameters: Parameters) -> dict[str, Any]:
    """Tell that the node is there, and which ledgers it has. Market time is no measure of its health."""
    history = sandbox_of(request).history
    return {
        "status": "healthy",
        **_newest(sandbox_of(request)),
        "oldestLedger": history.elder,
        "oldestLedgerCloseTime": _closed_at(sandbox_of(request), history.elder),
        "ledgerRetentionWindow": history.retention.ledgers,
    }


def get_network(request: web.Request, parameters: Parameters) -> dict[str, Any]:
    """Return what names the network."""
    return {
        "friendbotUrl": f"{base_url(request)}/friendbot",
        "passphrase": passphrase_of(request),
        "protocolVersion": sandbox_of(request).network.header.protocol,
    }


def get_latest_ledger(request: web.Request, parameters: Parameters) -> dict[str, Any]:
    """Return the newest ledger; its metadata is empty, because the sandbox builds none."""
    history = sandbox_of(request).history
    record = history.ledger(history.latest)
    assert record is not None
    return {
        "id": record.hash.hex(),
        "protocolVersion": record.protocol,
        "sequence": record.sequence,
        "closeTime": str(record.closed_at),
        "headerXdr": header_xdr(record),
        "metadataXdr": "",
    }


def get_ledger_entries(request: web.Request, parameters: Parameters) -> dict[str, Any]:
    """Return the entries that are there of those asked for, in the order asked for."""
    _check_format(parameters)
    keys = parameters.get("keys")
    if not isinstance(keys, list):
        raise RpcError(INVALID_PARAMETERS, "invalid parameters", "keys is not a list")
    if len(keys) > MOST_KEYS:
        raise RpcError(INVALID_PARAMETERS, f"key count ({len(keys)}) exceeds maximum supported ({MOST_KEYS})")
    sandbox, entries = sandbox_of(request), []
    for index, key in enumerate(keys):
        try:
            entry = find_entry(sandbox.network.state, b64decode(key, validate=True))
        except (Error, ValueError, TypeError):
            message = f"cannot unmarshal key value {key} at index {index}"
            raise RpcError(INVALID_PARAMETERS, message) from None
        if entry is not None:
            entries.append(
                {
                    "key": key,
                    "xdr": b64encode(encode_entry(entry)).decode(),
                    "lastModifiedLedgerSeq": entry.last_modified,
                    "extXdr": b64encode(encode_extension(entry)).decode(),
                }
            )
    return {"entries": entries, "latestLedger": sandbox.history.latest}


def send_transaction(request: web.Request, parameters: Parameters) -> dict[str, Any]:
    """Hand a transaction to the network and tell what it says at once."""
    _check_format(parameters)
    try:
        submission = hand_over(request, b64decode(parameters.get("transaction") or "", validate=True))
    except UnsupportedXdr as error:
        message = "the sandbox does not build what this transaction asks for"
        raise RpcError(INVALID_PARAMETERS, message, str(error)) from None
    except (Error, ValueError, TypeError, XdrError):
        raise RpcError(INVALID_PARAMETERS, "invalid_xdr") from None
    answer: dict[str, Any] = {"status": submission.status, "hash": submission.hash.hex()}
    if submission.result_xdr is not None:
        answer["errorResultXdr"] = b64encode(submission.result_xdr).decode()
    return answer | _newest(sandbox_of(request))


def get_transaction(request: web.Request, parameters: Parameters) -> dict[str, Any]:
    """Return what became of a transaction, without the metadata, which the sandbox does not build."""
    _check_format(parameters)
    hash, sandbox = parameters.get("hash", ""), sandbox_of(request)
    if not isinstance(hash, str) or len(hash) != HASH_DIGITS:
        raise RpcError(INVALID_PARAMETERS, f"unexpected hash length ({len(str(hash))})")
    try:
        record = sandbox.history.transaction(bytes.fromhex(hash))
    except ValueError as error:
        raise RpcError(INVALID_PARAMETERS, f"incorrect hash: {error}") from None
    known = {
        **_newest(sandbox),
        "oldestLedger": sandbox.history.elder,
        "oldestLedgerCloseTime": _closed_at(sandbox, sandbox.history.elder),
    }
    if record is None:
        absent = {"applicationOrder": 0, "feeBump": False, "ledger": 0, "createdAt": "0"}
        return {**known, "status": "NOT_FOUND", "txHash": hash, **absent}
    return {
        **known,
        "status": "SUCCESS" if record.successful else "FAILED",
        "txHash": hash,
        "applicationOrder": transaction_of(record.id),
        "feeBump": bool(record.inner_hash),
        "envelopeXdr": b64encode(record.envelope_xdr).decode(),
        "resultXdr": b64encode(record.result_xdr).decode(),
        "ledger": ledger_of(record.id),
        "createdAt": str(record.closed_at),
    }


def get_fee_stats(request: web.Request, parameters: Parameters) -> dict[str, Any]:
    """Return what was charged for an operation in the last ten ledgers; contracts are not modelled."""
    history = sandbox_of(request).history
    ledgers = history.ledgers((history.latest + 1) << 32, FEE_WINDOW, ascending=False)
    fees = [
        record.fee_charged // max(record.operation_count, 1)
        for ledger in ledgers
        for record in ledger.transactions
    ]
    return {
        "sorobanInclusionFee": _fee_distribution([], SOROBAN_FEE_WINDOW),
        "inclusionFee": _fee_distribution(fees, len(ledgers)),
        "latestLedger": history.latest,
    }


METHODS: Final[dict[str, Callable[[web.Request, Parameters], dict[str, Any]]]] = {
    "getFeeStats": get_fee_stats,
    "getHealth": get_health,
    "getLatestLedger": get_latest_ledger,
    "getLedgerEntries": get_ledger_entries,
    "getNetwork": get_network,
    "getTransaction": get_transaction,
    "sendTransaction": send_transaction,
}


def _check_format(parameters: Parameters) -> None:
    given = parameters.get("xdrFormat", "")
    if given == "json":
        raise RpcError(INVALID_PARAMETERS, "the sandbox writes XDR as base64 only: leave out xdrFormat")
    if given not in ("", "base64"):
        message = f"got '{given}': expected base64, json for optional 'xdrFormat'"
        raise RpcError(INVALID_PARAMETERS, message)


def _newest(sandbox: Sandbox) -> dict[str, Any]:
    latest = sandbox.history.latest
    return {"latestLedger": latest, "latestLedgerCloseTime": _closed_at(sandbox, latest)}


def _closed_at(sandbox: Sandbox, sequence: int) -> str:
    return str(sandbox.history.closed_at(sequence) or 0)


def _fee_distribution(fees: list[int], ledgers: int) -> dict[str, Any]:
    shown = distribution(fees or [0])
    return shown | {"transactionCount": str(len(fees)), "ledgerCount": ledgers}
