"""A trader on a network in one process, whose plans the ledger itself applies."""

from decimal import Decimal

from hummingbot.connector.exchange.stellar.horizon.account import AccountBalances, Line
from hummingbot.connector.exchange.stellar.horizon.account_signers import AccountSigners
from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE
from hummingbot.connector.exchange.stellar.ledger.operations import ChangeTrust
from hummingbot.connector.exchange.stellar.ledger.results import OfferRecord, OperationResult
from hummingbot.connector.exchange.stellar.transactions.instructions import (
    Cancellation,
    Order,
    Placement,
    cancellation_in,
    placement_in,
)
from hummingbot.connector.exchange.stellar.transactions.ladder import LadderPlan, plan_ladder
from hummingbot.connector.exchange.stellar.transactions.offers import deletion, limit_offer, passive_offer
from hummingbot.connector.exchange.stellar.transactions.purse import Purse
from test.connector.exchange.stellar.sandbox.conftest import UNIT, Town

MOST = 100
FEE_CAP = 10_000
Ask = tuple[bool, int, Decimal]


class Trader:
    """One account of a town, and its orders at rest by client order id."""

    def __init__(self, lumens: int = 10_000 * UNIT, dollars: int = 1_000 * UNIT) -> None:
        self.town = Town()
        self.town.settle("alice", "bob", lumens=lumens, dollars=dollars)
        self.account = self.town.address("alice")
        self.orders: dict[str, OfferRecord] = {}
        self.made = 0

    def limit_dollars(self, limit: int) -> None:
        """Let the trader's trustline hold no more."""
        self.town.apply("alice", ChangeTrust(self.town.usd, limit))

    def placement(self, is_buy: bool, amount: int, price: Decimal, is_passive: bool = False) -> Placement:
        """Return an order for stroops of lumens."""
        self.made += 1
        order = Order(f"order {self.made}", "XLM-USD", NATIVE, self.town.usd, is_buy, amount)
        make = passive_offer if is_passive else limit_offer
        return Placement(order, make(NATIVE, self.town.usd, is_buy, amount, price))

    def cancellation(self, name: str) -> Cancellation:
        offer = self.orders[name]
        return Cancellation(name, deletion(offer.selling, offer.buying, offer.offer_id))

    def purse(self) -> Purse:
        """What the account can promise, as its ledger entries show."""
        account, line = self.town.account("alice"), self.town.line("alice")
        lines = {
            NATIVE: Line(account.balance, account.selling_liabilities, account.buying_liabilities, 0, True),
            self.town.usd: Line(
                line.balance, line.selling_liabilities, line.buying_liabilities, line.limit, True
            ),
        }
        signers = AccountSigners(self.account, 0, 0, {self.account: 1})
        balances = AccountBalances(
            self.account, 1, account.sequence, account.subentries, 0, 0, lines, signers
        )
        return Purse(balances, self.town.network.header.base_reserve, FEE_CAP, len(self.orders), str)

    def plan(self, *instructions: Placement | Cancellation) -> LadderPlan:
        return plan_ladder(instructions, self.orders, self.purse())

    def carry_out(self, plan: LadderPlan) -> list[OperationResult]:
        """Apply a plan in transactions of a hundred operations; each must succeed."""
        results: list[OperationResult] = []
        for first in range(0, len(plan.steps), MOST):
            steps = plan.steps[first : first + MOST]
            applied = self.town.apply("alice", *(step.operation for step in steps))
            assert applied.result.code == "txSUCCESS", applied.result
            results += applied.result.operations
        for step, result in zip(plan.steps, results, strict=True):
            gone, placed = cancellation_in(step), placement_in(step)
            if gone is not None:
                del self.orders[gone.client_order_id]
            if placed is not None and result.offer is not None:
                self.orders[placed.client_order_id] = result.offer
        resting = {offer.offer_id for offer in self.town.offers("alice")}
        assert {offer.offer_id for offer in self.orders.values()} == resting
        return results

    def place(self, *orders: Ask, is_passive: bool = False) -> list[str]:
        """Place what can be placed, and return the client order ids of what then rests."""
        placed = [self.placement(*order, is_passive) for order in orders]
        self.carry_out(self.plan(*placed))
        return [entry.client_order_id for entry in placed if entry.client_order_id in self.orders]
