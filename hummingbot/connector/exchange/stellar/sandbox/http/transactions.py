"""``/transactions``: the transactions of all, of an account, of a ledger, and one by its hash."""

from base64 import b64encode
from typing import Any, Final

from aiohttp import web

from ...ledger.envelope import Envelope
from ...ledger.xdr import decode_envelope
from ..history import TransactionRecord, ledger_of
from ..history.muxed import muxed_fields
from .accounts import listed_account
from .ledgers import listed_ledger
from .liquidity_pools import listed_pool
from .listings import Listing, serve_listing
from .memos import memo_fields, memo_type, precondition_fields
from .parameters import boolean_parameter
from .problems import NOT_FOUND, bad_parameter
from .responses import base_url, instant, json_response, link, sandbox_of, templated

__all__ = ["listed_transaction", "render_transaction", "routes", "transactions_listing"]

PAGED: Final = "{?cursor,limit,order}"
HASH_REASON: Final = "Transaction hash must be a hex-encoded, lowercase SHA-256 hash"


def routes() -> list[web.RouteDef]:
    """Return the routes of this family."""
    return [
        web.get("/transactions", _transactions, allow_head=False),
        web.get("/transactions/{hash}", _transaction, allow_head=False),
        web.get("/accounts/{account_id}/transactions", _account_transactions, allow_head=False),
        web.get("/liquidity_pools/{liquidity_pool_id}/transactions", _pool_transactions, allow_head=False),
        web.get("/ledgers/{sequence}/transactions", _ledger_transactions, allow_head=False),
    ]


async def _transactions(request: web.Request) -> web.StreamResponse:
    return await serve_listing(request, transactions_listing(request))


async def _pool_transactions(request: web.Request) -> web.StreamResponse:
    return await serve_listing(request, transactions_listing(request, account=listed_pool(request)))


async def _account_transactions(request: web.Request) -> web.StreamResponse:
    return await serve_listing(request, transactions_listing(request, account=listed_account(request)))


async def _ledger_transactions(request: web.Request) -> web.StreamResponse:
    return await serve_listing(request, transactions_listing(request, ledger=listed_ledger(request)))


async def _transaction(request: web.Request) -> web.Response:
    record = listed_transaction(request)
    inside = record.inner_hash.hex() == request.match_info["hash"]
    return json_response(render_transaction(record, base_url(request), inside))


def transactions_listing(
    request: web.Request, *, account: str | None = None, ledger: int | None = None
) -> Listing[TransactionRecord]:
    """Return the transactions of all, of an account (or what else took part, by its id), or of a ledger."""
    history = sandbox_of(request).history
    failed = boolean_parameter(request, "include_failed")
    return Listing(
        lambda query: history.transactions(
            query.position(),
            query.limit,
            query.ascending,
            account=account,
            ledger=ledger,
            include_failed=failed,
        ),
        lambda record: str(record.id),
        render_transaction,
    )


def listed_transaction(request: web.Request) -> TransactionRecord:
    """Return the transaction that a path names, if it is on a ledger."""
    text = request.match_info["hash"]
    if len(text) != 64 or any(character not in "0123456789abcdef" for character in text):
        raise bad_parameter("tx_id", HASH_REASON)
    record = sandbox_of(request).history.transaction(bytes.fromhex(text))
    if record is None:
        raise NOT_FOUND
    return record


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
