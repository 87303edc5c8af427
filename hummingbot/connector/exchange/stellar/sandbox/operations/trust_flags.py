"""What SetTrustLineFlags and AllowTrust share: the flags of a line, and what goes with its authorization.

References
----------
stellar-core, ``src/transactions/TrustFlagsOpFrameBase.cpp``, ``TransactionUtils.cpp``
(``removeOffersAndPoolShareTrustLines``).
"""

from typing import Final

from ...ledger.asset import Asset
from ..crossing import release_liabilities, remove_subentry
from ..entries import Trustline
from ..redemption import redeem_pool_shares
from ..sponsorship import Refusal
from ..state import LedgerState

__all__ = [
    "ACCOUNT_AUTH_REVOCABLE",
    "AUTHORIZATION",
    "AUTHORIZED",
    "CLAWBACK_ENABLED",
    "MAINTAINS_LIABILITIES",
    "is_consistent",
    "set_flags",
]

ACCOUNT_AUTH_REVOCABLE: Final = 2
AUTHORIZED: Final = 1
MAINTAINS_LIABILITIES: Final = 2
AUTHORIZATION: Final = AUTHORIZED | MAINTAINS_LIABILITIES
CLAWBACK_ENABLED: Final = 4


def is_consistent(flags: int) -> bool:
    """Tell whether flags name one authorization at most."""
    return flags & AUTHORIZATION != AUTHORIZATION


def set_flags(line: Trustline, flags: int, state: LedgerState) -> Refusal:
    """Set the flags of a credit's line; return what forbids it, or None."""
    if line.flags & AUTHORIZATION and not flags & AUTHORIZATION and isinstance(line.asset, Asset):
        remove_offers(line.account, line.asset, state)
        refused = redeem_pool_shares(state, line.account, line.asset)
        if refused is not None:
            return refused
    touched = state.touch_trustline(line.account, line.asset)
    if touched is not None:
        touched.flags = flags
    return None


def remove_offers(account: str, asset: Asset, state: LedgerState) -> None:
    """Remove an account's offers that sell or buy a credit."""
    found = [
        offer_id
        for offer_id, offer in state.offers.items()
        if offer.seller == account and asset in (offer.selling, offer.buying)
    ]
    for offer_id in found:
        offer = state.touch_offer(offer_id)
        if offer is not None:
            release_liabilities(state, offer)
            state.remove_offer(offer)
            remove_subentry(state, account, offer.sponsor)
