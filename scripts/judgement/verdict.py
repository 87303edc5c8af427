"""Compares the witnesses: every order, every fill, every stroop."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from decimal import Decimal

from .balances import compare_balances
from .database import Database, RecordedFill
from .horizon import Horizon, Json, asset_of, stroops
from .journal import Journal, does
from .orders import CANCELLED, FILLED, NEVER, REJECTED, RESTING, Order
from .results import read_results
from .transactions import Transactions, name_of

__all__ = ["Verdict"]

ENDINGS = {
    CANCELLED: {"OrderCancelled"},
    FILLED: {"BuyOrderCompleted", "SellOrderCompleted"},
    REJECTED: {"OrderFailure"},
    NEVER: {"OrderFailure"},
}
FINAL = set().union(*ENDINGS.values())


class Verdict:
    """What comes of hearing all three.

    Parameters
    ----------
    horizon : Horizon
    journal : Journal
    database : Database
    openings : sequence of mapping
        Documents of the account and its channel accounts from before the bot began, as far as there are any.
    reported : mapping, optional
        The balances that the connector showed, by asset name.

    Attributes
    ----------
    disagreements : list of str
        A sentence each.
    fates : Counter of str
    """

    def __init__(
        self,
        horizon: Horizon,
        journal: Journal,
        database: Database,
        openings: Sequence[Json] = (),
        reported: Json | None = None,
    ) -> None:
        self._horizon = horizon
        self._journal = journal
        self._database = database
        self._account = journal.account
        self._by_toid: dict[int, Order] = {}
        self.disagreements: list[str] = []
        self.fates: Counter[str] = Counter()
        self._account_operations = 0
        offers = horizon.all(f"/accounts/{self._account}/offers")
        self._resting = {int(offer["id"]) for offer in offers}
        opened = {str(document["account_id"]): document for document in openings}
        self._transactions = Transactions(horizon, journal, opened, self._complain)
        for record in self._transactions.applied:
            self._apply(record, journal.sent[name_of(record)]["operations"])
        self._read_trades()
        self._compare_journal()
        self._compare_database()
        compare_balances(horizon, self._account, opened.get(self._account), reported, self._complain)
        for channel in self._transactions.channels | opened.keys() - {self._account}:
            compare_balances(horizon, channel, opened.get(channel), None, self._complain)

    def details(self) -> Json:
        """Return each order's fate and fills by the ledger, and how transactions came there."""
        return {
            "orders": {
                order.id: {"fate": order.fate(self._resting), "toid": order.toid, "fills": order.fills}
                for order in self._journal.orders.values()
            },
            "transactions": {
                "through channels": self._transactions.through_channels,
                "put into fee bumps": self._transactions.bumped,
                "applied in fee bumps": self._transactions.paid_by_bump,
            },
        }

    def summary(self) -> str:
        """Return how many orders had which fate."""
        fates = ", ".join(f"{count} {fate}" for fate, count in sorted(self.fates.items()))
        ways = self._transactions
        return (
            f"{len(self._journal.orders)} orders ({fates}), {self._account_operations} operations on pools, "
            f"{len(self._journal.sent)} transactions ({ways.through_channels} through channels, "
            f"{ways.bumped} in fee bumps); {len(self.disagreements)} disagreements"
        )

    @property
    def _complain(self) -> Callable[[str], None]:
        return self.disagreements.append

    # The ledger

    def _apply(self, record: Json, operations: list[Json]) -> None:
        results = read_results(record["result_xdr"])
        for index, (operation, result) in enumerate(zip(map(does, operations), results, strict=True), 1):
            toid = int(record["paging_token"]) + index
            cancelled = self._journal.orders.get(operation.get("cancel", ""))
            if cancelled is not None and cancelled.toid:
                cancelled.cancelled_at = toid
            if "account" in operation:
                self._account_operations += 1
            if "place" not in operation:
                continue
            order = self._journal.orders[operation["place"]["id"]]
            if order.toid:
                self._complain(
                    f"order {order.id} is on the ledger twice: in {order.ledger} and {record['ledger']}"
                )
            order.toid, order.ledger, order.offer_id = toid, record["ledger"], result.offer_id
            self._by_toid[toid] = order
            for number, claim in enumerate(result.claims):
                if any(claim):
                    order.fills[f"{toid}-{number}"] = (-1, -1)  # amounts come with the trade

    def _read_trades(self) -> None:
        by_offer: dict[int, list[Order]] = defaultdict(list)
        for order in self._by_toid.values():
            by_offer[order.offer_id].append(order)
        for trade in self._horizon.all(f"/accounts/{self._account}/trades"):
            toid = int(trade["paging_token"].partition("-")[0])
            order = self._by_toid.get(toid)
            if order is None:
                side = "base" if trade.get("base_account") == self._account else "counter"
                earlier = [o for o in by_offer[int(trade[f"{side}_offer_id"])] if o.toid < toid]
                order = max(earlier, key=lambda o: o.toid, default=None)
            elif trade["id"] not in order.fills:
                self._complain(f"trade {trade['id']} is not in the result of the order {order.id}")
            if order is None:
                self._complain(f"trade {trade['id']} belongs to no order of the journal")
                continue
            amounts = stroops(trade["base_amount"]), stroops(trade["counter_amount"])
            order.fills[trade["id"]] = amounts if asset_of(trade, "base_") == order.base else amounts[::-1]

    # The journal

    def _compare_journal(self) -> None:
        for order in self._journal.orders.values():
            fate = order.fate(self._resting)
            self.fates[fate] += 1
            told = sorted(order.journal_fills)
            if told != sorted((trade, base, quote) for trade, (base, quote) in order.fills.items()):
                self._complain(f"{_named(order)}: the journal has the fills {told}, the ledger {order.fills}")
            ends = order.journal_ends
            if fate == RESTING and ends:
                self._complain(f"{_named(order)} still rests, but the journal ends it as {ends}")
            elif fate not in (RESTING, NEVER) and not (len(ends) == 1 and ends[0] in order.may_end_as(fate)):
                self._complain(f"{_named(order)}: the journal ends it as {ends}, the ledger as {fate}")
        for number in self._journal.untold:
            self._complain(f"what happened in line {number} of the journal was never told to Hummingbot")

    # The database

    def _compare_database(self) -> None:
        for number, times in self._database.shared_numbers():
            self._complain(f"the exchange order id {number} is {times} orders' in the database")
        for name, told in self._database.told.items():
            if name not in self._journal.orders and set(told) - {"OrderFailure"}:
                self._complain(f"order {name}: the database says {told}, the journal never sent it")
        for order in self._journal.orders.values():
            self._compare_statuses(order, self._database.told.get(order.id, []))
            self._compare_fills(order, self._database.fills.get(order.id, []))
            row, expected = self._database.orders.get(order.id), (order.exchange_order_id, order.amount // 10)
            if row is not None and order.toid and row != expected:
                self._complain(
                    f"{_named(order)}: its id and amount are {row} in the database, not {expected}"
                )

    def _compare_statuses(self, order: Order, told: list[str]) -> None:
        fate = order.fate(self._resting)
        ends = [status for status in told if status in FINAL]
        is_unborn = fate in (NEVER, REJECTED) and not told  # Hummingbot keeps no row of it then
        is_right = not ends if fate == RESTING else len(ends) == 1 and ends[0] in ENDINGS[fate]
        if not is_unborn and not is_right:
            self._complain(f"{_named(order)}: the database says {told or 'nothing'}, the ledger {fate}")
        elif ends and told[-1] != ends[-1]:
            self._complain(f"{_named(order)}: the database has {told[-1]} after {ends[-1]}")
        if sum(status.endswith("Created") for status in told) > 1:
            self._complain(f"{_named(order)}: the database says created more than once: {told}")
        if told.count("OrderFilled") != len(order.fills):
            self._complain(
                f"{_named(order)}: the database was told of {told.count('OrderFilled')} fills, "
                f"the ledger has {len(order.fills)}"
            )

    def _compare_fills(self, order: Order, recorded: list[RecordedFill]) -> None:
        fills = sorted(recorded, key=lambda fill: fill.trade)
        expected = [
            RecordedFill(
                trade,
                base // 10,
                int(Decimal(quote) / base * 10**6) if base else _price_told(fills, trade),
                order.journal_fees.get(trade, 0),
            )
            for trade, (base, quote) in sorted(order.fills.items())
        ]
        if fills != expected:
            self._complain(f"{_named(order)}: the database has the fills {fills}, by the ledger {expected}")


def _price_told(fills: list[RecordedFill], trade: str) -> int:
    """Return a fill's own price, where the ledger gave nothing of base and so has none."""
    return next((fill.price for fill in fills if fill.trade == trade), 0)


def _named(order: Order) -> str:
    return f"order {order.id} (ledger {order.ledger}, offer {order.offer_id})"
