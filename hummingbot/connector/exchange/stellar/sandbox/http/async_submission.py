"""``POST /transactions_async``: hand a transaction to the network and answer at once."""

from base64 import b64encode
from typing import Any, Final

from aiohttp import web

from .problems import NOT_FOUND
from .responses import json_response, sandbox_of
from .submission import read_submission

__all__ = ["routes"]

STATUSES: Final = {"PENDING": 201, "DUPLICATE": 409, "TRY_AGAIN_LATER": 503, "ERROR": 400}

SERVED_SINCE: Final = 20
"""The protocol since which all versions of Horizon have this resource."""


def routes() -> list[web.RouteDef]:
    """Return the routes of this family."""
    return [
        web.post("/transactions_async", _submit),
        web.get("/transactions_async", _look, allow_head=False),
    ]


async def _look(request: web.Request) -> web.Response:
    _check_served(request)
    raise web.HTTPMethodNotAllowed(request.method, ("POST",))


def _check_served(request: web.Request) -> None:
    if sandbox_of(request).network.header.protocol < SERVED_SINCE:
        raise NOT_FOUND


async def _submit(request: web.Request) -> web.Response:
    _check_served(request)
    _, _, submission = await read_submission(request)
    document: dict[str, Any] = {}
    if submission.result_xdr is not None:
        document["error_result_xdr"] = b64encode(submission.result_xdr).decode()
    document |= {"tx_status": submission.status, "hash": submission.hash.hex()}
    response = json_response(document)
    response.set_status(STATUSES[submission.status])
    return response
