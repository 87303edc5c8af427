"""CreatePassiveSellOffer: create an offer that does not take offers of an equal price.

The network carries it out, and reports it, as a ManageSellOffer.

References
----------
stellar-core, ``src/transactions/CreatePassiveSellOfferOpFrame.cpp``.
"""

from ...ledger.operations import CreatePassiveSellOffer, ManageSellOffer
from ...ledger.results import OperationResult
from ..state import LedgerState
from . import manage_sell_offer

__all__ = ["apply", "check"]


def as_sell_offer(operation: CreatePassiveSellOffer) -> ManageSellOffer:
    """Return the operation that the network makes of it."""
    return ManageSellOffer(
        operation.selling, operation.buying, operation.amount, operation.price_n, operation.price_d
    )


def check(operation: CreatePassiveSellOffer, source: str) -> OperationResult | None:
    """Refuse what ManageSellOffer refuses; an amount of 0 is refused too, as there is nothing to delete."""
    return manage_sell_offer.check(as_sell_offer(operation), source)


def apply(operation: CreatePassiveSellOffer, source: str, state: LedgerState) -> OperationResult:
    """Sell up to the amount at better prices, and offer the rest passively."""
    return manage_sell_offer.apply(as_sell_offer(operation), source, state, passive=True)
