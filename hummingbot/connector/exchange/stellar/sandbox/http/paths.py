"""``/paths``: by which exchanges an amount can be sent as one asset and arrive as another."""

from collections.abc import Mapping
from typing import Any, Final

from aiohttp import web

from ...ledger.amount import format_stroops, to_stroops
from ...ledger.asset import NATIVE, Asset
from ..history.effects import asset_fields
from ..path_finding import MOST_HOPS, Found, Venues, paths_from, paths_to
from ..sandbox import Sandbox
from .asset_parameters import check_kind, listed_assets, spelt_asset
from .parameters import account_parameter
from .problems import (
    DESTINATION_ASSETS_OR_ACCOUNT,
    SOURCE_ASSETS_OR_ACCOUNT,
    STILL_INGESTING,
    bad_parameter,
)
from .responses import json_response, sandbox_of

__all__ = ["render_path", "routes"]

MOST_ASSETS: Final = 15
CAPPED: Final = 23
"""The protocol of which Horizon refuses an account that holds more assets than a list may have."""

MOST_DIGITS: Final = 20
"""The length of the greatest amount, 922337203685.4775807."""


def routes() -> list[web.RouteDef]:
    """Return the routes of this family."""
    return [
        web.get("/paths", _strict_receive, allow_head=False),
        web.get("/paths/strict-receive", _strict_receive, allow_head=False),
        web.get("/paths/strict-send", _strict_send, allow_head=False),
    ]


async def _strict_send(request: web.Request) -> web.Response:
    sandbox = sandbox_of(request)
    account = account_parameter(request, "destination_account")
    amount = _spelt(request, "source")
    listed = request.query.get("destination_assets", "")
    if (account is None) == (not listed):
        raise DESTINATION_ASSETS_OR_ACCOUNT
    source = spelt_asset(request, "source_")
    if account is None:
        destinations = list(_assets(listed, "destination_assets"))
    else:
        destinations = list(_holdings(sandbox, account, "destination_account"))
    found = paths_from(_venues(sandbox), source, amount, destinations) if destinations else []
    return _answer(sandbox, found)


async def _strict_receive(request: web.Request) -> web.Response:
    sandbox = sandbox_of(request)
    account = account_parameter(request, "source_account")
    account_parameter(request, "destination_account")
    amount = _spelt(request, "destination")
    listed = request.query.get("source_assets", "")
    if (account is None) == (not listed):
        raise SOURCE_ASSETS_OR_ACCOUNT
    destination = spelt_asset(request, "destination_")
    balances: Mapping[Asset, int | None]
    if account is None:
        balances = dict.fromkeys(_assets(listed, "source_assets"))
    else:
        balances = _holdings(sandbox, account, "source_account")
    found = paths_to(_venues(sandbox), destination, amount, balances, account) if balances else []
    return _answer(sandbox, found)


def _spelt(request: web.Request, end: str) -> int:
    """Return the amount at one end of the path, if its asset's type and issuer can pass, too."""
    if not request.query.get(f"{end}_asset_type", ""):
        raise bad_parameter(f"{end}_asset_type", "Missing required field")
    check_kind(request, f"{end}_")
    return _amount(request, f"{end}_amount")


def _amount(request: web.Request, field: str) -> int:
    text = request.query.get(field, "")
    if not text:
        raise bad_parameter(field, "Missing required field")
    try:
        amount = to_stroops(text) if len(text) <= MOST_DIGITS else 0
    except ValueError:
        amount = 0
    if amount <= 0:
        raise bad_parameter(field, "Amount must be positive")
    return amount


def _assets(text: str, field: str) -> list[Asset]:
    """Read assets in canonical form, separated by commas; a few at most."""
    assets = listed_assets(text, field)
    if len(assets) > MOST_ASSETS:
        # Horizon's refusal gives the longest path where it means the longest list.
        raise bad_parameter(field, f"list of assets exceeds maximum length of {MOST_HOPS}")
    return assets


def _holdings(sandbox: Sandbox, account: str, field: str) -> dict[Asset, int | None]:
    """Return what an account has, credits first; nothing for one that is not on the ledger."""
    state = sandbox.network.state
    entry = state.accounts.get(account)
    if entry is None:
        return {}
    credits = [asset for asset in sandbox.ownership.assets(account) if isinstance(asset, Asset)]
    if len(credits) + 1 > MOST_ASSETS and state.protocol >= CAPPED:
        raise bad_parameter(
            field,
            "account has too many trustlines to use this endpoint (number of trustlines plus native XLM "
            f"exceeds limit of {MOST_ASSETS})",
        )
    held: dict[Asset, int | None] = {asset: state.trustlines[account, asset].balance for asset in credits}
    return {**held, NATIVE: entry.balance}


def _venues(sandbox: Sandbox) -> Venues:
    state = sandbox.network.state
    if not (state.offers or state.pools):
        raise STILL_INGESTING
    return Venues(state)


def _answer(sandbox: Sandbox, found: list[Found]) -> web.Response:
    document = {"_embedded": {"records": [render_path(path) for path in found]}}
    return json_response(document)


def render_path(found: Found) -> dict[str, Any]:
    """Return a path as Horizon shows it."""
    return {
        **asset_fields(found.source, "source_"),
        "source_amount": format_stroops(found.source_amount),
        **asset_fields(found.destination, "destination_"),
        "destination_amount": format_stroops(found.destination_amount),
        "path": [asset_fields(asset) for asset in found.path],
    }
