"""Reading a request's parameters as Horizon reads them, with its words for what is wrong."""

from dataclasses import dataclass
from typing import Final

from aiohttp import web

from ...ledger.xdr import decode_account
from .problems import BAD_REQUEST, bad_parameter

__all__ = [
    "INT64_MAX",
    "PageQuery",
    "account_id",
    "account_parameter",
    "boolean_parameter",
    "is_account",
    "is_asset_code",
    "is_hash",
    "pool_id",
    "read_limit",
    "transaction_hash",
    "unsigned",
    "whole_number",
]

INT64_MAX: Final = 2**63 - 1
MOST_DIGITS: Final = 20
"""Of a number of 64 bits."""

DEFAULT_LIMIT: Final = 10
MOST: Final = 200
MOST_LETTERS: Final = 12
TRUE: Final = ("1", "t", "T", "true", "TRUE", "True", "on")
FALSE: Final = ("", "0", "f", "F", "false", "FALSE", "False")
ID_REASONS: Final = {
    "ledger_id": "Ledger ID must be an integer higher than 0",
    "offer_id": "Offer ID must be an integer higher than 0",
    "op_id": "Operation ID must be an integer higher than 0",
}
HASH_REASON: Final = "Transaction hash must be a hex-encoded, lowercase SHA-256 hash"
ACCOUNT_REASON: Final = "Account ID must start with `G` and contain 56 alphanum characters"


@dataclass(frozen=True, slots=True)
class PageQuery:
    """Where a page starts, how long it is and which way it goes.

    Parameters
    ----------
    cursor : str
        A paging token, or empty; ``now`` is already resolved.
    limit : int
    ascending : bool
    """

    cursor: str
    limit: int
    ascending: bool

    @property
    def order(self) -> str:
        """``asc`` or ``desc``."""
        return "asc" if self.ascending else "desc"

    @classmethod
    def read(cls, request: web.Request, now: int) -> "PageQuery":
        """Read ``cursor`` (the header Last-Event-ID wins), ``limit`` and ``order``.

        Parameters
        ----------
        now : int
            What the cursor ``now`` stands for.
        """
        cursor = request.query.get("cursor", "")
        cursor = request.headers.get("Last-Event-ID") or (str(now) if cursor == "now" else cursor)
        if cursor.startswith("-") and whole_number(cursor[1:]):
            raise bad_parameter("cursor", f"the cursor -{int(cursor[1:])} is a negative number: ")
        limit = read_limit(request, DEFAULT_LIMIT)
        order = request.query.get("order", "") or "asc"
        if order not in ("asc", "desc"):
            raise bad_parameter("order", "order: invalid value")
        return cls(cursor, limit, order == "asc")

    def position(self) -> int:
        """Return the cursor as one integer; without a cursor, the end that the page starts from."""
        if "-" in self.cursor:
            raise BAD_REQUEST
        return self.position_pair()[0]

    def position_pair(self) -> tuple[int, int]:
        """Return a cursor ``operation-order``; without an order it lies beyond all of the operation."""
        if not self.cursor:
            return (0, 0) if self.ascending else (INT64_MAX, INT64_MAX)
        first, dash, second = self.cursor.partition("-")
        pair = whole_number(first), (whole_number(second) if dash else INT64_MAX)
        if pair[0] is None or pair[1] is None:
            raise bad_parameter("cursor", "cursor: invalid value")
        return pair[0], pair[1]


def whole_number(text: str, most: int = INT64_MAX) -> int | None:
    """Return a number from 0 to `most` written in decimal digits, however many zeros lead; else None."""
    if not (text.isascii() and text.isdecimal()) or len(text.lstrip("0")) > MOST_DIGITS:
        return None
    number = int(text.lstrip("0") or "0")
    return number if number <= most else None


def read_limit(request: web.Request, default: int) -> int:
    """Read ``limit``: 1 to 200."""
    text = request.query.get("limit", "")
    if not text:
        return default
    limit = whole_number(text.removeprefix("-"))
    if limit is None:
        raise bad_parameter("limit", "unparseable value")
    if limit == 0 or text.startswith("-"):
        raise bad_parameter("limit", "invalid limit: non-positive value provided")
    if limit > MOST:
        raise bad_parameter("limit", f"invalid limit: value provided that is over limit max of {MOST}")
    return limit


def is_account(text: str) -> bool:
    """Tell whether a text is an account's address."""
    try:
        decode_account(text)
    except ValueError:
        return False
    return True


def is_asset_code(text: str) -> bool:
    """Tell whether a text is the code of an asset."""
    return text.isascii() and text.isalnum() and len(text) <= MOST_LETTERS


def account_id(text: str, field: str = "account_id") -> str:
    """Check an account's address."""
    if not is_account(text):
        raise bad_parameter(field, ACCOUNT_REASON)
    return text


def transaction_hash(text: str, field: str = "tx_id") -> str:
    """Check a transaction's hash: 64 hexadecimal digits."""
    if not is_hash(text):
        raise bad_parameter(field, HASH_REASON)
    return text


def is_hash(text: str) -> bool:
    """Tell whether a text is 64 hexadecimal digits in small letters."""
    return len(text) == 64 and not set(text) - set("0123456789abcdef")


def pool_id(text: str, field: str = "liquidity_pool_id") -> str:
    """Check a liquidity pool's id: 64 hexadecimal digits."""
    if not is_hash(text):
        raise bad_parameter(field, f"{text} does not validate as sha256")
    return text


def account_parameter(request: web.Request, field: str) -> str | None:
    """Read an optional account."""
    text = request.query.get(field, "")
    return account_id(text, field) if text else None


def unsigned(text: str, field: str, bits: int = 64) -> int:
    """Read an id of so many bits as the signed number that Horizon takes it for; 0 where none is given.

    Of one that is no number the refusal says what it should be, or merely that it cannot be read.
    """
    most = 2**bits - 1
    number = whole_number(text or "0", most)
    if number is None:
        reason = ID_REASONS.get(field, f'schema: error converting value for "{field}"')
        raise bad_parameter(field, reason)
    return number if number <= most // 2 else number - most - 1


def boolean_parameter(request: web.Request, field: str) -> bool:
    """Read an optional truth value, in any of the spellings that Horizon knows."""
    text = request.query.get(field, "")
    if text not in TRUE and text not in FALSE:
        raise bad_parameter(field, "Filter should be true or false")
    return text in TRUE
