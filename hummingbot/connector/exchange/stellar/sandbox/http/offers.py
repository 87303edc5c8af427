"""``/offers``: the offers that rest in the books, of all or of one account."""

from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any

from aiohttp import web

from ...ledger.amount import format_stroops
from ...ledger.price import format_price
from ..entries import Offer
from ..history.effects import asset_fields
from ..sandbox import Sandbox
from .asset_parameters import offered_asset
from .listings import Listing, now, serve_listing, serve_page
from .negotiation import EVENTS, offering
from .parameters import (
    PageQuery,
    account_id,
    account_parameter,
    unsigned,
)
from .problems import NOT_FOUND
from .responses import base_url, instant, json_response, link, sandbox_of

__all__ = ["render_offer", "routes"]


def routes() -> list[web.RouteDef]:
    """Return the routes of this family."""
    return [
        web.get("/offers", _offers, allow_head=False),
        web.get("/offers/{offer_id}", _offer, allow_head=False),
        web.get("/accounts/{account_id}/offers", _account_offers, allow_head=False),
    ]


async def _offers(request: web.Request) -> web.Response:
    sandbox = sandbox_of(request)
    seller = account_parameter(request, "seller")
    sponsor = account_parameter(request, "sponsor")
    selling, buying = offered_asset(request, "selling"), offered_asset(request, "buying")
    query = PageQuery.read(request, now(request))

    def wanted(offer: Offer) -> bool:
        return (
            (selling is None or offer.selling == selling)
            and (buying is None or offer.buying == buying)
            and (sponsor is None or offer.sponsor == sponsor)
        )

    ids = sorted(sandbox.network.state.offers) if seller is None else sandbox.ownership.offers(seller)
    return serve_page(request, _listing(sandbox, lambda: ids, wanted), query)


@offering(EVENTS)
async def _account_offers(request: web.Request) -> web.StreamResponse:
    sandbox = sandbox_of(request)
    seller = account_id(request.match_info["account_id"])
    # As on a running Horizon an offer id is its own cursor: to a stream only offers with higher ids are news.
    listing = _listing(sandbox, lambda: sandbox.ownership.offers(seller))
    return await serve_listing(request, lambda _: listing, of_past=False)


async def _offer(request: web.Request) -> web.Response:
    sandbox = sandbox_of(request)
    id = unsigned(request.match_info["offer_id"], "offer_id")
    offer = sandbox.network.state.offers.get(id)
    if offer is None:
        raise NOT_FOUND
    document = render_offer(sandbox, offer, base_url(request))
    return json_response(document)


def _listing(
    sandbox: Sandbox, ids: Callable[[], list[int]], wanted: Callable[[Offer], bool] | None = None
) -> Listing[Offer]:
    def page(query: PageQuery) -> list[Offer]:
        cursor = query.position()
        beyond: Iterable[int] = (
            (id for id in ids() if id > cursor)
            if query.ascending
            else (id for id in reversed(ids()) if id < cursor)
        )
        offers = sandbox.network.state.offers
        found = (offers[id] for id in beyond if id in offers)
        return list(islice((offer for offer in found if wanted is None or wanted(offer)), query.limit))

    return Listing(
        page, lambda offer: str(offer.offer_id), lambda offer, base: render_offer(sandbox, offer, base)
    )


def render_offer(sandbox: Sandbox, offer: Offer, base: str) -> dict[str, Any]:
    """Return an offer as Horizon shows it."""
    modified = sandbox.history.closed_at(offer.last_modified)
    document: dict[str, Any] = {
        "_links": {
            "self": link(f"{base}/offers/{offer.offer_id}"),
            "offer_maker": link(f"{base}/accounts/{offer.seller}"),
        },
        "id": str(offer.offer_id),
        "paging_token": str(offer.offer_id),
        "seller": offer.seller,
        "selling": asset_fields(offer.selling),
        "buying": asset_fields(offer.buying),
        "amount": format_stroops(offer.amount),
        "price_r": {"n": offer.price_n, "d": offer.price_d},
        "price": format_price(offer.price_n, offer.price_d),
        "last_modified_ledger": offer.last_modified,
        "last_modified_time": None if modified is None else instant(modified),
    }
    if offer.sponsor is not None:
        document["sponsor"] = offer.sponsor
    return document
