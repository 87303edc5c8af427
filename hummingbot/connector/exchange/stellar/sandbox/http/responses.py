"""What every answer has in common: its headers, its JSON, its links and its times."""

from functools import lru_cache
from typing import Any, Final

import orjson
from aiohttp import web

from ..history.predicates import far_instant
from ..sandbox import Sandbox

__all__ = [
    "SANDBOX",
    "SWALLOWED",
    "VIEW",
    "base_url",
    "escaped",
    "instant",
    "json_response",
    "link",
    "network_of",
    "sandbox_of",
    "templated",
    "to_json",
]

SANDBOX: Final = web.AppKey("sandbox", Sandbox)

VIEW: Final = "view"
"""Set on a request: what its node sees of the network, if it is not the newest ledger."""

SWALLOWED: Final = "swallowed"
"""Set on a request whose transaction never reaches the network."""

HEADERS: Final = {
    "Cache-Control": "no-cache, no-store, max-age=0",
    "Content-Disposition": "inline",
    "Content-Type": "application/hal+json; charset=utf-8",
    "Vary": "Origin",
}


def sandbox_of(request: web.Request) -> Sandbox:
    """Return the network as the node that was asked sees it."""
    view = request.get(VIEW)
    return view if isinstance(view, Sandbox) else request.app[SANDBOX]


def network_of(request: web.Request) -> Sandbox:
    """Return the network as it is."""
    return request.app[SANDBOX]


def to_json(document: Any) -> bytes:
    """Write a document as compact JSON."""
    return escaped(orjson.dumps(document, option=orjson.OPT_SERIALIZE_NUMPY))


def escaped(text: bytes) -> bytes:
    """Return JSON with what has a meaning in HTML escaped, as Horizon's encoder does."""
    for letter in b"&<>":
        if letter in text:
            text = text.replace(bytes((letter,)), b"\\u%04x" % letter)
    return text


def json_response(document: Any) -> web.Response:
    """Answer with a document, or JSON bytes."""
    body = document if isinstance(document, bytes) else to_json(document)
    return web.Response(body=body, headers=HEADERS)


def base_url(request: web.Request) -> str:
    """Return the part of the links before the path, by the name that the client called this server."""
    return f"http://{request.host}"


def link(href: str) -> dict[str, Any]:
    """Return a link."""
    return {"href": href}


def templated(href: str) -> dict[str, Any]:
    """Return a link with parameters to be filled in."""
    return {"href": href, "templated": True}


@lru_cache(maxsize=1024)
def instant(time: int) -> str:
    """Write unix seconds as Horizon does: ``2026-11-22T10:49:46Z``."""
    return far_instant(time).removeprefix("+")
