"""``/friendbot``: a new account with 10,000 XLM; with ``asset`` and ``amount`` a credit of the sandbox's."""

from decimal import Decimal, InvalidOperation

from aiohttp import web

from ...ledger.amount import to_stroops
from ..errors import FriendbotError
from .forms import form_fields
from .parameters import account_id
from .problems import NOT_FOUND, TIMEOUT, Problem, bad_parameter
from .responses import base_url, json_response, sandbox_of
from .transactions import render_transaction

__all__ = ["routes"]


def routes() -> list[web.RouteDef]:
    """Return the routes of this family."""
    return [
        web.get("/friendbot", _friendbot, allow_head=False),
        web.post("/friendbot", _friendbot),
    ]


async def _friendbot(request: web.Request) -> web.Response:
    sandbox = sandbox_of(request)
    if not sandbox.has_friendbot:
        raise NOT_FOUND
    fields = {**request.query, **(await form_fields(request) if request.method == "POST" else {})}
    address = fields.get("addr", "")
    if not address:
        raise bad_parameter("addr", "Missing required field")
    account = account_id(address, "addr")
    try:
        if "asset" in fields:
            paid = sandbox.friendbot.grant(account, fields["asset"], _amount(fields.get("amount", "")))
        else:
            paid = sandbox.friendbot.fund(account)
        while not paid.done():
            if not await sandbox.wait_for_ledger(sandbox.history.latest, float("inf")):
                raise TIMEOUT
        record = sandbox.history.transaction(paid.result())
    except FriendbotError as error:
        raise Problem("bad_request", "Bad Request", 400, str(error)) from None
    assert record is not None
    return json_response(render_transaction(record, base_url(request)))


def _amount(text: str) -> int:
    try:
        return to_stroops(Decimal(text))
    except (ValueError, InvalidOperation):
        raise bad_parameter("amount", f"{text!r} is not an amount such as 1000.0000000") from None
