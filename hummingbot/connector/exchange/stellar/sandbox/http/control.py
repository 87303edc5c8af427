"""``/sandbox``: what is beyond Horizon: how it keeps up, its market's parameters, saving, stopping."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from aiohttp import web

from ..errors import SandboxError
from .problems import NOT_FOUND, Problem
from .responses import json_response, sandbox_of

__all__ = ["CONTROL", "Control", "routes"]


@dataclass(frozen=True, slots=True)
class Control:
    """What the process that runs a sandbox lets its clients do.

    Parameters
    ----------
    report : callable
        Returns how the process does.
    save : callable
        Saves the state and returns where; raises SandboxError where it cannot.
    stop : callable
        Ends the process in an orderly way.
    """

    report: Callable[[], dict[str, Any]]
    save: Callable[[], str]
    stop: Callable[[], None]


CONTROL: Final = web.AppKey("control", Control)


def routes() -> list[web.RouteDef]:
    """Return the routes of this family."""
    return [
        web.get("/sandbox", _report, allow_head=False),
        web.get("/sandbox/market", _market, allow_head=False),
        web.post("/sandbox/save", _save),
        web.post("/sandbox/stop", _stop),
    ]


async def _report(request: web.Request) -> web.Response:
    return json_response(request.app[CONTROL].report())


async def _market(request: web.Request) -> web.Response:
    market = sandbox_of(request).market
    if market is None:
        raise NOT_FOUND
    return json_response(market.report())


async def _save(request: web.Request) -> web.Response:
    try:
        return json_response({"saved": request.app[CONTROL].save()})
    except SandboxError as error:
        raise Problem("bad_request", "Bad Request", 400, str(error)) from None


async def _stop(request: web.Request) -> web.Response:
    request.app[CONTROL].stop()
    return json_response({"stopping": True})
