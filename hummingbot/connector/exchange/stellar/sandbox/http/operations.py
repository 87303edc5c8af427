"""``/operations`` and ``/payments``: what was asked for, of all, an account, a ledger or a transaction."""

from functools import partial
from typing import Any, Final

from aiohttp import web

from ...ledger.operations import (
    AccountMerge,
    AllowTrust,
    BeginSponsoringFutureReserves,
    BumpSequence,
    ChangeTrust,
    ClaimClaimableBalance,
    Clawback,
    ClawbackClaimableBalance,
    CreateAccount,
    CreateClaimableBalance,
    CreatePassiveSellOffer,
    EndSponsoringFutureReserves,
    LiquidityPoolDeposit,
    LiquidityPoolWithdraw,
    ManageBuyOffer,
    ManageData,
    ManageSellOffer,
    PathPaymentStrictReceive,
    PathPaymentStrictSend,
    Payment,
    RevokeSponsorship,
    SetOptions,
    SetTrustLineFlags,
)
from ..history import OperationRecord, ledger_of
from ..history.muxed import muxed_fields
from .account_details import account_details
from .filters import read_filters
from .listings import Listing, serve_listing
from .negotiation import EVENTS, offering
from .parameters import boolean_parameter, unsigned
from .problems import BEFORE_HISTORY, NOT_FOUND, bad_parameter
from .responses import base_url, instant, json_response, link, sandbox_of
from .trading_details import trading_details
from .transactions import render_transaction

__all__ = ["render_operation", "routes"]

TYPES: Final[dict[type, tuple[str, int]]] = {
    CreateAccount: ("create_account", 0),
    Payment: ("payment", 1),
    PathPaymentStrictReceive: ("path_payment_strict_receive", 2),
    ManageSellOffer: ("manage_sell_offer", 3),
    CreatePassiveSellOffer: ("create_passive_sell_offer", 4),
    SetOptions: ("set_options", 5),
    ChangeTrust: ("change_trust", 6),
    AllowTrust: ("allow_trust", 7),
    AccountMerge: ("account_merge", 8),
    ManageData: ("manage_data", 10),
    BumpSequence: ("bump_sequence", 11),
    ManageBuyOffer: ("manage_buy_offer", 12),
    PathPaymentStrictSend: ("path_payment_strict_send", 13),
    CreateClaimableBalance: ("create_claimable_balance", 14),
    ClaimClaimableBalance: ("claim_claimable_balance", 15),
    BeginSponsoringFutureReserves: ("begin_sponsoring_future_reserves", 16),
    EndSponsoringFutureReserves: ("end_sponsoring_future_reserves", 17),
    RevokeSponsorship: ("revoke_sponsorship", 18),
    Clawback: ("clawback", 19),
    ClawbackClaimableBalance: ("clawback_claimable_balance", 20),
    SetTrustLineFlags: ("set_trust_line_flags", 21),
    LiquidityPoolDeposit: ("liquidity_pool_deposit", 22),
    LiquidityPoolWithdraw: ("liquidity_pool_withdraw", 23),
}


FILTERS: Final = ("account_id", "claimable_balance_id", "liquidity_pool_id", "tx_id", "ledger_id")
SEVERAL: Final = "Use a single filter for operations, you can only use one of tx_id, account_id or ledger_id"


def routes() -> list[web.RouteDef]:
    """Return the routes of this family."""
    return [
        web.get("/operations", _operations, allow_head=False),
        web.get("/operations/{id}", _operation, allow_head=False),
        web.get("/accounts/{account_id}/operations", _operations, allow_head=False),
        web.get("/claimable_balances/{claimable_balance_id}/operations", _operations, allow_head=False),
        web.get("/liquidity_pools/{liquidity_pool_id}/operations", _operations, allow_head=False),
        web.get("/ledgers/{ledger_id}/operations", _operations, allow_head=False),
        web.get("/transactions/{tx_id}/operations", _operations, allow_head=False),
        web.get("/payments", _payments, allow_head=False),
        web.get("/accounts/{account_id}/payments", _payments, allow_head=False),
        web.get("/ledgers/{ledger_id}/payments", _payments, allow_head=False),
        web.get("/transactions/{tx_id}/payments", _payments, allow_head=False),
    ]


@offering(EVENTS)
async def _operations(request: web.Request) -> web.StreamResponse:
    return await serve_listing(request, _listing)


@offering(EVENTS)
async def _payments(request: web.Request) -> web.StreamResponse:
    return await serve_listing(request, partial(_listing, payments_only=True))


async def _operation(request: web.Request) -> web.Response:
    id, history = unsigned(request.match_info["id"], "id"), sandbox_of(request).history
    joined = _joins(request)
    if ledger_of(id) < history.elder:
        raise BEFORE_HISTORY
    record = history.operation(id)
    if record is None:
        raise NOT_FOUND
    render = _render_joined if joined else render_operation
    return json_response(render(record, base_url(request)))


def _listing(request: web.Request, payments_only: bool = False) -> Listing[OperationRecord]:
    history = sandbox_of(request).history
    failed = boolean_parameter(request, "include_failed")
    joined = _joins(request)
    filters = read_filters(request, FILTERS, SEVERAL)
    return Listing(
        lambda query: history.operations(
            query.position(),
            query.limit,
            query.ascending,
            account=filters.account,
            ledger=filters.ledger,
            transaction=filters.transaction,
            # A failed transaction that is asked for by its hash shows its operations.
            include_failed=failed or filters.transaction is not None,
            payments_only=payments_only,
        ),
        lambda record: str(record.id),
        _render_joined if joined else render_operation,
    )


def _joins(request: web.Request) -> bool:
    """Tell whether operations are to be shown with their transactions."""
    joined = request.query.get("join", "")
    if joined not in ("", "transactions"):
        raise bad_parameter("join", "Accepted values: transactions")
    return bool(joined)


def _render_joined(record: OperationRecord, base: str) -> dict[str, Any]:
    return render_operation(record, base, {"transaction": render_transaction(record.transaction, base)})


def render_operation(
    record: OperationRecord, base: str, joined: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Return an operation as Horizon shows it, with what is joined to it before its own details."""
    name, number = TYPES[type(record.operation)]
    hash = record.transaction.hash.hex()
    href = f"{base}/operations/{record.id}"
    return {
        "_links": {
            "self": link(href),
            "transaction": link(f"{base}/transactions/{hash}"),
            "effects": link(f"{href}/effects"),
            "succeeds": link(f"{base}/effects?order=desc&cursor={record.id}"),
            "precedes": link(f"{base}/effects?order=asc&cursor={record.id}"),
        },
        "id": str(record.id),
        "paging_token": str(record.id),
        "transaction_successful": record.transaction.successful,
        "source_account": record.source,
        **muxed_fields("source_account", record.source, record.source_id),
        "type": name,
        "type_i": number,
        "created_at": instant(record.transaction.closed_at),
        "transaction_hash": hash,
        **(joined or {}),
        **({"sponsor": record.sponsor} if record.sponsor else {}),
        **trading_details(record),
        **account_details(record),
    }
