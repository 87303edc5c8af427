"""What the strategy knows of one pair at the moment of a decision."""

from dataclasses import dataclass
from decimal import Decimal

__all__ = ["MarketState"]

BASIS_POINTS = Decimal(10_000)


@dataclass(frozen=True, slots=True)
class MarketState:
    """Top of one pair's book and the ledger it was read at.

    A figure that is unknown is None, never a stand-in: the gate rejects what it cannot compute.

    Attributes
    ----------
    pair : str
        Hummingbot's trading pair, as ``XLM-USDC``.
    time : int
        Close time of the last ledger, seconds since 1970. The only time decisions know.
    ledger : int
        Sequence of that ledger.
    bid, ask : Decimal or None
        Best prices, quote per base.
    ledgers_behind : int or None
        Ledgers the node's answer lags the newest ledger known.
    ledger_age : float or None
        Wall seconds since the last ledger arrived.
    """

    pair: str
    time: int
    ledger: int
    bid: Decimal | None
    ask: Decimal | None
    ledgers_behind: int | None = 0
    ledger_age: float | None = 0.0

    @property
    def base(self) -> str:
        """Name of the asset that is bought and sold."""
        return self.pair.split("-")[0]

    @property
    def quote(self) -> str:
        """Name of the asset it is paid in."""
        return self.pair.split("-")[1]

    @property
    def mid(self) -> Decimal | None:
        """Middle of bid and ask; None where either is missing, not positive, or they cross."""
        if self.bid is None or self.ask is None or not (self.bid.is_finite() and self.ask.is_finite()):
            return None
        if not 0 < self.bid <= self.ask:
            return None
        return (self.bid + self.ask) / 2

    @property
    def spread_bp(self) -> Decimal | None:
        """Ask less bid over mid, in basis points."""
        mid = self.mid
        if mid is None or self.bid is None or self.ask is None:
            return None
        return (self.ask - self.bid) / mid * BASIS_POINTS
