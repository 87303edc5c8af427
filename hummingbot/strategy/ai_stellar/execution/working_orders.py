"""Our orders between placing and their confirmed end."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from ..market.portfolio import OpenOrder
from .order_plan import OrderPlan

__all__ = ["WorkingOrders"]

ASK_AGAIN_AFTER: Final = 20
"""Ledgers after which an unanswered cancellation is asked for again."""


@dataclass(slots=True)
class _Working:
    plan: OrderPlan
    remaining: Decimal
    cancel_asked_at: int | None = None


class WorkingOrders:
    """The orders of this strategy that can still fill; it knows no others, so it can cancel no others.

    An order whose cancellation was asked stays here until the connector confirms its end.
    """

    __slots__ = ("_orders",)

    def __init__(self) -> None:
        self._orders: dict[str, _Working] = {}

    def __len__(self) -> int:
        return len(self._orders)

    def __contains__(self, order_id: object) -> bool:
        return order_id in self._orders

    def placed(self, order_id: str, plan: OrderPlan) -> None:
        """Remember an order handed to the connector."""
        self._orders[order_id] = _Working(plan, plan.size)

    def plan_of(self, order_id: str) -> OrderPlan | None:
        """Return the plan an order came from, or None if it is not ours or has ended."""
        working = self._orders.get(order_id)
        return None if working is None else working.plan

    def filled(self, order_id: str, size: Decimal) -> None:
        """Take a fill."""
        working = self._orders.get(order_id)
        if working is not None:
            working.remaining = max(Decimal(0), working.remaining - size)

    def ended(self, order_id: str) -> OrderPlan | None:
        """Forget an order that is filled, cancelled, expired or failed for certain."""
        working = self._orders.pop(order_id, None)
        return None if working is None else working.plan

    def to_cancel(self, pair: str, now: int, ledger: int, *, replaced: bool) -> list[str]:
        """Return the orders of a pair to cancel: the expired ones, or all if they are being replaced.

        An order is named again only if it is still here `ASK_AGAIN_AFTER` ledgers later.

        Parameters
        ----------
        pair : str
            Trading pair.
        now, ledger : int
            Close time (seconds since 1970) and sequence of the last ledger.
        replaced : bool
            Whether a new decision takes their place.
        """
        due = []
        for order_id, working in self._orders.items():
            if working.plan.pair != pair or not (replaced or now >= working.plan.expires_at):
                continue
            asked = working.cancel_asked_at
            if asked is None or ledger - asked >= ASK_AGAIN_AFTER:
                working.cancel_asked_at = ledger
                due.append(order_id)
        return due

    @property
    def open_orders(self) -> tuple[OpenOrder, ...]:
        """What can still fill, for the gate."""
        return tuple(
            OpenOrder(order_id, working.plan.pair, working.plan.side, working.plan.price, working.remaining)
            for order_id, working in self._orders.items()
        )
