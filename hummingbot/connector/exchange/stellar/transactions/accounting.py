"""What an account's orders ask of its funds before they go out, and what the ledger then made of both."""

from collections.abc import Callable, Collection, Sequence

from hummingbot.connector.exchange.stellar.horizon.ledger_clock import LedgerClock
from hummingbot.connector.exchange.stellar.ledger.asset import Asset

from .funds import Funds
from .instructions import AccountOperation, Cancellation, Change, Instruction, cancellations, placements
from .ladder import LadderPlan, plan_ladder
from .order_desk import OrderDesk
from .record import TransactionRecord

__all__ = ["Accounting"]


class Accounting:
    """Lays transactions out on what the account has, and books those that came to the ledger.

    Parameters
    ----------
    account : str
    clock : LedgerClock
    name : callable
        Returns Hummingbot's name of an asset.
    funds : Funds
    desk : OrderDesk
    """

    def __init__(
        self, account: str, clock: LedgerClock, name: Callable[[Asset], str], funds: Funds, desk: OrderDesk
    ) -> None:
        self._account = account
        self._clock = clock
        self._name = name
        self._funds = funds
        self._desk = desk

    def plan(
        self, instructions: Sequence[Instruction], gone: Collection[str], beside: Sequence[Instruction]
    ) -> LadderPlan:
        """Lay out what is asked for; a cancel of an order that has ended meanwhile asks for nothing.

        Parameters
        ----------
        instructions : sequence of Instruction
        gone : collection of str
            Client order ids of those whose offers are surely not there.
        beside : sequence of Instruction
            What is in other transactions: orders are taken to rest, and what they cancel, too.
        """
        assert self._clock.header is not None
        orders = self._desk.orders
        if any(isinstance(entry, AccountOperation) for entry in instructions):
            return LadderPlan(tuple(instructions))
        asked = [
            entry
            for entry in instructions
            if not isinstance(entry, Cancellation) or orders.get(entry.client_order_id) is not None
        ]
        resting = {own.order.client_order_id: own.offer for own in orders if own.offer is not None}
        known = {name: offer for name, offer in resting.items() if name not in gone}
        coming = [entry for entry in placements(beside) if entry.client_order_id not in resting]
        known |= {entry.client_order_id: entry.offer(self._account) for entry in coming if entry.rests}
        purse = self._funds.holdings.purse(self._clock.header, len(orders) + len(coming), self._name, coming)
        plan = plan_ladder(asked, known, purse)
        changes = [step for step in plan.steps if isinstance(step, Change)]
        self._funds.replace(
            {c.placement.client_order_id: known[c.cancellation.client_order_id] for c in changes},
            {entry.client_order_id for entry in coming},
        )
        return plan

    async def deliver(self, record: TransactionRecord, instructions: Sequence[Instruction]) -> None:
        """Take a successful transaction of ours: its orders, and what it changed in the balances."""
        holdings = self._funds.holdings
        holdings.include(record.ledger, placements(instructions))
        owns = [self._desk.orders.get(entry.client_order_id) for entry in cancellations(instructions)]
        await self._desk.deliver(record, instructions)
        left = [own.offer for own in owns if own is not None and own.offer is not None]
        holdings.remove(record.ledger, left)
        self._funds.changed(record.ledger)
        if any(isinstance(entry, AccountOperation) for entry in instructions):
            await self._funds.reach(record.ledger)

    async def freshen(self, was_late: bool, ledger: int) -> None:
        """Bring clock and balances up to date, and see that the account's key may sign.

        Raises
        ------
        StellarError
            If nothing can be signed.
        """
        await self._funds.freshen(was_late, ledger)
        await self._funds.permit()
