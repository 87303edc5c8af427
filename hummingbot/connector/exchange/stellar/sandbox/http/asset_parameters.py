"""Reading assets from a request's parameters. Horizon does it in three ways, each with its own complaints."""

from base64 import b32decode
from typing import Final

from aiohttp import web

from ...ledger.asset import NATIVE, Asset
from .parameters import account_id, is_account, is_asset_code
from .problems import BAD_REQUEST, SERVER_ERROR, bad_parameter

__all__ = [
    "asset_filter",
    "check_kind",
    "credit",
    "listed_assets",
    "offered_asset",
    "read_book_asset",
    "spelt_asset",
    "traded_pair",
]

LENGTHS: Final = {"credit_alphanum4": 4, "credit_alphanum12": 12}
KINDS: Final = ("native", *LENGTHS)
KIND_REASON: Final = "Asset type must be native, credit_alphanum4 or credit_alphanum12"
OFFER_KIND_REASON: Final = (
    "invalid asset type: was not one of 'native', 'credit_alphanum4', 'credit_alphanum12', "
    "'liquidity_pool_shares'"
)
FILTER_REASON: Final = (
    'Asset must be the string "native" or a string of the form "Code:IssuerAccountID" for issued assets.'
)
CODE_REASON: Final = "Asset code must be 1-12 alphanumeric characters"
PAIR_REASON: Final = "this endpoint supports asset pairs but only one asset supplied"
SHORTEST_STRKEY: Final = 5
BASE32: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


def asset_filter(request: web.Request, field: str) -> Asset | None:
    """Read an optional ``native`` or ``CODE:ISSUER`` that a list is filtered by."""
    text = request.query.get(field, "")
    if not text:
        return None
    code, _, issuer = text.partition(":")
    if text.lower() == "native":
        if text != "native":
            raise SERVER_ERROR  # a running Horizon lets it pass, and then trips over it
        return NATIVE
    if not (is_asset_code(code) and is_account(issuer)):
        raise bad_parameter(field, FILTER_REASON)
    return Asset(code, issuer)


def listed_assets(text: str, field: str) -> list[Asset]:
    """Read assets ``native`` or ``CODE:ISSUER``, separated by commas."""
    assets = []
    for name in text.split(","):
        parts = name.split(":")
        if name.lower() == "native":
            assets.append(NATIVE)
            continue
        if len(parts) != 2:
            raise bad_parameter(field, f"{name} is not a valid asset")
        code, issuer = parts
        if not is_asset_code(code):
            raise bad_parameter(field, f"{name} is not a valid asset, it contains an invalid asset code")
        if not is_account(issuer):
            raise bad_parameter(field, f"{name} is not a valid asset, it contains an invalid issuer")
        assets.append(Asset(code, issuer))
    return assets


def offered_asset(request: web.Request, side: str) -> Asset | None:
    """Read what offers sell or buy: ``selling=CODE:ISSUER``, or ``selling_asset_type`` and its fellows."""
    text = request.query.get(side, "")
    kind, code, issuer = spelt(request, f"{side}_")
    if text and kind:
        raise bad_parameter(
            f"{side}_asset_type",
            f"Ambiguous parameter, you can't include both `{side}` and `{side}_asset_type`. Remove all "
            f"parameters of the form `{side}_`",
        )
    if not kind and (code or issuer):
        raise bad_parameter(f"{side}_asset_type", "Missing parameter")
    if kind:
        if kind not in KINDS:
            raise bad_parameter(f"{side}_asset_type", OFFER_KIND_REASON)
        check_spelling(kind, code, issuer, f"{side}_")
        try:
            return built(kind, code, issuer)
        except ValueError as error:
            raise BAD_REQUEST.having({"reason": f"bad {side} asset: {error}"}) from None
    if not text:
        return None
    if text == "native":
        return NATIVE
    parts = text.split(":")
    if len(parts) != 2:
        raise bad_parameter(side, "missing colon")
    try:
        return credit(*parts)
    except ValueError as error:
        raise bad_parameter(side, str(error)) from None


def spelt_asset(request: web.Request, prefix: str) -> Asset:
    """Read the asset that a path starts or ends with, whose kind `check_kind` has let pass."""
    kind, code, issuer = spelt(request, prefix)
    check_spelling(kind, code, issuer, prefix)
    try:
        return built(kind, code, issuer)
    except ValueError:
        raise bad_parameter(f"{prefix}asset_code", CODE_REASON) from None


def traded_pair(request: web.Request) -> tuple[Asset | None, Asset | None]:
    """Read ``base_asset_*`` and ``counter_asset_*``, either of which may be missing."""
    for side in ("base_", "counter_"):
        check_kind(request, side)
    base, counter = (_traded(request, side) for side in ("base", "counter"))
    return base, counter


def read_book_asset(request: web.Request, prefix: str) -> tuple[Asset | None, dict[str, str]] | None:
    """Read one side of a book: the asset, and as what it is shown.

    The code of a credit is taken as it is, be it too short for the type: no asset (None) is named by that.
    Without a valid type or issuer, or with too long a code, there is no side.
    """
    kind, code, issuer = spelt(request, prefix)
    if kind == "native":
        return NATIVE, {"asset_type": kind}
    if kind not in LENGTHS or len(code.encode()) > LENGTHS[kind] or not is_account(issuer):
        return None
    asset = Asset(code, issuer) if is_asset_code(code) else None
    shown = {"asset_type": kind, "asset_code": code, "asset_issuer": issuer}
    return asset if asset is not None and asset.type == kind else None, shown


def _traded(request: web.Request, side: str) -> Asset | None:
    kind, code, issuer = spelt(request, f"{side}_")
    if not kind:
        return None
    try:
        return built(kind, code, issuer)
    except ValueError as error:
        raise bad_parameter(f"{side}_asset", f"invalid {side}_asset: {error}") from None


def spelt(request: web.Request, prefix: str) -> tuple[str, str, str]:
    """Return the type, the code and the issuer of an asset, each empty where it is not given."""
    kind, code, issuer = (
        request.query.get(f"{prefix}asset_{part}", "") for part in ("type", "code", "issuer")
    )
    return kind, code, issuer


def check_kind(request: web.Request, prefix: str) -> None:
    """Refuse a type that is none, and an issuer that is no account."""
    kind, _, issuer = spelt(request, prefix)
    if kind and kind not in KINDS:
        raise bad_parameter(f"{prefix}asset_type", KIND_REASON)
    if issuer:
        account_id(issuer, f"{prefix}asset_issuer")


def check_spelling(kind: str, code: str, issuer: str, prefix: str) -> None:
    """Refuse a code or an issuer that does not fit the type."""
    if kind == "native":
        for part, given in (("code", code), ("issuer", issuer)):
            if given:
                article = "an" if part == "issuer" else "a"
                raise bad_parameter(f"{prefix}asset_{part}", f"native asset does not have {article} {part}")
    elif not 1 <= len(code) <= LENGTHS[kind]:
        raise bad_parameter(f"{prefix}asset_code", CODE_REASON)
    elif not issuer:
        raise bad_parameter(f"{prefix}asset_issuer", "Missing parameter")


def built(kind: str, code: str, issuer: str) -> Asset:
    """Return an asset by its parts; the length of its code decides its type.

    Raises
    ------
    ValueError
        With Horizon's reason.
    """
    return NATIVE if kind == "native" else credit(code, issuer)


def credit(code: str, issuer: str) -> Asset:
    """Return a credit.

    Raises
    ------
    ValueError
        With Horizon's reason.
    """
    if not is_account(issuer):
        raise ValueError(fault_of(issuer))
    if not is_asset_code(code):
        raise ValueError("Asset code length is invalid")
    return Asset(code, issuer)


def fault_of(strkey: str) -> str:
    """Return what is wrong with the address of an account, in the words of the Go SDK."""
    length = len(strkey.encode())
    if length < SHORTEST_STRKEY:
        return f"strkey is {length} bytes long; minimum valid length is {SHORTEST_STRKEY}"
    spare = length * 5 % 8
    if spare >= 5:
        return "non-canonical strkey; unused leftover character"
    if spare and strkey[-1] in BASE32 and BASE32.index(strkey[-1]) & (0x0F >> (4 - spare)):
        return "non-canonical strkey; unused bits should be set to 0"
    foreign = [index for index, letter in enumerate(strkey) if letter not in BASE32]
    if foreign:
        at = length if spare and strkey[-1] not in BASE32 else foreign[0]
        return f"base32 decode failed: illegal base32 data at input byte {at}"
    raw = b32decode(strkey + "=" * (-length % 8))
    return "invalid version byte" if raw[0] != 6 << 3 else "invalid checksum"
