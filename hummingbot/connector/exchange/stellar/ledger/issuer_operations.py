"""What the issuer of a credit can do to those who hold it.

Flags of a trustline: 1 authorized, 2 authorized to maintain liabilities, 4 clawback enabled.
"""

from dataclasses import dataclass

from .asset import Asset

__all__ = ["AllowTrust", "Clawback", "ClawbackClaimableBalance", "SetTrustLineFlags"]


@dataclass(frozen=True, slots=True)
class SetTrustLineFlags:
    """Set and clear flags of the trustor's line (threshold: low)."""

    trustor: str
    asset: Asset
    clear_flags: int
    set_flags: int
    source: str | None = None
    source_id: int | None = None


@dataclass(frozen=True, slots=True)
class AllowTrust:
    """Set the authorization of the trustor's line: 0, 1 or 2 (threshold: low).

    The older form of SetTrustLineFlags; it names the asset by `code`, as its issuer is the source.
    """

    trustor: str
    code: str
    authorize: int
    source: str | None = None
    source_id: int | None = None


@dataclass(frozen=True, slots=True)
class Clawback:
    """Destroy an amount of a holder's balance (threshold: medium)."""

    asset: Asset
    holder: str
    amount: int
    source: str | None = None
    source_id: int | None = None
    holder_id: int | None = None


@dataclass(frozen=True, slots=True)
class ClawbackClaimableBalance:
    """Destroy a claimable balance; `balance_id` as in ClaimClaimableBalance (threshold: medium)."""

    balance_id: str
    source: str | None = None
    source_id: int | None = None
