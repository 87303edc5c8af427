"""``/claimable_balances``: what is set aside on the ledger, and for whom."""

from collections.abc import Callable
from typing import Any, Final

from aiohttp import web

from ...ledger.amount import format_stroops
from ...ledger.ledger_keys import ClaimableBalanceKey
from ..claimable_balance import ClaimableBalance
from ..history.predicates import render_claimants
from ..sandbox import Sandbox
from .asset_parameters import asset_filter
from .filters import balance_id, is_balance_id
from .listings import Listing, now, serve_page
from .parameters import PageQuery, account_parameter, whole_number
from .problems import NOT_FOUND, bad_parameter
from .responses import base_url, instant, json_response, link, sandbox_of, templated

__all__ = ["routes"]

PAGED: Final = "{?cursor,limit,order}"
CURSOR_REASON: Final = (
    "The first part should be a number higher than 0 and the second part should be a valid claimable balance "
    "ID"
)


def routes() -> list[web.RouteDef]:
    """Return the routes of this family."""
    return [
        web.get("/claimable_balances", _balances, allow_head=False),
        web.get("/claimable_balances/{id}", _balance, allow_head=False),
    ]


async def _balances(request: web.Request) -> web.Response:
    sandbox = sandbox_of(request)
    asset = asset_filter(request, "asset")
    sponsor, claimant = account_parameter(request, "sponsor"), account_parameter(request, "claimant")

    def wanted(balance: ClaimableBalance) -> bool:
        return (
            (asset is None or balance.asset == asset)
            and (sponsor is None or balance.sponsor == sponsor)
            and (claimant is None or any(one.destination == claimant for one in balance.claimants))
        )

    query = PageQuery.read(request, now(request))
    listing = Listing(
        lambda query: _page(sandbox, query, wanted),
        _token,
        lambda balance, base: render_balance(sandbox, balance, base),
    )
    return serve_page(request, listing, query)


def _page(
    sandbox: Sandbox, query: PageQuery, wanted: Callable[[ClaimableBalance], bool]
) -> list[ClaimableBalance]:
    """Return the balances beyond the cursor, by the ledger that last changed them and by id."""
    cursor = _position(query.cursor)
    found = sorted(
        (balance for balance in sandbox.network.state.claimable_balances.values() if wanted(balance)),
        key=_place,
        reverse=not query.ascending,
    )
    if cursor is not None:
        found = [
            balance
            for balance in found
            if (_place(balance) > cursor if query.ascending else _place(balance) < cursor)
        ]
    return found[: query.limit]


def _place(balance: ClaimableBalance) -> tuple[int, str]:
    return balance.last_modified, balance.balance_id


def _token(balance: ClaimableBalance) -> str:
    return f"{balance.last_modified}-{balance.balance_id}"


def _position(cursor: str) -> tuple[int, str] | None:
    """Read a cursor ``ledger-id``; None if it is empty or of no ledger, which Horizon does not look at."""
    if not cursor:
        return None
    ledger, _, id = cursor.partition("-")
    number = whole_number(ledger)
    if number is None or not is_balance_id(id):
        raise bad_parameter("cursor", CURSOR_REASON)
    return (number, id) if number else None


async def _balance(request: web.Request) -> web.Response:
    sandbox = sandbox_of(request)
    balance = sandbox.network.state.claimable_balances.get(
        ClaimableBalanceKey(balance_id(request.match_info["id"]))
    )
    if balance is None:
        raise NOT_FOUND
    document = render_balance(sandbox, balance, base_url(request))
    return json_response(document)


def render_balance(sandbox: Sandbox, balance: ClaimableBalance, base: str) -> dict[str, Any]:
    """Return a claimable balance as Horizon shows it."""
    href = f"{base}/claimable_balances/{balance.balance_id}"
    modified = sandbox.history.closed_at(balance.last_modified)
    return {
        "_links": {
            "self": link(href),
            "transactions": templated(f"{href}/transactions{PAGED}"),
            "operations": templated(f"{href}/operations{PAGED}"),
        },
        "id": balance.balance_id,
        "asset": str(balance.asset),
        "amount": format_stroops(balance.amount),
        "sponsor": balance.sponsor,
        "last_modified_ledger": balance.last_modified,
        "last_modified_time": None if modified is None else instant(modified),
        "claimants": render_claimants(balance.claimants),
        "flags": {"clawback_enabled": balance.clawback_enabled},
        "paging_token": _token(balance),
    }
