"""``/effects``: what operations changed, of all, an account, a ledger, a transaction or an operation."""

from typing import Any

from aiohttp import web

from ..history import Effect, TransactionRecord
from ..history.effects import EFFECT_TYPES
from ..history.muxed import muxed_fields
from .accounts import listed_account
from .ledgers import listed_ledger
from .listings import Listing, serve_listing
from .operations import listed_operation
from .parameters import pool_id
from .responses import instant, link, sandbox_of
from .transactions import listed_transaction

__all__ = ["render_effect", "routes"]


def routes() -> list[web.RouteDef]:
    """Return the routes of this family."""
    return [
        web.get("/effects", _effects, allow_head=False),
        web.get("/accounts/{account_id}/effects", _account_effects, allow_head=False),
        web.get("/liquidity_pools/{liquidity_pool_id}/effects", _pool_effects, allow_head=False),
        web.get("/ledgers/{sequence}/effects", _ledger_effects, allow_head=False),
        web.get("/transactions/{hash}/effects", _transaction_effects, allow_head=False),
        web.get("/operations/{id}/effects", _operation_effects, allow_head=False),
    ]


async def _effects(request: web.Request) -> web.StreamResponse:
    return await serve_listing(request, _listing(request))


async def _pool_effects(request: web.Request) -> web.StreamResponse:
    return await serve_listing(
        request, _listing(request, account=pool_id(request.match_info["liquidity_pool_id"]))
    )


async def _account_effects(request: web.Request) -> web.StreamResponse:
    return await serve_listing(request, _listing(request, account=listed_account(request)))


async def _ledger_effects(request: web.Request) -> web.StreamResponse:
    return await serve_listing(request, _listing(request, ledger=listed_ledger(request)))


async def _transaction_effects(request: web.Request) -> web.StreamResponse:
    return await serve_listing(request, _listing(request, transaction=listed_transaction(request)))


async def _operation_effects(request: web.Request) -> web.StreamResponse:
    return await serve_listing(request, _listing(request, operation=listed_operation(request).id))


def _listing(
    request: web.Request,
    *,
    account: str | None = None,
    ledger: int | None = None,
    transaction: TransactionRecord | None = None,
    operation: int | None = None,
) -> Listing[Effect]:
    history = sandbox_of(request).history
    return Listing(
        lambda query: history.effects(
            query.position_pair(),
            query.limit,
            query.ascending,
            account=account,
            ledger=ledger,
            transaction=transaction,
            operation=operation,
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
