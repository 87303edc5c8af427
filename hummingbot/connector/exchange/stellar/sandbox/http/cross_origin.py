"""Requests from web pages of other origins: any of them may read, as Horizon lets them."""

from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import web

from .negotiation import accepts_stream
from .problems import NOT_CACHED

__all__ = ["allow_other_origins"]

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

ASKED_METHOD: Final = "Access-Control-Request-Method"
ALLOWED: Final = ("GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "DELETE")


@web.middleware
async def allow_other_origins(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer a browser's question whether it may ask, and let it read the answers."""
    origin = request.headers.get("Origin")
    asked = request.headers.get(ASKED_METHOD, "")
    if origin and request.method == "OPTIONS" and asked in ALLOWED:
        headers = {
            **NOT_CACHED,
            "Access-Control-Allow-Methods": asked,
            "Access-Control-Allow-Origin": "*",
            "Vary": "Access-Control-Request-Headers",
        }
        return web.Response(headers=headers)
    response = await handler(request)
    if origin and not accepts_stream(request) and not response.prepared:
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Access-Control-Expose-Headers"] = "Date, Latest-Ledger"
    return response
