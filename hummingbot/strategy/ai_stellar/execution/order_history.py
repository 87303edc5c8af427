"""What became of our orders: written as it is told, turned into experience once their horizon has passed."""

from collections.abc import Mapping
from decimal import Decimal

from ..decision import Decision
from ..market.portfolio import Side
from ..memory.journal import Fill, Journal
from ..memory.pending import PendingExperience, PendingExperiences
from ..memory.similarity import SimilarityIndex
from .order_plan import OrderPlan
from .working_orders import WorkingOrders

__all__ = ["OrderHistory"]

Tally = tuple[int, Decimal, Decimal]


class OrderHistory:
    """Follows each order from its placing to its experience; it reads no clock.

    Parameters
    ----------
    journal : Journal
        Where all of it is written.
    experience : mapping of pair to mapping of side to SimilarityIndex
        What decisions recall.

    Attributes
    ----------
    working : WorkingOrders
        Orders that can still fill.
    fills : dict of pair to dict of side to (count, base, quote)
        Of this run.
    """

    def __init__(self, journal: Journal, experience: Mapping[str, Mapping[Side, SimilarityIndex]]) -> None:
        self.working = WorkingOrders()
        nothing: Tally = (0, Decimal(0), Decimal(0))
        self.fills: dict[str, dict[Side, Tally]] = {
            pair: {"buy": nothing, "sell": nothing} for pair in experience
        }
        self._pending = PendingExperiences()
        self._journal = journal
        self._experience = experience

    def recall(self, pair: str) -> None:
        """Take up what earlier runs have learnt about a pair."""
        experiences = self._journal.experiences(pair)
        for side, index in self._experience[pair].items():
            index.add(*(experience for experience in experiences if experience.side == side))

    def finish(self, pair: str, closes: Mapping[int, float]) -> None:
        """Complete what a killed run left open, by the closes of the pair's bars (keyed by the bar's end)."""
        for pending in self._journal.unfinished(pair):
            close = closes.get(pending.due)
            if close is not None:
                pending.outcome_mid, pending.known_at = Decimal(repr(close)), pending.due
                self._learn(pending)

    def placed(self, order_id: str, plan: OrderPlan, decision: Decision) -> None:
        """Begin to follow an order."""
        self.working.placed(order_id, plan)
        mid = decision.market.mid
        if decision.situation is not None and mid is not None:
            pending = PendingExperience(
                decision.number, plan.pair, plan.side, decision.market.time, plan.expires_at,
                decision.situation, plan.size, mid,
            )  # fmt: skip
            self._pending.placed(order_id, pending)

    def filled(self, fill: Fill) -> None:
        """Take a fill; of an order of an earlier run it is only written."""
        self._journal.filled(fill)
        if fill.order_id in self.working:
            count, base, quote = self.fills[fill.pair][fill.side]
            self.fills[fill.pair][fill.side] = (
                count + 1, base + fill.amount, quote + fill.amount * fill.price,
            )  # fmt: skip
        self.working.filled(fill.order_id, fill.amount)
        late = self._pending.filled(fill.order_id, fill.price, fill.amount)
        if late is not None:
            self._learn(late)

    def ended(self, order_id: str, how: str) -> None:
        """Take the end of an order: filled, cancelled, failed or expired."""
        self.working.ended(order_id)
        self._journal.ended(order_id, how)

    def learn(self, pair: str, now: int, mid: Decimal) -> None:
        """Turn the pair's orders whose horizon has passed at ledger time ``now`` into experience."""
        for pending in self._pending.complete(pair, now, mid):
            self._learn(pending)

    def _learn(self, pending: PendingExperience) -> None:
        assert pending.outcome_mid is not None
        experience = pending.experience()
        self._experience[pending.pair][pending.side].add(experience)
        self._journal.learned(experience, pending.outcome_mid)
