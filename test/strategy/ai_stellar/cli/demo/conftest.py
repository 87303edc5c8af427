"""A memory file as a run of the demo leaves it."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from hummingbot.strategy.ai_stellar.decision import Decision, Latency
from hummingbot.strategy.ai_stellar.market.bars import HOUR, Bar
from hummingbot.strategy.ai_stellar.market.market_state import MarketState
from hummingbot.strategy.ai_stellar.memory.journal import Fill, Journal
from hummingbot.strategy.ai_stellar.memory.sizing import Insight
from hummingbot.strategy.ai_stellar.memory.store import MemoryStore
from hummingbot.strategy.ai_stellar.predictors.forecast import Forecast
from hummingbot.strategy.ai_stellar.risk.limits import Limits
from hummingbot.strategy.ai_stellar.risk.verdict import Reason, Verdict
from hummingbot.strategy.ai_stellar.strategist.proposal import Proposal

D = Decimal
PAIR = "XLM-USDC"
BEGAN = 1_704_067_200
LIMITS = Limits(D(50), D(900), D(900), 4, D(1), D(1), D("0.01"), 5, D(30))
REASON = Reason("max_order", "the order is worth 55.00 USDC, limit 50")


def decision(number: int) -> Decision:
    """A reduced buy or sell of an hour, alternating, whose size memory has raised."""
    side = "buy" if number % 2 else "sell"
    bar_end = BEGAN + number * HOUR
    mid = D("0.1") + D("0.001") * number
    proposed = Proposal(PAIR, bar_end, "forecast_following", side, D(500), mid, 0.5, 0.5, 0.6, "why")
    scaled = Proposal(PAIR, bar_end, "forecast_following", side, D(550), mid, 0.5, 0.5, 0.6, "why")
    return Decision(
        number, bar_end, Bar(bar_end - HOUR, 0.1, 0.11, 0.09, float(mid), 5000.0, 12),
        MarketState(PAIR, bar_end + 60, number, mid - D("0.0001"), mid + D("0.0001"), 0, 0.1),
        D(1000 + number), Forecast(PAIR, bar_end, HOUR, 0.52, 0.0004, "model-1"), proposed,
        Insight(1.1, 7, 5.5, 12.0, 0.4), scaled, Verdict("reduced", D(500), (REASON,), LIMITS), None,
        Latency(10_000, 20_000, 3000, 4000, 5000),
    )  # fmt: skip


@pytest.fixture
def write_run() -> Callable[[Path, int], None]:
    """Writes a run of as many decisions, each with one fill of 12.5000001 and an end."""

    def write(path: Path, decisions: int) -> None:
        store = MemoryStore(path)
        journal = Journal(store, "stellar_local")
        journal.begin("GACCOUNT", [PAIR], "USDC", {}, {PAIR: LIMITS}, "model-1", BEGAN)
        for _ in range(decisions):
            made = decision(journal.next_number())
            order = f"order-{made.number}"
            journal.decided(made, order, 70_000)
            journal.filled(
                Fill(order, f"t{made.number}", PAIR, made.proposal.side, made.market.time,  # type: ignore[arg-type]
                     D("0.1"), D("12.5000001"), {})
            )  # fmt: skip
            journal.ended(order, "cancelled")
        journal.final_balances({"XLM": 1000 + journal.run, "USDC": 2000 + journal.run})
        journal.end(BEGAN + decisions * HOUR)
        assert store.close()

    return write
