"""Charging requests to their address's rate limit, and telling what is left."""

from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import web

from .negotiation import accepts_stream
from .node import node_of
from .problems import RATE_LIMIT_EXCEEDED, problem_response

__all__ = ["limit_rate"]

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
TOO_MANY_REQUESTS: Final = 429
EXEMPT: Final = ("/sandbox", "/rpc")


@web.middleware
async def limit_rate(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer a request if its address has a token left; streams pay for themselves."""
    if request.path.startswith(EXEMPT) or accepts_stream(request):
        return await handler(request)
    node = node_of(request)
    tokens = node.take_token(request)
    response = problem_response(RATE_LIMIT_EXCEEDED) if tokens.limited else await handler(request)
    response.headers.update(tokens.headers(node.limit.limit))
    if response.status == TOO_MANY_REQUESTS:
        response.headers["X-Ratelimit-Remaining"] = "0"
    return response
