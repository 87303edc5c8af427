"""One decision with its situation, its execution and its outcome."""

import math
from dataclasses import dataclass
from decimal import Decimal

from ..market.portfolio import Side

__all__ = ["Experience", "pnl_bp"]


@dataclass(frozen=True, slots=True)
class Experience:
    """What one order taught.

    Attributes
    ----------
    decision : int
        Number of the decision in the memory file.
    pair, side : str
        Trading pair; ``buy`` or ``sell``.
    time : int
        Ledger time of the decision, seconds since 1970.
    situation : tuple of float
        The market as it was, by `SITUATION`.
    ordered, filled : Decimal
        Base units.
    average_price : Decimal or None
        Of what filled, quote per base.
    known_at : int
        Ledger time from which the outcome may be used; nothing before it may learn from this.
    market_return : float
        Log return of the mid from the decision to `known_at`.
    pnl_bp : float
        What the filled part had earned by then, in bp of its value, before the network fee; 0 if nothing
        filled.
    learning_weight : float
        Filled share of the order, 0 … 1: what did not happen teaches nothing.
    """

    decision: int
    pair: str
    side: Side
    time: int
    situation: tuple[float, ...]
    ordered: Decimal
    filled: Decimal
    average_price: Decimal | None
    known_at: int
    market_return: float
    pnl_bp: float
    learning_weight: float

    @classmethod
    def completed(
        cls,
        decision: int,
        pair: str,
        side: Side,
        time: int,
        situation: tuple[float, ...],
        ordered: Decimal,
        filled: Decimal,
        filled_quote: Decimal,
        decision_mid: Decimal,
        outcome_mid: Decimal,
        known_at: int,
    ) -> "Experience":
        """Return the experience of an order whose horizon has passed."""
        average = filled_quote / filled if filled > 0 else None
        return cls(
            decision=decision,
            pair=pair,
            side=side,
            time=time,
            situation=situation,
            ordered=ordered,
            filled=filled,
            average_price=average,
            known_at=known_at,
            market_return=math.log(outcome_mid / decision_mid),
            pnl_bp=0.0 if average is None else pnl_bp(side, average, outcome_mid),
            learning_weight=float(min(Decimal(1), filled / ordered)),
        )


def pnl_bp(side: Side, price: Decimal, mid: Decimal) -> float:
    """Return what a fill has earned when the mid stands at ``mid``, in bp of the fill's price."""
    gain = (mid - price) / price * 10_000
    return float(gain if side == "buy" else -gain)
