"""Lists of records: one description answers both a page (HAL with links) and a stream."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from ..history.toid import toid
from .parameters import PageQuery
from .problems import BEFORE_HISTORY
from .responses import accepts_stream, base_url, json_response, link, sandbox_of, to_json
from .streams import serve_stream

__all__ = ["Listing", "now", "serve_listing", "serve_page"]


@dataclass(frozen=True, slots=True)
class Listing[T]:
    """A list that can be paged through.

    Parameters
    ----------
    page : callable
        From a `PageQuery` to its records, in its order.
    token : callable
        From a record to its paging token.
    render : callable
        From a record and the base of links to Horizon's JSON.
    """

    page: Callable[[PageQuery], Sequence[T]]
    token: Callable[[T], str]
    render: Callable[[T, str], dict[str, Any]]


def now(request: web.Request) -> int:
    """Return what the cursor ``now`` stands for: just before the next ledger."""
    return toid(sandbox_of(request).history.latest + 1) - 1


async def serve_listing[T](request: web.Request, listing: Listing[T]) -> web.StreamResponse:
    """Answer with a page of the past or, if the client asks for events, with a stream from there on."""
    query = PageQuery.read(request, now(request))
    if not accepts_stream(request):
        _check_within_history(request, query)
        return serve_page(request, listing, query)
    cursor, base = query.cursor, base_url(request)

    def poll() -> list[tuple[str, bytes]]:
        nonlocal cursor
        records = listing.page(PageQuery(cursor, query.limit, True))
        if records:
            cursor = listing.token(records[-1])
        return [(listing.token(record), to_json(listing.render(record, base))) for record in records]

    return await serve_stream(request, poll, query.limit)


def serve_page[T](request: web.Request, listing: Listing[T], query: PageQuery) -> web.Response:
    """Answer with one page and the links to it, the next and the previous one."""
    base = base_url(request)
    records = listing.page(query)
    first = listing.token(records[0]) if records else query.cursor
    last = listing.token(records[-1]) if records else query.cursor
    opposite = "desc" if query.ascending else "asc"

    def at(cursor: str, order: str) -> dict[str, Any]:
        parameters = {**request.query, "cursor": cursor, "limit": str(query.limit), "order": order}
        path = request.path.rstrip("/")
        return link(f"{base}{path}?{urlencode(sorted(parameters.items()))}")

    document = {
        "_links": {
            "self": at(query.cursor, query.order),
            "next": at(last, query.order),
            "prev": at(first, opposite),
        },
        "_embedded": {"records": [listing.render(record, base) for record in records]},
    }
    return json_response(document)


def _check_within_history(request: web.Request, query: PageQuery) -> None:
    """As Horizon: only a descending page from before the retained history is refused."""
    if query.cursor and not query.ascending:
        history = sandbox_of(request).history
        position = query.position_pair()[0]
        if history.elder > 1 and position <= toid(history.elder):
            raise BEFORE_HISTORY
