"""``/effects``: what operations changed, of all, an account, a ledger, a transaction or an operation."""

from typing import Any, Final

from aiohttp import web

from ..history import Effect
from ..history.effects import EFFECT_TYPES
from ..history.muxed import muxed_fields
from .filters import read_filters
from .listings import Listing, serve_listing
from .negotiation import EVENTS, offering
from .responses import instant, link, sandbox_of

__all__ = ["render_effect", "routes"]

FILTERS: Final = ("account_id", "op_id", "liquidity_pool_id", "tx_id", "ledger_id")
SEVERAL: Final = (
    "Use a single filter for effects, you can only use one of account_id, op_id, tx_id or ledger_id"
)


def routes() -> list[web.RouteDef]:
    """Return the routes of this family."""
    return [
        web.get("/effects", _effects, allow_head=False),
        web.get("/accounts/{account_id}/effects", _effects, allow_head=False),
        web.get("/liquidity_pools/{liquidity_pool_id}/effects", _effects, allow_head=False),
        web.get("/ledgers/{ledger_id}/effects", _effects, allow_head=False),
        web.get("/transactions/{tx_id}/effects", _effects, allow_head=False),
        web.get("/operations/{op_id}/effects", _effects, allow_head=False),
    ]


@offering(EVENTS)
async def _effects(request: web.Request) -> web.StreamResponse:
    return await serve_listing(request, _listing)


def _listing(request: web.Request) -> Listing[Effect]:
    """Return the effects that are asked for; of a pool or an operation that is not known there are none."""
    history = sandbox_of(request).history
    filters = read_filters(request, FILTERS, SEVERAL, unknown_pools=True)
    return Listing(
        lambda query: history.effects(
            query.position_pair(),
            query.limit,
            query.ascending,
            account=filters.account,
            ledger=filters.ledger,
            transaction=filters.transaction,
            operation=filters.operation,
        ),
        lambda effect: effect.paging_token,
        render_effect,
    )


def render_effect(effect: Effect, base: str) -> dict[str, Any]:
    """Return an effect as Horizon shows it."""
    token = effect.paging_token
    return {
        "_links": {
            "operation": link(f"{base}/operations/{effect.operation_id}"),
            "succeeds": link(f"{base}/effects?order=desc&cursor={token}"),
            "precedes": link(f"{base}/effects?order=asc&cursor={token}"),
        },
        "id": f"{effect.operation_id:019d}-{effect.order:010d}",
        "paging_token": token,
        "account": effect.account,
        **muxed_fields("account", effect.account, effect.account_id),
        "type": effect.type,
        "type_i": EFFECT_TYPES[effect.type],
        "created_at": instant(effect.closed_at),
        **effect.details,
    }
