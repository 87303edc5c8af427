"""What became of orders is recorded, learnt from, and recalled by the next run from its file."""

from collections.abc import Callable
from decimal import ROUND_DOWN, Decimal
from itertools import count
from pathlib import Path

import numpy as np
import pytest

from hummingbot.strategy.ai_stellar.decision import Decision
from hummingbot.strategy.ai_stellar.decision_path import DecisionPath
from hummingbot.strategy.ai_stellar.execution.order_history import OrderHistory
from hummingbot.strategy.ai_stellar.execution.order_plan import plan_order
from hummingbot.strategy.ai_stellar.features import WARM_UP
from hummingbot.strategy.ai_stellar.market.bars import HOUR, Bar
from hummingbot.strategy.ai_stellar.market.market_state import MarketState
from hummingbot.strategy.ai_stellar.market.portfolio import Portfolio
from hummingbot.strategy.ai_stellar.memory.journal import Fill, Journal
from hummingbot.strategy.ai_stellar.memory.sizing import SizingRule
from hummingbot.strategy.ai_stellar.memory.store import MemoryStore
from hummingbot.strategy.ai_stellar.risk.equity_record import EquityRecord
from hummingbot.strategy.ai_stellar.risk.gate import RiskGate
from hummingbot.strategy.ai_stellar.risk.limits import Limits
from hummingbot.strategy.ai_stellar.strategist.forecast_following import ForecastFollowing
from test.strategy.ai_stellar.trend import Trend

D = Decimal
PAIR = "XLM-USDC"
LIMITS = Limits(D(10_000), D(10_000), D(10_000), 4, D(1), D(1), D("0.01"), 3, D(10))
STYLE = ForecastFollowing(D("0.5"), D("0.3"), 0.05, D("0.5"), D("0.25"), D("0.005"))
HOURS = 40
TOTALS = {"XLM": D(5000), "USDC": D(500)}


class Run:
    """One run over the bars of a seed; every order fills whole, at a price that then gains `outcome` bp."""

    def __init__(self, memory: Path, seed: int, begin: int, outcome: float) -> None:
        ticks: Callable[[], int] = count().__next__
        path = DecisionPath(PAIR, Trend(), STYLE, SizingRule(), RiskGate(LIMITS), ticks)
        store = MemoryStore(memory)
        journal = Journal(store, "stellar_local")
        journal.begin("GACCOUNT", [PAIR], "USDC", {}, {PAIR: LIMITS}, "trend", begin)
        self.orders = OrderHistory(journal, {PAIR: path.experience})
        self.orders.recall(PAIR)
        record = EquityRecord()
        rng = np.random.default_rng(seed)
        closes = 0.1 * np.exp(np.cumsum(rng.normal(0, 0.008, WARM_UP + HOURS)))
        self.decisions: list[Decision] = []
        for hour, close in enumerate(map(float, closes)):
            path.observe(Bar(begin + hour * HOUR, close, close * 1.002, close * 0.998, close, 5.0, 3))
            if not path.ready:
                continue
            now, price = begin + (hour + 1) * HOUR, D(f"{close:.7f}")
            market = MarketState(PAIR, now, hour + 1, price - D("0.0001"), price + D("0.0001"))
            portfolio = Portfolio("USDC", TOTALS, TOTALS, {PAIR: market.mid})
            assert portfolio.equity is not None
            assert market.mid is not None
            record.observe(now, portfolio.equity)
            self.orders.learn(PAIR, now, market.mid)
            decision = path.decide(journal.next_number(), now, market, portfolio, record)
            self.decisions.append(decision)
            plan = plan_order(decision.number, decision.proposal, decision.verdict, now + HOUR)
            order_id = None if plan is None else f"order-{decision.number}"
            if plan is not None and order_id is not None:
                self.orders.placed(order_id, plan, decision)
            journal.decided(decision, order_id, 0)
            if plan is not None and order_id is not None and hour + 1 < len(closes):
                # the price at which it filled, so that by the next close it has gained what it is to gain
                sign = 1 if plan.side == "buy" else -1
                paid = D(f"{closes[hour + 1]:.7f}") / D(str(1 + sign * outcome / 10_000))
                self.orders.filled(
                    Fill(order_id, "t", PAIR, plan.side, now, paid, plan.size, {"XLM": D("0.00001")})
                )
                self.orders.ended(order_id, "filled")
        store.close()


def test_two_runs_of_one_seed_differ_in_size_as_their_memories_say(tmp_path: Path) -> None:
    week = 400 * HOUR
    sized = {}
    for name, outcome in (("good", +60.0), ("bad", -60.0)):
        Run(tmp_path / name, seed=1, begin=0, outcome=outcome)
        sized[name] = Run(tmp_path / name, seed=2, begin=week, outcome=outcome).decisions
    plain = Run(tmp_path / "none", seed=2, begin=week, outcome=0.0).decisions
    changed = 0
    for good, bad, none in zip(sized["good"], sized["bad"], plain, strict=True):
        assert good.proposed.size == bad.proposed.size == none.proposed.size
        for decision in (good, bad):
            insight = decision.insight
            assert insight.neighbours > 0
            stated = min(1.5, max(0.5, 1 + 0.25 * insight.t)) if insight.neighbours >= 5 else 1.0
            assert insight.scale == pytest.approx(stated)
            if insight.scale != 1.0:
                scaled = (decision.proposed.size * D(insight.scale)).quantize(D("1e-7"), ROUND_DOWN)
                assert decision.proposal.size == scaled
        if good.proposed.side != "hold":
            assert good.insight.mean_bp == pytest.approx(60, abs=2)
            assert bad.insight.mean_bp == pytest.approx(-60, abs=2)
            assert good.proposal.size > none.proposal.size > bad.proposal.size
            changed += 1
    assert changed >= HOURS // 2


def test_an_order_killed_before_its_horizon_is_completed_from_the_history(tmp_path: Path) -> None:
    run = Run(tmp_path / "memory", seed=1, begin=0, outcome=10.0)
    last = run.decisions[-1]
    store = MemoryStore(tmp_path / "memory")
    journal = Journal(store, "stellar_local")
    open_ends = [pending.due for pending in journal.unfinished(PAIR)]
    assert open_ends == ([last.bar_end + HOUR] if last.proposal.side != "hold" else [])
    path = DecisionPath(PAIR, Trend(), STYLE, SizingRule(), RiskGate(LIMITS), int)
    orders = OrderHistory(journal, {PAIR: path.experience})
    orders.finish(PAIR, {last.bar_end + HOUR: 0.1})
    store.flush()
    assert journal.unfinished(PAIR) == []
    store.close()
