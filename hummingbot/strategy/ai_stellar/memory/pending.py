"""Orders whose outcome is not known yet."""

from dataclasses import dataclass
from decimal import Decimal

from ..market.portfolio import Side
from .experience import Experience

__all__ = ["PendingExperience", "PendingExperiences"]


@dataclass(slots=True)
class PendingExperience:
    """An order, its situation, and what of it has filled so far.

    Attributes
    ----------
    decision : int
        Number of its decision.
    pair, side : str
        Trading pair; ``buy`` or ``sell``.
    time : int
        Ledger time of the decision, seconds since 1970.
    due : int
        Ledger time at which its horizon has passed.
    situation : tuple of float
        By `SITUATION`.
    ordered : Decimal
        Base units.
    mid : Decimal
        At the decision.
    filled, filled_quote : Decimal
        Base units filled, and what they cost or brought in quote.
    outcome_mid : Decimal or None
        Mid once the horizon has passed.
    known_at : int
        Ledger time at which that was seen.
    """

    decision: int
    pair: str
    side: Side
    time: int
    due: int
    situation: tuple[float, ...]
    ordered: Decimal
    mid: Decimal
    filled: Decimal = Decimal(0)
    filled_quote: Decimal = Decimal(0)
    outcome_mid: Decimal | None = None
    known_at: int = 0

    def experience(self) -> Experience:
        """Return the experience; the outcome must be known."""
        assert self.outcome_mid is not None
        return Experience.completed(
            decision=self.decision,
            pair=self.pair,
            side=self.side,
            time=self.time,
            situation=self.situation,
            ordered=self.ordered,
            filled=self.filled,
            filled_quote=self.filled_quote,
            decision_mid=self.mid,
            outcome_mid=self.outcome_mid,
            known_at=self.known_at,
        )


class PendingExperiences:
    """Follows orders from their placing to the end of their horizon, and a little beyond for late fills."""

    __slots__ = ("_by_order",)

    def __init__(self) -> None:
        self._by_order: dict[str, PendingExperience] = {}

    def __len__(self) -> int:
        return sum(pending.outcome_mid is None for pending in self._by_order.values())

    def placed(self, order_id: str, pending: PendingExperience) -> None:
        """Begin to follow an order."""
        self._by_order[order_id] = pending

    def filled(self, order_id: str, price: Decimal, amount: Decimal) -> PendingExperience | None:
        """Take a fill; return the pending experience if its outcome was known before, to be written anew."""
        pending = self._by_order.get(order_id)
        if pending is None:
            return None
        pending.filled += amount
        pending.filled_quote += amount * price
        return pending if pending.outcome_mid is not None else None

    def complete(self, pair: str, now: int, mid: Decimal) -> list[PendingExperience]:
        """Give the pair's mid at a ledger time; return those of its orders whose horizon has just passed."""
        completed = []
        for order_id, pending in list(self._by_order.items()):
            if pending.pair != pair or now < pending.due:
                continue
            if pending.outcome_mid is None:
                pending.outcome_mid, pending.known_at = mid, now
                completed.append(pending)
            elif now >= pending.due + (pending.due - pending.time):
                del self._by_order[order_id]
        return completed
