"""Where one asset can be exchanged for another, and what comes of it, as Horizon reckons when it looks for
paths.

Horizon does not apply the network's own rules: it rounds each offer as if the next were its own trade, and
does not look at what makers can still send or receive. So what it promises may be off by a stroop an offer.

References
----------
stellar/go, ``exp/orderbook/search.go``, ``exp/orderbook/graph.go``, ``price/main.go``.
"""

from collections.abc import Iterable

from ...ledger.amount import INT64_MAX
from ...ledger.asset import Asset
from ...ledger.pool import pool_receives, pool_sends
from ..entries import Offer
from ..state import LedgerState

__all__ = ["Venues"]


class Venues:
    """Every book and pool of a ledger, by the assets that they exchange.

    Parameters
    ----------
    state : LedgerState

    Attributes
    ----------
    assets : list of Asset
        All that are for sale or wanted, in the order in which their first offers were made; those of pools
        alone come last. A search visits them in this order.
    """

    def __init__(self, state: LedgerState) -> None:
        self._state = state
        found: dict[Asset, None] = {}
        for _, offer in sorted(state.offers.items()):
            found[offer.buying] = found[offer.selling] = None
        for pool in sorted(state.pools.values(), key=lambda pool: pool.share.pool_id):
            found[pool.asset_a] = found[pool.asset_b] = None
        self.assets = list(found)
        self._for: dict[Asset, dict[Asset, None]] = {asset: {} for asset in found}
        self._with: dict[Asset, dict[Asset, None]] = {asset: {} for asset in found}
        for (selling, buying), book in state.books.items():
            if len(book):
                self._for[buying][selling] = self._with[selling][buying] = None
        for one, other in state.pools_of:
            self._for[one][other] = self._with[one][other] = None

    def bought_with(self, asset: Asset) -> Iterable[Asset]:
        """Return what can be had for an asset."""
        return self._for[asset]

    def paid_for(self, asset: Asset) -> Iterable[Asset]:
        """Return what an asset can be had for."""
        return self._with[asset]

    def received(self, sent: Asset, amount: int, wanted: Asset) -> int:
        """Return the most that comes of an exact amount, from the book or the pool; 0 if nothing."""
        offers = received_from_offers(self._offers(wanted, sent), amount)
        return max(offers, pool_sends(*self._reserves(sent, wanted), amount) or 0)

    def cost(self, wanted: Asset, amount: int, sent: Asset, ignored: str | None) -> int:
        """Return the least that an exact amount costs, in the book or the pool; 0 if it is not to be had.

        Parameters
        ----------
        ignored : str or None
            The account whose offers do not count: who pays does not trade with itself.
        """
        offers = cost_of_offers(self._offers(wanted, sent), amount, ignored)
        pool = pool_receives(*self._reserves(sent, wanted), amount) or 0
        return min(offers, pool) if offers and pool else offers or pool

    def _offers(self, selling: Asset, buying: Asset) -> Iterable[Offer]:
        offers = self._state.offers
        return (offers[id] for id in self._state.books.get((selling, buying), ()))

    def _reserves(self, sent: Asset, wanted: Asset) -> tuple[int, int]:
        share = self._state.pools_of.get((sent, wanted))
        if share is None:
            return 0, 0
        pool = self._state.pools[share]
        both = (pool.reserve_a, pool.reserve_b)
        return both if sent == pool.asset_a else both[::-1]


def received_from_offers(offers: Iterable[Offer], amount: int) -> int:
    """Return what offers give for an exact amount, best first; 0 if they cannot take all of it."""
    total = 0
    for offer in offers:
        bought = amount * offer.price_d // offer.price_n
        if bought == 0:
            return 0
        if bought <= offer.amount:
            return total + bought
        paid, taken = exchanged(offer, offer.amount)
        total += taken
        amount -= paid
        if amount <= 0 or paid > INT64_MAX:
            return total if amount == 0 else 0
    return 0


def cost_of_offers(offers: Iterable[Offer], amount: int, ignored: str | None) -> int:
    """Return what an exact amount costs, best offers first; 0 if they do not have all of it."""
    total = 0
    for offer in offers:
        if offer.seller == ignored:
            continue
        paid, taken = exchanged(offer, amount)
        total += paid
        amount -= taken
        if total > INT64_MAX:
            return 0
        if amount == 0:
            return total
    return 0


def exchanged(offer: Offer, wanted: int) -> tuple[int, int]:
    """Return what a taker pays one offer, and gets of it, if it wants so much."""
    n, d, most = offer.price_n, offer.price_d, offer.amount
    if n <= d:
        most = -(-(most * n // d) * d // n)
    taken = min(most, wanted)
    return -(-taken * n // d), taken
