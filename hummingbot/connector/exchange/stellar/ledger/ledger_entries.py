"""Entries of the ledger that a trading account has, as they lie there. Amounts are stroops."""

from collections.abc import Mapping
from dataclasses import dataclass

from .liquidity_pool import Trusted

__all__ = ["AccountEntry", "TrustlineEntry"]


@dataclass(frozen=True, slots=True)
class AccountEntry:
    """An account.

    Parameters
    ----------
    account : str
    balance, sequence : int
        Lumens in stroops, and the last sequence number used.
    subentries, sponsoring, sponsored : int
        Counts that set the reserve.
    buying_liabilities, selling_liabilities : int
    thresholds : tuple of int
        Weight of the master key; low, medium and high threshold.
    signers : mapping of str to int
        Weights of the added signers.
    """

    account: str
    balance: int
    sequence: int
    subentries: int
    sponsoring: int
    sponsored: int
    buying_liabilities: int
    selling_liabilities: int
    thresholds: tuple[int, int, int, int]
    signers: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class TrustlineEntry:
    """A trustline.

    Parameters
    ----------
    account : str
    asset : Asset or PoolShare
    balance, limit : int
    is_authorized : bool
        Whether it may be traded; one that may only keep its offers is not.
    buying_liabilities, selling_liabilities : int
    """

    account: str
    asset: Trusted
    balance: int
    limit: int
    is_authorized: bool
    buying_liabilities: int
    selling_liabilities: int
