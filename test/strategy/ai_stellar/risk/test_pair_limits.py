"""Limits that differ by pair: how they are written, and that the gate obeys them."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from hummingbot.strategy.ai_stellar.market.market_state import MarketState
from hummingbot.strategy.ai_stellar.market.portfolio import Portfolio
from hummingbot.strategy.ai_stellar.risk.equity_record import EquityRecord
from hummingbot.strategy.ai_stellar.risk.gate import gates_of
from hummingbot.strategy.ai_stellar.risk.limits import Limits
from hummingbot.strategy.ai_stellar.risk.pair_limits import parse_pair_limits
from hummingbot.strategy.ai_stellar.risk.verdict import Verdict
from hummingbot.strategy.ai_stellar.strategist.proposal import Proposal

D = Decimal
COMMON = Limits(D(100), D(600), D(5000), 9, D(1), D(1), D("0.01"), 5, D(30))
MIDS = {"XLM-USDC": D("0.1"), "AQUA-XLM": D("0.01")}
TOTALS = {"XLM": D(5000), "USDC": D(1000), "AQUA": D(100_000)}
PORTFOLIO = Portfolio("USDC", TOTALS, TOTALS, MIDS)  # 500 of XLM, 100 of AQUA, counted in USDC


@pytest.mark.parametrize("written", ["", " ", "{}", {}])
def test_nothing_is_no_limit_of_its_own(written: Any) -> None:
    assert parse_pair_limits(written) == {}


def test_text_and_mapping_say_the_same() -> None:
    text = "xlm-usdc max_order=100  max_position=500; AQUA-XLM max_price_deviation=2"
    mapping = {
        "XLM-USDC": {"max_order": "100", "max_position": 500},
        "AQUA-XLM": {"max_price_deviation": 2.0},
    }
    assert parse_pair_limits(text) == parse_pair_limits(mapping)
    assert parse_pair_limits(text.replace(";", ",")) == parse_pair_limits(mapping)
    assert parse_pair_limits(parse_pair_limits(text)) == parse_pair_limits(text)


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("XLM-USDC", "'XLM-USDC' is not PAIR LIMIT=VALUE"),
        ("XLM-USDC max_order 100", "is not PAIR LIMIT=VALUE"),
        ("XLM-USDC max_order=1; XLM-USDC max_order=2", "XLM-USDC is named twice"),
        ("XLM-USDC max_order=1 max_order=2", "max_order of XLM-USDC is given twice"),
        ("XLM-USDC max_order=much", "max_order of XLM-USDC is 'much': it must be a number"),
        ("XLM-USDC max_order=nan", "max_order of XLM-USDC is nan: it must be a finite number"),
        ("XLM-USDC max_order=inf", "it must be a finite number of at least 0"),
        ("XLM-USDC max_position=-0.1", "max_position of XLM-USDC is -0.1"),
        ("XLM-USDC max_price_deviation=101", "at most 100, in percent"),
        ("XLM-USDC max_open_orders=3", "set the field max_open_orders"),
        ("XLM-USDC limit=3", "limit of XLM-USDC is no limit: choose from max_order"),
        ({"XLM-USDC": 5}, "XLM-USDC has no limits"),
        ({"XLM-USDC": {}}, "XLM-USDC has no limits"),
        ([1], "write it as"),
        (None, "write it as"),
    ],
)
def test_a_mistake_is_one_sentence(written: Any, sentence: str) -> None:
    with pytest.raises(ValueError, match=r"^[^\n]+$") as caught:
        parse_pair_limits(written)
    assert sentence in str(caught.value)


def review(pair: str, side: Any, size: str, price: str, **changed: Limits) -> Verdict:
    limits = {name: changed.get(name.split("-")[0], COMMON) for name in MIDS}
    record = EquityRecord()
    equity = PORTFOLIO.equity
    assert equity is not None
    record.observe(0, equity)
    mid = MIDS[pair]
    market = MarketState(pair, 0, 1, mid * D("0.999"), mid * D("1.001"), 0, 0.1)
    proposal = Proposal(pair, 0, "test", side, D(size), D(price), 1.0, 0.5, 0.6, "")
    return gates_of(limits)[pair].review(proposal, market, PORTFOLIO, record)


def test_each_pair_is_held_to_its_own_order_limit() -> None:
    small = replace(COMMON, max_order=D(5))
    assert review("XLM-USDC", "sell", "900", "0.1", AQUA=small).status == "approved"
    reduced = review("AQUA-XLM", "sell", "20000", "0.01", AQUA=small)
    assert (reduced.status, reduced.size) == ("reduced", D(5000))
    assert reduced.limits == small


def test_each_pair_is_held_to_its_own_distance_from_the_mid() -> None:
    wide = replace(COMMON, max_price_deviation=D("0.1"))
    assert review("AQUA-XLM", "buy", "100", "0.0095").status == "rejected"
    assert review("AQUA-XLM", "buy", "100", "0.0095", AQUA=wide).status == "approved"


def test_a_position_is_bounded_whichever_pair_would_enlarge_it() -> None:
    tight = replace(COMMON, max_position=D(505))
    assert review("XLM-USDC", "buy", "80", "0.1", XLM=tight).size == D(50)
    assert review("AQUA-XLM", "sell", "8000", "0.01", XLM=tight).size == D(5000)  # each brings 0.01 XLM
    assert review("AQUA-XLM", "sell", "8000", "0.01").status == "approved"
