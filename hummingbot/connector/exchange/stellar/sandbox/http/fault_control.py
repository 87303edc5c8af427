"""``/sandbox/faults``: what is made to go wrong, how often it has, and changing it while all runs."""

from typing import Final

import orjson
from aiohttp import web

from ..faults import FaultError
from ..faults.reading import parse_faults
from .node import node_of
from .problems import NOT_FOUND, Problem
from .responses import json_response, network_of

__all__ = ["routes"]

PATH: Final = "/sandbox/faults"


def routes() -> list[web.RouteDef]:
    """Return the routes of this family."""
    return [
        web.get(PATH, _report, allow_head=False),
        web.post(PATH, _add),
        web.delete(PATH, _clear),
        web.delete(PATH + "/{name}", _remove),
    ]


async def _report(request: web.Request) -> web.Response:
    return json_response(network_of(request).faults.report())


async def _add(request: web.Request) -> web.Response:
    """Put faults in force: a list, or a table with ``faults`` and ``seed``; the answer is the report."""
    faults = network_of(request).faults
    try:
        seed, rules = parse_faults(orjson.loads(await request.read()))
        faults.add(rules, seed)
    except orjson.JSONDecodeError:
        raise _bad_request("the body is not JSON") from None
    except FaultError as error:
        raise _bad_request(str(error)) from None
    node_of(request).views.prepare()
    return json_response(faults.report())


async def _clear(request: web.Request) -> web.Response:
    faults = network_of(request).faults
    for fault in faults.rules:
        faults.remove(fault.name)
    node_of(request).views.prepare()
    return json_response(faults.report())


async def _remove(request: web.Request) -> web.Response:
    faults = network_of(request).faults
    if not faults.remove(request.match_info["name"]):
        raise NOT_FOUND
    node_of(request).views.prepare()
    return json_response(faults.report())


def _bad_request(reason: str) -> Problem:
    return Problem("bad_request", "Bad Request", 400, reason)
