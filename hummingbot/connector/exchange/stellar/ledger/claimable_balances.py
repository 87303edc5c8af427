"""Balances that are set aside for accounts to claim, and the conditions on claiming them.

References
----------
CAP-23, https://github.com/stellar/stellar-protocol/blob/master/core/cap-0023.md
"""

from dataclasses import dataclass

from .asset import Asset

__all__ = [
    "UNCONDITIONAL",
    "And",
    "BeforeAbsoluteTime",
    "BeforeRelativeTime",
    "ClaimClaimableBalance",
    "Claimant",
    "CreateClaimableBalance",
    "Not",
    "Or",
    "Predicate",
    "Unconditional",
]


@dataclass(frozen=True, slots=True)
class Unconditional:
    """Always."""


@dataclass(frozen=True, slots=True)
class And:
    """While both predicates hold; the network refuses another number of them."""

    predicates: "tuple[Predicate, ...]"


@dataclass(frozen=True, slots=True)
class Or:
    """While one of both predicates holds; the network refuses another number of them."""

    predicates: "tuple[Predicate, ...]"


@dataclass(frozen=True, slots=True)
class Not:
    """While the predicate does not hold; the network refuses None."""

    predicate: "Predicate | None"


@dataclass(frozen=True, slots=True)
class BeforeAbsoluteTime:
    """Before a ledger's close time, unix seconds."""

    time: int


@dataclass(frozen=True, slots=True)
class BeforeRelativeTime:
    """For so many seconds after the ledger that creates the balance; that ledger makes it absolute."""

    seconds: int


Predicate = Unconditional | And | Or | Not | BeforeAbsoluteTime | BeforeRelativeTime
UNCONDITIONAL = Unconditional()


@dataclass(frozen=True, slots=True)
class Claimant:
    """An account that may claim a balance while the predicate holds."""

    destination: str
    predicate: Predicate = UNCONDITIONAL


@dataclass(frozen=True, slots=True)
class CreateClaimableBalance:
    """Set an amount aside for up to ten claimants, one of whom can claim it (threshold: medium)."""

    asset: Asset
    amount: int
    claimants: tuple[Claimant, ...]
    source: str | None = None
    source_id: int | None = None


@dataclass(frozen=True, slots=True)
class ClaimClaimableBalance:
    """Claim a balance (threshold: low).

    `balance_id` is in hexadecimal as Horizon writes it: the type 00000000, then 32 bytes.
    """

    balance_id: str
    source: str | None = None
    source_id: int | None = None
