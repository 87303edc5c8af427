"""What an account can still promise while a transaction is put together, as the ledger will reckon it."""

from collections import Counter
from collections.abc import Callable

from hummingbot.connector.exchange.stellar.horizon.account import AccountBalances
from hummingbot.connector.exchange.stellar.ledger.amount import from_stroops
from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE, Asset
from hummingbot.connector.exchange.stellar.ledger.exchange import offer_liabilities
from hummingbot.connector.exchange.stellar.ledger.results import OfferRecord

from .errors import OrderRejected
from .instructions import Placement

__all__ = ["Purse"]


class Purse:
    """Free balances and room of one account, operation by operation. Stroops.

    Of lumens, the highest fee bids of what is done and of cancelling what then rests are kept back: the
    network refuses a transaction whose bid is not covered, although it charges less. An order that leaves
    nothing to cancel needs as much, for the fee bump that it may need.

    Parameters
    ----------
    balances : AccountBalances
    base_reserve : int
        What one more offer locks up.
    fee_cap : int
        What an operation may cost at most.
    resting : int
        How many orders of the account rest now.
    name : callable
        Returns Hummingbot's name of an asset.
    """

    def __init__(
        self,
        balances: AccountBalances,
        base_reserve: int,
        fee_cap: int,
        resting: int,
        name: Callable[[Asset], str],
    ) -> None:
        self._balances = balances
        self._reserve = base_reserve
        self._fee_cap = fee_cap
        self._name = name
        self._bids = resting
        self._free: Counter[Asset] = Counter()
        self._room: Counter[Asset] = Counter()
        self._pledged: Counter[Asset] = Counter()
        self._awaited: Counter[Asset] = Counter()
        for asset, line in balances.lines.items():
            self._pledged[asset], self._awaited[asset] = line.selling_liabilities, line.buying_liabilities

    def free(self, asset: Asset) -> int:
        """Return what can be sold, before fee bids; lumens that do not cover the reserve are below 0."""
        return self._balances.uncommitted(asset, self._reserve) + self._free[asset]

    def include(self, placement: Placement) -> None:
        """Count an order that is on the ledger, but not in the balances yet."""
        self.spend(placement)
        if placement.rests:
            sells, buys = placement.obligations
            self._pledged[placement.selling] += sells
            self._awaited[placement.buying] += buys

    def spend(self, placement: Placement, replaced: OfferRecord | None = None) -> None:
        """Set aside what an order asks for; one that takes over an offer needs no other reserve."""
        sells, buys = placement.obligations
        if replaced is not None:
            self.release(replaced, keeps_reserve=True)
        elif placement.rests:
            self._free[NATIVE] -= self._reserve
        self._free[placement.selling] -= sells
        self._room[placement.buying] -= buys
        self._bids += 2 if replaced is None else 1

    def release(self, offer: OfferRecord, *, keeps_reserve: bool = False) -> None:
        """Take back what an offer holds, and its reserve if it goes."""
        sold, bought = self._held_by(offer)
        self._pledged[offer.selling] -= sold
        self._awaited[offer.buying] -= bought
        self._free[offer.selling] += sold
        self._room[offer.buying] += bought
        if not keeps_reserve:
            self._free[NATIVE] += self._reserve

    def check(self, placement: Placement, replaced: OfferRecord | None = None) -> None:
        """Refuse an order that the ledger would refuse for a reason known beforehand.

        Raises
        ------
        OrderRejected
            With one sentence that says what is missing.
        """
        if placement.is_dust:
            raise OrderRejected(
                f"{_units(placement.order.amount)} is below the ledger's dust limit at its price: "
                "raise the amount"
            )
        self._check_lines(placement)
        sells, buys = placement.obligations
        freed, made_room = (0, 0) if replaced is None else self._held_by(replaced)
        needs_reserve = placement.rests and replaced is None
        bids = (self._bids + (2 if replaced is None else 1)) * self._fee_cap
        reserve = self._reserve if needs_reserve else 0
        has = self.free(NATIVE) + (freed if placement.selling == NATIVE else 0)
        if has < reserve + bids:
            purpose = "an offer's reserve and the fee bids" if reserve else "the fee bids"
            raise OrderRejected(
                f"the account needs {_units(reserve + bids)} XLM free for {purpose} of placing and "
                f"cancelling orders, but has {_units(max(0, has))}: add XLM or cancel orders"
            )
        if placement.selling.issuer != self._balances.account:
            is_native = placement.selling == NATIVE
            free = has - reserve - bids if is_native else self.free(placement.selling) + freed
            if sells > free:
                name = self._name(placement.selling)
                raise OrderRejected(
                    f"it sells {_units(sells)} {name} but {_units(max(0, free))} are available: "
                    "lower the amount or cancel other orders"
                )
        if placement.buying.issuer != self._balances.account:
            room = self._balances.room(placement.buying) + self._room[placement.buying] + made_room
            if buys > room:
                raise OrderRejected(
                    f"it buys {_units(buys)} {self._name(placement.buying)}, but the trustline has room for "
                    f"{_units(max(0, room))}: raise its limit"
                )

    def _check_lines(self, placement: Placement) -> None:
        account = self._balances.account
        for asset in (placement.selling, placement.buying):
            line = self._balances.lines.get(asset)
            if line is None and asset.issuer != account:
                raise OrderRejected(
                    f"account {account} has no trustline for {self._name(asset)} ({asset}): "
                    "run ai-stellar trustline open"
                )
            if line is not None and not line.is_authorized:
                raise OrderRejected(
                    f"the issuer of {self._name(asset)} ({asset}) has not authorized the account"
                )

    def _held_by(self, offer: OfferRecord) -> tuple[int, int]:
        """Return the liabilities that go with an offer: stroops sold and bought.

        Never more than the balances show or orders not in them yet bring: a fill may be known here before the
        balances, or the other way.
        """
        sold, bought = offer_liabilities(offer.price_n, offer.price_d, offer.amount)
        return min(sold, self._pledged[offer.selling]), min(bought, self._awaited[offer.buying])


def _units(stroops: int) -> str:
    return f"{from_stroops(stroops).normalize():f}"
