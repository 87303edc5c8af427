"""``/sandbox``: what a sandbox has beyond Horizon: its market's parameters, saving and stopping."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from aiohttp import web

from ..errors import SandboxError
from .problems import Problem
from .responses import json_response

__all__ = ["CONTROL", "Control", "routes"]


@dataclass(frozen=True, slots=True)
class Control:
    """What the process that runs a sandbox lets its clients do.

    Parameters
    ----------
    report : callable
        Returns what every report of a run must show.
    save : callable
        Saves the state and returns where; raises SandboxError where it cannot.
    stop : callable
    """

    report: Callable[[], dict[str, Any]]
    save: Callable[[], str]
    stop: Callable[[], None]


CONTROL: Final = web.AppKey("control", Control)


def routes() -> list[web.RouteDef]:
    """Return the routes of this family."""
    return [
        web.get("/sandbox", _report, allow_head=False),
        web.post("/sandbox/save", _save),
        web.post("/sandbox/stop", _stop),
    ]


async def _report(request: web.Request) -> web.Response:
    return json_response(request.app[CONTROL].report())


async def _save(request: web.Request) -> web.Response:
    try:
        return json_response({"saved": request.app[CONTROL].save()})
    except SandboxError as error:
        raise Problem("bad_request", "Bad Request", 400, str(error)) from None


async def _stop(request: web.Request) -> web.Response:
    request.app[CONTROL].stop()
    return json_response({"stopping": True})
