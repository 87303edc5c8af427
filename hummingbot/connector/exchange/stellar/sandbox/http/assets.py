"""``/assets``: the credits that are trusted, with who holds how much of them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from aiohttp import web

from ...ledger.amount import format_stroops
from ...ledger.asset import Asset
from ..history.effects import asset_fields
from ..sandbox import Sandbox
from .accounts import account_flags
from .listings import Listing, now, serve_page
from .parameters import PageQuery, account_parameter
from .problems import NOT_ACCEPTABLE, bad_parameter
from .responses import accepts_stream, link, sandbox_of

__all__ = ["routes"]

MOST_LETTERS: Final = 12
AUTHORIZED, MAINTAINS_LIABILITIES = 1, 2
STATUSES: Final = ("authorized", "authorized_to_maintain_liabilities", "unauthorized")


@dataclass(slots=True)
class Holdings:
    """What there is of an asset: with accounts, by their status, set aside, and in pools."""

    asset: Asset
    accounts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(STATUSES, 0))
    balances: dict[str, int] = field(default_factory=lambda: dict.fromkeys(STATUSES, 0))
    claimable: int = 0
    set_aside: int = 0
    pools: int = 0
    in_pools: int = 0

    @property
    def key(self) -> tuple[str, str, str]:
        """Where it stands among all assets."""
        return self.asset.code, self.asset.issuer, self.asset.type

    @property
    def token(self) -> str:
        """Its paging token."""
        return "_".join(self.key)


def routes() -> list[web.RouteDef]:
    """Return the routes of this family."""
    return [web.get("/assets", _assets, allow_head=False)]


async def _assets(request: web.Request) -> web.Response:
    if accepts_stream(request):
        raise NOT_ACCEPTABLE
    sandbox = sandbox_of(request)
    code, issuer = _code(request), account_parameter(request, "asset_issuer")
    query = PageQuery.read(request, now(request))

    def page(query: PageQuery) -> list[Holdings]:
        cursor = tuple(query.cursor.split("_", 2))
        found = sorted(_holdings(sandbox, code, issuer), key=lambda each: each.key)
        if query.ascending:
            beyond = [each for each in found if not query.cursor or each.key > cursor]
        else:
            beyond = [each for each in reversed(found) if not query.cursor or each.key < cursor]
        return beyond[: query.limit]

    listing = Listing(page, lambda each: each.token, lambda each, base: _render(sandbox, each))
    return serve_page(request, listing, query)


def _code(request: web.Request) -> str | None:
    """Read an optional code."""
    code = request.query.get("asset_code", "")
    if code and not (code.isascii() and code.isalnum() and len(code) <= MOST_LETTERS):
        raise bad_parameter("asset_code", f"{code} does not validate as alphanum(1-{MOST_LETTERS})")
    return code or None


def _holdings(sandbox: Sandbox, code: str | None, issuer: str | None) -> Iterator[Holdings]:
    """Yield what there is of the assets with a code and an issuer (None: of any)."""
    state = sandbox.network.state
    found: dict[Asset, Holdings] = {}

    def wanted(asset: Asset) -> bool:
        return (code is None or asset.code == code) and (issuer is None or asset.issuer == issuer)

    for (_, trusted), line in state.trustlines.items():
        if isinstance(trusted, Asset) and wanted(trusted):
            holdings = found.setdefault(trusted, Holdings(trusted))
            status = _status(line.flags)
            holdings.accounts[status] += 1
            holdings.balances[status] += line.balance
    for balance in state.claimable_balances.values():
        if balance.asset in found:
            found[balance.asset].claimable += 1
            found[balance.asset].set_aside += balance.amount
    for pool in state.pools.values():
        for asset, reserve in ((pool.asset_a, pool.reserve_a), (pool.asset_b, pool.reserve_b)):
            if asset in found:
                found[asset].pools += 1
                found[asset].in_pools += reserve
    yield from found.values()


def _status(flags: int) -> str:
    if flags & AUTHORIZED:
        return STATUSES[0]
    return STATUSES[1] if flags & MAINTAINS_LIABILITIES else STATUSES[2]


def _render(sandbox: Sandbox, holdings: Holdings) -> dict[str, Any]:
    issuer = sandbox.network.state.accounts.get(holdings.asset.issuer)
    domain = issuer.home_domain if issuer is not None else ""
    balances = {status: format_stroops(amount) for status, amount in holdings.balances.items()}
    return {
        "_links": {"toml": link(f"https://{domain}/.well-known/stellar.toml" if domain else "")},
        **asset_fields(holdings.asset),
        "paging_token": holdings.token,
        "num_accounts": holdings.accounts[STATUSES[0]],
        "num_claimable_balances": holdings.claimable,
        "num_liquidity_pools": holdings.pools,
        "amount": balances[STATUSES[0]],
        "accounts": holdings.accounts,
        "claimable_balances_amount": format_stroops(holdings.set_aside),
        "liquidity_pools_amount": format_stroops(holdings.in_pools),
        "balances": balances,
        "flags": account_flags(0 if issuer is None else issuer.flags),
    }
