"""From a closed bar to a verdict: the decision path of one pair."""

import math
from collections.abc import Callable
from dataclasses import replace
from decimal import ROUND_DOWN, Decimal
from typing import Final, Protocol

from numpy import float64
from numpy.typing import NDArray

from .decision import Decision, Latency
from .features import FEATURE_NAMES, Features
from .market.bars import Bar
from .market.market_state import MarketState
from .market.portfolio import Portfolio, Side
from .memory.similarity import SITUATION_FEATURES, SimilarityIndex
from .memory.sizing import Insight, SizingRule
from .predictors.forecast import Forecast
from .risk.equity_record import EquityRecord
from .risk.gate import STEP, RiskGate
from .strategist.proposal import Proposal

__all__ = ["DecisionPath", "Predictor", "Style"]

SITUATION_COLUMNS: Final = tuple(FEATURE_NAMES.index(name) for name in SITUATION_FEATURES)
NO_INSIGHT: Final = Insight(1.0, 0)


class Predictor(Protocol):
    """What foresees the next hour from a row of features."""

    def forecast(self, pair: str, time: int, row: NDArray[float64]) -> Forecast:
        """Return the forecast for the bar that begins at ``time``."""


class Style(Protocol):
    """What turns a forecast into a proposal."""

    def propose(self, market: MarketState, forecast: Forecast | None, portfolio: Portfolio) -> Proposal:
        """Return an order to propose, or a hold."""


class DecisionPath:
    """Decides for one pair; it does no I/O and reads no clock, ledger time is passed in.

    Parameters
    ----------
    pair : str
        Trading pair.
    predictor : Predictor
        The price model.
    style : Style
        Makes proposals.
    sizing : SizingRule
        Scales them by experience.
    gate : RiskGate
        Has the last word.
    timer : callable
        Returns nanoseconds; measures the stages and decides nothing.
    """

    __slots__ = (
        "_features", "_features_time", "_gate", "_predictor", "_sizing", "_style", "_timer",
        "experience", "last_bar", "pair",
    )  # fmt: skip

    def __init__(
        self,
        pair: str,
        predictor: Predictor,
        style: Style,
        sizing: SizingRule,
        gate: RiskGate,
        timer: Callable[[], int],
    ) -> None:
        self.pair = pair
        self.experience: dict[Side, SimilarityIndex] = {"buy": SimilarityIndex(), "sell": SimilarityIndex()}
        self.last_bar: Bar | None = None
        self._predictor = predictor
        self._style = style
        self._sizing = sizing
        self._gate = gate
        self._timer = timer
        self._features = Features()
        self._features_time = 0

    @property
    def ready(self) -> bool:
        """Whether enough bars were seen to forecast."""
        return self._features.ready

    @property
    def row(self) -> NDArray[float64]:
        """The features after the last bar; the same array each time."""
        return self._features.row

    def observe(self, bar: Bar) -> None:
        """Take a bar that has closed."""
        began = self._timer()
        self._features.update(bar.open, bar.high, bar.low, bar.close, bar.volume, bar.start)
        self._features_time = self._timer() - began
        self.last_bar = bar

    def decide(
        self,
        number: int,
        bar_end: int,
        market: MarketState,
        portfolio: Portfolio,
        equity_record: EquityRecord,
        minimum_size: Decimal = STEP,
        obstacle: str | None = None,
    ) -> Decision:
        """Decide on the last bar observed.

        Parameters
        ----------
        number : int
            Number the decision will have in memory.
        bar_end : int
            Ledger time at which that bar closed.
        market, portfolio, equity_record
            As of the last ledger.
        minimum_size : Decimal
            Smallest order the venue takes, base units.
        obstacle : str, optional
            Something outside the market that forbids orders.
        """
        if self.last_bar is None:
            raise ValueError(f"{self.pair}: no bar has closed, there is nothing to decide on")
        timer = self._timer
        t0 = timer()
        forecast = self._forecast(bar_end)
        t1 = timer()
        proposed = self._style.propose(market, forecast, portfolio)
        t2 = timer()
        situation = self._situation(market, forecast)
        insight, proposal = NO_INSIGHT, proposed
        if proposed.side != "hold" and situation is not None:
            found = self.experience[proposed.side].nearest(situation, market.time, self._sizing.neighbours)
            insight = self._sizing.insight(found)
            if insight.scale != 1.0:
                size = (proposed.size * Decimal(insight.scale)).quantize(STEP, ROUND_DOWN)
                proposal = replace(proposed, size=size)
        t3 = timer()
        verdict = None
        if proposal.side != "hold":
            verdict = self._gate.review(proposal, market, portfolio, equity_record, minimum_size, obstacle)
        t4 = timer()
        latency = Latency(self._features_time, t1 - t0, t2 - t1, t3 - t2, t4 - t3)
        return Decision(
            number, bar_end, self.last_bar, market, portfolio.equity, forecast, proposed, insight, proposal,
            verdict, situation, latency,
        )  # fmt: skip

    def _forecast(self, bar_end: int) -> Forecast | None:
        if not self.ready:
            return None
        try:
            return self._predictor.forecast(self.pair, bar_end, self._features.row)
        except ValueError:  # features that are no numbers: the style holds without a forecast
            return None

    def _situation(self, market: MarketState, forecast: Forecast | None) -> tuple[float, ...] | None:
        spread = market.spread_bp
        if forecast is None or spread is None:
            return None
        row = self._features.row
        situation = (*(float(row[i]) for i in SITUATION_COLUMNS), forecast.probability_up, float(spread))
        return situation if all(map(math.isfinite, situation)) else None
