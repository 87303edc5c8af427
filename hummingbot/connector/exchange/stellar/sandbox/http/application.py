"""The web application: all families' routes over one sandbox."""

import logging
from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import web

from ..sandbox import Sandbox
from . import (
    accounts,
    assets,
    async_submission,
    claimable_balances,
    control,
    effects,
    fault_control,
    fee_stats,
    friendbot,
    frozen_keys,
    health,
    ledgers,
    liquidity_pools,
    offers,
    operations,
    order_book,
    paths,
    root,
    rpc,
    submission,
    trade_aggregations,
    trades,
    transactions,
)
from .control import CONTROL, Control
from .cross_origin import allow_other_origins
from .fault_injection import inject_faults
from .latest_ledger import name_ledger
from .negotiation import can_answer
from .node import NODE, Node, Views
from .order_book import BOOKS, BookCache
from .problems import NOT_ACCEPTABLE, NOT_CACHED, NOT_FOUND, SERVER_ERROR, Problem, problem_response
from .rate_limit import RateLimit
from .rate_limiting import limit_rate
from .responses import SANDBOX
from .streams import OPENED

__all__ = ["make_application"]

logger = logging.getLogger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

FAMILIES = (
    root,
    ledgers,
    accounts,
    claimable_balances,
    offers,
    order_book,
    paths,
    liquidity_pools,
    trades,
    trade_aggregations,
    transactions,
    operations,
    effects,
    fee_stats,
    friendbot,
    submission,
    async_submission,
    rpc,
    assets,
    health,
    fault_control,
    frozen_keys,
)


def make_application(
    sandbox: Sandbox, run: Control | None = None, node: Node | None = None
) -> web.Application:
    """Return Horizon's API over a sandbox.

    Parameters
    ----------
    sandbox : Sandbox
    run : Control, optional
        Adds the routes that control the process.
    node : Node, optional
        Which node of the network this is; by default the only one, without a rate limit.
    """
    app = web.Application(
        middlewares=[allow_other_origins, limit_rate, inject_faults, name_ledger, _answer_problems]
    )
    app.on_response_prepare.append(_leave_out_server)
    app[SANDBOX] = sandbox
    app[NODE] = node or Node(1, RateLimit(), Views(sandbox))
    app[BOOKS] = BookCache()
    for family in FAMILIES:
        for route in family.routes():
            # Horizon answers a path with a slash at its end like the one without.
            path = route.path if route.path == "/" else route.path + "{slash:/?}"
            app.router.add_route(route.method, path, route.handler)
    if run is not None:
        app[CONTROL] = run
        app.router.add_routes(control.routes())
    return app


async def _leave_out_server(request: web.Request, response: web.StreamResponse) -> None:
    """Horizon does not say what it is served by."""
    del response.headers["Server"]


@web.middleware
async def _answer_problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        if request.match_info.http_exception is None and not can_answer(request):
            raise NOT_ACCEPTABLE
        return await handler(request)
    except Problem as problem:
        return problem_response(problem.with_traceback(None))
    except web.HTTPNotFound:
        return problem_response(NOT_FOUND)
    except web.HTTPException as error:
        if not isinstance(error, web.HTTPMethodNotAllowed):
            raise
        return web.Response(status=405, headers=NOT_CACHED)
    except Exception:
        if request.get(OPENED):
            raise
        logger.exception("%s %s", request.method, request.path_qs)
        return problem_response(SERVER_ERROR)


MIDDLEWARES: Final = (allow_other_origins, limit_rate, inject_faults, name_ledger, _answer_problems)
"""From the outside in."""
