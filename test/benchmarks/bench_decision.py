"""A whole decision, from a closed bar to a verdict, beside the naive way: pandas and ``Booster.predict``."""

import time
from decimal import Decimal

import lightgbm
import numpy as np
import pandas as pd
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from hummingbot.strategy.ai_stellar.decision import Decision
from hummingbot.strategy.ai_stellar.decision_path import DecisionPath
from hummingbot.strategy.ai_stellar.features import WARM_UP
from hummingbot.strategy.ai_stellar.market.bars import HOUR, Bar
from hummingbot.strategy.ai_stellar.market.market_state import MarketState
from hummingbot.strategy.ai_stellar.market.portfolio import Portfolio
from hummingbot.strategy.ai_stellar.memory.experience import Experience
from hummingbot.strategy.ai_stellar.memory.similarity import SITUATION
from hummingbot.strategy.ai_stellar.memory.sizing import SizingRule
from hummingbot.strategy.ai_stellar.predictors.forecast import HORIZONS, Forecast
from hummingbot.strategy.ai_stellar.predictors.forecast_stack import ForecastStack, Models
from hummingbot.strategy.ai_stellar.predictors.price import NAMES, PRETRAINED
from hummingbot.strategy.ai_stellar.predictors.price_fit import direction_name, size_name
from hummingbot.strategy.ai_stellar.risk.equity_record import EquityRecord
from hummingbot.strategy.ai_stellar.risk.gate import RiskGate
from hummingbot.strategy.ai_stellar.risk.limits import Limits
from hummingbot.strategy.ai_stellar.risk.verdict import Verdict
from hummingbot.strategy.ai_stellar.strategist.forecast_following import ForecastFollowing
from test.benchmarks.conftest import Promises, quiet_median

D = Decimal
PAIR = "XLM-USDC"
STYLE = ForecastFollowing(D("0.5"), D("0.3"), 0.05, D("0.5"), D("0.25"), D("0.0001"))
LIMITS = Limits(D(50), D(2000), D(2000), 4, D(1), D(1), D("0.01"), 3, D(10))
TOTALS = {"XLM": D(5000), "USDC": D(800)}
EXPERIENCES = 1000


def history() -> list[Bar]:
    rng = np.random.default_rng(1)
    closes = 0.1 * np.exp(np.cumsum(rng.normal(0, 0.008, WARM_UP + 2500)))
    return [
        Bar(i * HOUR, float(c), float(c * 1.003), float(c * 0.997), float(c), float(rng.uniform(1, 9)), 3)
        for i, c in enumerate(closes)
    ]


class Desk:
    """One pair's decision path, warmed up, with a thousand experiences."""

    def __init__(self) -> None:
        self.bars = history()
        self.path = DecisionPath(
            PAIR,
            ForecastStack(PAIR, Models.load()),
            STYLE,
            SizingRule(),
            RiskGate(LIMITS),
            time.perf_counter_ns,
        )
        for bar in self.bars[:WARM_UP]:
            self.path.observe(bar)
        self.next = WARM_UP
        rng = np.random.default_rng(2)
        for number in range(EXPERIENCES):
            for side in ("buy", "sell"):
                situation = tuple(rng.normal(size=len(SITUATION)))
                self.path.experience[side].add(
                    Experience(
                        number, PAIR, side, 0, situation, D(1), D(1), D(1), 0, 0.0, rng.normal(0, 50), 1.0
                    )
                )
        self.record = EquityRecord()

    def market(self, bar: Bar) -> tuple[MarketState, Portfolio]:
        price = D(f"{bar.close:.7f}")
        market = MarketState(PAIR, bar.start + HOUR, 9, price - D("0.0001"), price + D("0.0001"), 0, 0.1)
        return market, Portfolio("USDC", TOTALS, TOTALS, {PAIR: market.mid})

    def situation(self) -> tuple[tuple[Bar, MarketState, Portfolio], dict[str, object]]:
        """Return the next bar, and market and account at its end; not part of the time."""
        bar = self.bars[self.next]
        self.next += 1
        market, portfolio = self.market(bar)
        self.record.observe(market.time, portfolio.equity or D(0))
        return (bar, market, portfolio), {}

    def decide(self, bar: Bar, market: MarketState, portfolio: Portfolio) -> Decision:
        self.path.observe(bar)
        return self.path.decide(1, market.time, market, portfolio, self.record)


class NaiveDesk(Desk):
    """The same from a frame of the last bars, rebuilt each time, and ``Booster.predict`` of every booster."""

    def __init__(self) -> None:
        super().__init__()
        self.boosters = [
            lightgbm.Booster(model_file=str(PRETRAINED / name(horizon)))
            for horizon in HORIZONS
            for name in (direction_name, size_name)
        ]

    def decide_naively(self, bar: Bar, market: MarketState, portfolio: Portfolio) -> Verdict:
        row = naive_features(self.bars[self.next - WARM_UP : self.next])
        probability, size, *_ = [float(booster.predict(row)[0]) for booster in self.boosters]
        forecast = Forecast(PAIR, market.time, HOUR, probability, (2 * probability - 1) * size, "naive")
        proposal = STYLE.propose(market, forecast, portfolio)
        return RiskGate(LIMITS).review(proposal, market, portfolio, self.record)


def naive_features(bars: list[Bar]) -> pd.DataFrame:
    """Return one row of rolling statistics by pandas, as notebooks do; it stands for the real features."""
    frame = pd.DataFrame([(b.open, b.high, b.low, b.close, b.volume) for b in bars], columns=list("ohlcv"))
    close, log_return = np.log(frame.c), np.log(frame.c).diff()
    scale = np.sqrt((log_return**2).rolling(24).mean())
    columns = {}
    for n in (1, 2, 3, 4, 6, 9, 12, 24, 48, 72, 168):
        columns[f"return_{n}"] = close.diff(n) / (scale * n**0.5)
    for n in (6, 12, 24, 72, 168):
        columns[f"deviation_{n}"] = (close - close.rolling(n).mean()) / (scale * n**0.5)
    for n in (6, 12, 24, 72):
        columns[f"oscillator_{n}"] = log_return.rolling(n).sum() / log_return.abs().rolling(n).sum()
    for n in (12, 24, 72, 168):
        low, high = close.rolling(n).min(), close.rolling(n).max()
        columns[f"position_{n}"] = (close - low) / (high - low)
    for n in (6, 24, 168):
        columns[f"volatility_{n}"] = np.log(log_return.rolling(n).std())
        columns[f"range_{n}"] = np.log(frame.h / frame.l).rolling(n).mean()
        columns[f"skew_{n}"] = log_return.rolling(n).skew()
        columns[f"volume_{n}"] = frame.v.rolling(168).rank(pct=True).rolling(n).mean()
    row = pd.DataFrame(columns).iloc[[-1]]
    return row.reindex(columns=[f"c{i}" for i in range(len(NAMES))], fill_value=0.0)


@pytest.mark.benchmark(group="decision: features, forecast, proposal, memory, gate")
def test_decision(benchmark: BenchmarkFixture, promise: Promises) -> None:
    desk = Desk()
    benchmark.pedantic(desk.decide, setup=desk.situation, rounds=2000, warmup_rounds=100)
    promise("decision, median", quiet_median(benchmark) * 1e6, "µs", most=350)


@pytest.mark.benchmark(group="decision: features, forecast, proposal, memory, gate")
def test_decision_naive_pandas_and_booster_predict(benchmark: BenchmarkFixture) -> None:
    desk = NaiveDesk()
    benchmark.pedantic(desk.decide_naively, setup=desk.situation, rounds=100, warmup_rounds=5)
