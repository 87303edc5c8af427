"""What the account holds: the ledger's balances, and what is on the ledger but not in them yet."""

from collections.abc import Callable, Iterable, Mapping

from hummingbot.connector.exchange.stellar.horizon.account import AccountBalances
from hummingbot.connector.exchange.stellar.horizon.ledger_clock import LedgerHeader
from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE, Asset
from hummingbot.connector.exchange.stellar.ledger.results import OfferRecord

from .instructions import Placement
from .purse import Purse

__all__ = ["Holdings"]


class Holdings:
    """The account's balances at the last ledger read, and the orders that it does not show yet.

    Parameters
    ----------
    fee_cap : int
        Stroops that an operation may cost at most.
    """

    def __init__(self, fee_cap: int) -> None:
        self._fee_cap = fee_cap
        self.balances: AccountBalances | None = None
        self._included: list[tuple[int, Placement]] = []
        self._removed: list[tuple[int, OfferRecord]] = []
        self._expected = 0

    def take(self, balances: AccountBalances) -> bool:
        """Take newer balances; False if those at hand are of a later ledger."""
        if self.balances is not None and 0 < balances.ledger < self.balances.ledger:
            return False
        self.balances = balances
        self._included = [entry for entry in self._included if 0 < balances.ledger < entry[0]]
        self._removed = [entry for entry in self._removed if 0 < balances.ledger < entry[0]]
        return True

    def include(self, ledger: int, placements: Iterable[Placement]) -> None:
        """Note orders that came to the ledger; they count as spending until its balances are read."""
        self._included += [(ledger, placement) for placement in placements]

    def remove(self, ledger: int, offers: Iterable[OfferRecord]) -> None:
        """Note offers that left the ledger, as they were; what they held is free although not read yet."""
        if self.balances is None or 0 < self.balances.ledger < ledger:
            self._removed += [(ledger, offer) for offer in offers]

    def expect(self, ledger: int) -> None:
        """Note that something changed the account in that ledger."""
        self._expected = max(self._expected, ledger)

    @property
    def is_behind(self) -> bool:
        """Whether the balances at hand are of an earlier ledger than the last change."""
        return self.balances is not None and 0 < self.balances.ledger < self._expected

    def available(
        self, header: LedgerHeader, waiting: Iterable[Placement], replaced: Mapping[str, OfferRecord]
    ) -> dict[Asset, int]:
        """Return the stroops of each asset that are free whether or not the waiting orders come to rest.

        Parameters
        ----------
        header : LedgerHeader
        waiting : iterable of Placement
        replaced : mapping of str to OfferRecord
            Offers that some of them are to take over, by client order id: they go with these orders alone.

        Returns
        -------
        dict of Asset to int
            Below 0 where there is too little.
        """
        if self.balances is None:
            return {}
        coming = self._coming(waiting)
        moves = [(order, replaced[name]) for order in coming if (name := order.client_order_id) in replaced]
        purse = self.purse(header, 0, str, (o for o in coming if o.client_order_id not in replaced))
        before = {asset: purse.free(asset) for asset in self.balances.lines}
        for order, offer in moves:
            purse.spend(order, offer)
        free = {asset: min(stroops, purse.free(asset)) for asset, stroops in before.items()}
        if NATIVE in free:
            free[NATIVE] -= len(coming) * header.base_fee
        return free

    def purse(
        self,
        header: LedgerHeader,
        resting: int,
        name: Callable[[Asset], str],
        waiting: Iterable[Placement] = (),
    ) -> Purse:
        """Return what the account can promise to the next transaction.

        Parameters
        ----------
        header : LedgerHeader
        resting : int
            How many orders of ours rest.
        name : callable
            Returns Hummingbot's name of an asset.
        waiting : iterable of Placement
            Orders that go before.
        """
        assert self.balances is not None
        purse = Purse(self.balances, header.base_reserve, self._fee_cap, resting, name)
        for placement in self._coming(waiting):
            purse.include(placement)
        for _, offer in self._removed:
            purse.release(offer)
        return purse

    def _coming(self, waiting: Iterable[Placement]) -> list[Placement]:
        coming = {placement.client_order_id: placement for _, placement in self._included}
        coming |= {placement.client_order_id: placement for placement in waiting}
        return list(coming.values())
