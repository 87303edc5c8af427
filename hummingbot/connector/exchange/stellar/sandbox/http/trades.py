"""``/trades``: what was exchanged, of all, a pair, an account or an offer."""

from typing import Any, Final

from aiohttp import web

from ...ledger.amount import format_stroops
from ..history import TradeRecord
from ..history.effects import asset_fields
from .accounts import listed_account
from .listings import Listing, serve_listing
from .parameters import pair_parameter, positive_integer
from .problems import NOT_FOUND, bad_parameter
from .responses import instant, link, sandbox_of

__all__ = ["render_trade", "routes"]

TRADE_TYPES: Final = ("", "all", "orderbook", "liquidity_pool")


def routes() -> list[web.RouteDef]:
    """Return the routes of this family."""
    return [
        web.get("/trades", _trades, allow_head=False),
        web.get("/accounts/{account_id}/trades", _account_trades, allow_head=False),
        web.get("/offers/{offer_id}/trades", _offer_trades, allow_head=False),
    ]


async def _trades(request: web.Request) -> web.StreamResponse:
    text = request.query.get("offer_id", "")
    offer_id = positive_integer(text, "offer_id", "Offer ID") if text else None
    return await serve_listing(request, _listing(request, offer_id=offer_id))


async def _account_trades(request: web.Request) -> web.StreamResponse:
    return await serve_listing(request, _listing(request, account=listed_account(request)))


async def _offer_trades(request: web.Request) -> web.StreamResponse:
    offer_id = positive_integer(request.match_info["offer_id"], "offer_id", "Offer ID")
    return await serve_listing(request, _listing(request, offer_id=offer_id))


def _listing(
    request: web.Request, *, account: str | None = None, offer_id: int | None = None
) -> Listing[TradeRecord]:
    history = sandbox_of(request).history
    kind = request.query.get("trade_type", "")
    if kind not in TRADE_TYPES:
        raise bad_parameter("trade_type", "Trade type must be all, orderbook, or liquidity_pool")
    pair = pair_parameter(request)
    # As on a running Horizon, a pair that never traded is not found; a pair of equal assets is empty.
    if pair is not None and pair[0] != pair[1] and not history.has_traded(*pair):
        raise NOT_FOUND
    return Listing(
        lambda query: (
            []  # the sandbox has no pools
            if kind == "liquidity_pool"
            else history.trades(
                query.position_pair(),
                query.limit,
                query.ascending,
                pair=pair,
                account=account,
                offer_id=offer_id,
            )
        ),
        lambda trade: trade.paging_token,
        render_trade,
    )


def render_trade(trade: TradeRecord, base: str) -> dict[str, Any]:
    """Return a trade as Horizon shows it."""
    return {
        "_links": {
            "self": link(""),
            "base": link(f"{base}/accounts/{trade.base_account}"),
            "counter": link(f"{base}/accounts/{trade.counter_account}"),
            "operation": link(f"{base}/operations/{trade.operation_id}"),
        },
        "id": trade.paging_token,
        "paging_token": trade.paging_token,
        "ledger_close_time": instant(trade.closed_at),
        "trade_type": "orderbook",
        "base_offer_id": str(trade.base_offer_id),
        "base_account": trade.base_account,
        "base_amount": format_stroops(trade.base_amount),
        **asset_fields(trade.base, "base_"),
        "counter_offer_id": str(trade.counter_offer_id),
        "counter_account": trade.counter_account,
        "counter_amount": format_stroops(trade.counter_amount),
        **asset_fields(trade.counter, "counter_"),
        "base_is_seller": trade.base_is_seller,
        "price": {"n": str(trade.price_n), "d": str(trade.price_d)},
    }
