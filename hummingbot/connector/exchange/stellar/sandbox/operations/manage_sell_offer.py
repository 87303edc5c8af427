"""ManageSellOffer: create, update or delete an offer that sells a given amount.

References
----------
stellar-core, ``src/transactions/ManageSellOfferOpFrame.cpp``.
"""

from typing import Final

from ...ledger.amount import INT64_MAX
from ...ledger.asset import NATIVE
from ...ledger.exchange import offer_liabilities
from ...ledger.operations import ManageSellOffer
from ...ledger.results import OfferRecord, OperationResult
from ..state import LedgerState
from . import manage_offer

__all__ = ["UNTOUCHED", "apply", "check"]

MALFORMED: Final = OperationResult("manage_sell_offer", "MANAGE_SELL_OFFER_MALFORMED")
UNTOUCHED: Final = OperationResult(
    "manage_sell_offer",
    "MANAGE_SELL_OFFER_SUCCESS",
    (),
    "CREATED",
    OfferRecord(manage_offer.NOBODY, 0, NATIVE, NATIVE, 0, 0, 0),
)


def check(operation: ManageSellOffer, source: str) -> OperationResult | None:
    """Refuse equal assets, amounts and ids below 0, prices that are not positive, and deleting no offer."""
    malformed = manage_offer.is_malformed(
        operation.selling,
        operation.buying,
        operation.amount,
        operation.price_n,
        operation.price_d,
        operation.offer_id,
    )
    return MALFORMED if malformed else None


def apply(
    operation: ManageSellOffer, source: str, state: LedgerState, passive: bool = False
) -> OperationResult:
    """Sell up to the amount at the price or better, and offer the rest."""
    n, d, amount = operation.price_n, operation.price_d, operation.amount
    order = manage_offer.Order(
        "manage_sell_offer",
        operation.selling,
        operation.buying,
        n,
        d,
        most_to_sell=amount,
        most_to_buy=INT64_MAX,
        liabilities=offer_liabilities(n, d, amount),
        offer_id=operation.offer_id,
        deletes=amount == 0,
        passive=passive,
    )
    return manage_offer.apply(order, source, state)
