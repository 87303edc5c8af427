"""``/trades``: what was exchanged, of all, a pair, an account or an offer."""

from typing import Any, Final

from aiohttp import web

from ...ledger.amount import format_stroops
from ...ledger.asset import Asset
from ...ledger.liquidity_pool import FEE_BP
from ..history import TradeRecord
from ..history.effects import asset_fields
from .asset_parameters import traded_pair
from .filters import known_account, known_pool, parameters_of
from .listings import Listing, serve_listing
from .negotiation import EVENTS, offering
from .parameters import account_id, pool_id, unsigned
from .problems import NOT_FOUND, bad_parameter
from .responses import instant, link, sandbox_of

__all__ = ["render_trade", "routes"]

KINDS: Final = {"": None, "all": None, "orderbook": False, "liquidity_pool": True}
"""Trade types, and whether their trades are with pools (None: either)."""


def routes() -> list[web.RouteDef]:
    """Return the routes of this family."""
    return [
        web.get("/trades", _trades, allow_head=False),
        web.get("/accounts/{account_id}/trades", _trades, allow_head=False),
        web.get("/liquidity_pools/{liquidity_pool_id}/trades", _trades, allow_head=False),
        web.get("/offers/{offer_id}/trades", _trades, allow_head=False),
    ]


@offering(EVENTS)
async def _trades(request: web.Request) -> web.StreamResponse:
    return await serve_listing(request, _listing)


def _listing(request: web.Request) -> Listing[TradeRecord]:
    history, parameters = sandbox_of(request).history, parameters_of(request)
    account, pool = parameters.get("account_id", ""), parameters.get("liquidity_pool_id", "")
    offer_id, kind = unsigned(parameters.get("offer_id", ""), "offer_id"), parameters.get("trade_type", "")
    if account:
        account_id(account)
    if pool:
        pool_id(pool)
    if kind not in KINDS:
        raise bad_parameter("trade_type", "Trade type must be all, orderbook, or liquidity_pool")
    pair = _pair(request)
    _check_together(pair is not None, account, pool, offer_id, kind)
    party = known_account(request, account) if account else known_pool(request, pool) if pool else None
    # As on a running Horizon, an asset that never traded is not found; a pair of known ones may be empty.
    if pair is not None and not all(map(history.knows_asset, pair)):
        raise NOT_FOUND
    return Listing(
        lambda query: history.trades(
            query.position_pair(),
            query.limit,
            query.ascending,
            pair=pair,
            account=party,
            offer_id=offer_id or None,
            of_pools=KINDS[kind],
        ),
        lambda trade: trade.paging_token,
        render_trade,
    )


def _pair(request: web.Request) -> tuple[Asset, Asset] | None:
    """Read a base and a counter asset: both or neither."""
    base, counter = traded_pair(request)
    if base is None and counter is None:
        return None
    if base is None or counter is None:
        raise bad_parameter(
            "base_asset_type,counter_asset_type",
            "this endpoint supports asset pairs but only one asset supplied",
        )
    return base, counter


def _check_together(has_pair: bool, account: str, pool: str, offer_id: int, kind: str) -> None:
    """Refuse filters that do not go together."""
    for given, field, name in (
        (offer_id, "offer_id", "offer id"),
        (pool, "liquidity_pool_id", "liquidity pool id"),
    ):
        if has_pair and given:
            raise bad_parameter(
                f"base_asset_type,counter_asset_type,{field}",
                f"this endpoint does not support filtering by both asset pair and {name} ",
            )
    if sum(map(bool, (account, offer_id, pool))) > 1:
        raise bad_parameter(
            "account_id,liquidity_pool_id,offer_id",
            "Use a single filter for trades, you can only use one of account_id, liquidity_pool_id, offer_id",
        )
    for given, unfit, field in (
        (offer_id, "liquidity_pool", "offer_id"),
        (pool, "orderbook", "liquidity_pool_id"),
    ):
        if given and kind == unfit:
            raise bad_parameter("trade_type", f"trade_type {kind} cannot be used with the {field} filter")


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
