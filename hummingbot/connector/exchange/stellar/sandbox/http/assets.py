"""``/assets``: the credits that are trusted, with who holds how much of them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from aiohttp import web

from ...ledger.amount import format_stroops
from ...ledger.asset import Asset
from ..history.effects import asset_fields
from ..sandbox import Sandbox
from .accounts import account_flags
from .listings import Listing, now, serve_page
from .parameters import PageQuery, is_account, is_asset_code
from .problems import bad_parameter
from .responses import link, sandbox_of

__all__ = ["routes"]

KINDS: Final[dict[str, Callable[[str], bool]]] = {
    "asset_code": is_asset_code,
    "asset_issuer": is_account,
    "asset_type": ("native", "credit_alphanum4", "credit_alphanum12").__contains__,
}
"""The parts of a paging token, and what each must be."""

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
    sandbox = sandbox_of(request)
    code, issuer = request.query.get("asset_code", ""), request.query.get("asset_issuer", "")
    query = PageQuery.read(request, now(request))
    _check("asset_code", code)
    _check("asset_issuer", issuer)
    cursor = _cursor(query)

    def page(query: PageQuery) -> list[Holdings]:
        found = sorted(_holdings(sandbox, code, issuer), key=lambda each: each.key)
        if query.ascending:
            beyond = [each for each in found if not cursor or each.key > cursor]
        else:
            beyond = [each for each in reversed(found) if not cursor or each.key < cursor]
        return beyond[: query.limit]

    listing = Listing(page, lambda each: each.token, lambda each, base: _render(sandbox, each))
    return serve_page(request, listing, query)


def _cursor(query: PageQuery) -> tuple[str, ...]:
    """Read a cursor ``CODE_ISSUER_type``; an empty one has no parts."""
    if not query.cursor:
        return ()
    parts = tuple(query.cursor.split("_", 2))
    if len(parts) != len(KINDS):
        raise bad_parameter("cursor", "the cursor is not a valid paging_token")
    for kind, text in zip(KINDS, parts, strict=True):
        _check(kind, text, "cursor")
    return parts


def _check(kind: str, text: str, field: str = "") -> None:
    """Refuse what is no code, issuer or type of an asset; an empty parameter (not in a cursor) is none."""
    if not (KINDS[kind](text) or (not text and not field)):
        raise bad_parameter(field or kind, f"{text} is not a valid {kind.replace('_', ' ')}")


def _holdings(sandbox: Sandbox, code: str, issuer: str) -> Iterator[Holdings]:
    """Yield what there is of the credits with a code and an issuer (empty: of any), wherever it lies."""
    state = sandbox.network.state
    found: dict[Asset, Holdings] = {}

    def holdings_of(asset: Asset) -> Holdings | None:
        if (code or asset.code) != asset.code or (issuer or asset.issuer) != asset.issuer or asset.is_native:
            return None
        return found.setdefault(asset, Holdings(asset))

    for (_, trusted), line in state.trustlines.items():
        if isinstance(trusted, Asset) and (held := holdings_of(trusted)) is not None:
            status = _status(line.flags)
            held.accounts[status] += 1
            held.balances[status] += line.balance
    for balance in state.claimable_balances.values():
        if (held := holdings_of(balance.asset)) is not None:
            held.claimable += 1
            held.set_aside += balance.amount
    for pool in state.pools.values():
        for asset, reserve in ((pool.asset_a, pool.reserve_a), (pool.asset_b, pool.reserve_b)):
            if (held := holdings_of(asset)) is not None:
                held.pools += 1
                held.in_pools += reserve
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
