"""``/ledgers``: the ledgers, and one of them."""

from base64 import b64encode
from struct import Struct
from typing import Any, Final

from aiohttp import web

from ...ledger.amount import format_stroops
from ..history import LedgerRecord
from .listings import Listing, serve_listing
from .negotiation import EVENTS, offering
from .parameters import unsigned
from .problems import BEFORE_HISTORY, NOT_FOUND
from .responses import base_url, instant, json_response, link, sandbox_of, templated

__all__ = ["header_xdr", "render_ledger", "routes"]

PAGED: Final = "{?cursor,limit,order}"
HEADER: Final = Struct(">I32s32sQII32s32sIqqIQIII128sI")


def routes() -> list[web.RouteDef]:
    """Return the routes of this family."""
    return [
        web.get("/ledgers", _ledgers, allow_head=False),
        web.get("/ledgers/{ledger_id}", _ledger, allow_head=False),
    ]


@offering(EVENTS)
async def _ledgers(request: web.Request) -> web.StreamResponse:
    return await serve_listing(request, _listing)


def _listing(request: web.Request) -> Listing[LedgerRecord]:
    history = sandbox_of(request).history
    return Listing(
        lambda query: history.ledgers(query.position(), query.limit, query.ascending),
        lambda record: str(record.id),
        render_ledger,
    )


async def _ledger(request: web.Request) -> web.Response:
    history = sandbox_of(request).history
    sequence = unsigned(request.match_info["ledger_id"], "ledger_id", 32)
    if sequence < history.elder:
        raise BEFORE_HISTORY
    record = history.ledger(sequence)
    if record is None:
        raise NOT_FOUND
    return json_response(render_ledger(record, base_url(request)))


def render_ledger(record: LedgerRecord, base: str) -> dict[str, Any]:
    """Return a ledger as Horizon shows it."""
    href = f"{base}/ledgers/{record.sequence}"
    return {
        "_links": {
            "self": link(href),
            "transactions": templated(f"{href}/transactions{PAGED}"),
            "operations": templated(f"{href}/operations{PAGED}"),
            "payments": templated(f"{href}/payments{PAGED}"),
            "effects": templated(f"{href}/effects{PAGED}"),
        },
        "id": record.hash.hex(),
        "paging_token": str(record.id),
        "hash": record.hash.hex(),
        "prev_hash": record.previous_hash.hex(),
        "sequence": record.sequence,
        "successful_transaction_count": record.successful_count,
        "failed_transaction_count": record.failed_count,
        "operation_count": record.operation_count,
        "tx_set_operation_count": record.tx_set_operation_count,
        "closed_at": instant(record.closed_at),
        "total_coins": format_stroops(record.total_coins),
        "fee_pool": format_stroops(record.fee_pool),
        "base_fee_in_stroops": record.base_fee,
        "base_reserve_in_stroops": record.base_reserve,
        "max_tx_set_size": record.max_tx_set_size,
        "protocol_version": record.protocol,
        "header_xdr": header_xdr(record),
    }


def header_xdr(record: LedgerRecord) -> str:
    """Write a ``LedgerHeader``; the hashes of what the sandbox does not build (sets, buckets) are zero."""
    zero = bytes(32)
    header = HEADER.pack(
        record.protocol,
        record.previous_hash,
        zero,  # transaction set
        record.closed_at,
        0,  # upgrades
        0,  # value without signature
        zero,  # results
        zero,  # buckets
        record.sequence,
        record.total_coins,
        record.fee_pool,
        0,  # inflation
        record.id_pool,
        record.base_fee,
        record.base_reserve,
        record.max_tx_set_size,
        bytes(128),  # skip list
        0,
    )
    return b64encode(header).decode()
