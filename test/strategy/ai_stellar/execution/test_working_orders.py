"""Working orders: ours alone, until their end is confirmed."""

from decimal import Decimal

from hummingbot.strategy.ai_stellar.execution.order_plan import OrderPlan
from hummingbot.strategy.ai_stellar.execution.working_orders import ASK_AGAIN_AFTER, WorkingOrders

D = Decimal
PAIR = "XLM-USDC"


def orders(*names: str, expires_at: int = 7200) -> WorkingOrders:
    working = WorkingOrders()
    for name in names:
        working.placed(name, OrderPlan(1, PAIR, "buy", D(10), D("0.1"), expires_at))
    return working


def test_an_order_is_cancelled_when_it_expires_in_ledger_time() -> None:
    working = orders("a")
    assert working.to_cancel(PAIR, 7199, 1, replaced=False) == []
    assert working.to_cancel(PAIR, 7200, 2, replaced=False) == ["a"]


def test_a_new_decision_replaces_the_orders_of_its_pair_and_of_no_other() -> None:
    working = orders("a", "b")
    working.placed("c", OrderPlan(1, "AQUA-XLM", "sell", D(1), D(1), 7200))
    assert working.to_cancel(PAIR, 3600, 1, replaced=True) == ["a", "b"]


def test_a_cancellation_is_asked_once_and_again_only_if_it_stays_unanswered() -> None:
    working = orders("a")
    assert working.to_cancel(PAIR, 7200, 100, replaced=False) == ["a"]
    assert working.to_cancel(PAIR, 7300, 101, replaced=True) == []
    assert working.to_cancel(PAIR, 9000, 100 + ASK_AGAIN_AFTER, replaced=False) == ["a"]


def test_an_order_counts_as_open_until_its_end_is_confirmed() -> None:
    working = orders("a")
    working.to_cancel(PAIR, 7200, 1, replaced=False)
    working.filled("a", D(4))
    assert [(order.order_id, order.remaining) for order in working.open_orders] == [("a", D(6))]
    assert working.ended("a") is not None
    assert working.open_orders == ()


def test_orders_that_are_not_ours_are_unknown() -> None:
    working = orders("a")
    working.filled("stranger", D(1))
    assert working.ended("stranger") is None
    assert "stranger" not in working
    assert len(working) == 1
