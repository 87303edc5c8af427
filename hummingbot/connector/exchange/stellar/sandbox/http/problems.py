"""Problem documents: how Horizon says what is wrong with a request (RFC 7807).

Titles, details and reasons are Horizon's own words, as recorded from a running one.
"""

from typing import Any, Final

import orjson
from aiohttp import web

from .responses import escaped

__all__ = [
    "BAD_REQUEST",
    "BEFORE_HISTORY",
    "DESTINATION_ASSETS_OR_ACCOUNT",
    "INVALID_ACCOUNTS",
    "INVALID_ORDER_BOOK",
    "NOT_ACCEPTABLE",
    "NOT_CACHED",
    "NOT_FOUND",
    "RATE_LIMIT_EXCEEDED",
    "SERVER_ERROR",
    "SERVICE_UNAVAILABLE",
    "SOURCE_ASSETS_OR_ACCOUNT",
    "STALE_HISTORY",
    "STILL_INGESTING",
    "SUBMISSION_TIMEOUT",
    "TIMEOUT",
    "TRANSACTION_FAILED",
    "TRANSACTION_MALFORMED",
    "UNSUPPORTED_MEDIA_TYPE",
    "Problem",
    "bad_parameter",
    "problem_response",
]

NOT_CACHED: Final = {"Cache-Control": "no-cache, no-store, max-age=0", "Vary": "Origin"}
ERRORS: Final = "https://stellar.org/horizon-errors/"


class Problem(Exception):
    """A request that cannot be answered.

    Many are constants, raised again and again: who catches one takes its traceback off, which would grow with
    every request and keep all of them alive.

    Parameters
    ----------
    type : str
        Last part of the problem's URI.
    title : str
    status : int
    detail : str
    extras : dict, optional
    """

    def __init__(
        self, type: str, title: str, status: int, detail: str = "", extras: dict[str, Any] | None = None
    ) -> None:
        super().__init__(f"{title}: {detail}")
        self.type = type
        self.title = title
        self.status = status
        self.detail = detail
        self.extras = extras

    def having(self, extras: dict[str, Any]) -> "Problem":
        """Return the same problem with extras."""
        return Problem(self.type, self.title, self.status, self.detail, extras)

    def body(self) -> dict[str, Any]:
        """Return the document."""
        document: dict[str, Any] = {"type": ERRORS + self.type, "title": self.title, "status": self.status}
        if self.detail:
            document["detail"] = self.detail
        if self.extras:
            document["extras"] = self.extras
        return document


def problem_response(problem: Problem) -> web.Response:
    """Return the HTTP response that carries a problem."""
    return web.Response(
        status=problem.status,
        body=escaped(orjson.dumps(problem.body(), option=orjson.OPT_INDENT_2)),
        headers={**NOT_CACHED, "Content-Type": "application/problem+json; charset=utf-8"},
    )


BAD_REQUEST: Final = Problem(
    "bad_request", "Bad Request", 400, "The request you sent was invalid in some way."
)


def bad_parameter(field: str, reason: str) -> Problem:
    """Return the problem of a parameter that is not valid."""
    return BAD_REQUEST.having({"invalid_field": field, "reason": reason})


NOT_FOUND: Final = Problem(
    "not_found",
    "Resource Missing",
    404,
    "The resource at the url requested was not found.  This usually occurs for one of two reasons:  The url "
    "requested is not valid, or no data in our database could be found with the parameters provided.",
)

BEFORE_HISTORY: Final = Problem(
    "before_history",
    "Data Requested Is Before Recorded History",
    410,
    "This horizon instance is configured to only track a portion of the stellar network's latest history. "
    "This request is asking for results prior to the recorded history known to this horizon instance.",
)

NOT_ACCEPTABLE: Final = Problem(
    "not_acceptable", "An acceptable response content-type could not be provided for this request", 406
)

UNSUPPORTED_MEDIA_TYPE: Final = Problem(
    "unsupported_media_type",
    "Unsupported Media Type",
    415,
    "The request has an unsupported content type. Presently, the only supported content type is "
    "application/x-www-form-urlencoded.",
)

INVALID_ORDER_BOOK: Final = Problem(
    "invalid_order_book",
    "Invalid Order Book Parameters",
    400,
    "The parameters that specify what order book to view are invalid in some way. Please ensure that your "
    "type parameters (selling_asset_type and buying_asset_type) are one the following valid values: native, "
    "credit_alphanum4, credit_alphanum12.  Also ensure that you have specified selling_asset_code and "
    "selling_asset_issuer if selling_asset_type is not 'native', as well as buying_asset_code and "
    "buying_asset_issuer if buying_asset_type is not 'native'",
)

INVALID_ACCOUNTS: Final = Problem(
    "invalid_accounts_params",
    "Invalid Accounts Parameters",
    400,
    "Exactly one filter is required. Please ensure that you are including a signer, sponsor, asset, or "
    "liquidity pool filter.",
)

DESTINATION_ASSETS_OR_ACCOUNT: Final = Problem(
    "bad_request",
    "Bad Request",
    400,
    "The request requires either a list of destination assets or a destination account. Both fields cannot "
    "be present.",
)

SOURCE_ASSETS_OR_ACCOUNT: Final = Problem(
    "bad_request",
    "Bad Request",
    400,
    "The request requires either a list of source assets or a source account. Both fields cannot be present.",
)

TRANSACTION_MALFORMED: Final = Problem(
    "transaction_malformed",
    "Transaction Malformed",
    400,
    "Horizon could not decode the transaction envelope in this request. A transaction should be an XDR "
    "TransactionEnvelope struct encoded using base64.  The envelope read from this request is echoed in the "
    "`extras.envelope_xdr` field of this response for your convenience.",
)

TRANSACTION_FAILED: Final = Problem(
    "transaction_failed",
    "Transaction Failed",
    400,
    "The transaction failed when submitted to the stellar network. The `extras.result_codes` field on this "
    "response contains further details.  Descriptions of each code can be found at: "
    "https://developers.stellar.org/api/errors/http-status-codes/horizon-specific/transaction-failed/",
)

SERVER_ERROR: Final = Problem(
    "server_error",
    "Internal Server Error",
    500,
    "An error occurred while processing this request.  This is usually due to a bug within the server "
    "software.  Trying this request again may succeed if the bug is transient. Otherwise, please contact the "
    "system administrator.",
)

TIMEOUT: Final = Problem(
    "timeout",
    "Timeout",
    504,
    "Your request timed out before completing.  Please try your request again. If you are submitting a "
    "transaction make sure you are sending exactly the same transaction (with the same sequence number).",
)

SUBMISSION_TIMEOUT: Final = Problem(
    "transaction_submission_timeout",
    "Transaction Submission Timeout",
    504,
    "Your transaction submission request has timed out. This does not necessarily mean the submission has "
    "failed. Before resubmitting, please use the transaction hash provided in `extras.hash` to poll the GET "
    "/transactions endpoint for sometime and check if it was included in a ledger.",
)

RATE_LIMIT_EXCEEDED: Final = Problem(
    "rate_limit_exceeded",
    "Rate Limit Exceeded",
    429,
    "The rate limit for the requesting IP address is over its alloted limit.  The allowed limit and requests "
    "left per time period are communicated to clients via the http response headers 'X-RateLimit-*' headers.",
)

STILL_INGESTING: Final = Problem(
    "still_ingesting",
    "Still Ingesting",
    503,
    "Data cannot be presented because it's still being ingested. Please wait for several minutes before "
    "trying your request again.",
)

STALE_HISTORY: Final = Problem(
    "stale_history",
    "Historical DB Is Too Stale",
    503,
    "This horizon instance is configured to reject client requests when it can determine that the history "
    "database is lagging too far behind the connected instance of Stellar-Core or read replica. It's also "
    "possible that Stellar-Core is out of sync. Please try again later.",
)

SERVICE_UNAVAILABLE: Final = Problem(
    "service_unavailable", "Service Unavailable", 503, "The request cannot be serviced at this time."
)
