"""``/operations`` and ``/payments``: what was asked for, of all, an account, a ledger or a transaction."""

from typing import Any, Final

from aiohttp import web

from ...ledger.amount import format_stroops
from ...ledger.asset import Asset
from ...ledger.operations import (
    ChangeTrust,
    CreateAccount,
    CreatePassiveSellOffer,
    LiquidityPoolDeposit,
    LiquidityPoolWithdraw,
    ManageBuyOffer,
    ManageSellOffer,
    PathPaymentStrictReceive,
    PathPaymentStrictSend,
    Payment,
)
from ...ledger.price import format_price
from ..history import OperationRecord, TransactionRecord, toid
from ..history.effects import asset_fields
from ..history.pools import reserves
from .accounts import listed_account
from .ledgers import listed_ledger
from .liquidity_pools import listed_pool
from .listings import Listing, serve_listing
from .muxed import muxed_fields
from .parameters import boolean_parameter, whole_number
from .problems import BEFORE_HISTORY, NOT_FOUND, bad_parameter
from .responses import base_url, instant, json_response, link, sandbox_of
from .transactions import listed_transaction, render_transaction

__all__ = ["listed_operation", "render_operation", "routes"]

TYPES: Final[dict[type, tuple[str, int]]] = {
    CreateAccount: ("create_account", 0),
    Payment: ("payment", 1),
    PathPaymentStrictReceive: ("path_payment_strict_receive", 2),
    ManageSellOffer: ("manage_sell_offer", 3),
    CreatePassiveSellOffer: ("create_passive_sell_offer", 4),
    ChangeTrust: ("change_trust", 6),
    ManageBuyOffer: ("manage_buy_offer", 12),
    PathPaymentStrictSend: ("path_payment_strict_send", 13),
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
    return await serve_listing(request, _listing(request))


async def _payments(request: web.Request) -> web.StreamResponse:
    return await serve_listing(request, _listing(request, payments_only=True))


async def _pool_operations(request: web.Request) -> web.StreamResponse:
    return await serve_listing(request, _listing(request, account=listed_pool(request)))


async def _account_operations(request: web.Request) -> web.StreamResponse:
    return await serve_listing(request, _listing(request, account=listed_account(request)))


async def _account_payments(request: web.Request) -> web.StreamResponse:
    listing = _listing(request, account=listed_account(request), payments_only=True)
    return await serve_listing(request, listing)


async def _ledger_operations(request: web.Request) -> web.StreamResponse:
    return await serve_listing(request, _listing(request, ledger=listed_ledger(request)))


async def _ledger_payments(request: web.Request) -> web.StreamResponse:
    listing = _listing(request, ledger=listed_ledger(request), payments_only=True)
    return await serve_listing(request, listing)


async def _transaction_operations(request: web.Request) -> web.StreamResponse:
    return await serve_listing(request, _listing(request, transaction=listed_transaction(request)))


async def _transaction_payments(request: web.Request) -> web.StreamResponse:
    listing = _listing(request, transaction=listed_transaction(request), payments_only=True)
    return await serve_listing(request, listing)


async def _operation(request: web.Request) -> web.Response:
    return json_response(render_operation(listed_operation(request), base_url(request)))


def _listing(
    request: web.Request,
    *,
    account: str | None = None,
    ledger: int | None = None,
    transaction: TransactionRecord | None = None,
    payments_only: bool = False,
) -> Listing[OperationRecord]:
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
        **_details(record),
    }


def _details(record: OperationRecord) -> dict[str, Any]:
    source, source_id = record.source, record.source_id
    match operation := record.operation:
        case CreateAccount():
            return {
                "starting_balance": format_stroops(operation.starting_balance),
                "funder": source,
                **muxed_fields("funder", source, source_id),
                "account": operation.destination,
            }
        case Payment():
            return {
                **asset_fields(operation.asset),
                "from": source,
                **muxed_fields("from", source, source_id),
                "to": operation.destination,
                **muxed_fields("to", operation.destination, operation.destination_id),
                "amount": format_stroops(operation.amount),
            }
        case ChangeTrust():
            return {
                **asset_fields(operation.asset),
                "limit": format_stroops(operation.limit),
                **({"trustee": operation.asset.issuer} if isinstance(operation.asset, Asset) else {}),
                "trustor": source,
                **muxed_fields("trustor", source, source_id),
            }
        case ManageBuyOffer():
            offer = _offer(
                operation.buy_amount,
                operation.price_n,
                operation.price_d,
                operation.buying,
                operation.selling,
            )
            return {**offer, "offer_id": str(operation.offer_id)}
        case ManageSellOffer() | CreatePassiveSellOffer():
            offer = _offer(
                operation.amount, operation.price_n, operation.price_d, operation.buying, operation.selling
            )
            if isinstance(operation, ManageSellOffer):
                offer["offer_id"] = str(operation.offer_id)
            return offer
        case PathPaymentStrictReceive() | PathPaymentStrictSend():
            return _path_payment(record, operation)
        case LiquidityPoolDeposit():
            return _deposit(record, operation)
        case LiquidityPoolWithdraw():
            return _withdrawal(record, operation)
        case _:
            return {}


def _path_payment(
    record: OperationRecord, operation: PathPaymentStrictReceive | PathPaymentStrictSend
) -> dict[str, Any]:
    """Show a path payment; what its path made of the amount is 0 if its transaction failed."""
    result = record.result if record.transaction.successful else None
    if isinstance(operation, PathPaymentStrictSend):
        delivered = result.delivery.amount if result is not None and result.delivery is not None else 0
        sent, bound = operation.send_amount, {"destination_min": format_stroops(operation.dest_min)}
    else:
        delivered, sent = operation.dest_amount, result.amount_sent if result is not None else 0
        bound = {"source_max": format_stroops(operation.send_max)}
    return {
        **asset_fields(operation.dest_asset),
        "from": record.source,
        **muxed_fields("from", record.source, record.source_id),
        "to": operation.destination,
        **muxed_fields("to", operation.destination, operation.destination_id),
        "amount": format_stroops(delivered),
        "path": [asset_fields(asset) for asset in operation.path],
        "source_amount": format_stroops(sent),
        **bound,
        **asset_fields(operation.send_asset, "source_"),
    }


def _deposit(record: OperationRecord, operation: LiquidityPoolDeposit) -> dict[str, Any]:
    change = next(iter(record.pools), None)
    pool, gained = (change.pool, change.gained) if change is not None else (None, (0, 0, 0))
    min_n, min_d = operation.min_price_n, operation.min_price_d
    max_n, max_d = operation.max_price_n, operation.max_price_d
    return {
        "liquidity_pool_id": operation.pool_id,
        "reserves_max": reserves(pool, operation.max_amount_a, operation.max_amount_b),
        "min_price": format_price(min_n, min_d),
        "min_price_r": {"n": min_n, "d": min_d},
        "max_price": format_price(max_n, max_d),
        "max_price_r": {"n": max_n, "d": max_d},
        "reserves_deposited": reserves(pool, gained[0], gained[1]),
        "shares_received": format_stroops(gained[2]),
    }


def _withdrawal(record: OperationRecord, operation: LiquidityPoolWithdraw) -> dict[str, Any]:
    change = next(iter(record.pools), None)
    pool, gained = (change.pool, change.gained) if change is not None else (None, (0, 0, 0))
    return {
        "liquidity_pool_id": operation.pool_id,
        "reserves_min": reserves(pool, operation.min_amount_a, operation.min_amount_b),
        "shares": format_stroops(operation.amount),
        "reserves_received": reserves(pool, -gained[0], -gained[1]),
    }


def _offer(amount: int, n: int, d: int, buying: Asset, selling: Asset) -> dict[str, Any]:
    return {
        "amount": format_stroops(amount),
        "price": format_price(n, d),
        "price_r": {"n": n, "d": d},
        **asset_fields(buying, "buying_"),
        **asset_fields(selling, "selling_"),
    }
