"""``POST /transactions``: hand a transaction to the network and wait until it is on a ledger."""

from asyncio import get_running_loop
from base64 import b64decode, b64encode
from binascii import Error
from typing import Final

from aiohttp import web

from ...ledger.results import TransactionResult
from ...ledger.xdr import UnsupportedXdr, XdrError, decode_envelope, decode_result
from ..history import TransactionRecord
from ..sandbox import Sandbox
from .forms import MULTIPART, URLENCODED, form_fields
from .problems import TIMEOUT, TRANSACTION_FAILED, TRANSACTION_MALFORMED, UNSUPPORTED_MEDIA_TYPE, Problem
from .responses import base_url, json_response, sandbox_of
from .result_codes import result_codes
from .transactions import render_transaction

__all__ = ["PATIENCE_LEDGERS", "routes"]

PATIENCE_LEDGERS: Final = 6
PATIENCE_SECONDS: Final = 30.0
"""Horizon gives up after 30 seconds, on the public network six ledgers; here whichever comes first."""

GAP_LEDGERS: Final = 2
GAP_SECONDS: Final = 10.0
"""How long a transaction whose predecessor is missing is held."""


def routes() -> list[web.RouteDef]:
    """Return the routes of this family."""
    return [web.post("/transactions", _submit)]


async def _submit(request: web.Request) -> web.Response:
    sandbox = sandbox_of(request)
    text = await _envelope_text(request)
    try:
        envelope_xdr = b64decode(text, validate=True)
        submission = sandbox.submit(envelope_xdr)
    except (Error, ValueError, XdrError) as error:
        if isinstance(error, UnsupportedXdr):
            raise _not_modelled(text, error) from None
        raise TRANSACTION_MALFORMED.having({"envelope_xdr": text}) from None
    hash = submission.hash
    if submission.status == "ERROR":
        assert submission.result is not None
        record = sandbox.history.transaction(hash)
        if record is None and submission.result.code == "txBAD_SEQ":
            await _wait_for_sequence(sandbox, envelope_xdr)
            record = sandbox.history.transaction(hash)
        if record is None:
            raise _failed(text, submission.result, submission.result_xdr or b"")
        return _answer(request, record)
    if not await sandbox.wait_for_transaction(hash, PATIENCE_LEDGERS, PATIENCE_SECONDS):
        raise TIMEOUT.having({"hash": hash.hex(), "envelope_xdr": text})
    record = sandbox.history.transaction(hash)
    assert record is not None
    return _answer(request, record)


async def _envelope_text(request: web.Request) -> str:
    """Read ``tx`` from the form, or from the query."""
    if request.headers.get("Content-Type") and request.content_type not in (URLENCODED, MULTIPART):
        raise UNSUPPORTED_MEDIA_TYPE
    return (await form_fields(request)).get("tx", "") or request.query.get("tx", "")


async def _wait_for_sequence(sandbox: Sandbox, envelope_xdr: bytes) -> None:
    """Hold a transaction whose sequence number is ahead until its account gets there, as Horizon does."""
    tx = decode_envelope(envelope_xdr).tx
    deadline = get_running_loop().time() + GAP_SECONDS
    last = sandbox.history.latest + GAP_LEDGERS
    while True:
        account = sandbox.network.state.accounts.get(tx.source)
        if account is None or account.sequence >= tx.sequence or sandbox.history.latest >= last:
            return
        if not await sandbox.wait_for_ledger(sandbox.history.latest, deadline):
            return


def _answer(request: web.Request, record: TransactionRecord) -> web.Response:
    if not record.successful:
        text = b64encode(record.envelope_xdr).decode()
        raise _failed(text, decode_result(record.result_xdr), record.result_xdr)
    return json_response(render_transaction(record, base_url(request)))


def _failed(envelope: str, result: TransactionResult, result_xdr: bytes) -> Problem:
    return TRANSACTION_FAILED.having(
        {
            "envelope_xdr": envelope,
            "result_codes": result_codes(result),
            "result_xdr": b64encode(result_xdr).decode(),
        }
    )


def _not_modelled(text: str, error: Exception) -> Problem:
    """Say that the envelope may be right, but that this sandbox does not build what is in it."""
    return Problem(
        TRANSACTION_MALFORMED.type,
        TRANSACTION_MALFORMED.title,
        TRANSACTION_MALFORMED.status,
        f"The sandbox does not build what this transaction asks for: {error}.",
        {"envelope_xdr": text},
    )
