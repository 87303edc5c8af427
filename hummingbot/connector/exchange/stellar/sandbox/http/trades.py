"""``/trades``: what was exchanged, of all, a pair, an account or an offer."""

from typing import Any, Final

from aiohttp import web

from ...ledger.amount import format_stroops
from ...ledger.liquidity_pool import FEE_BP
from ..history import TradeRecord
from ..history.effects import asset_fields
from .accounts import listed_account
from .liquidity_pools import listed_pool
from .listings import Listing, serve_listing
from .parameters import pair_parameter, positive_integer
from .problems import NOT_FOUND, bad_parameter
from .responses import instant, link, sandbox_of

__all__ = ["render_trade", "routes"]

KINDS: Final = {"": None, "all": None, "orderbook": False, "liquidity_pool": True}
"""Trade types, and whether their trades are with pools (None: either)."""


def routes() -> list[web.RouteDef]:
    """Return the routes of this family."""
    return [
        web.get("/trades", _trades, allow_head=False),
        web.get("/accounts/{account_id}/trades", _account_trades, allow_head=False),
        web.get("/liquidity_pools/{liquidity_pool_id}/trades", _pool_trades, allow_head=False),
        web.get("/offers/{offer_id}/trades", _offer_trades, allow_head=False),
    ]


async def _trades(request: web.Request) -> web.StreamResponse:
    text = request.query.get("offer_id", "")
    offer_id = positive_integer(text, "offer_id", "Offer ID") if text else None
    return await serve_listing(request, _listing(request, offer_id=offer_id))


async def _pool_trades(request: web.Request) -> web.StreamResponse:
    if pair_parameter(request) is not None:
        fields = "base_asset_type,counter_asset_type,liquidity_pool_id"
        reason = "this endpoint does not support filtering by both asset pair and liquidity pool id "
        raise bad_parameter(fields, reason)
    if request.query.get("trade_type", "") == "orderbook":
        reason = "trade_type orderbook cannot be used with the liquidity_pool_id filter"
        raise bad_parameter("trade_type", reason)
    return await serve_listing(request, _listing(request, account=listed_pool(request)))


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
    if kind not in KINDS:
        raise bad_parameter("trade_type", "Trade type must be all, orderbook, or liquidity_pool")
    if offer_id is not None and KINDS[kind]:
        raise bad_parameter("trade_type", f"trade_type {kind} cannot be used with the offer_id filter")
    pair = pair_parameter(request)
    # As on a running Horizon, a pair that never traded is not found; a pair of equal assets is empty.
    if pair is not None and pair[0] != pair[1] and not history.has_traded(*pair):
        raise NOT_FOUND
    return Listing(
        lambda query: history.trades(
            query.position_pair(),
            query.limit,
            query.ascending,
            pair=pair,
            account=account,
            offer_id=offer_id,
            of_pools=KINDS[kind],
        ),
        lambda trade: trade.paging_token,
        render_trade,
    )


def render_trade(trade: TradeRecord, base: str) -> dict[str, Any]:
    """Return a trade as Horizon shows it."""
    base_is_pool = trade.is_pool and trade.base_is_seller
    counter_is_pool = trade.is_pool and not trade.base_is_seller
    return {
        "_links": {
            "self": link(""),
            "base": _party_link(base, trade.base_account, base_is_pool),
            "counter": _party_link(base, trade.counter_account, counter_is_pool),
            "operation": link(f"{base}/operations/{trade.operation_id}"),
        },
        "id": trade.paging_token,
        "paging_token": trade.paging_token,
        "ledger_close_time": instant(trade.closed_at),
        "trade_type": "liquidity_pool" if trade.is_pool else "orderbook",
        **({"liquidity_pool_fee_bp": FEE_BP} if trade.is_pool else {}),
        **_party("base", trade.base_account, trade.base_offer_id, base_is_pool),
        "base_amount": format_stroops(trade.base_amount),
        **asset_fields(trade.base, "base_"),
        **_party("counter", trade.counter_account, trade.counter_offer_id, counter_is_pool),
        "counter_amount": format_stroops(trade.counter_amount),
        **asset_fields(trade.counter, "counter_"),
        "base_is_seller": trade.base_is_seller,
        "price": {"n": str(trade.price_n), "d": str(trade.price_d)},
    }


def _party_link(base: str, party: str, is_pool: bool) -> dict[str, Any]:
    return link(f"{base}/{'liquidity_pools' if is_pool else 'accounts'}/{party}")


def _party(side: str, party: str, offer_id: int, is_pool: bool) -> dict[str, str]:
    if is_pool:
        return {f"{side}_liquidity_pool_id": party}
    return {f"{side}_offer_id": str(offer_id), f"{side}_account": party}
