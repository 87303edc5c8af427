"""Reading a posted form as Horizon does: what cannot be read as one has no fields."""

from typing import Final
from urllib.parse import parse_qs

from aiohttp import web
from aiohttp.http import HttpProcessingError

__all__ = ["MULTIPART", "URLENCODED", "form_fields"]

URLENCODED: Final = "application/x-www-form-urlencoded"
MULTIPART: Final = "multipart/form-data"

NO_FORM: Final = (ValueError, LookupError, RuntimeError, HttpProcessingError)
"""No boundary, broken headers, unknown character set, unknown transfer encoding: as aiohttp raises them."""


async def form_fields(request: web.Request) -> dict[str, str]:
    """Return the fields of a request's body, each with its first value; files are left out.

    A body of no declared type has none.
    """
    if not request.headers.get("Content-Type"):
        return {}
    if request.content_type != MULTIPART:
        text = (await request.read()).decode("utf-8", "replace")
        return {name: values[0] for name, values in parse_qs(text).items()}
    try:
        form = await request.post()
    except NO_FORM:
        return {}
    return {name: value for name in form if isinstance(value := form[name], str)}
