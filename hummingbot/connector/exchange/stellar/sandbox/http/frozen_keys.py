"""``/sandbox/frozen_keys``: which accounts and trustlines the network has frozen, and changing it."""

from typing import Any, Final

import orjson
from aiohttp import web

from ...ledger.asset import Asset
from ..frozen_keys import FrozenKey
from .parameters import is_account
from .problems import Problem
from .responses import json_response, network_of

__all__ = ["routes"]

PATH: Final = "/sandbox/frozen_keys"


def routes() -> list[web.RouteDef]:
    """Return the routes of this family."""
    return [web.get(PATH, _report, allow_head=False), web.put(PATH, _replace)]


async def _report(request: web.Request) -> web.Response:
    frozen = sorted(network_of(request).network.state.frozen, key=str)
    return json_response([
        {"account": key} if isinstance(key, str) else {"account": key[0], "asset": str(key[1])}
        for key in frozen
    ])  # fmt: skip


async def _replace(request: web.Request) -> web.Response:
    """Freeze what the list names and nothing else; the answer is what is frozen now."""
    try:
        listed = orjson.loads(await request.read())
        if not isinstance(listed, list):
            raise ValueError("the body is not a list")
        network_of(request).network.freeze(map(_frozen_key, listed))
    except orjson.JSONDecodeError:
        raise _bad_request("the body is not JSON") from None
    except ValueError as error:
        raise _bad_request(str(error)) from None
    return await _report(request)


def _frozen_key(entry: Any) -> FrozenKey:
    match entry:
        case {"account": str(account)} if is_account(account) and entry.keys() <= {"account", "asset"}:
            if "asset" not in entry:
                return account
            asset = Asset.parse(str(entry["asset"]))
            if is_account(asset.issuer):
                return account, asset
    raise ValueError(
        f"{entry!r} is no account and no trustline: give "
        '{"account": "G…"} for an account, {"account": "G…", "asset": "CODE:G…"} for a trustline'
    )


def _bad_request(reason: str) -> Problem:
    return Problem("bad_request", "Bad Request", 400, reason)
