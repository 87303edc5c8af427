"""What happens between this machine and a node, told in sentences that hold no secret of its address."""

import asyncio
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

import aiohttp

from .errors import HorizonUnavailable

__all__ = ["TRANSPORT_ERRORS", "Params", "broken", "name_of", "text_of"]

TRANSPORT_ERRORS: Final = (aiohttp.ClientError, asyncio.TimeoutError, OSError, UnicodeDecodeError)

Params = Mapping[str, str | int]


def name_of(url: str) -> str:
    """Return a node's address as it may be shown: without user, password, path and query.

    Examples
    --------
    >>> name_of("https://me:secret@horizon.example:8000/key")
    'https://horizon.example:8000/…'
    """
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{'/…' if parts.path.strip('/') or parts.query else ''}"


def broken(error: BaseException, what: str) -> HorizonUnavailable:
    """Return a transport error as `what` and its reason; whether anything was sent goes along."""
    was_sent = not isinstance(error, aiohttp.ClientConnectorError)
    return HorizonUnavailable(f"{what} ({_why(error)})", was_sent=was_sent)


def text_of(params: Params | None) -> dict[str, str] | None:
    """Return parameters as a query takes them."""
    return {key: str(value) for key, value in params.items()} if params else None


def _why(error: BaseException) -> str:
    if isinstance(error, asyncio.TimeoutError):
        return "time-out"
    if isinstance(error, aiohttp.ClientConnectorError):
        return "connection refused"
    return str(error).strip() or type(error).__name__
