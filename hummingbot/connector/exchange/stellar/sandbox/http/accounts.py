"""``/accounts``: balances, sequence number and flags of an account; lists of accounts by signer or asset."""

import re
from base64 import b64encode
from typing import Any, Final

from aiohttp import web

from ...ledger.amount import format_stroops
from ...ledger.asset import NATIVE
from ...ledger.ledger_keys import DataKey
from ...ledger.liquidity_pool import PoolShare, Trusted
from ..data_entry import DataEntry
from ..entries import Account, Trustline
from ..history.effects import asset_fields
from ..sandbox import Sandbox
from .asset_parameters import asset_filter
from .listings import Listing, now, serve_page
from .negotiation import EVENTS, RAW, accepts_stream, offering, wanted
from .parameters import PageQuery, account_id, account_parameter, pool_id
from .problems import INVALID_ACCOUNTS, NOT_CACHED, NOT_FOUND, bad_parameter
from .responses import base_url, instant, json_response, link, sandbox_of, templated, to_json
from .streams import serve_stream

__all__ = ["account_flags", "render_account", "routes"]

PAGED: Final = "{?cursor,limit,order}"
LISTS: Final = ("transactions", "operations", "payments", "effects", "offers", "trades")
AUTH_REQUIRED, AUTH_REVOCABLE, AUTH_IMMUTABLE, AUTH_CLAWBACK = 1, 2, 4, 8
AUTHORIZED, MAINTAINS_LIABILITIES, CLAWBACK_ENABLED = 1, 2, 4
DATA_NAME: Final = 64
BINARY: Final = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
KEY_TYPES: Final = {
    "G": "ed25519_public_key",
    "T": "preauth_tx",
    "X": "sha256_hash",
    "P": "ed25519_signed_payload",
}
NAMES_PAYLOADS: Final = 20
"""The protocol since which Horizon has a word for signed payloads."""


def routes() -> list[web.RouteDef]:
    """Return the routes of this family."""
    return [
        web.get("/accounts", _accounts, allow_head=False),
        web.get("/accounts/{account_id}", _account, allow_head=False),
        web.get("/accounts/{account_id}/data/{key}", _data, allow_head=False),
    ]


@offering(EVENTS)
async def _account(request: web.Request) -> web.StreamResponse:
    sandbox, base = sandbox_of(request), base_url(request)
    account = account_id(request.match_info["account_id"])
    if accepts_stream(request):
        sent = False

        def poll() -> list[tuple[None, bytes]]:
            """Send the account once: a running Horizon compares its id only, so it never sends it again.

            It looks for it all the same, and ends the stream of one that is gone.
            """
            nonlocal sent
            entry = _entry(sandbox, account)
            if sent:
                return []
            sent = True
            return [(None, to_json(render_account(sandbox, entry, base)))]

        return await serve_stream(request, poll)
    document = render_account(sandbox, _entry(sandbox, account), base)
    return json_response(document)


def _entry(sandbox: Sandbox, account: str) -> Account:
    entry = sandbox.network.state.accounts.get(account)
    if entry is None:
        raise NOT_FOUND
    return entry


@offering(EVENTS, RAW)
async def _data(request: web.Request) -> web.StreamResponse:
    sandbox, name = sandbox_of(request), request.match_info["key"]
    key = DataKey(account_id(request.match_info["account_id"]), name)
    if not 1 <= len(name) <= DATA_NAME:
        raise bad_parameter("key", f"{name} does not validate as length(1|{DATA_NAME})")
    if wanted(request) == RAW:
        value = _entry_of(sandbox, key).value
        return web.Response(body=value, headers={**NOT_CACHED, "Content-Type": _sniffed(value)})
    if accepts_stream(request):
        seen: dict[str, Any] | None = None

        def poll() -> list[tuple[None, bytes]]:
            nonlocal seen
            found, before = _value(sandbox, key), seen
            seen = found
            return [] if found == before else [(None, to_json(found))]

        return await serve_stream(request, poll)
    return json_response(_value(sandbox, key))


def _entry_of(sandbox: Sandbox, key: DataKey) -> DataEntry:
    entry = sandbox.network.state.data.get(key)
    if entry is None:
        raise NOT_FOUND
    return entry


def _sniffed(value: bytes) -> str:
    """Return the content type of bytes, told by whether any is no text, as Go guesses it."""
    return "application/octet-stream" if BINARY.search(value) else "text/plain; charset=utf-8"


def _value(sandbox: Sandbox, key: DataKey) -> dict[str, Any]:
    """Return a named value of an account as Horizon shows it."""
    entry = _entry_of(sandbox, key)
    shown = {"value": b64encode(entry.value).decode()}
    if entry.sponsor is not None:
        shown["sponsor"] = entry.sponsor
    return shown


async def _accounts(request: web.Request) -> web.Response:
    sandbox = sandbox_of(request)
    query = PageQuery.read(request, now(request))
    found = sorted(_filtered(request, sandbox))
    listing = Listing(
        lambda query: _page(sandbox, found, query),
        lambda entry: entry.account,
        lambda entry, base: render_account(sandbox, entry, base),
    )
    return serve_page(request, listing, query)


def _filtered(request: web.Request, sandbox: Sandbox) -> list[str]:
    """Return the accounts that meet the one filter that is given."""
    signer, sponsor = account_parameter(request, "signer"), account_parameter(request, "sponsor")
    asset, pool = asset_filter(request, "asset"), request.query.get("liquidity_pool", "")
    if pool:
        pool_id(pool, "liquidity_pool")
    if asset == NATIVE:
        raise bad_parameter("asset", "you can't filter by asset: native")
    if sum(map(bool, (signer, sponsor, asset, pool))) != 1:
        raise INVALID_ACCOUNTS
    if signer is not None:
        return _signed_by(sandbox, signer)
    if sponsor is not None:
        return _sponsored(sandbox, sponsor)
    return _trusting(sandbox, PoolShare(pool) if asset is None else asset)


def _signed_by(sandbox: Sandbox, key: str) -> list[str]:
    return [
        name
        for name, entry in sandbox.network.state.accounts.items()
        if (name == key and entry.thresholds[0]) or any(signer == key for signer, _, _ in entry.signers)
    ]


def _sponsored(sandbox: Sandbox, sponsor: str) -> list[str]:
    """Return the accounts of which one pays the reserve, or that of a signer, a trustline or data."""
    state = sandbox.network.state
    found = {
        name
        for name, entry in state.accounts.items()
        if entry.sponsor == sponsor or any(payer == sponsor for _, _, payer in entry.signers)
    }
    found |= {line.account for line in state.trustlines.values() if line.sponsor == sponsor}
    found |= {key.account for key, entry in state.data.items() if entry.sponsor == sponsor}
    return list(found)


def _trusting(sandbox: Sandbox, asset: Trusted) -> list[str]:
    return [account for account, trusted in sandbox.network.state.trustlines if trusted == asset]


def _page(sandbox: Sandbox, found: list[str], query: PageQuery) -> list[Account]:
    if query.ascending:
        names = [name for name in found if name > query.cursor]
    else:
        names = [name for name in reversed(found) if not query.cursor or name < query.cursor]
    return [sandbox.network.state.accounts[name] for name in names[: query.limit]]


def render_account(sandbox: Sandbox, entry: Account, base: str) -> dict[str, Any]:
    """Return an account as Horizon shows it."""
    name = entry.account
    href = f"{base}/accounts/{name}"
    master, low, medium, high = entry.thresholds
    modified = sandbox.history.closed_at(entry.last_modified)
    document: dict[str, Any] = {
        "_links": {
            "self": link(href),
            **{part: templated(f"{href}/{part}{PAGED}") for part in LISTS},
            "data": templated(f"{href}/data/{{key}}"),
        },
        "id": name,
        "account_id": name,
        "sequence": str(entry.sequence),
    }
    if entry.sequence_ledger is not None:
        document["sequence_ledger"] = entry.sequence_ledger
        document["sequence_time"] = str(entry.sequence_time)
    document["subentry_count"] = entry.subentries
    if entry.inflation_destination is not None:
        document["inflation_destination"] = entry.inflation_destination
    if entry.home_domain:
        document["home_domain"] = entry.home_domain
    document |= {
        "last_modified_ledger": entry.last_modified,
        "last_modified_time": None if modified is None else instant(modified),
        "thresholds": {"low_threshold": low, "med_threshold": medium, "high_threshold": high},
        "flags": account_flags(entry.flags),
        "balances": _balances(sandbox, entry),
        "signers": _signers(entry, master, sandbox.network.header.protocol),
        "data": {
            key: b64encode(sandbox.network.state.data[DataKey(name, key)].value).decode()
            for key in sandbox.ownership.data(name)
        },
        "num_sponsoring": entry.sponsoring,
        "num_sponsored": entry.sponsored,
    }
    if entry.sponsor is not None:
        document["sponsor"] = entry.sponsor
    document["paging_token"] = name
    return document


def account_flags(flags: int) -> dict[str, bool]:
    """Return the flags of an account, as issuer, by their names."""
    return {
        "auth_required": bool(flags & AUTH_REQUIRED),
        "auth_revocable": bool(flags & AUTH_REVOCABLE),
        "auth_immutable": bool(flags & AUTH_IMMUTABLE),
        "auth_clawback_enabled": bool(flags & AUTH_CLAWBACK),
    }


def _balances(sandbox: Sandbox, entry: Account) -> list[dict[str, Any]]:
    trustlines = sandbox.network.state.trustlines
    lines = [
        _trustline(trustlines[entry.account, asset]) for asset in sandbox.ownership.assets(entry.account)
    ]
    native = {
        "balance": format_stroops(entry.balance),
        "buying_liabilities": format_stroops(entry.buying_liabilities),
        "selling_liabilities": format_stroops(entry.selling_liabilities),
        "asset_type": "native",
    }
    return [*lines, native]


def _trustline(line: Trustline) -> dict[str, Any]:
    shown: dict[str, Any] = {"balance": format_stroops(line.balance)}
    if isinstance(line.asset, PoolShare):
        shown["liquidity_pool_id"] = line.asset.pool_id
        shown["limit"] = format_stroops(line.limit)
    else:
        shown["limit"] = format_stroops(line.limit)
        shown["buying_liabilities"] = format_stroops(line.buying_liabilities)
        shown["selling_liabilities"] = format_stroops(line.selling_liabilities)
        if line.sponsor is not None:
            shown["sponsor"] = line.sponsor
    shown["last_modified_ledger"] = line.last_modified
    shown["is_authorized"] = bool(line.flags & AUTHORIZED)
    shown["is_authorized_to_maintain_liabilities"] = bool(line.flags & (AUTHORIZED | MAINTAINS_LIABILITIES))
    if line.flags & CLAWBACK_ENABLED:
        shown["is_clawback_enabled"] = True
    return {**shown, **asset_fields(line.asset)}


def _signers(entry: Account, master: int, protocol: int) -> list[dict[str, Any]]:
    """Return the signers by key; the account's own comes last where it weighs nothing."""
    own = (entry.account, master, None)
    signers = sorted([*entry.signers, own] if master else entry.signers, key=lambda signer: signer[0])
    return [_signer(protocol, *signer) for signer in (signers if master else [*signers, own])]


def _signer(protocol: int, key: str, weight: int, sponsor: str | None) -> dict[str, Any]:
    kind = "unknown" if key[0] == "P" and protocol < NAMES_PAYLOADS else KEY_TYPES[key[0]]
    signer = {"weight": weight, "key": key, "type": kind}
    return signer if sponsor is None else {**signer, "sponsor": sponsor}
