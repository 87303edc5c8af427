"""``status`` shows market, forecast, verdict, position, memory and PnL as tables."""

import logging
from dataclasses import replace
from decimal import Decimal

from hummingbot.connector.exchange.stellar.horizon.account import AccountBalances
from hummingbot.connector.exchange.stellar.horizon.feed_status import FeedStatus
from hummingbot.connector.exchange.stellar.horizon.health import NodeStatus
from hummingbot.connector.exchange.stellar.horizon.ledger_clock import LedgerClock
from hummingbot.connector.exchange.stellar.transactions.source_account import SourceAccount
from hummingbot.strategy.ai_stellar.decision import Decision, Latency
from hummingbot.strategy.ai_stellar.execution.order_plan import OrderPlan
from hummingbot.strategy.ai_stellar.execution.working_orders import WorkingOrders
from hummingbot.strategy.ai_stellar.market.bars import HOUR, Bar
from hummingbot.strategy.ai_stellar.market.market_state import MarketState
from hummingbot.strategy.ai_stellar.market.portfolio import Portfolio
from hummingbot.strategy.ai_stellar.memory.sizing import Insight
from hummingbot.strategy.ai_stellar.predictors.forecast import Forecast
from hummingbot.strategy.ai_stellar.risk.equity_record import EquityRecord
from hummingbot.strategy.ai_stellar.risk.limits import Limits
from hummingbot.strategy.ai_stellar.risk.verdict import Reason, Verdict
from hummingbot.strategy.ai_stellar.status import PairStatus, render_status, render_waiting
from hummingbot.strategy.ai_stellar.strategist.proposal import Proposal
from hummingbot.strategy.ai_stellar.text_table import table

D = Decimal
PAIR = "XLM-USDC"
T = 1_704_067_200
LIMITS = Limits(D(150), D(1500), D(1500), 4, D("0.05"), D("0.15"), D("0.01"), 5, D(30))
MARKET = MarketState(PAIR, T + 60, 77, D("0.0999"), D("0.1001"), 1, 0.25)
TOTALS = {"XLM": D(5000), "USDC": D(500)}
PORTFOLIO = Portfolio("USDC", TOTALS, {"XLM": D(5000), "USDC": D(490)}, {PAIR: MARKET.mid})
DECISION = Decision(
    number=1,
    bar_end=T,
    bar=Bar(T - HOUR, 0.1, 0.1, 0.1, 0.1, 1.0, 1),
    market=MARKET,
    equity=D(1000),
    forecast=Forecast(PAIR, T, HOUR, 0.5234, 0.00042, "price-2023"),
    proposed=Proposal(
        PAIR, T, "forecast_following", "buy", D(2000), D("0.0999"), 0.47, 0.5, 0.64, "wants more"
    ),
    insight=Insight(0.913, 7, 5.2, -12.0, -0.35),
    proposal=Proposal(
        PAIR, T, "forecast_following", "buy", D(1826), D("0.0999"), 0.47, 0.5, 0.64, "wants more"
    ),
    verdict=Verdict(
        "reduced", D(1501), (Reason("max_order", "the order is worth 182.42 USDC, limit 150"),), LIMITS
    ),
    situation=None,
    latency=Latency(1, 1, 1, 1, 1),
)
STATUS = PairStatus(
    MARKET,
    DECISION,
    [("return_1", 0.051), ("hour_sin", -0.02)],
    {"buy": 12, "sell": 9},
    {"buy": (3, D(300), D("29.97")), "sell": (0, D(0), D(0))},
)


def render(**changes: object) -> str:
    record = EquityRecord()
    record.observe(T, D(1010))
    arguments = {
        "venue": "stellar_local",
        "pairs": {PAIR: STATUS},
        "portfolio": PORTFOLIO,
        "record": record,
        "hold_equity": D(995),
        "working": WorkingOrders(),
        "limits": LIMITS,
        "memory_file": "data/ai_stellar_demo.sqlite",
        "trouble": None,
        "obstacle": None,
        "network_fee": "100 stroops an operation now, bid 100, cap 10000",
        "latencies": [40_000, 50_000, 90_000],
        **changes,
    }
    return render_status(**arguments)  # type: ignore[arg-type]


def lines(text: str, word: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines() if word in line]


def test_the_market_is_shown_with_its_ledger_and_staleness() -> None:
    text = render()
    assert lines(text, "0.1001000") == ["XLM-USDC 0.0999000 0.1001000 0.1000000 20.0 bp"]
    assert lines(text, "ledger 77") == ["ledger 77 of 2024-01-01 00:01, ledgers behind: 1, age: 0.2 s"]


NODES = (
    NodeStatus(
        "https://one.example", "resting", 0.2114, None, 0.19, 0, "https://one.example broke (time-out)"
    ),
    NodeStatus("https://two.example", "in use", 0.034, 0, 0.0, 2, ""),
    NodeStatus("https://three.example", "untried", None, None, 0.0, 0, ""),
)
FEEDS = (
    FeedStatus("ledgers", "https://two.example", 0, 1.26, ""),
    FeedStatus("book of XLM-USDC", "", 3, 15.0, "Horizon answered 503 to /order_book"),
    FeedStatus("trades of XLM-USDC", "", None, None, ""),
)


def test_nodes_are_shown_with_their_health_and_trouble() -> None:
    text = render(nodes=NODES)
    assert lines(text, "one.example") == [
        "https://one.example resting 211 ms - 19% 0",
        "https://one.example broke (time-out).",
    ]
    assert lines(text, "two.example") == ["https://two.example in use 34 ms 0 0% 2"]
    assert lines(text, "three.example") == ["https://three.example untried - - 0% 0"]


def test_each_feed_is_shown_with_what_serves_it_and_how_fresh_it_is() -> None:
    text = render(feeds=FEEDS)
    assert lines(text, "ledgers  ") == ["ledgers stream of https://two.example 0 1.3 s ago"]
    assert lines(text, "book of") == [
        "book of XLM-USDC polling 3 15.0 s ago",
        "book of XLM-USDC: Horizon answered 503 to /order_book.",
    ]
    assert lines(text, "trades of") == ["trades of XLM-USDC polling - never"]


def test_channel_accounts_are_shown_with_why_one_is_set_aside() -> None:
    async def read(account: str) -> AccountBalances:
        raise AssertionError(account)

    ready, aside, own = (
        SourceAccount(name, name != "own", read, LedgerClock(), 100, "stellar_local", logging.getLogger())
        for name in ("GREADY", "GASIDE", "own")
    )
    aside.set_aside("it has 0.1 XLM free: send it XLM")
    text = render(channels=(ready, aside))
    assert lines(text, "GREADY") == ["GREADY untried"]
    assert lines(text, "GASIDE") == ["GASIDE set aside", "GASIDE: it has 0.1 XLM free: send it XLM."]
    assert own.state == "ready"
    assert not lines(render(), "Channel accounts")


def test_nodes_are_shown_while_the_venue_is_not_ready() -> None:
    text = render_waiting("stellar_local", "its order books", None, WorkingOrders(), NODES, FEEDS)
    assert lines(text, "two.example")
    assert lines(text, "book of")


def test_the_network_fee_is_shown_where_there_is_one() -> None:
    assert lines(render(), "network fee") == ["network fee: 100 stroops an operation now, bid 100, cap 10000"]
    assert not lines(render(network_fee=None), "network fee")


def test_the_forecast_is_shown_with_its_largest_contributions() -> None:
    text = render()
    assert lines(text, "0.5234") == ["2024-01-01 00:00 + 60 min 0.5234 +4.20 bp +0.47 price-2023"]
    assert lines(text, "return_1") == ["return_1 +0.0510"]


def test_the_verdict_is_shown_with_every_reason() -> None:
    text = render()
    assert lines(text, "reduced") == ["buy 2000 1826 0.0999000 reduced 1501"]
    assert lines(text, "max_order") == ["max_order: the order is worth 182.42 USDC, limit 150"]


def test_memory_says_by_how_much_and_why() -> None:
    text = render()
    assert lines(text, "0.913") == [
        "12 9 7 5.20 -12.0 bp -0.35 0.913",
        "7 similar orders earned -12.0 bp on average (t -0.35): size × 0.913",
    ]


def test_position_and_pnl_are_valued() -> None:
    text = render()
    assert lines(text, "490.0000000") == ["USDC 500.0000000 490.0000000 500.00 50.0%"]
    assert lines(text, "since start") == ["since start -10.00 -0.990%"]
    assert lines(text, "against holding") == ["against holding +5.00 +0.503%"]
    assert lines(text, "lost today") == ["lost today 0.990% limit 5.0%"]
    assert lines(text, "buy fills") == ["XLM-USDC buy fills 3 300 at 0.0999000"]


def test_losses_carried_over_from_other_markets_are_stated() -> None:
    record = EquityRecord()
    record.observe(T - 60, D(500), "AQUA, XLM in XLM")
    record.observe(T, D(1010), "USDC, XLM in USDC")
    text = render(record=record)
    assert lines(text, "AQUA") == ["The markets were changed: before, equity was AQUA, XLM in XLM."]
    assert "The markets were changed" not in render()


def test_decision_times_are_shown() -> None:
    assert "Decisions: 3, 50 µs in the median" in render()


def test_a_hold_a_warm_up_and_a_dead_market_are_shown_too() -> None:
    hold = replace(DECISION, forecast=None, verdict=None)
    dead = replace(MARKET, bid=None, ask=None, ledgers_behind=None, ledger_age=None)
    text = render(
        pairs={
            PAIR: replace(STATUS, decision=hold, market=dead, note="reading its history", contributions=[])
        },
        portfolio=Portfolio("USDC", TOTALS, TOTALS, {PAIR: None}),
        hold_equity=None,
        latencies=[],
    )
    assert "XLM-USDC: reading its history" in text
    assert "none yet" in text
    assert lines(text, "equity") == ["equity -"]


def test_open_orders_and_trouble_with_the_memory_are_shown() -> None:
    working = WorkingOrders()
    working.placed("a", OrderPlan(1, PAIR, "sell", D("12.5"), D("0.1002"), T))
    text = render(working=working, trouble="the memory file x cannot be written (locked)")
    assert lines(text, "12.5") == ["XLM-USDC sell 0.1002 12.5"]
    assert "the memory file x cannot be written (locked). No order is placed until it can be." in text


def test_what_forbids_orders_stands_above_all() -> None:
    text = render(obstacle="stellar_local is not connected: Horizon cannot be reached")
    first = next(line for line in text.splitlines() if line)
    told = "stellar_local is not connected: Horizon cannot be reached. No order is placed meanwhile."
    assert first.strip() == told


def test_while_the_venue_is_not_ready_its_reason_and_our_orders_are_shown() -> None:
    working = WorkingOrders()
    text = render_waiting("stellar_local", "its order books", "stellar_local is not connected", working)
    assert (
        text
        == "\n  stellar_local is not ready: waiting for its order books.\n  stellar_local is not connected.\n"
    )
    working.placed("a", OrderPlan(1, PAIR, "sell", D("12.5"), D("0.1002"), T))
    assert lines(render_waiting("stellar_local", "its order books", None, working), "12.5") == [
        "XLM-USDC sell 0.1002 12.5"
    ]


def test_columns_of_a_table_are_aligned() -> None:
    assert table("T", ("name", "n"), [("a", 1), ("bcd", 22)]) == [
        "  T:", "    name   n", "    a      1", "    bcd   22", "",
    ]  # fmt: skip


def test_no_table_is_wider_than_the_classic_clients_pane() -> None:
    big = D("1234567.1234567")
    totals = {"XLM": big, "USDC": big}
    proposal = replace(DECISION.proposed, size=big)
    verdict = replace(DECISION.verdict, size=big, reasons=()) if DECISION.verdict else None
    decision = replace(DECISION, proposed=proposal, proposal=proposal, verdict=verdict)
    text = render(
        pairs={PAIR: replace(STATUS, decision=decision)},
        portfolio=Portfolio("USDC", totals, totals, {PAIR: MARKET.mid}),
        latencies=[],
    )
    assert max(len(line) for line in text.splitlines()) <= 86
