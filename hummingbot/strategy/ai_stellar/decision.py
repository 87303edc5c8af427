"""One decision, with everything that led to it."""

from dataclasses import dataclass
from decimal import Decimal

from .market.bars import Bar
from .market.market_state import MarketState
from .memory.sizing import Insight
from .predictors.forecast import Forecast
from .risk.verdict import Verdict
from .strategist.proposal import Proposal

__all__ = ["Decision", "Latency"]


@dataclass(frozen=True, slots=True)
class Latency:
    """Nanoseconds a decision took, by stage.

    Attributes
    ----------
    features, forecast, proposal, memory, gate : int
        The stages, in their order. `features` and `forecast` hold the update by the bar that closed.
    """

    features: int
    forecast: int
    proposal: int
    memory: int
    gate: int

    @property
    def total(self) -> int:
        """All stages."""
        return self.features + self.forecast + self.proposal + self.memory + self.gate


@dataclass(frozen=True, slots=True)
class Decision:
    """What was known, foreseen, wanted and allowed for one pair at one closed bar.

    Attributes
    ----------
    number : int
        Number in the memory file.
    bar_end : int
        Ledger time at which the bar closed, seconds since 1970.
    bar : Bar
        The bar.
    market : MarketState
        State of the pair.
    equity : Decimal or None
        Value of the whole portfolio.
    forecast : Forecast or None
        None until the features are warm.
    proposed : Proposal
        What the style asked for.
    insight : Insight
        What memory did to its size.
    proposal : Proposal
        What went to the gate: `proposed` with the scaled size.
    verdict : Verdict or None
        None for a hold.
    situation : tuple of float or None
        The state to be remembered, by `SITUATION`.
    latency : Latency
        What it took.
    """

    number: int
    bar_end: int
    bar: Bar
    market: MarketState
    equity: Decimal | None
    forecast: Forecast | None
    proposed: Proposal
    insight: Insight
    proposal: Proposal
    verdict: Verdict | None
    situation: tuple[float, ...] | None
    latency: Latency
