"""The decision path: deterministic, without a clock, and scaled by memory as the formula says."""

from collections.abc import Callable
from decimal import ROUND_DOWN, Decimal
from itertools import count

import numpy as np
import pytest

from hummingbot.strategy.ai_stellar.decision import Decision
from hummingbot.strategy.ai_stellar.decision_path import DecisionPath
from hummingbot.strategy.ai_stellar.features import WARM_UP
from hummingbot.strategy.ai_stellar.market.bars import HOUR, Bar
from hummingbot.strategy.ai_stellar.market.market_state import MarketState
from hummingbot.strategy.ai_stellar.market.portfolio import Portfolio
from hummingbot.strategy.ai_stellar.memory.experience import Experience
from hummingbot.strategy.ai_stellar.memory.sizing import SizingRule
from hummingbot.strategy.ai_stellar.predictors.forecast import Forecast
from hummingbot.strategy.ai_stellar.risk.equity_record import EquityRecord
from hummingbot.strategy.ai_stellar.risk.gate import STEP, RiskGate
from hummingbot.strategy.ai_stellar.risk.limits import Limits
from hummingbot.strategy.ai_stellar.strategist.forecast_following import ForecastFollowing
from test.strategy.ai_stellar.trend import Trend

D = Decimal
PAIR = "XLM-USDC"
LIMITS = Limits(D(10_000), D(10_000), D(10_000), 4, D(1), D(1), D("0.01"), 3, D(10))
STYLE = ForecastFollowing(D("0.5"), D("0.3"), 0.05, D("0.5"), D("0.25"), D("0.005"))


class Blind(Trend):
    def forecast(self) -> Forecast | None:
        return None


class Doubtful(Trend):
    abstain = "return_1 is further from the training data than 99 % of it"


def ticking() -> Callable[[], int]:
    ticks = count(0, 1000)
    return lambda: next(ticks)


def bars(seed: int, hours: int = WARM_UP + 10) -> list[Bar]:
    rng = np.random.default_rng(seed)
    closes = 0.1 * np.exp(np.cumsum(rng.normal(0, 0.008, hours)))
    return [
        Bar(hour * HOUR, float(c), float(c * 1.002), float(c * 0.998), float(c), float(rng.uniform(1, 9)), 3)
        for hour, c in enumerate(closes)
    ]


def run(
    seed: int, *, memory: float | None = None, hours: int = WARM_UP + 10, forecaster: Trend | None = None
) -> list[Decision]:
    """Decide after each bar of one seed; ``memory`` is what every remembered order had earned, bp."""
    path = DecisionPath(PAIR, forecaster or Trend(), STYLE, SizingRule(), RiskGate(LIMITS), ticking())
    record = EquityRecord()
    totals = {"XLM": D(5000), "USDC": D(500)}
    decisions = []
    for number, bar in enumerate(bars(seed, hours)):
        path.observe(bar)
        price = D(f"{bar.close:.7f}")
        now = bar.start + HOUR
        market = MarketState(PAIR, now, number + 1, price - D("0.0001"), price + D("0.0001"))
        portfolio = Portfolio("USDC", totals, totals, {PAIR: market.mid})
        assert portfolio.equity is not None
        record.observe(now, portfolio.equity)
        decision = path.decide(number, now, market, portfolio, record)
        decisions.append(decision)
        if memory is not None and decision.situation is not None:
            for side in ("buy", "sell"):
                path.experience[side].add(
                    Experience(
                        number, PAIR, side, now, decision.situation, D(1), D(1), price, now + HOUR,
                        0.0, memory, 1.0,
                    )
                )  # fmt: skip
    return decisions


def test_one_seed_gives_one_course_of_decisions() -> None:
    assert run(7) == run(7)
    assert run(7) != run(8)


def test_before_the_features_are_warm_it_holds() -> None:
    early, late = run(7)[WARM_UP - 2], run(7)[-1]
    assert (early.forecast, early.proposed.side, early.verdict) == (None, "hold", None)
    assert late.forecast is not None


def test_without_a_forecast_it_holds() -> None:
    last = run(7, forecaster=Blind())[-1]
    assert (last.forecast, last.proposed.side) == (None, "hold")


def test_a_forecast_that_abstains_is_not_traded_on_and_says_why() -> None:
    assert any(decision.proposed.side != "hold" for decision in run(7))
    for decision in run(7, forecaster=Doubtful())[WARM_UP:]:
        assert (decision.proposed.side, decision.proposed.size, decision.verdict) == ("hold", 0, None)
        assert decision.proposed.rationale == f"the forecast abstains: {Doubtful.abstain}"
        assert decision.situation is None


def test_memories_of_opposite_outcomes_scale_the_same_proposals_as_the_formula_says() -> None:
    good, bad, none = run(7, memory=+40.0), run(7, memory=-40.0), run(7)
    changed = 0
    for gained, lost, plain in zip(good, bad, none, strict=True):
        assert gained.proposed == lost.proposed == plain.proposed
        assert plain.insight.scale == 1.0
        assert gained.insight.scale - 1 == pytest.approx(1 - lost.insight.scale)
        for decision in (gained, lost):
            scale = decision.insight.scale
            expected = (decision.proposed.size * D(scale)).quantize(STEP, ROUND_DOWN) if scale != 1 else None
            assert decision.proposal.size == (expected or decision.proposed.size)
        if gained.insight.scale != 1.0:
            insight = gained.insight
            n = insight.evidence
            variance = 5 * 80.0**2 / (n + 5)
            assert insight.mean_bp == pytest.approx(40.0)
            assert insight.t == pytest.approx(n * 40 / (n + 5) / (variance / (n + 5)) ** 0.5)
            assert gained.proposal.size > plain.proposal.size > lost.proposal.size
            changed += 1
    assert changed >= 3


def test_the_stages_are_timed_by_the_timer_that_was_given() -> None:
    last = run(7)[-1]
    assert (last.latency.features, last.latency.forecast, last.latency.gate) == (1000, 2000, 1000)
    assert last.latency.total == 6000


def test_deciding_before_any_bar_is_an_error() -> None:
    path = DecisionPath(PAIR, Trend(), STYLE, SizingRule(), RiskGate(LIMITS), ticking())
    market = MarketState(PAIR, 0, 1, D(1), D(2))
    with pytest.raises(ValueError, match="no bar has closed"):
        path.decide(1, 0, market, Portfolio("USDC", {}, {}, {}), EquityRecord())
