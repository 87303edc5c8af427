"""An order must not meet another of the same account: the ledger fails it, and all that travels with it."""

from collections.abc import Iterable, Sequence

from .errors import OrderRejected
from .instructions import Cancellation, Instruction, Placement
from .offers import OfferOperation, meets, rest_price
from .own_orders import OwnOrder

__all__ = ["refuse_self_trade"]


def refuse_self_trade(placement: Placement, ahead: Sequence[Instruction], orders: Iterable[OwnOrder]) -> None:
    """Refuse an order that lies across one of the account's own.

    It is refused also where the offers of others in front might fill it first: whether they do is known only
    once the ledger closes, and if they do not, the whole transaction fails. A MARKET order, which takes what
    is best wherever that is, is left to the ledger.

    Parameters
    ----------
    ahead : sequence of Placement or Cancellation
        What goes before it in the same transaction.
    orders : iterable of OwnOrder
        Those on the ledger.

    Raises
    ------
    OrderRejected
        With the order that is in the way.
    """
    operation = placement.operation
    if not isinstance(operation, OfferOperation):
        return
    leaving = {entry.client_order_id for entry in ahead if isinstance(entry, Cancellation)}
    for own in orders:
        offer = own.offer
        if offer is None or own.order.client_order_id in leaving:
            continue
        if meets(operation, offer.selling, offer.buying, (offer.price_n, offer.price_d)):
            raise _rejected(own.order.client_order_id)
    for entry in ahead:
        if not isinstance(entry, Placement) or not isinstance(entry.operation, OfferOperation):
            continue
        other = entry.operation
        if meets(operation, other.selling, other.buying, rest_price(other)):
            raise _rejected(entry.client_order_id)


def _rejected(client_order_id: str) -> OrderRejected:
    return OrderRejected(
        f"it would trade with the account's own order {client_order_id}: cancel that one first"
    )
