"""The portfolio is valued in one currency through the pairs' own prices, and unknown stays unknown."""

from decimal import Decimal

import pytest

from hummingbot.strategy.ai_stellar.market.market_state import MarketState
from hummingbot.strategy.ai_stellar.market.portfolio import OpenOrder, Portfolio

D = Decimal


def portfolio(**mids: str | None) -> Portfolio:
    totals = {"XLM": D(100), "USDC": D(50), "AQUA": D(1000)}
    prices = {pair.replace("_", "-"): None if mid is None else D(mid) for pair, mid in mids.items()}
    return Portfolio("USDC", totals, totals, prices)


def test_an_asset_is_priced_through_as_many_pairs_as_it_takes() -> None:
    held = portfolio(XLM_USDC="0.1", AQUA_XLM="0.01")
    assert held.value_of("AQUA") == D("0.001")
    assert held.equity == D(50) + D(10) + D(1)
    assert held.exposure == D(11)


def test_a_pair_quoted_the_other_way_round_prices_too() -> None:
    assert portfolio(USDC_XLM="10").value_of("XLM") == D("0.1")


def test_an_asset_that_no_pair_reaches_has_no_value_and_neither_has_the_whole() -> None:
    held = portfolio(XLM_USDC=None, AQUA_XLM="0.01")
    assert held.value_of("AQUA") is None
    assert held.equity is None
    assert held.exposure is None


def test_pending_counts_what_open_orders_would_bring() -> None:
    held = Portfolio(
        "USDC", {}, {}, {"XLM-USDC": D("0.1")},
        (
            OpenOrder("a", "XLM-USDC", "buy", D("0.09"), D(10)),
            OpenOrder("b", "XLM-USDC", "sell", D("0.2"), D(10)),
        ),
    )  # fmt: skip
    assert held.pending("XLM") == D(1)
    assert held.pending("USDC") == D(2)
    assert held.pending("AQUA") is None


@pytest.mark.parametrize(
    ("bid", "ask", "mid"),
    [
        ("1", "3", "2"),
        ("2", "2", "2"),
        ("3", "1", None),
        ("0", "1", None),
        ("NaN", "1", None),
        (None, "1", None),
    ],
)
def test_a_mid_needs_two_sane_sides(bid: str | None, ask: str | None, mid: str | None) -> None:
    state = MarketState("XLM-USDC", 0, 1, None if bid is None else D(bid), None if ask is None else D(ask))
    assert state.mid == (None if mid is None else D(mid))
    assert (state.spread_bp is None) == (mid is None)
