"""What the account can still spend: the ledger's balances less what is on its way."""

from collections import Counter
from collections.abc import Iterable, Sequence

from hummingbot.connector.exchange.stellar.horizon.account import AccountBalances
from hummingbot.connector.exchange.stellar.horizon.ledger_clock import LedgerHeader
from hummingbot.connector.exchange.stellar.ledger.amount import from_stroops
from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE, Asset
from hummingbot.connector.exchange.stellar.ledger.exchange import offer_liabilities
from hummingbot.connector.exchange.stellar.ledger.results import OfferRecord

from .errors import OrderRejected
from .instructions import Placement

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
        self._expected = 0

    def take(self, balances: AccountBalances) -> bool:
        """Take newer balances; False if those at hand are of a later ledger."""
        if self.balances is not None and 0 < balances.ledger < self.balances.ledger:
            return False
        self.balances = balances
        self._included = [entry for entry in self._included if 0 < balances.ledger < entry[0]]
        return True

    def include(self, ledger: int, placements: Iterable[Placement]) -> None:
        """Note orders that came to the ledger; they count as spending until its balances are read."""
        self._included += [(ledger, placement) for placement in placements]

    def expect(self, ledger: int) -> None:
        """Note that something changed the account in that ledger."""
        self._expected = max(self._expected, ledger)

    @property
    def is_behind(self) -> bool:
        """Whether the balances at hand are of an earlier ledger than the last change."""
        return self.balances is not None and 0 < self.balances.ledger < self._expected

    def available(self, asset: Asset, header: LedgerHeader, waiting: Iterable[Placement]) -> int:
        """Return the stroops of an asset that are free once the `waiting` orders rest, below 0 if too few."""
        coming = self._coming(waiting)
        return self._free(asset, header, coming, ()) - (
            len(coming) * header.base_fee if asset == NATIVE else 0
        )

    def check(
        self,
        placement: Placement,
        header: LedgerHeader,
        waiting: Sequence[Placement],
        resting: int,
        leaving: Sequence[OfferRecord],
        names: tuple[str, str],
    ) -> None:
        """Refuse an order that the ledger would refuse for a reason known beforehand.

        Of lumens, the highest fee bids of placing and cancelling it are kept back, and for each order at rest
        that of its cancel: the network refuses a transaction whose bid is not covered, although it charges
        less. An order that leaves nothing to cancel needs as much, for the fee bump that it may need.

        Parameters
        ----------
        waiting : sequence of Placement
            Orders that go before it.
        resting : int
            How many orders of ours rest, those that leave among them.
        leaving : sequence of OfferRecord
            Offers of ours that are cancelled before it is placed.
        names : tuple of str
            Hummingbot's names of the assets it sells and buys.

        Raises
        ------
        OrderRejected
            With one sentence that says what is missing.
        """
        selling, buying = placement.obligations
        if placement.is_dust:
            raise OrderRejected(
                f"{_units(placement.order.amount)} is below the ledger's dust limit at its price: "
                "raise the amount"
            )
        balances = self.balances
        if balances is None:
            raise OrderRejected("the account's balances are not known yet: try again in a moment")
        for asset, name in zip((placement.selling, placement.buying), names, strict=True):
            line = balances.lines.get(asset)
            if line is None and asset.issuer != balances.account:
                raise OrderRejected(
                    f"account {balances.account} has no trustline for {name} ({asset}): "
                    "run ai-stellar trustline open"
                )
            if line is not None and not line.is_authorized:
                raise OrderRejected(f"the issuer of {name} ({asset}) has not authorized the account")
        coming = self._coming(waiting)
        bids = (2 * len([*coming, placement]) + resting) * self._fee_cap
        reserve = header.base_reserve if placement.rests else 0
        spare = self._free(NATIVE, header, coming, leaving) - reserve - bids
        if spare < 0:
            purpose = "an offer's reserve and the fee bids" if reserve else "the fee bids"
            has = _units(max(0, spare + reserve + bids))
            raise OrderRejected(
                f"the account needs {_units(reserve + bids)} XLM free for {purpose} of placing and "
                f"cancelling orders, but has {has}: add XLM or cancel orders"
            )
        if placement.selling.issuer != balances.account:
            free = spare
            if placement.selling != NATIVE:
                free = self._free(placement.selling, header, coming, leaving)
            if selling > free:
                raise OrderRejected(
                    f"it sells {_units(selling)} {names[0]} but {_units(max(0, free))} are available: "
                    "lower the amount or cancel other orders"
                )
        if placement.buying.issuer != balances.account:
            room = balances.room(placement.buying) + self._released(leaving)[1][placement.buying]
            room -= sum(entry.obligations[1] for entry in coming if entry.buying == placement.buying)
            if buying > room:
                raise OrderRejected(
                    f"it buys {_units(buying)} {names[1]}, but the trustline has room for "
                    f"{_units(max(0, room))}: raise its limit"
                )

    def _free(
        self,
        asset: Asset,
        header: LedgerHeader,
        coming: Sequence[Placement],
        leaving: Sequence[OfferRecord],
    ) -> int:
        """Return what is free with the orders `coming` at rest and the offers `leaving` gone, before fees."""
        if self.balances is None:
            return 0
        free = self.balances.uncommitted(asset, header.base_reserve)
        free -= sum(placement.reserves.get(asset, 0) for placement in coming)
        free += self._released(leaving)[0][asset]
        if asset == NATIVE:
            free += (len(leaving) - sum(entry.rests for entry in coming)) * header.base_reserve
        return free

    def _coming(self, waiting: Iterable[Placement]) -> list[Placement]:
        coming = {placement.client_order_id: placement for _, placement in self._included}
        coming |= {placement.client_order_id: placement for placement in waiting}
        return list(coming.values())

    def _released(self, leaving: Sequence[OfferRecord]) -> tuple[Counter[Asset], Counter[Asset]]:
        """Return the liabilities that go with these offers, by asset sold and bought.

        Never more than the balances show or orders not in them yet bring: a fill may be known here before the
        balances, or the other way.
        """
        released: tuple[Counter[Asset], Counter[Asset]] = (Counter(), Counter())
        for offer in leaving:
            sold, bought = offer_liabilities(offer.price_n, offer.price_d, offer.amount)
            released[0][offer.selling] += sold
            released[1][offer.buying] += bought
        most: tuple[Counter[Asset], Counter[Asset]] = (Counter(), Counter())
        for asset, line in self.balances.lines.items() if self.balances else ():
            most[0][asset], most[1][asset] = line.selling_liabilities, line.buying_liabilities
        for _, placement in self._included:
            if placement.rests:
                sold, bought = placement.obligations
                most[0][placement.selling] += sold
                most[1][placement.buying] += bought
        return released[0] & most[0], released[1] & most[1]


def _units(stroops: int) -> str:
    return f"{from_stroops(stroops).normalize():f}"
