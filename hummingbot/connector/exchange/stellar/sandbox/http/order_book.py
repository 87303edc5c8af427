"""``/order_book``: the two sides of a pair's book, summed up by price."""

from collections.abc import Iterable
from math import gcd
from typing import Any, Final

from aiohttp import web

from ...ledger.amount import format_stroops
from ...ledger.asset import Asset
from ...ledger.price import format_price
from ..entries import Offer
from ..history.effects import asset_fields
from ..sandbox import Sandbox
from .asset_parameters import read_book_asset
from .negotiation import EVENTS, accepts_stream, offering
from .parameters import read_limit
from .problems import INVALID_ORDER_BOOK, Problem
from .responses import json_response, sandbox_of, to_json
from .streams import Event, serve_stream

__all__ = ["BookCache", "render_order_book", "routes"]

DEFAULT_LEVELS: Final = 20


def routes() -> list[web.RouteDef]:
    """Return the routes of this family."""
    return [web.get("/order_book", _order_book, allow_head=False)]


@offering(EVENTS)
async def _order_book(request: web.Request) -> web.StreamResponse:
    sandbox = sandbox_of(request)
    one, other = read_book_asset(request, "selling_"), read_book_asset(request, "buying_")
    if one is None or other is None:
        raise INVALID_ORDER_BOOK
    try:
        levels = read_limit(request, DEFAULT_LEVELS)
    except Problem:
        raise INVALID_ORDER_BOOK from None
    (selling, base), (buying, counter) = one, other
    if selling is None or buying is None:
        return await _no_book(request, {"bids": [], "asks": [], "base": base, "counter": counter})
    cache = request.app[BOOKS]
    if not accepts_stream(request):
        return json_response(cache.book(sandbox, selling, buying, levels))
    last = b""

    def poll() -> list[tuple[None, bytes]]:
        """Send the book if it is not what was sent last."""
        nonlocal last
        book = cache.book(sandbox, selling, buying, levels)
        if book == last:
            return []
        last = book
        return [(None, book)]

    return await serve_stream(request, poll)


async def _no_book(request: web.Request, document: dict[str, Any]) -> web.StreamResponse:
    """Answer with the book of what is no asset, which stays as empty as it is."""
    if not accepts_stream(request):
        return json_response(document)
    events: list[Event] = [(None, to_json(document))]

    def poll() -> list[Event]:
        return [events.pop()] if events else []

    return await serve_stream(request, poll)


class BookCache:
    """The books of one ledger as JSON, made once for all who ask."""

    def __init__(self) -> None:
        self._ledger = -1
        self._books: dict[tuple[Asset, Asset, int], bytes] = {}

    def book(self, sandbox: Sandbox, selling: Asset, buying: Asset, levels: int) -> bytes:
        """Return the book of a pair as of the last closed ledger."""
        if self._ledger != sandbox.history.latest:
            self._ledger = sandbox.history.latest
            self._books.clear()
        key = (selling, buying, levels)
        book = self._books.get(key)
        if book is None:
            book = self._books[key] = to_json(render_order_book(sandbox, selling, buying, levels))
        return book


BOOKS: Final = web.AppKey("books", BookCache)


def render_order_book(sandbox: Sandbox, selling: Asset, buying: Asset, levels: int) -> dict[str, Any]:
    """Return a book as Horizon shows it: prices in `buying` for one `selling`.

    Asks are offers that sell `selling`, in its amounts; bids are the offers of the other book, their price
    turned over and their **amounts in** `buying`.
    """
    asks = _levels(sandbox.network.book(selling, buying), levels)
    bids = _levels(sandbox.network.book(buying, selling), levels)
    return {
        "bids": [_level(d, n, amount) for n, d, amount in bids],
        "asks": [_level(n, d, amount) for n, d, amount in asks],
        "base": asset_fields(selling),
        "counter": asset_fields(buying),
    }


def _levels(offers: Iterable[Offer], most: int) -> list[tuple[int, int, int]]:
    """Sum up offers, best first, whose prices are equal as floating-point numbers, as Horizon does."""
    levels: list[tuple[int, int, int]] = []
    last = 0.0
    for offer in offers:
        price = offer.price_n / offer.price_d
        if levels and price == last:
            n, d, amount = levels[-1]
            levels[-1] = (n, d, amount + offer.amount)
            continue
        if len(levels) == most:
            break
        levels.append((offer.price_n, offer.price_d, offer.amount))
        last = price
    return levels


def _level(n: int, d: int, amount: int) -> dict[str, Any]:
    """Show a level; its price is reduced to lowest terms, unlike that of an offer."""
    common = gcd(n, d)
    return {
        "price_r": {"n": n // common, "d": d // common},
        "price": format_price(n, d),
        "amount": format_stroops(amount),
    }
