"""The journal: each decision with what led to it, its fills, its outcome, and what a restart makes of it."""

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from hummingbot.strategy.ai_stellar.decision import Decision, Latency
from hummingbot.strategy.ai_stellar.market.bars import HOUR, Bar
from hummingbot.strategy.ai_stellar.market.market_state import MarketState
from hummingbot.strategy.ai_stellar.memory.experience import Experience
from hummingbot.strategy.ai_stellar.memory.journal import Fill, Journal
from hummingbot.strategy.ai_stellar.memory.similarity import SITUATION
from hummingbot.strategy.ai_stellar.memory.sizing import Insight
from hummingbot.strategy.ai_stellar.memory.store import MemoryStore
from hummingbot.strategy.ai_stellar.predictors.forecast import Forecast
from hummingbot.strategy.ai_stellar.risk.equity_record import EquityRecord
from hummingbot.strategy.ai_stellar.risk.limits import Limits
from hummingbot.strategy.ai_stellar.risk.verdict import Reason, Verdict
from hummingbot.strategy.ai_stellar.strategist.proposal import Proposal

D = Decimal
PAIR = "XLM-USDC"
T = 1_704_067_200
LIMITS = Limits(D(1), D(1), D(1), 1, D(1), D(1), D(1), 1, D(1))
SITUATION_NOW = tuple(float(i) for i in range(len(SITUATION)))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "memory.sqlite"


@pytest.fixture
def journal(path: Path) -> Iterator[Journal]:
    store = MemoryStore(path)
    opened = Journal(store, "stellar_local")
    opened.begin("GACCOUNT", [PAIR], "USDC", {"max_order": "1"}, {PAIR: LIMITS}, "model-1", T)
    yield opened
    store.close()


def decision(number: int, *, verdict: str = "reduced", equity: str = "1000", bar_end: int = T) -> Decision:
    proposed = Proposal(
        PAIR, T + 60, "forecast_following", "buy", D("100"), D("0.0999"), 0.5, 0.5, 0.65, "why"
    )
    scaled = Proposal(PAIR, T + 60, "forecast_following", "buy", D("110"), D("0.0999"), 0.5, 0.5, 0.65, "why")
    return Decision(
        number=number,
        bar_end=bar_end,
        bar=Bar(bar_end - HOUR, 0.1, 0.11, 0.09, 0.1, 5000.0, 12),
        market=MarketState(PAIR, bar_end + 60, 77, D("0.0999"), D("0.1001"), 0, 0.1),
        equity=D(equity),
        forecast=Forecast(PAIR, bar_end, HOUR, 0.52, 0.0004, "model-1"),
        proposed=proposed,
        insight=Insight(1.1, 7, 5.5, 12.0, 0.4),
        proposal=scaled,
        verdict=Verdict(verdict, D("50"), (Reason("max_order", "too much"),), LIMITS),  # type: ignore[arg-type]
        situation=SITUATION_NOW,
        latency=Latency(1000, 2000, 300, 400, 500),
    )


def fill(trade: str, price: str = "0.0999", amount: str = "20") -> Fill:
    return Fill("order-1", trade, PAIR, "buy", T + 300, D(price), D(amount), {"XLM": D("0.00001")})


def experience(number: int, bp: float) -> Experience:
    return Experience(
        number, PAIR, "buy", T + 60, SITUATION_NOW, D(50), D(40), D("0.0999"), T + HOUR, 0.001, bp, 0.8
    )


def test_a_decision_is_written_with_all_that_led_to_it(journal: Journal) -> None:
    journal.decided(decision(journal.next_number()), "order-1", 70_000)
    journal.store.flush()
    (row,) = journal.store.read("SELECT * FROM decisions")
    assert (row["pair"], row["bar_end"], row["ledger"], row["mid"], row["equity"]) == (
        PAIR,
        T,
        77,
        "0.1000",
        "1000",
    )
    assert (row["probability_up"], row["model"], row["style"]) == (0.52, "model-1", "forecast_following")
    assert (row["proposed_size"], row["memory_scale"], row["scaled_size"], row["size"]) == (
        "100",
        1.1,
        "110",
        "50",
    )
    assert (row["verdict"], json.loads(row["reasons"])) == ("reduced", [["max_order", "too much"]])
    assert (row["features_ns"], row["gate_ns"], row["order_ns"], row["order_id"]) == (
        1000,
        500,
        70_000,
        "order-1",
    )
    assert tuple(json.loads(row["situation"])) == SITUATION_NOW


def test_a_fill_is_written_once_and_only_for_orders_of_ours(journal: Journal) -> None:
    journal.decided(decision(journal.next_number()), "order-1", 70_000)
    for trade in ("t1", "t1", "t2"):
        journal.filled(fill(trade))
    journal.filled(Fill("stranger", "t3", PAIR, "buy", T, D(1), D(1), {}))
    journal.store.flush()
    rows = journal.store.read("SELECT decision, trade_id, amount, fee FROM fills ORDER BY number")
    assert [(row["decision"], row["trade_id"], row["amount"]) for row in rows] == [
        (1, "t1", "20"),
        (1, "t2", "20"),
    ]
    assert json.loads(rows[0]["fee"]) == {"XLM": "0.00001"}


def test_what_was_learnt_comes_back_after_a_restart(journal: Journal, path: Path) -> None:
    journal.decided(decision(journal.next_number()), "order-1", 70_000)
    journal.learned(experience(1, 12.5), D("0.1002"))
    journal.end(T + 2 * HOUR)
    journal.store.close()
    store = MemoryStore(path)
    again = Journal(store, "stellar_local")
    assert again.experiences(PAIR) == [experience(1, 12.5)]
    assert again.run == 2
    assert again.next_number() == 2
    assert Journal(store, "stellar").experiences(PAIR) == []  # another venue teaches nothing here
    store.close()


def test_an_order_left_open_by_a_kill_comes_back_with_its_fills(journal: Journal, path: Path) -> None:
    journal.decided(decision(journal.next_number()), "order-1", 70_000)
    journal.filled(fill("t1", "0.0999", "20"))
    journal.filled(fill("t2", "0.0997", "10"))
    journal.store.close()
    store = MemoryStore(path)
    again = Journal(store, "stellar_local")
    (pending,) = again.unfinished(PAIR)
    assert (pending.decision, pending.due, pending.ordered) == (1, T + HOUR, D(50))
    assert (pending.filled, pending.filled_quote) == (D(30), D("2.995"))
    assert again.knows("order-1")
    assert not again.knows("stranger")
    pending.outcome_mid, pending.known_at = D("0.11"), pending.due
    again.learned(pending.experience(), D("0.11"))
    store.flush()
    assert again.unfinished(PAIR) == []
    assert again.experiences(PAIR)[0].learning_weight == 0.6
    store.close()


def test_equity_is_remembered_for_its_account_alone(journal: Journal) -> None:
    journal.decided(decision(journal.next_number(), equity="1000"), None, None)
    journal.decided(decision(journal.next_number(), equity="990", bar_end=T + HOUR), None, None)
    journal.store.flush()
    basis = "USDC, XLM in USDC"
    assert journal.equities("GACCOUNT", T + 2 * HOUR) == [
        (T + 60, D(1000), basis),
        (T + HOUR + 60, D(990), basis),
    ]
    assert journal.equities("GACCOUNT", T + HOUR) == [(T + 60, D(1000), basis)]
    assert journal.equities("GOTHER", T + 2 * HOUR) == []


def test_equity_says_in_which_markets_it_was_counted(journal: Journal, path: Path) -> None:
    journal.decided(decision(journal.next_number(), equity="1000"), None, None)
    journal.store.close()
    store = MemoryStore(path)
    again = Journal(store, "stellar_local")
    again.begin("GACCOUNT", ["AQUA-XLM"], "XLM", {}, {"AQUA-XLM": LIMITS}, "model-1", T + HOUR)
    again.decided(decision(again.next_number(), equity="9000", bar_end=T + HOUR), None, None)
    store.flush()
    record = EquityRecord()
    for when, equity, basis in again.equities("GACCOUNT", T + 2 * HOUR):
        record.observe(when, equity, basis)
    assert record.carried_from == "USDC, XLM in USDC"
    assert record.basis == "AQUA, XLM in XLM"
    assert record.drawdown(D(9000)) == 0
    store.close()
