"""The header Latest-Ledger: an answer about entries, be it a refusal, says which ledger it is as of."""

import re
from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import web

from .negotiation import accepts_stream
from .responses import sandbox_of

__all__ = ["name_ledger", "named"]

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

ENTRIES: Final = re.compile(
    r"/(accounts(/[^/]+(/data/[^/]+|/offers)?)?"
    r"|(offers|liquidity_pools|claimable_balances)(/[^/]+)?"
    r"|order_book|assets|paths(/[^/]+)?)/?"
)
"""Paths of what lies on the ledger now, in contrast to what happened on it."""


@web.middleware
async def name_ledger(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Name the ledger that an answer is as of."""
    return named(request, await handler(request))


def named(request: web.Request, response: web.StreamResponse) -> web.StreamResponse:
    """Return an answer with the name of the ledger that it is as of, where it is about entries."""
    if not accepts_stream(request) and not response.prepared and ENTRIES.fullmatch(request.path):
        response.headers["Latest-Ledger"] = str(sandbox_of(request).history.latest)
    return response
