"""``/operations`` and ``/payments``: what was asked for, of all, an account, a ledger or a transaction."""

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
from ..history import OperationRecord, TransactionRecord, toid
from ..history.muxed import muxed_fields
from .account_details import account_details
from .accounts import listed_account
from .ledgers import listed_ledger
from .liquidity_pools import listed_pool
from .listings import Listing, serve_listing
from .parameters import boolean_parameter, whole_number
from .problems import BEFORE_HISTORY, NOT_FOUND, bad_parameter
from .responses import base_url, instant, json_response, link, sandbox_of
from .trading_details import trading_details
from .transactions import listed_transaction, render_transaction

__all__ = ["listed_operation", "operations_listing", "render_operation", "routes"]

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


def routes() -> list[web.RouteDef]:
    """Return the routes of this family."""
    return [
        web.get("/operations", _operations, allow_head=False),
        web.get("/operations/{id}", _operation, allow_head=False),
        web.get("/payments", _payments, allow_head=False),
        web.get("/accounts/{account_id}/operations", _account_operations, allow_head=False),
        web.get("/liquidity_pools/{liquidity_pool_id}/operations", _pool_operations, allow_head=False),
        web.get("/accounts/{account_id}/payments", _account_payments, allow_head=False),
        web.get("/ledgers/{sequence}/operations", _ledger_operations, allow_head=False),
        web.get("/ledgers/{sequence}/payments", _ledger_payments, allow_head=False),
        web.get("/transactions/{hash}/operations", _transaction_operations, allow_head=False),
        web.get("/transactions/{hash}/payments", _transaction_payments, allow_head=False),
    ]


async def _operations(request: web.Request) -> web.StreamResponse:
    return await serve_listing(request, operations_listing(request))


async def _payments(request: web.Request) -> web.StreamResponse:
    return await serve_listing(request, operations_listing(request, payments_only=True))


async def _pool_operations(request: web.Request) -> web.StreamResponse:
    return await serve_listing(request, operations_listing(request, account=listed_pool(request)))


async def _account_operations(request: web.Request) -> web.StreamResponse:
    return await serve_listing(request, operations_listing(request, account=listed_account(request)))


async def _account_payments(request: web.Request) -> web.StreamResponse:
    listing = operations_listing(request, account=listed_account(request), payments_only=True)
    return await serve_listing(request, listing)


async def _ledger_operations(request: web.Request) -> web.StreamResponse:
    return await serve_listing(request, operations_listing(request, ledger=listed_ledger(request)))


async def _ledger_payments(request: web.Request) -> web.StreamResponse:
    listing = operations_listing(request, ledger=listed_ledger(request), payments_only=True)
    return await serve_listing(request, listing)


async def _transaction_operations(request: web.Request) -> web.StreamResponse:
    return await serve_listing(request, operations_listing(request, transaction=listed_transaction(request)))


async def _transaction_payments(request: web.Request) -> web.StreamResponse:
    listing = operations_listing(request, transaction=listed_transaction(request), payments_only=True)
    return await serve_listing(request, listing)


async def _operation(request: web.Request) -> web.Response:
    return json_response(render_operation(listed_operation(request), base_url(request)))


def operations_listing(
    request: web.Request,
    *,
    account: str | None = None,
    ledger: int | None = None,
    transaction: TransactionRecord | None = None,
    payments_only: bool = False,
) -> Listing[OperationRecord]:
    """Return the operations of all, of an account (or what else took part, by its id), and so on."""
    history = sandbox_of(request).history
    # A failed transaction that is asked for by its hash shows its operations.
    failed = boolean_parameter(request, "include_failed") or transaction is not None
    joined = request.query.get("join", "") == "transactions"
    return Listing(
        lambda query: history.operations(
            query.position(),
            query.limit,
            query.ascending,
            account=account,
            ledger=ledger,
            transaction=transaction,
            include_failed=failed,
            payments_only=payments_only,
        ),
        lambda record: str(record.id),
        _render_joined if joined else render_operation,
    )


def listed_operation(request: web.Request) -> OperationRecord:
    """Return the operation that a path names, if it is on a ledger."""
    id = whole_number(request.match_info["id"])
    if id is None:
        raise bad_parameter("id", 'schema: error converting value for "id"')
    history = sandbox_of(request).history
    if id < toid(history.elder):
        raise BEFORE_HISTORY
    record = history.operation(id)
    if record is None:
        raise NOT_FOUND
    return record


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
