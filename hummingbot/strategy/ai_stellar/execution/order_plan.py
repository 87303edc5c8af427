"""The order that a verdict allows."""

from dataclasses import dataclass
from decimal import Decimal

from ..market.portfolio import Side
from ..risk.verdict import Verdict
from ..strategist.proposal import Proposal

__all__ = ["OrderPlan", "plan_order"]


@dataclass(frozen=True, slots=True)
class OrderPlan:
    """A limit order to be placed, and when it has to be gone.

    Attributes
    ----------
    decision : int
        Number of the decision it comes from.
    pair : str
        Trading pair.
    side : {"buy", "sell"}
        From the view of the base asset.
    size : Decimal
        Base units.
    price : Decimal
        Quote per base.
    expires_at : int
        Ledger time from which it is to be cancelled, seconds since 1970.
    """

    decision: int
    pair: str
    side: Side
    size: Decimal
    price: Decimal
    expires_at: int


def plan_order(
    decision: int, proposal: Proposal, verdict: Verdict | None, expires_at: int
) -> OrderPlan | None:
    """Return the order for a proposal that the gate let pass, or None."""
    if verdict is None or verdict.status == "rejected" or verdict.size <= 0:
        return None
    if proposal.side == "hold" or proposal.price is None:
        return None
    return OrderPlan(decision, proposal.pair, proposal.side, verdict.size, proposal.price, expires_at)
