"""What names an entry of the ledger, and a signer of an account."""

from dataclasses import dataclass

from .liquidity_pool import Trusted

__all__ = [
    "AccountKey",
    "ClaimableBalanceKey",
    "DataKey",
    "LedgerKey",
    "OfferKey",
    "SignerKey",
    "TrustlineKey",
]


@dataclass(frozen=True, slots=True)
class AccountKey:
    """An account."""

    account: str


@dataclass(frozen=True, slots=True)
class TrustlineKey:
    """An account's trustline, of a credit or of pool shares."""

    account: str
    asset: Trusted


@dataclass(frozen=True, slots=True)
class OfferKey:
    """An account's offer."""

    seller: str
    offer_id: int


@dataclass(frozen=True, slots=True)
class DataKey:
    """A named value of an account; the name has up to 64 bytes, as in ManageData."""

    account: str
    name: str


@dataclass(frozen=True, slots=True)
class ClaimableBalanceKey:
    """A claimable balance, by its id in hexadecimal as Horizon writes it."""

    balance_id: str


@dataclass(frozen=True, slots=True)
class SignerKey:
    """A signer of an account: no entry of its own, but with a reserve of its own."""

    account: str
    key: str


LedgerKey = AccountKey | TrustlineKey | OfferKey | DataKey | ClaimableBalanceKey
