"""From an order's side, amount and price to the operation that makes it, exactly and on its owner's side.

A sell is a ManageSellOffer and a buy a ManageBuyOffer, so that the amount means base asset on both sides. An
inexact price is rounded so that a buy never pays more, and a sell never gets less, than its limit. The ledger
then exchanges whole stroops, rounded in favour of the offer that stays: the order that a trade uses up can
come off worse than its limit, by less than one stroop of quote.
"""

from decimal import Decimal

from hummingbot.connector.exchange.stellar.ledger.amount import INT64_MAX
from hummingbot.connector.exchange.stellar.ledger.asset import Asset
from hummingbot.connector.exchange.stellar.ledger.exchange import (
    adjust_offer,
    bid_liabilities,
    offer_liabilities,
)
from hummingbot.connector.exchange.stellar.ledger.operations import (
    CreatePassiveSellOffer,
    ManageBuyOffer,
    ManageSellOffer,
)
from hummingbot.connector.exchange.stellar.ledger.price import price_at_least, price_at_most

__all__ = [
    "OfferChange",
    "OfferOperation",
    "changed",
    "deletion",
    "limit_offer",
    "obligations",
    "passive_offer",
    "rest_price",
    "resting_amount",
    "unchanged",
]

OfferOperation = ManageSellOffer | ManageBuyOffer | CreatePassiveSellOffer
OfferChange = ManageSellOffer | ManageBuyOffer
"""An operation that names the offer which it changes."""


def limit_offer(base: Asset, quote: Asset, is_buy: bool, amount: int, price: Decimal) -> OfferOperation:
    """Return the operation of a limit order for `amount` stroops of base at `price` quote per base.

    Raises
    ------
    ValueError
        If no price n/d of the ledger comes close (beyond 1/2^31 … 2^31).
    """
    if is_buy:
        most = price_at_most(price)
        return ManageBuyOffer(quote, base, amount, most.n, most.d)
    least = price_at_least(price)
    return ManageSellOffer(base, quote, amount, least.n, least.d)


def passive_offer(base: Asset, quote: Asset, is_buy: bool, amount: int, price: Decimal) -> OfferOperation:
    """Return the operation of an order that does not take offers at its own price.

    The network knows passive offers only as sells: a buy sells the quote that `amount` costs at most, so
    that it may end some stroops of base away from `amount`.

    Raises
    ------
    ValueError
        If no price n/d of the ledger comes close, or that quote is more than it holds.
    """
    if not is_buy:
        least = price_at_least(price)
        return CreatePassiveSellOffer(base, quote, amount, least.n, least.d)
    most = price_at_most(price)
    cost = amount * most.n // most.d
    if cost > INT64_MAX:
        raise ValueError(f"it would cost {cost} stroops of {quote}, but the ledger holds {INT64_MAX} at most")
    return CreatePassiveSellOffer(quote, base, cost, most.d, most.n)


def deletion(selling: Asset, buying: Asset, offer_id: int) -> ManageSellOffer:
    """Return the operation that takes an offer away; the ledger looks at the id alone, but wants a form."""
    return ManageSellOffer(selling, buying, 0, 1, 1, offer_id)


def changed(operation: OfferOperation, offer_id: int) -> OfferChange:
    """Return what makes a resting offer of the same side into that of `operation`; it keeps its id.

    It also keeps whether it is passive: the network has no operation that would change that.
    """
    selling, buying, n, d = operation.selling, operation.buying, operation.price_n, operation.price_d
    if isinstance(operation, ManageBuyOffer):
        return ManageBuyOffer(selling, buying, operation.buy_amount, n, d, offer_id)
    return ManageSellOffer(selling, buying, operation.amount, n, d, offer_id)


def unchanged(change: OfferChange, is_passive: bool) -> OfferOperation:
    """Return the operation that would make the offer of a `changed` one as a new one."""
    selling, buying, n, d = change.selling, change.buying, change.price_n, change.price_d
    if isinstance(change, ManageBuyOffer):
        return ManageBuyOffer(selling, buying, change.buy_amount, n, d)
    if is_passive:
        return CreatePassiveSellOffer(selling, buying, change.amount, n, d)
    return ManageSellOffer(selling, buying, change.amount, n, d)


def rest_price(operation: OfferOperation) -> tuple[int, int]:
    """Return the price n/d at which an order rests, buying for a unit of selling: a bid's is turned over."""
    if isinstance(operation, ManageBuyOffer):
        return operation.price_d, operation.price_n
    return operation.price_n, operation.price_d


def resting_amount(operation: OfferOperation) -> int:
    """Return the stroops of the sold asset that would rest if nothing were crossed; 0 means dust.

    The ledger deletes an offer at once when rounding to whole stroops would miss its price by more than 1 %.
    """
    if isinstance(operation, ManageBuyOffer):
        return adjust_offer(*rest_price(operation), INT64_MAX, operation.buy_amount)
    return adjust_offer(*rest_price(operation), operation.amount, INT64_MAX)


def obligations(operation: OfferOperation) -> tuple[int, int]:
    """Return what the ledger asks the account to be good for: (stroops sold, stroops bought), in full.

    It checks both before it crosses anything, also when the offer would fill at a better price.
    """
    if isinstance(operation, ManageBuyOffer):
        return bid_liabilities(*rest_price(operation), operation.buy_amount)
    return offer_liabilities(*rest_price(operation), operation.amount)
