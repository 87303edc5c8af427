"""Lists of records: one description answers both a page (HAL with links) and a stream."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from ..history.toid import toid
from .negotiation import accepts_stream
from .parameters import PageQuery
from .problems import BEFORE_HISTORY
from .responses import base_url, json_response, link, sandbox_of, to_json
from .streams import serve_stream

__all__ = ["Listing", "now", "read_past_query", "serve_listing", "serve_page"]


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


async def serve_listing[T](
    request: web.Request, describe: Callable[[web.Request], Listing[T]], *, of_past: bool = True
) -> web.StreamResponse:
    """Answer with a page or, if the client asks for events, with a stream from there on.

    Parameters
    ----------
    describe : callable
        Returns the list that a request asks for.
    of_past : bool
        Whether it is about what happened, in contrast to what lies on the ledger now.
    """
    query = read_past_query(request) if of_past else PageQuery.read(request, now(request))
    query.position_pair()
    listing = describe(request)
    if not accepts_stream(request):
        return serve_page(request, listing, query)
    cursor, base = query.cursor, base_url(request)

    def poll() -> list[tuple[str, bytes]]:
        nonlocal cursor
        records = listing.page(PageQuery(cursor, query.limit, query.ascending))
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


def read_past_query(request: web.Request) -> PageQuery:
    """Read where a page of the past starts.

    As Horizon: only a descending page from before the retained history is refused.
    """
    query = PageQuery.read(request, now(request))
    position = query.position_pair()[0]
    if not query.ascending and position <= toid(sandbox_of(request).history.elder):
        raise BEFORE_HISTORY
    return query
