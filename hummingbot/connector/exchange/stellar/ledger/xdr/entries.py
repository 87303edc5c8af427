"""XDR of ledger entries that a trading account has, and of the keys by which they are asked for.

References
----------
https://github.com/stellar/stellar-xdr, ``Stellar-ledger-entries.x``.
"""

from struct import Struct
from struct import error as StructError
from typing import Final

from ..asset import NATIVE, Asset
from ..ledger_entries import AccountEntry, TrustlineEntry
from ..liquidity_pool import PoolShare
from ..results import OfferRecord
from ..strkey import encode_signer
from .wire import XdrError, asset_xdr, decode_account, encode_account

__all__ = ["Entry", "account_key", "decode_entry", "offer_key", "trustline_key"]

Entry = AccountEntry | TrustlineEntry | OfferRecord

ACCOUNT, TRUSTLINE, OFFER = range(3)
POOL_SHARE: Final = 3
CODE_BYTES: Final = {1: 4, 2: 12}
SIGNER_KINDS: Final = "GTXP"
KEY_BYTES: Final = 32
PAYLOAD_MOST: Final = 64
SIGNERS_MOST: Final = 20
HOME_DOMAIN_MOST: Final = 32
AUTHORIZED: Final = 1
PASSIVE: Final = 1

UINT32: Final = Struct(">I")
OFFER_ID: Final = Struct(">q")


def account_key(account: str) -> bytes:
    """Return the ``LedgerKey`` of an account."""
    return UINT32.pack(ACCOUNT) + _account_id(account)


def trustline_key(account: str, asset: Asset) -> bytes:
    """Return the ``LedgerKey`` of an account's trustline for a credit."""
    return UINT32.pack(TRUSTLINE) + _account_id(account) + asset_xdr(asset)


def offer_key(seller: str, offer_id: int) -> bytes:
    """Return the ``LedgerKey`` of an offer."""
    return UINT32.pack(OFFER) + _account_id(seller) + OFFER_ID.pack(offer_id)


def decode_entry(xdr: bytes) -> Entry:
    """Read the ``LedgerEntryData`` of an account, a trustline or an offer.

    Raises
    ------
    XdrError
        If it is none of them.
    """
    reader = _Reader(xdr)
    try:
        kind = reader.uint32()
        if kind == ACCOUNT:
            entry: Entry = _account(reader)
        elif kind == TRUSTLINE:
            entry = _trustline(reader)
        elif kind == OFFER:
            entry = _offer(reader)
        else:
            raise XdrError(f"{kind} is not the kind of an account, a trustline or an offer")
    except (StructError, ValueError, LookupError) as error:
        raise XdrError(f"{xdr[:64].hex()} is not a ledger entry ({error})") from None
    if not reader.is_at_end:
        raise XdrError(f"{xdr[:64].hex()} is longer than a ledger entry")
    return entry


class _Reader:
    """Takes values from the front of XDR."""

    def __init__(self, xdr: bytes) -> None:
        self._xdr = xdr
        self._place = 0

    @property
    def is_at_end(self) -> bool:
        return self._place == len(self._xdr)

    def take(self, layout: str) -> tuple[int, ...]:
        values: tuple[int, ...] = Struct(layout).unpack_from(self._xdr, self._place)
        self._place += Struct(layout).size
        return values

    def uint32(self) -> int:
        return self.take(">I")[0]

    def raw(self, count: int) -> bytes:
        end = self._place + count
        if end > len(self._xdr):
            raise XdrError("it breaks off")
        taken, self._place = self._xdr[self._place : end], end
        return taken

    def opaque(self, most: int) -> bytes:
        """Take bytes of variable length with their padding."""
        size = self.uint32()
        if size > most:
            raise XdrError(f"{size} bytes where {most} are allowed")
        value = self.raw(size)
        self.raw(-size % 4)
        return value

    def account(self) -> str:
        if self.uint32():
            raise XdrError("a key of an unknown kind")
        return encode_account(self.raw(KEY_BYTES))

    def skip_optional_account(self) -> None:
        if self.uint32():
            self.account()

    def asset(self) -> Asset | PoolShare:
        kind = self.uint32()
        if kind == 0:
            return NATIVE
        if kind == POOL_SHARE:
            return PoolShare(self.raw(KEY_BYTES).hex())
        code = self.raw(CODE_BYTES[kind]).rstrip(b"\0")
        return Asset(code.decode("ascii"), self.account())

    def traded_asset(self) -> Asset:
        asset = self.asset()
        if not isinstance(asset, Asset):
            raise XdrError("an offer of pool shares")
        return asset

    def extension(self, *versions: int) -> int:
        version = self.uint32()
        if version not in versions:
            raise XdrError(f"an extension of version {version}")
        return version


def _account(reader: _Reader) -> AccountEntry:
    account = reader.account()
    balance, sequence, subentries = reader.take(">qqI")
    reader.skip_optional_account()
    reader.uint32()  # flags
    reader.opaque(HOME_DOMAIN_MOST)
    master, low, medium, high = reader.raw(4)
    signers = {_signer(reader): reader.uint32() for _ in range(_count(reader))}
    buying = selling = sponsored = sponsoring = 0
    if reader.extension(0, 1):
        buying, selling = reader.take(">qq")
        if reader.extension(0, 2):
            sponsored, sponsoring = reader.take(">II")
            for _ in range(_count(reader)):
                reader.skip_optional_account()
            if reader.extension(0, 3):
                reader.extension(0)
                reader.take(">IQ")  # when the sequence number was last used
    thresholds = (master, low, medium, high)
    counts = (subentries, sponsoring, sponsored)
    return AccountEntry(account, balance, sequence, *counts, buying, selling, thresholds, signers)


def _count(reader: _Reader) -> int:
    count = reader.uint32()
    if count > SIGNERS_MOST:
        raise XdrError(f"{count} signers")
    return count


def _signer(reader: _Reader) -> str:
    kind = SIGNER_KINDS[reader.uint32()]
    body = reader.raw(KEY_BYTES)
    if kind == "P":
        payload = reader.opaque(PAYLOAD_MOST)
        body += UINT32.pack(len(payload)) + payload + bytes(-len(payload) % 4)
    return encode_signer(kind, body)


def _trustline(reader: _Reader) -> TrustlineEntry:
    account, asset = reader.account(), reader.asset()
    balance, limit, flags = reader.take(">qqI")
    buying = selling = 0
    if reader.extension(0, 1):
        buying, selling = reader.take(">qq")
        if reader.extension(0, 2):
            reader.take(">i")  # how many pools need it
            reader.extension(0)
    return TrustlineEntry(account, asset, balance, limit, bool(flags & AUTHORIZED), buying, selling)


def _offer(reader: _Reader) -> OfferRecord:
    seller = reader.account()
    (offer_id,) = reader.take(">q")
    selling, buying = reader.traded_asset(), reader.traded_asset()
    amount, price_n, price_d, flags = reader.take(">qiiI")
    reader.extension(0)
    return OfferRecord(seller, offer_id, selling, buying, amount, price_n, price_d, bool(flags & PASSIVE))


def _account_id(account: str) -> bytes:
    return UINT32.pack(0) + decode_account(account)
