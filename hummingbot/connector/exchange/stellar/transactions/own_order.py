"""One of our orders as the ledger holds it, and whose an offer was at a position of the ledger."""

from bisect import bisect_left
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from typing import Final

from hummingbot.connector.exchange.stellar.horizon.trades import LAST
from hummingbot.connector.exchange.stellar.ledger.amount import INT64_MAX
from hummingbot.connector.exchange.stellar.ledger.exchange import adjust_offer
from hummingbot.connector.exchange.stellar.ledger.results import OfferRecord

from .instructions import Order

__all__ = ["OfferOwners", "OwnOrder", "rest_of"]

RETIRED: Final = 1000


@dataclass(slots=True)
class OwnOrder:
    """An order on the ledger.

    Parameters
    ----------
    order : Order
    offer_id : int
        0 if nothing rests.
    toid : int
        Position of the operation that made it; 0 if only its offer is known.
    offer : OfferRecord or None
        What rests after the trade at the position `as_of`; None if not known yet (after a restart).
    fee_due : int
        Stroops of network fees not yet stated with a fill.
    filled : int
        Stroops of base.
    since : tuple of int
        Position up to which its trades were taken by an earlier run.
    trade_ids : set of str
        Its trades that were taken.
    """

    order: Order
    offer_id: int
    toid: int
    offer: OfferRecord | None = None
    as_of: tuple[int, int] = (0, 0)
    fee_due: int = 0
    filled: int = 0
    since: tuple[int, int] = (0, 0)
    trade_ids: set[str] = field(default_factory=set)
    absent_at: int = 0
    absences: int = 0
    is_shown: bool = True
    is_reported_missing: bool = False

    @property
    def exchange_order_id(self) -> str:
        """Unique for each client order, also where an offer id comes again or nothing rested."""
        return f"{self.offer_id}:{self.toid}" if self.toid else str(self.offer_id)


class OfferOwners:
    """Which order each offer belonged to, by position: an offer that is changed becomes another order's."""

    def __init__(self) -> None:
        self._owners: dict[int, list[OwnOrder]] = {}
        self._retired: OrderedDict[str, OwnOrder] = OrderedDict()

    def add(self, own: OwnOrder) -> None:
        """Note that the offer is this order's from the position on at which it was made."""
        if own.offer_id:
            owners = self._owners.setdefault(own.offer_id, [])
            owners.append(own)
            owners.sort(key=lambda owner: owner.toid)

    def at(self, offer_id: int, position: tuple[int, int]) -> OwnOrder | None:
        """Return the order whose the offer was when it was traded at `position`; None if it was none's."""
        owners = self._owners.get(offer_id, [])
        index = bisect_left(owners, position, key=lambda owner: (owner.toid, LAST))
        return owners[index - 1] if index else None

    def retire(self, own: OwnOrder) -> None:
        """Note that the order is over; of those the latest are remembered, for trades that are told late."""
        self._retired[own.order.client_order_id] = own
        while len(self._retired) > RETIRED:
            _, oldest = self._retired.popitem(last=False)
            left = [owner for owner in self._owners.pop(oldest.offer_id, ()) if owner is not oldest]
            if left:
                self._owners[oldest.offer_id] = left


def rest_of(offer: OfferRecord, sold: int) -> OfferRecord:
    """Return what the ledger leaves of an offer that has sold as many stroops."""
    left = max(0, offer.amount - sold)
    return replace(offer, amount=adjust_offer(offer.price_n, offer.price_d, left, INT64_MAX))
