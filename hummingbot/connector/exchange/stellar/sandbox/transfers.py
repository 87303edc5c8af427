"""Giving an account an asset and taking it away, as every kind of payment does.

References
----------
stellar-core, ``src/transactions/PathPaymentOpFrameBase.cpp`` (``updateSourceBalance``,
``updateDestBalance``).
"""

from typing import Literal

from ..ledger.asset import Asset
from .holding import hold
from .state import LedgerState

__all__ = ["credit", "debit", "is_return"]


def is_return(asset: Asset, destination: str) -> bool:
    """Tell whether a credit goes back to its issuer, which takes it even if it no longer exists."""
    return asset.issuer == destination


def credit(
    state: LedgerState, destination: str, asset: Asset, amount: int
) -> Literal["NO_TRUST", "NOT_AUTHORIZED", "LINE_FULL"] | None:
    """Add to what an account has; return what forbids it, or None."""
    receiving = hold(state, destination, asset)
    if receiving is None:
        return "NO_TRUST"
    if not receiving.is_authorized():
        return "NOT_AUTHORIZED"
    return None if receiving.add(amount) else "LINE_FULL"


def debit(
    state: LedgerState, source: str, asset: Asset, amount: int
) -> Literal["SRC_NO_TRUST", "SRC_NOT_AUTHORIZED", "UNDERFUNDED"] | None:
    """Take from what an account has; return what forbids it, or None."""
    sending = hold(state, source, asset)
    if sending is None:
        return "SRC_NO_TRUST"
    if not sending.is_authorized():
        return "SRC_NOT_AUTHORIZED"
    return None if sending.add(-amount) else "UNDERFUNDED"
