"""What a style asks for; nothing is ordered before the gate has answered."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

__all__ = ["Proposal", "abstained"]


@dataclass(frozen=True, slots=True)
class Proposal:
    """One pair, one direction, one passive order, and why.

    Attributes
    ----------
    pair : str
        Trading pair.
    time : int
        Ledger time of the decision, seconds since 1970.
    style : str
        Name of the style that proposes.
    side : {"buy", "sell", "hold"}
        ``hold`` proposes no order; its size is 0 and its price None.
    size : Decimal
        Base units, a multiple of 10⁻⁷.
    price : Decimal or None
        Limit price, quote per base.
    signal : float
        Conviction of the forecast on −1 … 1.
    share, target_share : float or None
        Value of the base over value of base and quote: now, and where the style wants it.
    rationale : str
        One sentence.
    """

    pair: str
    time: int
    style: str
    side: Literal["buy", "sell", "hold"]
    size: Decimal
    price: Decimal | None
    signal: float
    share: float | None
    target_share: float | None
    rationale: str


def abstained(proposal: Proposal, reason: str) -> Proposal:
    """Return the hold that stands for a proposal whose forecast should not be traded on."""
    return replace(
        proposal,
        side="hold",
        size=Decimal(0),
        price=None,
        signal=0.0,
        rationale=f"the forecast abstains: {reason}",
    )
