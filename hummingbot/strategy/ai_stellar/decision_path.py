"""From a closed bar to a verdict: the decision path of one pair."""

import math
from collections.abc import Callable
from dataclasses import replace
from decimal import ROUND_DOWN, Decimal
from typing import Final, Protocol

from numpy import float64, full
from numpy.typing import NDArray

from .decision import Decision, Latency
from .features import FEATURE_COUNT, FEATURE_NAMES, REFERENCES, Features
from .market.bars import HOUR, Bar
from .market.market_state import MarketState
from .market.portfolio import Portfolio, Side
from .memory.similarity import SITUATION_FEATURES, SimilarityIndex
from .memory.sizing import Insight, SizingRule
from .predictors.forecast import Forecast
from .predictors.protocol import Observation
from .risk.equity_record import EquityRecord
from .risk.gate import STEP, RiskGate
from .strategist.proposal import Proposal, abstained

__all__ = ["DecisionPath", "Forecaster", "Style"]

SITUATION_COLUMNS: Final = tuple(FEATURE_NAMES.index(name) for name in SITUATION_FEATURES)
NO_INSIGHT: Final = Insight(1.0, 0)
NO_REFERENCES: Final = (math.nan,) * len(REFERENCES)
UNKNOWN: Final = full(FEATURE_COUNT, math.nan)
"""The row before there is one."""


class Forecaster(Protocol):
    """What foresees one pair, from the bars it is told."""

    def update(self, observation: Observation) -> None:
        """Take one closed bar and the features after it."""

    def forecast(self) -> Forecast | None:
        """Return the forecast after the last bar; None while there is none."""

    def contributions(self) -> list[tuple[str, float]]:
        """Return what each feature adds to that forecast, largest in size first; for displays."""


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
    forecaster : Forecaster
        The models, of this pair alone.
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
        "_features", "_features_time", "_forecast_time", "_gate", "_sizing", "_style", "_timer",
        "experience", "forecaster", "last_bar", "pair",
    )  # fmt: skip

    def __init__(
        self,
        pair: str,
        forecaster: Forecaster,
        style: Style,
        sizing: SizingRule,
        gate: RiskGate,
        timer: Callable[[], int],
    ) -> None:
        self.pair = pair
        self.experience: dict[Side, SimilarityIndex] = {"buy": SimilarityIndex(), "sell": SimilarityIndex()}
        self.last_bar: Bar | None = None
        self.forecaster = forecaster
        self._style = style
        self._sizing = sizing
        self._gate = gate
        self._timer = timer
        self._features = Features()
        self._features_time = self._forecast_time = 0

    @property
    def ready(self) -> bool:
        """Whether enough bars were seen to forecast."""
        return self._features.ready

    @property
    def row(self) -> NDArray[float64]:
        """The features after the last bar; the same array each time."""
        return self._features.row

    def observe(self, bar: Bar, references: tuple[float, ...] = NO_REFERENCES) -> None:
        """Take a bar that has closed, and the closes of `REFERENCES` at the same time, NaN where unknown."""
        began, features = self._timer(), self._features
        features.update(bar.open, bar.high, bar.low, bar.close, bar.volume, bar.start)
        known = features.ready
        row, scale = (features.row, features.scale) if known else (UNKNOWN, math.nan)
        known_at = self._timer()
        self.forecaster.update(Observation(bar.start + HOUR, bar, row, scale, references))
        self._features_time, self._forecast_time = known_at - began, self._timer() - known_at
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
        forecast = self._forecast()
        t1 = timer()
        proposed = self._style.propose(market, forecast, portfolio)
        if forecast is not None and forecast.abstain is not None:
            proposed = abstained(proposed, forecast.abstain)
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
        latency = Latency(self._features_time, self._forecast_time + t1 - t0, t2 - t1, t3 - t2, t4 - t3)
        return Decision(
            number, bar_end, self.last_bar, market, portfolio.equity, forecast, proposed, insight, proposal,
            verdict, situation, latency,
        )  # fmt: skip

    def _forecast(self) -> Forecast | None:
        return self.forecaster.forecast() if self.ready else None

    def _situation(self, market: MarketState, forecast: Forecast | None) -> tuple[float, ...] | None:
        spread = market.spread_bp
        if forecast is None or forecast.abstain is not None or spread is None:
            return None
        row = self._features.row
        situation = (*(float(row[i]) for i in SITUATION_COLUMNS), forecast.probability_up, float(spread))
        return situation if all(map(math.isfinite, situation)) else None
