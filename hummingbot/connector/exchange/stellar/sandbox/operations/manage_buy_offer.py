"""ManageBuyOffer: create, update or delete an offer that buys a given amount.

It rests as an offer that sells, at the inverted price.

References
----------
stellar-core, ``src/transactions/ManageBuyOfferOpFrame.cpp``.
"""

from typing import Final

from ...ledger.amount import INT64_MAX
from ...ledger.exchange import bid_liabilities
from ...ledger.operations import ManageBuyOffer
from ...ledger.results import OperationResult
from ..state import LedgerState
from . import manage_offer, manage_sell_offer

__all__ = ["UNTOUCHED", "apply", "check"]

MALFORMED: Final = OperationResult("manage_buy_offer", "MANAGE_BUY_OFFER_MALFORMED")
UNTOUCHED: Final = OperationResult(
    "manage_buy_offer", "MANAGE_BUY_OFFER_SUCCESS", (), "CREATED", manage_sell_offer.UNTOUCHED.offer
)


def check(operation: ManageBuyOffer, source: str) -> OperationResult | None:
    """Refuse equal assets, amounts and ids below 0, prices that are not positive, and deleting no offer."""
    malformed = manage_offer.is_malformed(
        operation.selling,
        operation.buying,
        operation.buy_amount,
        operation.price_n,
        operation.price_d,
        operation.offer_id,
    )
    return MALFORMED if malformed else None


def apply(operation: ManageBuyOffer, source: str, state: LedgerState) -> OperationResult:
    """Buy up to the amount at the price or better, and bid for the rest."""
    n, d, amount = operation.price_d, operation.price_n, operation.buy_amount
    order = manage_offer.Order(
        "manage_buy_offer",
        operation.selling,
        operation.buying,
        n,
        d,
        most_to_sell=INT64_MAX,
        most_to_buy=amount,
        liabilities=bid_liabilities(n, d, amount),
        offer_id=operation.offer_id,
        deletes=amount == 0,
    )
    return manage_offer.apply(order, source, state)
