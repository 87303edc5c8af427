"""An order: what was asked, what the ledger did to it, and what the journal says of it."""

from dataclasses import dataclass, field

__all__ = ["CANCELLED", "FILLED", "NEVER", "REJECTED", "RESTING", "Order"]

NEVER, REJECTED, RESTING, CANCELLED, FILLED = "never", "rejected", "resting", "cancelled", "filled"


@dataclass
class Order:
    """Amounts are stroops, positions TOIDs; the exchange's part is filled in from the ledger."""

    id: str
    base: str
    quote: str
    amount: int
    toid: int = 0
    ledger: int = 0
    offer_id: int = 0
    cancelled_at: int = 0
    fills: dict[str, tuple[int, int]] = field(default_factory=dict)
    journal_fills: list[tuple[str, int, int]] = field(default_factory=list)
    journal_fees: dict[str, int] = field(default_factory=dict)
    journal_ends: list[str] = field(default_factory=list)

    @property
    def exchange_order_id(self) -> str:
        """The id that Hummingbot must know it by."""
        return f"{self.offer_id}:{self.toid}"

    @property
    def filled(self) -> int:
        """Stroops of base."""
        return sum(base for base, _ in self.fills.values())

    def fate(self, resting: set[int]) -> str:
        """Return what the ledger did to it, given the offers that rest.

        Of an offer that is gone without a cancel the ledger dropped a rest that was too small for its price:
        with less than a hundredth of the order left it counts as filled.
        """
        if not self.toid:
            return NEVER
        if self.cancelled_at:
            return FILLED if self.filled >= self.amount else CANCELLED
        if self.offer_id in resting:
            return RESTING
        if not self.offer_id and not self.fills:
            return REJECTED
        return FILLED if (self.amount - self.filled) * 100 < self.amount else CANCELLED

    def may_end_as(self, fate: str) -> set[str]:
        """Return the endings that the journal may give to a fate: a cancelled order may have been full."""
        return {FILLED, CANCELLED} if self.cancelled_at and fate == FILLED else {fate}
