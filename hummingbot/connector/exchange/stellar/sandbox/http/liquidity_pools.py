"""``/liquidity_pools``: the pools of the ledger, and one of them."""

from typing import Any, Final

from aiohttp import web

from ...ledger.asset import NATIVE, Asset
from ...ledger.liquidity_pool import PoolShare
from ..entries import Pool
from ..history.pools import pool_fields
from ..sandbox import Sandbox
from .asset_parameters import credit
from .listings import Listing, now, serve_page
from .parameters import PageQuery, pool_id
from .problems import NOT_FOUND, SERVER_ERROR, bad_parameter
from .responses import base_url, instant, json_response, link, sandbox_of, templated

__all__ = ["render_pool", "routes"]

PAGED: Final = "{?cursor,limit,order}"
RESERVES_REASON: Final = "Invalid reserves, should be comma-separated list of assets in canonical form"


def routes() -> list[web.RouteDef]:
    """Return the routes of this family."""
    return [
        web.get("/liquidity_pools", _pools, allow_head=False),
        web.get("/liquidity_pools/{liquidity_pool_id}", _pool, allow_head=False),
    ]


async def _pools(request: web.Request) -> web.Response:
    sandbox = sandbox_of(request)
    reserves = _reserves(request.query.get("reserves", ""))
    account = request.query.get("account", "")
    if account and reserves:
        raise SERVER_ERROR  # so does a running Horizon
    query = PageQuery.read(request, now(request))
    state = sandbox.network.state

    def page(query: PageQuery) -> list[Pool]:
        pools = sorted(state.pools.values(), key=lambda pool: pool.share.pool_id, reverse=not query.ascending)
        found = [
            pool
            for pool in pools
            if _is_beyond(pool, query)
            and (not account or (account, pool.share) in state.trustlines)
            and all(asset in (pool.asset_a, pool.asset_b) for asset in reserves)
        ]
        return found[: query.limit]

    listing = Listing(
        page, lambda pool: pool.share.pool_id, lambda pool, base: render_pool(sandbox, pool, base)
    )
    return serve_page(request, listing, query)


def _is_beyond(pool: Pool, query: PageQuery) -> bool:
    id = pool.share.pool_id
    return not query.cursor or (id > query.cursor if query.ascending else id < query.cursor)


def _reserves(text: str) -> list[Asset]:
    """Read assets in canonical form."""
    names = text.split(",")
    try:
        return [NATIVE if name == "native" else credit(*name.split(":")) for name in names if name]
    except (TypeError, ValueError):
        raise bad_parameter("reserves", RESERVES_REASON) from None


async def _pool(request: web.Request) -> web.Response:
    sandbox = sandbox_of(request)
    pool = sandbox.network.state.pools.get(PoolShare(pool_id(request.match_info["liquidity_pool_id"])))
    if pool is None:
        raise NOT_FOUND
    document = render_pool(sandbox, pool, base_url(request))
    return json_response(document)


def render_pool(sandbox: Sandbox, pool: Pool, base: str) -> dict[str, Any]:
    """Return a pool as Horizon shows it."""
    href = f"{base}/liquidity_pools/{pool.share.pool_id}"
    modified = sandbox.history.closed_at(pool.last_modified)
    fields = pool_fields(pool)
    return {
        "_links": {
            "self": link(href),
            "transactions": templated(f"{href}/transactions{PAGED}"),
            "operations": templated(f"{href}/operations{PAGED}"),
        },
        "id": fields.pop("id"),
        "paging_token": pool.share.pool_id,
        **fields,
        "last_modified_ledger": pool.last_modified,
        "last_modified_time": None if modified is None else instant(modified),
    }
