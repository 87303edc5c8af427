"""``POST /rpc``: the network by JSON-RPC 2.0, as Stellar RPC serves it.

References
----------
https://www.jsonrpc.org/specification and https://developers.stellar.org/docs/data/apis/rpc
"""

from typing import Any, Final

import orjson
from aiohttp import web

from .lies import claimed_ledger
from .rpc_methods import METHODS, RpcError

__all__ = ["RPC_PATH", "methods_called", "routes"]

RPC_PATH: Final = "/rpc"

PARSE_ERROR: Final = RpcError(-32700, "invalid request value")
INVALID_REQUEST: Final = RpcError(-32600, "invalid request")
CLAIMS: Final = {"latestLedger", "sequence"}
"""Where a result says of which ledger it is."""

MAX_BYTES: Final = 512 * 1024
HEADERS: Final = {"Content-Type": "application/json", "Vary": "Origin"}


def routes() -> list[web.RouteDef]:
    """Return the routes of this family."""
    return [web.post(RPC_PATH, _rpc)]


async def _rpc(request: web.Request) -> web.Response:
    """Answer a call, or a list of calls; what has no id is not answered."""
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType
    body = await request.read()
    if len(body) > MAX_BYTES:
        raise web.HTTPRequestEntityTooLarge(MAX_BYTES, len(body))
    try:
        calls = orjson.loads(body)
    except orjson.JSONDecodeError:
        return _response(_failure(None, PARSE_ERROR))
    if isinstance(calls, list) and calls:
        answers = [answer for call in calls if (answer := _answer(request, call)) is not None]
        return _response(answers) if answers else web.Response(status=204)
    answer = _answer(request, calls)
    return web.Response(status=204) if answer is None else _response(answer)


def methods_called(body: bytes) -> str:
    """Return the names of the methods that a request calls, joined by commas."""
    try:
        calls = orjson.loads(body)
    except orjson.JSONDecodeError:
        return ""
    listed = calls if isinstance(calls, list) else [calls]
    return ",".join(str(call.get("method", "")) for call in listed if isinstance(call, dict))


def _answer(request: web.Request, call: Any) -> dict[str, Any] | None:
    if not isinstance(call, dict) or call.get("jsonrpc") != "2.0" or not isinstance(call.get("method"), str):
        return _failure(call.get("id") if isinstance(call, dict) else None, INVALID_REQUEST)
    id, name = call.get("id"), call["method"]
    try:
        method = METHODS.get(name)
        if method is None:
            raise RpcError(-32601, "method not found", name)
        parameters = call.get("params") or {}
        if not isinstance(parameters, dict):
            raise RpcError(-32602, "invalid parameters", "array arguments are not supported")
        result = method(request, parameters)
        for field in CLAIMS & result.keys():
            result[field] = claimed_ledger(request, result[field])
    except RpcError as error:
        return _failure(id, error) if "id" in call else None
    return {"jsonrpc": "2.0", "id": id, "result": result} if "id" in call else None


def _failure(id: Any, error: RpcError) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": id, "error": error.body()}


def _response(document: Any) -> web.Response:
    return web.Response(body=orjson.dumps(document), headers=HEADERS)
