"""XDR of ledger entries as they lie on the ledger, and of the keys by which they are asked for.

References
----------
https://github.com/stellar/stellar-xdr, ``Stellar-ledger-entries.x`` and ``Stellar-ledger.x``.
"""

from struct import Struct
from typing import Final

from ..ledger.asset import Asset
from ..ledger.ledger_keys import ClaimableBalanceKey, DataKey
from ..ledger.liquidity_pool import FEE_BP, PoolShare, Trusted
from ..ledger.strkey import decode_signer
from ..ledger.xdr import XdrError, asset_xdr, claimants_xdr, decode_account, encode_account
from .claimable_balance import ClaimableBalance
from .data_entry import DataEntry
from .entries import Account, Offer, Pool, Trustline
from .entry_kinds import AnyEntry
from .state import LedgerState

__all__ = ["encode_entry", "encode_extension", "find_entry"]

ACCOUNT, TRUSTLINE, OFFER, DATA, CLAIMABLE_BALANCE, POOL = range(6)
KINDS: Final = range(10)
POOL_SHARE: Final = 3
CONSTANT_PRODUCT: Final = 0
SIGNERS: Final = {"G": 0, "T": 1, "X": 2, "P": 3}
UINT32: Final = Struct(">I")
INT64: Final = Struct(">q")
LIABILITIES: Final = Struct(">qq")
PASSIVE: Final = 1
CLAWBACK_ENABLED: Final = 1
DATA_BYTES: Final = 64
KEY_BYTES: Final = 36
ID_BYTES: Final = 32
CODE_BYTES: Final = {1: 4, 2: 12}


def encode_entry(entry: AnyEntry) -> bytes:
    """Return the ``LedgerEntryData`` of an entry. Extensions without content are left out."""
    if isinstance(entry, Account):
        return UINT32.pack(ACCOUNT) + _account(entry)
    if isinstance(entry, Trustline):
        return UINT32.pack(TRUSTLINE) + _trustline(entry)
    if isinstance(entry, Offer):
        return UINT32.pack(OFFER) + _offer(entry)
    if isinstance(entry, DataEntry):
        return UINT32.pack(DATA) + _data(entry)
    if isinstance(entry, ClaimableBalance):
        return UINT32.pack(CLAIMABLE_BALANCE) + _claimable_balance(entry)
    return UINT32.pack(POOL) + _pool(entry)


def encode_extension(entry: AnyEntry) -> bytes:
    """Return the extension of a ``LedgerEntry``: who pays for its reserve, if another does."""
    if entry.sponsor is None:
        return UINT32.pack(0)
    return UINT32.pack(1) + _optional_account(entry.sponsor) + UINT32.pack(0)


def find_entry(state: LedgerState, key: bytes) -> AnyEntry | None:
    """Return the entry that a ``LedgerKey`` names; None if there is none, or none of its kind is built.

    Raises
    ------
    XdrError
        If the bytes are not a ledger key.
    """
    kind = int.from_bytes(key[:4], "big")
    if len(key) < 8 or kind not in KINDS:
        raise XdrError(f"{key.hex()} is not a ledger key")
    if kind == POOL and len(key) == UINT32.size + ID_BYTES:
        return state.pools.get(PoolShare(key[UINT32.size :].hex()))
    if kind == CLAIMABLE_BALANCE and len(key) == 2 * UINT32.size + ID_BYTES:
        return state.claimable_balances.get(ClaimableBalanceKey(key[UINT32.size :].hex()))
    if kind > DATA:
        return None
    account = encode_account(_key_of_account(key[4 : 4 + KEY_BYTES]))
    rest = key[4 + KEY_BYTES :]
    if kind == ACCOUNT and not rest:
        return state.accounts.get(account)
    if kind == TRUSTLINE:
        return state.trustlines.get((account, _trusted(rest)))
    if kind == OFFER and len(rest) == INT64.size:
        offer = state.offers.get(INT64.unpack(rest)[0])
        return offer if offer is not None and offer.seller == account else None
    if kind == DATA:
        return state.data.get(DataKey(account, _name(rest)))
    raise XdrError(f"{key.hex()} is not a ledger key")


def _account(entry: Account) -> bytes:
    inflation = entry.inflation_destination
    return b"".join(
        (
            _account_id(entry.account),
            Struct(">qqI").pack(entry.balance, entry.sequence, entry.subentries),
            _optional_account(inflation),
            UINT32.pack(entry.flags),
            _opaque(entry.home_domain.encode()),
            bytes(entry.thresholds),
            UINT32.pack(len(entry.signers)),
            *(_signer(key) + UINT32.pack(weight) for key, weight, _ in entry.signers),
            _account_extension(entry),
        )
    )


def _account_extension(entry: Account) -> bytes:
    """Return as many of the nested extensions as have content: liabilities, sponsorship, last sequence."""
    knows_sequence = entry.sequence_ledger is not None
    sponsors = [sponsor for _, _, sponsor in entry.signers]
    sponsorship = knows_sequence or bool(entry.sponsoring or entry.sponsored or any(sponsors))
    if not (sponsorship or entry.buying_liabilities or entry.selling_liabilities):
        return UINT32.pack(0)
    first = UINT32.pack(1) + LIABILITIES.pack(entry.buying_liabilities, entry.selling_liabilities)
    if not sponsorship:
        return first + UINT32.pack(0)
    second = first + UINT32.pack(2) + Struct(">III").pack(entry.sponsored, entry.sponsoring, len(sponsors))
    second += b"".join(map(_optional_account, sponsors))
    if not knows_sequence:
        return second + UINT32.pack(0)
    third = Struct(">IIIQ").pack(3, 0, entry.sequence_ledger or 0, entry.sequence_time or 0)
    return second + third


def _trustline(entry: Trustline) -> bytes:
    whole = (
        _account_id(entry.account)
        + _trusted_xdr(entry.asset)
        + Struct(">qqI").pack(entry.balance, entry.limit, entry.flags)
    )
    if not (entry.buying_liabilities or entry.selling_liabilities or entry.pool_uses):
        return whole + UINT32.pack(0)
    whole += UINT32.pack(1) + LIABILITIES.pack(entry.buying_liabilities, entry.selling_liabilities)
    if not entry.pool_uses:
        return whole + UINT32.pack(0)
    return whole + Struct(">IiI").pack(2, entry.pool_uses, 0)


def _offer(entry: Offer) -> bytes:
    return (
        _account_id(entry.seller)
        + INT64.pack(entry.offer_id)
        + asset_xdr(entry.selling)
        + asset_xdr(entry.buying)
        + Struct(">qiiII").pack(
            entry.amount, entry.price_n, entry.price_d, PASSIVE if entry.passive else 0, 0
        )
    )


def _data(entry: DataEntry) -> bytes:
    return _account_id(entry.account) + _opaque(entry.name.encode()) + _opaque(entry.value) + UINT32.pack(0)


def _claimable_balance(entry: ClaimableBalance) -> bytes:
    whole = (
        bytes.fromhex(entry.balance_id)
        + claimants_xdr(entry.claimants)
        + asset_xdr(entry.asset)
        + INT64.pack(entry.amount)
    )
    if not entry.clawback_enabled:
        return whole + UINT32.pack(0)
    return whole + Struct(">III").pack(1, 0, CLAWBACK_ENABLED)


def _pool(entry: Pool) -> bytes:
    return (
        bytes.fromhex(entry.share.pool_id)
        + UINT32.pack(CONSTANT_PRODUCT)
        + asset_xdr(entry.asset_a)
        + asset_xdr(entry.asset_b)
        + Struct(">iqqqq").pack(
            FEE_BP, entry.reserve_a, entry.reserve_b, entry.total_shares, entry.trustlines
        )
    )


def _account_id(account: str) -> bytes:
    return UINT32.pack(0) + decode_account(account)


def _optional_account(account: str | None) -> bytes:
    return UINT32.pack(0) if account is None else UINT32.pack(1) + _account_id(account)


def _signer(key: str) -> bytes:
    return UINT32.pack(SIGNERS[key[0]]) + decode_signer(key)


def _opaque(value: bytes) -> bytes:
    return UINT32.pack(len(value)) + value + bytes(-len(value) % 4)


def _name(xdr: bytes) -> str:
    """Read the name of a data entry."""
    size = int.from_bytes(xdr[:4], "big")
    name = xdr[4 : 4 + size]
    if size > DATA_BYTES or _opaque(name) != xdr:
        raise XdrError(f"{xdr.hex()} is not the name of a data entry")
    return name.decode("utf-8", "surrogateescape")


def _key_of_account(xdr: bytes) -> bytes:
    if len(xdr) != KEY_BYTES or xdr[:4] != bytes(4):
        raise XdrError(f"{xdr.hex()} is not an account's key")
    return xdr[4:]


def _trusted_xdr(trusted: Trusted) -> bytes:
    if isinstance(trusted, PoolShare):
        return UINT32.pack(POOL_SHARE) + bytes.fromhex(trusted.pool_id)
    return asset_xdr(trusted)


def _trusted(xdr: bytes) -> Trusted:
    """Read what a trustline is of."""
    kind = int.from_bytes(xdr[:4], "big")
    if kind == POOL_SHARE and len(xdr) == UINT32.size + ID_BYTES:
        return PoolShare(xdr[UINT32.size :].hex())
    width = CODE_BYTES.get(kind)
    if width is None:
        raise XdrError(f"{xdr.hex()} is not what a trustline can be of")
    code = xdr[4 : 4 + width].rstrip(b"\0")
    issuer = encode_account(_key_of_account(xdr[4 + width :]))
    try:
        return Asset(code.decode("ascii"), issuer)
    except ValueError:
        raise XdrError(f"{xdr.hex()} is not an asset") from None
