"""``/transactions``: the transactions of all, of an account, of a ledger, and one by its hash."""

from base64 import b64encode
from typing import Any, Final

from aiohttp import web

from ...ledger.envelope import Envelope
from ...ledger.xdr import decode_envelope
from ..history import TransactionRecord, ledger_of
from ..history.muxed import muxed_fields
from .filters import read_filters
from .listings import Listing, serve_listing
from .memos import memo_fields, memo_type, precondition_fields
from .negotiation import EVENTS, offering
from .parameters import boolean_parameter, transaction_hash
from .problems import NOT_FOUND
from .responses import base_url, instant, json_response, link, sandbox_of, templated

__all__ = ["render_transaction", "routes"]

PAGED: Final = "{?cursor,limit,order}"
FILTERS: Final = ("account_id", "claimable_balance_id", "liquidity_pool_id", "ledger_id")
SEVERAL: Final = (
    "Use a single filter for transaction, you can only use one of account_id, claimable_balance_id or "
    "ledger_id"
)


def routes() -> list[web.RouteDef]:
    """Return the routes of this family."""
    return [
        web.get("/transactions", _transactions, allow_head=False),
        web.get("/transactions/{tx_id}", _transaction, allow_head=False),
        web.get("/accounts/{account_id}/transactions", _transactions, allow_head=False),
        web.get("/claimable_balances/{claimable_balance_id}/transactions", _transactions, allow_head=False),
        web.get("/liquidity_pools/{liquidity_pool_id}/transactions", _transactions, allow_head=False),
        web.get("/ledgers/{ledger_id}/transactions", _transactions, allow_head=False),
    ]


@offering(EVENTS)
async def _transactions(request: web.Request) -> web.StreamResponse:
    return await serve_listing(request, _listing)


async def _transaction(request: web.Request) -> web.Response:
    hash = bytes.fromhex(transaction_hash(request.match_info["tx_id"]))
    record = sandbox_of(request).history.transaction(hash)
    if record is None:
        raise NOT_FOUND
    return json_response(render_transaction(record, base_url(request), record.inner_hash == hash))


def _listing(request: web.Request) -> Listing[TransactionRecord]:
    history = sandbox_of(request).history
    failed = boolean_parameter(request, "include_failed")
    filters = read_filters(request, FILTERS, SEVERAL)
    return Listing(
        lambda query: history.transactions(
            query.position(),
            query.limit,
            query.ascending,
            account=filters.account,
            ledger=filters.ledger,
            include_failed=failed,
        ),
        lambda record: str(record.id),
        render_transaction,
    )


def render_transaction(record: TransactionRecord, base: str, inside: bool = False) -> dict[str, Any]:
    """Return a transaction as Horizon shows it, without the meta, which the sandbox does not build.

    A fee bump is shown under its own hash, or, if it is looked at from `inside`, under the transaction's.
    """
    envelope = decode_envelope(record.envelope_xdr)
    tx, bump, ledger = envelope.tx, envelope.fee_bump, ledger_of(record.id)
    hash = (record.inner_hash if inside else record.hash).hex()
    signatures = envelope.signatures if bump is None or inside else bump.signatures
    fee_source_id = tx.source_id if bump is None else bump.source_id
    href = f"{base}/transactions/{hash}"
    return {
        **memo_fields(tx.memo),
        "_links": {
            "self": link(href),
            "account": link(f"{base}/accounts/{record.source}"),
            "ledger": link(f"{base}/ledgers/{ledger}"),
            "operations": templated(f"{href}/operations{PAGED}"),
            "effects": templated(f"{href}/effects{PAGED}"),
            "precedes": link(f"{base}/transactions?order=asc&cursor={record.id}"),
            "succeeds": link(f"{base}/transactions?order=desc&cursor={record.id}"),
            "transaction": link(href),
        },
        "id": hash,
        "paging_token": str(record.id),
        "successful": record.successful,
        "hash": hash,
        "ledger": ledger,
        "created_at": instant(record.closed_at),
        "source_account": record.source,
        **muxed_fields("account", record.source, tx.source_id),
        "source_account_sequence": str(tx.sequence),
        "fee_account": envelope.fee_source,
        **muxed_fields("fee_account", envelope.fee_source, fee_source_id),
        "fee_charged": str(record.fee_charged),
        "max_fee": str(record.max_fee),
        "operation_count": record.operation_count,
        "envelope_xdr": b64encode(record.envelope_xdr).decode(),
        "result_xdr": b64encode(record.result_xdr).decode(),
        "memo_type": memo_type(tx.memo),
        "signatures": _encoded(signatures),
        **precondition_fields(tx),
        **_fee_bump_fields(record, envelope),
    }


def _fee_bump_fields(record: TransactionRecord, envelope: Envelope) -> dict[str, Any]:
    """Return both sides of a fee bump: what pays, and what is in it."""
    if envelope.fee_bump is None:
        return {}
    return {
        "fee_bump_transaction": {
            "hash": record.hash.hex(),
            "signatures": _encoded(envelope.fee_bump.signatures),
        },
        "inner_transaction": {
            "hash": record.inner_hash.hex(),
            "signatures": _encoded(envelope.signatures),
            "max_fee": str(envelope.tx.fee),
        },
    }


def _encoded(signatures: tuple[tuple[bytes, bytes], ...]) -> list[str]:
    return [b64encode(signature).decode() for _, signature in signatures]
