"""Reading a request's parameters as Horizon reads them, with its words for what is wrong."""

from dataclasses import dataclass
from typing import Final

from aiohttp import web

from ...ledger.asset import Asset
from ...ledger.xdr import decode_account
from .problems import bad_parameter

__all__ = [
    "INT64_MAX",
    "PageQuery",
    "account_id",
    "account_parameter",
    "asset_parameter",
    "boolean_parameter",
    "canonical_asset",
    "pair_parameter",
    "pool_id",
    "positive_integer",
    "whole_number",
]

INT64_MAX: Final = 2**63 - 1
INT64_DIGITS: Final = 19
DEFAULT_LIMIT: Final = 10
MOST: Final = 200
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
    def read(cls, request: web.Request, now: int, default_limit: int = DEFAULT_LIMIT) -> "PageQuery":
        """Read ``cursor`` (the header Last-Event-ID wins), ``limit`` and ``order``.

        Parameters
        ----------
        now : int
            What the cursor ``now`` stands for.
        """
        query = request.query
        cursor = request.headers.get("Last-Event-ID") or query.get("cursor", "")
        if cursor == "now":
            cursor = str(now)
        order = query.get("order", "") or "asc"
        if order not in ("asc", "desc"):
            raise bad_parameter("order", "order: invalid value")
        return cls(cursor, read_limit(request, default_limit), order == "asc")

    def position(self) -> int:
        """Return the cursor as one integer; without a cursor, the end that the page starts from."""
        if not self.cursor:
            return 0 if self.ascending else INT64_MAX
        return _cursor_number(self.cursor, self.cursor)

    def position_pair(self) -> tuple[int, int]:
        """Return a cursor ``operation-order``; without an order it lies beyond all of the operation."""
        if not self.cursor:
            return (0, 0) if self.ascending else (INT64_MAX, INT64_MAX)
        first, dash, second = self.cursor.partition("-")
        if not first:
            raise bad_parameter("cursor", f"the cursor {self.cursor} is a negative number: ")
        number = _cursor_number(first, self.cursor)
        return number, (_cursor_number(second, self.cursor) if dash else INT64_MAX)


def whole_number(text: str) -> int | None:
    """Return a number from 0 to 2^63 - 1 written in decimal digits, however many zeros lead; else None."""
    if not (text.isascii() and text.isdecimal()) or len(text.lstrip("0")) > INT64_DIGITS:
        return None
    number = int(text.lstrip("0") or "0")
    return number if number <= INT64_MAX else None


def _cursor_number(text: str, cursor: str) -> int:
    if text.startswith("-") and text[1:].isdecimal():
        raise bad_parameter("cursor", f"the cursor {cursor} is a negative number: ")
    number = whole_number(text)
    if number is None:
        raise bad_parameter("cursor", "cursor: invalid value")
    return number


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


def account_id(text: str, field: str = "account_id") -> str:
    """Check an account's address."""
    try:
        decode_account(text)
    except ValueError:
        raise bad_parameter(field, ACCOUNT_REASON) from None
    return text


def pool_id(text: str, field: str = "liquidity_pool_id") -> str:
    """Check a liquidity pool's id: 64 hexadecimal digits."""
    if len(text) != 64 or set(text) - set("0123456789abcdef"):
        raise bad_parameter(field, f"{text} does not validate as sha256")
    return text


def account_parameter(request: web.Request, field: str) -> str | None:
    """Read an optional account."""
    text = request.query.get(field, "")
    return account_id(text, field) if text else None


def positive_integer(text: str, field: str, what: str) -> int:
    """Read an id that is an integer from 1 (0 is let through where Horizon answers it otherwise)."""
    number = whole_number(text)
    if number is None:
        raise bad_parameter(field, f"{what} must be an integer higher than 0")
    return number


def boolean_parameter(request: web.Request, field: str) -> bool:
    """Read an optional ``true`` or ``false``."""
    text = request.query.get(field, "")
    if text not in ("", "true", "false"):
        raise bad_parameter(field, "Filter should be true or false")
    return text == "true"


def canonical_asset(text: str, field: str) -> Asset:
    """Read ``native`` or ``CODE:ISSUER``."""
    if text == "native":
        return Asset("XLM")
    code, colon, issuer = text.partition(":")
    if not colon:
        raise bad_parameter(field, "missing colon")
    return _credit(code, issuer, field)


def _credit(code: str, issuer: str, field: str) -> Asset:
    account_id(issuer, field)
    try:
        return Asset(code, issuer)
    except ValueError:
        raise bad_parameter(field, "Asset code must be 1-12 alphanumeric characters") from None


def asset_parameter(request: web.Request, prefix: str) -> Asset | None:
    """Read an asset from ``PREFIXasset_type``, ``_code`` and ``_issuer``; None without a type."""
    query = request.query
    kind = query.get(f"{prefix}asset_type", "")
    if not kind:
        return None
    if kind == "native":
        return Asset("XLM")
    code = query.get(f"{prefix}asset_code", "")
    if kind not in ("credit_alphanum4", "credit_alphanum12"):
        raise bad_parameter(
            f"{prefix}asset_type", "Asset type must be native, credit_alphanum4 or credit_alphanum12"
        )
    length = len(code)
    if not (1 <= length <= 4 if kind == "credit_alphanum4" else 5 <= length <= 12):
        raise bad_parameter(f"{prefix}asset_code", f"Asset code length is invalid for {kind}")
    return _credit(code, query.get(f"{prefix}asset_issuer", ""), f"{prefix}asset_issuer")


def pair_parameter(request: web.Request) -> tuple[Asset, Asset] | None:
    """Read ``base_asset_*`` and ``counter_asset_*``: both or neither."""
    base = asset_parameter(request, "base_")
    counter = asset_parameter(request, "counter_")
    if base is None and counter is None:
        return None
    if base is None or counter is None:
        raise bad_parameter(
            "base_asset_type,counter_asset_type",
            "this endpoint supports asset pairs but only one asset supplied",
        )
    return base, counter
