"""The gate: what it lets pass never breaks a limit, and what it cannot compute it rejects."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hummingbot.strategy.ai_stellar.market.market_state import MarketState
from hummingbot.strategy.ai_stellar.market.portfolio import OpenOrder, Portfolio
from hummingbot.strategy.ai_stellar.risk.equity_record import EquityRecord
from hummingbot.strategy.ai_stellar.risk.gate import RiskGate
from hummingbot.strategy.ai_stellar.risk.limits import Limits
from hummingbot.strategy.ai_stellar.risk.verdict import Verdict
from hummingbot.strategy.ai_stellar.strategist.proposal import Proposal

D = Decimal
PAIR = "XLM-USDC"
LIMITS = Limits(
    max_order=D(100),
    max_position=D(1000),
    max_exposure=D(1000),
    max_open_orders=2,
    max_daily_loss=D("0.05"),
    max_drawdown=D("0.15"),
    max_price_deviation=D("0.01"),
    max_ledgers_behind=3,
    max_ledger_age=D(10),
)
MARKET = MarketState(PAIR, 1_704_067_200, 100, D("0.0999"), D("0.1001"), 0, 0.2)
PORTFOLIO = Portfolio(
    "USDC",
    {"XLM": D(5000), "USDC": D(500)},
    {"XLM": D(5000), "USDC": D(500)},
    {PAIR: D("0.1")},
)


def proposal(side: str = "buy", size: str = "100", price: str | None = "0.1", pair: str = PAIR) -> Proposal:
    return Proposal(
        pair, MARKET.time, "test", side, D(size), None if price is None else D(price), 1.0, 0.5, 0.6, ""
    )


def record(*equities: str) -> EquityRecord:
    seen = EquityRecord()
    for hour, equity in enumerate(equities or ("1000",)):
        seen.observe(MARKET.time + 3600 * hour, D(equity))
    return seen


def review(
    wanted: Proposal | None = None,
    market: MarketState = MARKET,
    portfolio: Portfolio = PORTFOLIO,
    equities: EquityRecord | None = None,
    limits: Limits = LIMITS,
    **rest: object,
) -> Verdict:
    return RiskGate(limits).review(wanted or proposal(), market, portfolio, equities or record(), **rest)


def codes(verdict: Verdict) -> list[str]:
    return [reason.code for reason in verdict.reasons]


def test_an_order_within_every_limit_is_approved_whole() -> None:
    verdict = review(proposal(size="100"))
    assert (verdict.status, verdict.size, verdict.reasons, verdict.limits) == ("approved", D(100), (), LIMITS)


def test_an_order_worth_too_much_is_reduced_to_the_limit() -> None:
    verdict = review(proposal(size="1500"))
    assert (verdict.status, verdict.size, codes(verdict)) == ("reduced", D(1000), ["max_order"])
    assert verdict.reasons[0].text == "the order is worth 150.00 USDC, limit 100"


def test_a_buy_is_reduced_to_the_room_left_in_the_position() -> None:
    verdict = review(limits=replace(LIMITS, max_position=D(505)))
    assert (verdict.status, verdict.size, codes(verdict)) == ("reduced", D(50), ["max_position"])


def test_open_buys_count_as_filled() -> None:
    waiting = replace(PORTFOLIO, open_orders=(OpenOrder("a", PAIR, "buy", D("0.1"), D(60)),))
    verdict = review(portfolio=waiting, limits=replace(LIMITS, max_position=D(510)))
    assert (verdict.status, verdict.size) == ("reduced", D(40))


def test_a_sell_that_lowers_the_position_is_not_held_back_by_its_limit() -> None:
    assert review(proposal("sell"), limits=replace(LIMITS, max_position=D(1))).status == "approved"


def test_exposure_counts_every_asset_but_the_currency() -> None:
    two = Portfolio(
        "USDC",
        {"XLM": D(5000), "USDC": D(500), "AQUA": D(400_000)},
        {"XLM": D(5000), "USDC": D(500), "AQUA": D(400_000)},
        {PAIR: D("0.1"), "AQUA-XLM": D("0.01")},
    )
    assert two.exposure == D(900)
    limits = replace(LIMITS, max_order=D(500), max_exposure=D(950))
    verdict = review(proposal(size="2000"), portfolio=two, limits=limits)
    assert (verdict.status, verdict.size, codes(verdict)) == ("reduced", D(500), ["max_exposure"])


def test_what_a_sell_brings_is_a_position_too_where_it_is_not_the_currency() -> None:
    two = Portfolio(
        "USDC",
        {"XLM": D(5000), "USDC": D(500), "AQUA": D(400_000)},
        {"XLM": D(5000), "USDC": D(500), "AQUA": D(400_000)},
        {PAIR: D("0.1"), "AQUA-XLM": D("0.01")},
    )
    market = MarketState("AQUA-XLM", MARKET.time, 100, D("0.00995"), D("0.01005"), 0, 0.2)
    wanted = proposal("sell", "50000", "0.01", "AQUA-XLM")
    verdict = review(wanted, market, two, limits=replace(LIMITS, max_position=D(510)))
    assert (verdict.status, verdict.size, codes(verdict)) == ("reduced", D(10_000), ["max_position"])


def test_no_more_than_what_is_available_is_ordered() -> None:
    short = replace(PORTFOLIO, available={"XLM": D(30), "USDC": D("4.0000001")})
    assert review(proposal("sell"), portfolio=short).size == D(30)
    assert review(proposal("buy"), portfolio=short).size == D("40.000001")


def test_a_reduction_below_the_venues_minimum_rejects() -> None:
    verdict = review(limits=replace(LIMITS, max_order=D("0.5")), minimum_size=D(10))
    assert (verdict.status, verdict.size, codes(verdict)) == ("rejected", D(0), ["max_order", "minimum_size"])


def test_a_limit_that_leaves_no_room_rejects_by_its_own_name() -> None:
    verdict = review(limits=replace(LIMITS, max_position=D(400)))
    assert (verdict.status, codes(verdict)) == ("rejected", ["max_position"])


@pytest.mark.parametrize(
    ("market", "code"),
    [
        (replace(MARKET, ledgers_behind=4), "max_ledgers_behind"),
        (replace(MARKET, ledgers_behind=None), "max_ledgers_behind"),
        (replace(MARKET, ledger_age=10.5), "max_ledger_age"),
        (replace(MARKET, ledger_age=None), "max_ledger_age"),
        (replace(MARKET, ledger_age=float("nan")), "max_ledger_age"),
        (replace(MARKET, bid=None), "no_mid"),
        (replace(MARKET, ask=D("NaN")), "no_mid"),
        (replace(MARKET, bid=D("0.11")), "no_mid"),
        (replace(MARKET, bid=D("0.0949"), ask=D("0.0951")), "max_price_deviation"),
    ],
)
def test_a_market_that_is_stale_broken_or_far_away_rejects(market: MarketState, code: str) -> None:
    verdict = review(market=market)
    assert (verdict.status, verdict.size, codes(verdict)) == ("rejected", D(0), [code])


def test_too_many_open_orders_reject() -> None:
    two = tuple(OpenOrder(name, PAIR, "sell", D("0.1"), D(1)) for name in "ab")
    assert codes(review(portfolio=replace(PORTFOLIO, open_orders=two))) == ["max_open_orders"]


def test_a_daily_loss_rejects_until_the_next_ledger_day() -> None:
    losing = record("1100", "1040")
    assert codes(review(equities=losing)) == ["max_daily_loss"]
    losing.observe(MARKET.time + 86_400, D(1000))
    assert review(equities=losing).status == "approved"


def test_a_drawdown_rejects_whatever_the_day() -> None:
    losing = record("1200")
    losing.observe(MARKET.time + 86_400, D(1000))
    assert codes(review(equities=losing)) == ["max_drawdown"]


def test_equity_without_history_rejects() -> None:
    assert codes(review(equities=EquityRecord())) == ["max_daily_loss", "max_drawdown"]


@pytest.mark.parametrize("missing", ["XLM", "USDC"])
@pytest.mark.parametrize("unknown", [None, D("NaN")])
def test_an_unknown_balance_rejects(missing: str, unknown: Decimal | None) -> None:
    totals = {**PORTFOLIO.totals, missing: unknown}
    if unknown is None:
        del totals[missing]
    assert codes(review(portfolio=replace(PORTFOLIO, totals=totals))) == ["no_equity"]


def test_an_unknown_available_balance_rejects() -> None:
    verdict = review(portfolio=replace(PORTFOLIO, available={"XLM": D(1)}))
    assert (verdict.status, codes(verdict)) == ("rejected", ["no_balance"])


def test_a_portfolio_that_no_market_prices_rejects() -> None:
    unpriced = Portfolio("USDC", PORTFOLIO.totals, PORTFOLIO.available, {PAIR: None})
    assert "no_equity" in codes(review(portfolio=unpriced))


@pytest.mark.parametrize("size", ["0", "-1", "NaN", "Infinity"])
def test_a_size_that_is_no_amount_rejects(size: str) -> None:
    assert codes(review(proposal(size=size))) == ["proposal"]


@pytest.mark.parametrize("price", [None, "0", "-1", "NaN", "Infinity"])
def test_a_price_that_is_no_price_rejects(price: str | None) -> None:
    assert codes(review(proposal(price=price))) == ["proposal"]


def test_an_obstacle_rejects_with_its_sentence() -> None:
    verdict = review(obstacle="the memory file cannot be written")
    assert [(r.code, r.text) for r in verdict.reasons] == [("obstacle", "the memory file cannot be written")]


def test_every_reason_is_named_not_only_the_first() -> None:
    verdict = review(
        proposal(price="0.2"), replace(MARKET, ledgers_behind=9), equities=record("2000", "1000")
    )
    assert codes(verdict) == ["max_price_deviation", "max_ledgers_behind", "max_daily_loss", "max_drawdown"]


@pytest.mark.parametrize("bad", ["NaN", "Infinity", "-1"])
def test_limits_that_bound_nothing_are_refused(bad: str) -> None:
    with pytest.raises(ValueError, match="limit max_order is"):
        replace(LIMITS, max_order=D(bad))


amounts = st.decimals("0", "100000", places=7)
prices = st.decimals("0.0000001", "50", places=7)


@given(
    side=st.sampled_from(["buy", "sell"]),
    size=st.decimals("0.0000001", "1000000", places=7),
    bid=prices,
    spread=st.decimals("0", "1", places=7),
    offset=st.decimals("-0.02", "0.02", places=4),
    held=st.tuples(amounts, amounts),
    part=st.decimals("0", "1", places=3),
    waiting=st.lists(st.tuples(st.sampled_from(["buy", "sell"]), amounts), max_size=3),
    bounds=st.tuples(amounts, amounts, amounts),
)
def test_no_order_that_passes_breaks_a_limit(
    side: str,
    size: Decimal,
    bid: Decimal,
    spread: Decimal,
    offset: Decimal,
    held: tuple[Decimal, Decimal],
    part: Decimal,
    waiting: list[tuple[str, Decimal]],
    bounds: tuple[Decimal, Decimal, Decimal],
) -> None:
    limits = replace(LIMITS, max_order=bounds[0], max_position=bounds[1], max_exposure=bounds[2])
    market = replace(MARKET, bid=bid, ask=bid + spread)
    mid = market.mid
    assert mid is not None
    price = mid * (1 + offset)
    portfolio = Portfolio(
        "USDC",
        {"XLM": held[0], "USDC": held[1]},
        {"XLM": held[0] * part, "USDC": held[1] * part},
        {PAIR: mid},
        tuple(OpenOrder(str(i), PAIR, s, bid, amount) for i, (s, amount) in enumerate(waiting)),
    )
    seen = EquityRecord()
    assert portfolio.equity is not None
    seen.observe(market.time, portfolio.equity)
    wanted = replace(proposal(side), size=size, price=price)
    verdict = RiskGate(limits).review(wanted, market, portfolio, seen)
    if verdict.status == "rejected":
        assert verdict.size == 0
        assert verdict.reasons
        return
    got = verdict.size
    assert 0 < got <= size
    assert got == size or verdict.status == "reduced"
    assert got * price <= limits.max_order
    assert abs(price - mid) <= limits.max_price_deviation * mid
    assert len(waiting) < limits.max_open_orders
    if side == "buy":
        pending = sum(amount for s, amount in waiting if s == "buy")
        assert (held[0] + pending + got) * mid <= limits.max_position + D("1e-20")
        assert (held[0] + pending + got) * mid <= limits.max_exposure + D("1e-20")
        assert got * price <= held[1] * part
    else:
        assert got <= held[0] * part
