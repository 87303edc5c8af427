"""Forecast following: steers the base's share by passive orders, and holds where it knows too little."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hummingbot.strategy.ai_stellar.market.market_state import MarketState
from hummingbot.strategy.ai_stellar.market.portfolio import Portfolio
from hummingbot.strategy.ai_stellar.predictors.forecast import Forecast
from hummingbot.strategy.ai_stellar.strategist.forecast_following import ForecastFollowing

D = Decimal
PAIR = "XLM-USDC"
STYLE = ForecastFollowing(
    neutral_share=D("0.5"),
    tilt=D("0.3"),
    full_edge=0.05,
    pace=D("0.5"),
    improvement=D("0.25"),
    smallest_step=D("0.005"),
)
MARKET = MarketState(PAIR, 1_704_067_200, 100, D("0.0999"), D("0.1001"))


def forecast(probability: float) -> Forecast:
    return Forecast(PAIR, MARKET.time, 3600, probability, 0.0, "test")


def holding(base: str, quote: str) -> Portfolio:
    totals = {"XLM": D(base), "USDC": D(quote)}
    return Portfolio("USDC", totals, totals, {PAIR: MARKET.mid})


BALANCED = holding("5000", "500")


def test_a_full_signal_up_buys_part_of_the_way_to_the_tilted_share() -> None:
    proposal = STYLE.propose(MARKET, forecast(0.55), BALANCED)
    assert (proposal.side, proposal.signal, proposal.share, proposal.target_share) == ("buy", 1.0, 0.5, 0.8)
    assert proposal.price == D("0.09995")
    assert proposal.size == (D("0.3") * D("0.5") * 1000 / D("0.09995")).quantize(D("1e-7"), "ROUND_DOWN")


def test_a_full_signal_down_sells() -> None:
    proposal = STYLE.propose(MARKET, forecast(0.45), BALANCED)
    assert (proposal.side, proposal.price, proposal.target_share) == ("sell", D("0.10005"), 0.2)


def test_no_signal_returns_to_the_neutral_share() -> None:
    assert STYLE.propose(MARKET, forecast(0.5), holding("7000", "300")).side == "sell"
    assert STYLE.propose(MARKET, forecast(0.5), holding("3000", "700")).side == "buy"


def test_a_gap_too_small_for_an_order_is_left_alone() -> None:
    proposal = STYLE.propose(MARKET, forecast(0.501), BALANCED)
    assert (proposal.side, proposal.size, proposal.price) == ("hold", D(0), None)
    assert "is near the target" in proposal.rationale


@pytest.mark.parametrize(
    ("probability", "signal"), [(0.5, 0.0), (0.525, 0.5), (0.475, -0.5), (0.6, 1.0), (0.0, -1.0)]
)
def test_the_signal_is_the_edge_over_a_coin(probability: float, signal: float) -> None:
    assert STYLE.signal(forecast(probability)) == pytest.approx(signal)


@pytest.mark.parametrize("probability", [float("nan"), -0.1, 1.1, float("inf")])
def test_a_forecast_that_is_no_probability_holds(probability: float) -> None:
    proposal = STYLE.propose(MARKET, forecast(probability), BALANCED)
    assert proposal.side == "hold"
    assert "is no probability" in proposal.rationale


def test_without_a_forecast_a_mid_or_a_balance_it_holds() -> None:
    assert STYLE.propose(MARKET, None, BALANCED).rationale == "no forecast yet"
    assert STYLE.propose(replace(MARKET, ask=None), forecast(0.6), BALANCED).side == "hold"
    unknown = Portfolio("USDC", {"XLM": D(1)}, {}, {PAIR: MARKET.mid})
    assert STYLE.propose(MARKET, forecast(0.6), unknown).side == "hold"
    assert STYLE.propose(MARKET, forecast(0.6), holding("0", "0")).side == "hold"
    assert STYLE.propose(MARKET, forecast(0.6), holding("NaN", "5")).side == "hold"


@given(
    probability=st.floats(0, 1),
    bid=st.decimals("0.0000010", "100", places=7),
    spread=st.decimals("0.0000001", "1", places=7),
    held=st.tuples(st.decimals("0", "1000000", places=7), st.decimals("0", "1000000", places=7)),
    improvement=st.decimals("0", "0.99", places=2),
    pace=st.decimals("0.01", "1", places=2),
)
def test_an_order_is_passive_and_never_oversteps_the_target(
    probability: float,
    bid: Decimal,
    spread: Decimal,
    held: tuple[Decimal, Decimal],
    improvement: Decimal,
    pace: Decimal,
) -> None:
    market = replace(MARKET, bid=bid, ask=bid + spread)
    totals = {"XLM": held[0], "USDC": held[1]}
    portfolio = Portfolio("USDC", totals, totals, {PAIR: market.mid})
    style = replace(STYLE, improvement=improvement, pace=pace)
    proposal = style.propose(market, forecast(probability), portfolio)
    if proposal.side == "hold":
        return
    assert market.ask is not None
    assert proposal.price is not None
    assert market.mid is not None
    assert (
        bid <= proposal.price < market.ask if proposal.side == "buy" else bid < proposal.price <= market.ask
    )
    # the order closes its part of the gap and no more
    money = held[0] * market.mid + held[1]
    moved = proposal.size * proposal.price / money
    gap = abs(D(proposal.target_share) - D(proposal.share))
    assert moved <= gap * pace + D("1e-9")
