"""What the account can still spend: the ledger's balances less what is on its way."""

from collections.abc import Iterable, Sequence

from hummingbot.connector.exchange.stellar.horizon.account import AccountBalances
from hummingbot.connector.exchange.stellar.horizon.ledger_clock import LedgerHeader
from hummingbot.connector.exchange.stellar.ledger.amount import from_stroops
from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE, Asset

from .errors import OrderRejected
from .instructions import Instruction, Placement
from .offers import obligations, resting_amount

__all__ = ["Holdings"]


class Holdings:
    """The account's balances at the last ledger read, and the orders that it does not show yet."""

    def __init__(self) -> None:
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

    def available(self, asset: Asset, header: LedgerHeader, waiting: Iterable[Instruction]) -> int:
        """Return the stroops of an asset that a further order could sell; may be below 0 for lumens."""
        if self.balances is None:
            return 0
        coming = self._coming(waiting)
        free = self.balances.available(asset, header.base_reserve)
        free -= sum(placement.reserves.get(asset, 0) for placement in coming)
        if asset == NATIVE:
            free -= len(coming) * (header.base_reserve + header.base_fee)
        return free

    def check(
        self,
        placement: Placement,
        header: LedgerHeader,
        waiting: Sequence[Instruction],
        names: tuple[str, str],
    ) -> None:
        """Refuse an order that the ledger would refuse for a reason known beforehand.

        Parameters
        ----------
        names : tuple of str
            Hummingbot's names of the assets it sells and buys.

        Raises
        ------
        OrderRejected
            With one sentence that says what is missing.
        """
        operation = placement.operation
        selling, buying = obligations(operation)
        if resting_amount(operation) == 0:
            raise OrderRejected(
                f"{_units(placement.order.amount)} is below the ledger's dust limit at its price: "
                "raise the amount"
            )
        balances = self.balances
        if balances is None:
            raise OrderRejected("the account's balances are not known yet: try again in a moment")
        for asset, name in zip((operation.selling, operation.buying), names, strict=True):
            line = balances.lines.get(asset)
            if line is None and asset.issuer != balances.account:
                raise OrderRejected(
                    f"account {balances.account} has no trustline for {name} ({asset}): "
                    "open one in a wallet first"
                )
            if line is not None and not line.is_authorized:
                raise OrderRejected(f"the issuer of {name} ({asset}) has not authorized the account")
        spare = self.available(NATIVE, header, waiting)
        own_costs = header.base_reserve + header.base_fee
        if spare < own_costs:
            raise OrderRejected(
                f"the account needs {_units(own_costs)} XLM free for an offer's reserve and fee, but has "
                f"{_units(max(0, spare))}: add XLM or cancel orders"
            )
        if operation.selling.issuer != balances.account:
            free = self.available(operation.selling, header, waiting)
            if operation.selling == NATIVE:
                free -= own_costs
            if selling > free:
                raise OrderRejected(
                    f"it sells {_units(selling)} {names[0]} but {_units(max(0, free))} are available: "
                    "lower the amount or cancel other orders"
                )
        if operation.buying.issuer != balances.account and buying > balances.room(operation.buying):
            raise OrderRejected(
                f"it buys {_units(buying)} {names[1]}, but the trustline has room for "
                f"{_units(balances.room(operation.buying))}: raise its limit"
            )

    def _coming(self, waiting: Iterable[Instruction]) -> list[Placement]:
        coming = {placement.client_order_id: placement for _, placement in self._included}
        coming |= {entry.client_order_id: entry for entry in waiting if isinstance(entry, Placement)}
        return list(coming.values())


def _units(stroops: int) -> str:
    return f"{from_stroops(stroops).normalize():f}"
