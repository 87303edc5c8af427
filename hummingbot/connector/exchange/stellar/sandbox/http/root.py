"""``/``: what this server is, and where its resources are."""

from typing import Any, Final

from aiohttp import web

from .lies import passphrase_of
from .responses import base_url, instant, json_response, link, sandbox_of, templated

__all__ = ["routes"]

VERSION: Final = "hummingbot-stellar sandbox"

TEMPLATES: Final = {
    "account": "/accounts/{account_id}",
    "accounts": "/accounts{?signer,sponsor,asset,liquidity_pool,cursor,limit,order}",
    "account_transactions": "/accounts/{account_id}/transactions{?cursor,limit,order}",
    "claimable_balances": "/claimable_balances{?asset,sponsor,claimant,cursor,limit,order}",
    "assets": "/assets{?asset_code,asset_issuer,cursor,limit,order}",
    "effects": "/effects{?cursor,limit,order}",
    "fee_stats": "/fee_stats",
    "friendbot": "/friendbot{?addr,asset,amount}",
    "ledger": "/ledger/{sequence}",
    "ledgers": "/ledgers{?cursor,limit,order}",
    "liquidity_pools": "/liquidity_pools{?reserves,account,cursor,limit,order}",
    "offer": "/offers/{offer_id}",
    "offers": "/offers{?selling,buying,seller,sponsor,cursor,limit,order}",
    "operation": "/operations/{id}",
    "operations": "/operations{?cursor,limit,order,include_failed}",
    "order_book": (
        "/order_book{?selling_asset_type,selling_asset_code,selling_asset_issuer,buying_asset_type,"
        "buying_asset_code,buying_asset_issuer,limit}"
    ),
    "payments": "/payments{?cursor,limit,order,include_failed}",
    "self": "/",
    "strict_receive_paths": (
        "/paths/strict-receive{?source_assets,source_account,destination_account,destination_asset_type,"
        "destination_asset_issuer,destination_asset_code,destination_amount}"
    ),
    "strict_send_paths": (
        "/paths/strict-send{?destination_account,destination_assets,source_asset_type,source_asset_issuer,"
        "source_asset_code,source_amount}"
    ),
    "trade_aggregations": (
        "/trade_aggregations?base_asset_type={base_asset_type}&base_asset_code={base_asset_code}"
        "&base_asset_issuer={base_asset_issuer}&counter_asset_type={counter_asset_type}"
        "&counter_asset_code={counter_asset_code}&counter_asset_issuer={counter_asset_issuer}"
    ),
    "trades": (
        "/trades?base_asset_type={base_asset_type}&base_asset_code={base_asset_code}"
        "&base_asset_issuer={base_asset_issuer}&counter_asset_type={counter_asset_type}"
        "&counter_asset_code={counter_asset_code}&counter_asset_issuer={counter_asset_issuer}"
    ),
    "transaction": "/transactions/{hash}",
    "transactions": "/transactions{?cursor,limit,order}",
}


def routes() -> list[web.RouteDef]:
    """Return the routes of this family."""
    return [web.get("/", _root, allow_head=False)]


async def _root(request: web.Request) -> web.Response:
    sandbox, base = sandbox_of(request), base_url(request)
    history = sandbox.history
    closed_at = history.closed_at(history.latest)
    assert closed_at is not None
    protocol = sandbox.network.header.protocol
    links: dict[str, Any] = {
        name: templated(base + path) if "{" in path else link(base + path)
        for name, path in TEMPLATES.items()
        if name != "friendbot" or sandbox.has_friendbot
    }
    return json_response(
        {
            "_links": links,
            "horizon_version": VERSION,
            "core_version": VERSION,
            "ingest_latest_ledger": history.latest,
            "history_latest_ledger": history.latest,
            "history_latest_ledger_closed_at": instant(closed_at),
            "history_elder_ledger": history.elder,
            "core_latest_ledger": history.latest,
            "network_passphrase": passphrase_of(request),
            "current_protocol_version": protocol,
            "supported_protocol_version": protocol,
            "core_supported_protocol_version": protocol,
        }
    )
