"""``/health``: whether the node has what it needs. Unlike a database and a core, a sandbox always has."""

from aiohttp import web

from .negotiation import ANYTHING, offering
from .problems import NOT_CACHED
from .responses import to_json

__all__ = ["routes"]


def routes() -> list[web.RouteDef]:
    """Return the routes of this family."""
    return [web.get("/health", _health, allow_head=False)]


@offering(*ANYTHING)
async def _health(request: web.Request) -> web.Response:
    health = {"database_connected": True, "core_up": True, "core_synced": True}
    return web.Response(
        body=to_json(health), headers={**NOT_CACHED, "Content-Type": "text/plain; charset=utf-8"}
    )
