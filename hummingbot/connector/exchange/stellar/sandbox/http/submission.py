"""``POST /transactions``: hand a transaction to the network and wait until it is on a ledger."""

from asyncio import get_running_loop
from base64 import b64decode, b64encode
from binascii import Error
from typing import Final

from aiohttp import web

from ...ledger.results import TransactionResult
from ...ledger.xdr import UnsupportedXdr, XdrError, decode_envelope, decode_result, encode_result
from ..candidate import Candidate
from ..closed import Submission
from ..history import TransactionRecord
from ..sandbox import Sandbox
from .forms import MULTIPART, URLENCODED, form_fields
from .node import node_of
from .problems import (
    SUBMISSION_TIMEOUT,
    TIMEOUT,
    TRANSACTION_FAILED,
    TRANSACTION_MALFORMED,
    UNSUPPORTED_MEDIA_TYPE,
    Problem,
)
from .responses import SWALLOWED, base_url, json_response, sandbox_of
from .result_codes import result_codes
from .transactions import render_transaction

__all__ = ["hand_over", "read_submission", "routes"]

PATIENCE_SECONDS: Final = 30.0
"""Horizon gives up after 30 seconds, on the public network six ledgers; here whichever comes first."""

GAP_SECONDS: Final = 10.0
"""How long a transaction whose predecessor is missing is held; likewise in ledgers."""

ONE_PENDING: Final = 20
"""The protocol since which an account has one transaction pending. All versions of Horizon since then name
the transaction when they give up on it, and hand none over twice."""

KNOWN_TO_HORIZON: Final = ("txBAD_SEQ", "txNO_ACCOUNT")
"""What Horizon refused by itself before then, without a word of a fee."""


def routes() -> list[web.RouteDef]:
    """Return the routes of this family."""
    return [web.post("/transactions", _submit)]


async def _submit(request: web.Request) -> web.Response:
    sandbox = sandbox_of(request)
    text, envelope_xdr, submission = await read_submission(request)
    hash = submission.hash
    if _is_early(sandbox, submission):
        await _wait_for_sequence(request, envelope_xdr)
        if sandbox.network.header.protocol < ONE_PENDING:
            submission = hand_over(request, envelope_xdr)
    if submission.status == "ERROR":
        assert submission.result is not None
        record = sandbox.history.transaction(hash)
        if record is not None:
            return _answer(request, record, hash, text)
        result = submission.result
        if sandbox.network.header.protocol < ONE_PENDING and result.code in KNOWN_TO_HORIZON:
            result = TransactionResult(0, result.code)
        raise _failed(text, result, encode_result(result))
    if not await sandbox.wait_for_transaction(hash, _ledgers(request, PATIENCE_SECONDS), PATIENCE_SECONDS):
        if sandbox.network.header.protocol < ONE_PENDING:
            raise TIMEOUT
        raise SUBMISSION_TIMEOUT.having({"hash": hash.hex(), "envelope_xdr": text})
    record = sandbox.history.transaction(hash)
    assert record is not None
    return _answer(request, record, hash, text)


def _is_early(sandbox: Sandbox, submission: Submission) -> bool:
    """Tell whether a transaction is refused for its sequence number, and on no ledger."""
    result = submission.result
    return (
        result is not None
        and result.code == "txBAD_SEQ"
        and sandbox.history.transaction(submission.hash) is None
    )


def _ledgers(request: web.Request, seconds: float) -> int:
    """Return how many ledgers stand for a time."""
    return max(1, round(seconds / node_of(request).ledger_seconds))


async def read_submission(request: web.Request) -> tuple[str, bytes, Submission]:
    """Read a transaction from a request and hand it to the network.

    Returns
    -------
    tuple of (str, bytes, Submission)
        The envelope as it was given, its bytes, and what the network said at once.
    """
    text = await _envelope_text(request)
    try:
        envelope_xdr = b64decode(text, validate=True)
        return text, envelope_xdr, hand_over(request, envelope_xdr)
    except (Error, ValueError, XdrError) as error:
        if isinstance(error, UnsupportedXdr):
            raise _not_modelled(text, error) from None
        raise TRANSACTION_MALFORMED.having({"envelope_xdr": text}) from None


def hand_over(request: web.Request, envelope_xdr: bytes) -> Submission:
    """Offer a transaction to the network, unless a fault swallows it.

    Raises
    ------
    UnsupportedXdr, XdrError
        If the bytes are not an envelope of what is built.
    """
    sandbox = sandbox_of(request)
    if request.get(SWALLOWED):
        return Submission("PENDING", Candidate.read(envelope_xdr, sandbox.network.network_id).hash)
    return sandbox.submit(envelope_xdr)


async def _envelope_text(request: web.Request) -> str:
    """Read ``tx`` from the form, or from the query."""
    if request.headers.get("Content-Type") and request.content_type not in (URLENCODED, MULTIPART):
        raise UNSUPPORTED_MEDIA_TYPE
    return (await form_fields(request)).get("tx", "") or request.query.get("tx", "")


async def _wait_for_sequence(request: web.Request, envelope_xdr: bytes) -> None:
    """Hold a transaction whose sequence number is ahead until its account gets there, as Horizon does."""
    sandbox, tx = sandbox_of(request), decode_envelope(envelope_xdr).tx
    ahead = 1 if sandbox.network.header.protocol < ONE_PENDING else 0
    deadline = get_running_loop().time() + GAP_SECONDS
    last = sandbox.history.latest + _ledgers(request, GAP_SECONDS)
    while True:
        account = sandbox.network.state.accounts.get(tx.source)
        if account is None or account.sequence >= tx.sequence - ahead or sandbox.history.latest >= last:
            return
        if not await sandbox.wait_for_ledger(sandbox.history.latest, deadline):
            return


def _answer(request: web.Request, record: TransactionRecord, hash: bytes, text: str) -> web.Response:
    """Tell what became of a transaction; who sent the one that is in a fee bump is told of that one."""
    inside = record.inner_hash == hash
    if not record.successful:
        raise _failed(text, decode_result(record.result_xdr), record.result_xdr, inside)
    return json_response(render_transaction(record, base_url(request), inside))


def _failed(envelope: str, result: TransactionResult, result_xdr: bytes, inside: bool = False) -> Problem:
    return TRANSACTION_FAILED.having(
        {
            "envelope_xdr": envelope,
            "result_codes": result_codes(result, inside),
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
