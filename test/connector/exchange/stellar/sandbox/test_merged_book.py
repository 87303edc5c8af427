"""What the merged book says of offers and pool is what the engine's path payments exchange, to the stroop."""

from itertools import accumulate, pairwise
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hummingbot.connector.exchange.stellar.horizon.merged_book import merge_book, merged_sides
from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE
from hummingbot.connector.exchange.stellar.ledger.liquidity_pool import LiquidityPoolDeposit, PoolShare
from hummingbot.connector.exchange.stellar.ledger.merged_book import merged_levels
from hummingbot.connector.exchange.stellar.ledger.operations import (
    ChangeTrust,
    ManageSellOffer,
    PathPaymentStrictReceive,
    PathPaymentStrictSend,
)
from hummingbot.connector.exchange.stellar.ledger.pool_reserves import PoolReserves
from hummingbot.connector.exchange.stellar.ledger.xdr import pool_id, pool_of
from hummingbot.connector.exchange.stellar.sandbox.hop import receive_exactly, send_exactly
from hummingbot.connector.exchange.stellar.sandbox.http.order_book import render_order_book

from .conftest import LIMIT, UNIT, Town

MOST = 1000
ANY_PRICE = (1, 2**31 - 1, 2**31 - 1, 1)

prices = st.integers(-40, 40).map(lambda step: (1000 + step, 10_000)) | st.tuples(
    st.integers(80, 130), st.integers(990, 1010)
)
amounts = st.integers(1_000, 200 * UNIT)
offers = st.lists(st.tuples(st.booleans(), amounts, prices), max_size=12)
reserves = st.none() | st.tuples(st.integers(10_000, 5000 * UNIT), st.integers(10_000, 500 * UNIT))


class Market:
    """XLM against USD: alice's offers, bob's pool, and carol who takes."""

    def __init__(
        self, offers: list[tuple[bool, int, tuple[int, int]]], poured: tuple[int, int] | None
    ) -> None:
        self.town = town = Town()
        town.settle("alice", "bob", "carol")
        self.usd = town.usd
        for sells, amount, (n, d) in offers:
            best_ask = next(iter(town.network.book(NATIVE, self.usd)), None)
            best_bid = next(iter(town.network.book(self.usd, NATIVE)), None)
            if sells:
                crosses = best_bid is not None and n * best_bid.price_n <= d * best_bid.price_d
                operation = ManageSellOffer(NATIVE, self.usd, amount, n, d)
            else:
                crosses = best_ask is not None and best_ask.price_n * d <= best_ask.price_d * n
                operation = ManageSellOffer(self.usd, NATIVE, max(1, amount * n // d), d, n)
            if not crosses:
                town.apply("alice", operation)
        self.pool = self._pour(*poured) if poured else None

    def _pour(self, lumens: int, dollars: int) -> PoolReserves:
        parameters = pool_of(NATIVE, self.usd)
        deposit = LiquidityPoolDeposit(pool_id(parameters), lumens, dollars, *ANY_PRICE)
        result = self.town.apply("bob", ChangeTrust(parameters, LIMIT), deposit).result
        assert result.code == "txSUCCESS", result
        pool = self.town.network.state.pools[PoolShare(pool_id(parameters))]
        return PoolReserves(parameters, pool.reserve_a, pool.reserve_b, pool.total_shares)

    @property
    def record(self) -> dict[str, Any]:
        """The book as Horizon shows it."""
        return render_order_book(SimpleNamespace(network=self.town.network), NATIVE, self.usd, 200)

    @property
    def is_summed_up(self) -> bool:
        """Whether Horizon shows several offers as one."""
        shown = self.record
        return len(shown["bids"]) + len(shown["asks"]) < len(self.town.offers("alice"))

    def cost(self, lumens: int) -> int:
        """What the engine makes a strict receive cost."""
        state = self.town.network.state
        state.begin()
        problem, dollars, _, _ = receive_exactly(
            state, self.town.address("carol"), self.usd, NATIVE, lumens, MOST
        )
        state.undo()
        assert problem is None
        return int(dollars)

    def proceeds(self, lumens: int) -> int:
        """What the engine lets a strict send bring."""
        state = self.town.network.state
        state.begin()
        problem, dollars, _, _ = send_exactly(
            state, self.town.address("carol"), NATIVE, lumens, self.usd, MOST
        )
        state.undo()
        assert problem is None
        return int(dollars)

    def sides(self) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
        """Levels of bids and asks."""
        return merged_sides(self.record, self.pool, NATIVE, self.usd)


def sums(levels: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """All that is sent and received up to each level's end."""
    return list(zip(accumulate(s for s, _ in levels), accumulate(w for _, w in levels), strict=True))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(offers, reserves)
def test_a_payment_up_to_any_level_exchanges_what_the_book_says(
    offers: list[tuple[bool, int, tuple[int, int]]], poured: tuple[int, int] | None
) -> None:
    market = Market(offers, poured)
    bids, asks = market.sides()

    if market.is_summed_up:
        assert all(market.proceeds(lumens) >= dollars for lumens, dollars in sums(bids))
        assert all(market.cost(lumens) <= dollars for dollars, lumens in sums(asks))
    else:
        assert [(lumens, market.proceeds(lumens)) for lumens, _ in sums(bids)] == sums(bids)
        assert [(market.cost(lumens), lumens) for _, lumens in sums(asks)] == sums(asks)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(offers, reserves)
def test_prices_only_get_worse_and_all_offers_are_there(
    offers: list[tuple[bool, int, tuple[int, int]]], poured: tuple[int, int] | None
) -> None:
    market = Market(offers, poured)
    bids, asks = market.sides()

    assert all(s * w2 < s2 * w for side in (bids, asks) for (s, w), (s2, w2) in pairwise(side))
    if poured is None:
        there = [offer.amount for offer in market.town.network.book(NATIVE, market.usd)]
        missing = sum(there) - sum(wheat for _, wheat in asks)
        assert 0 <= missing <= (len(there) if market.is_summed_up else 0)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(offers, reserves, st.floats(0, 1))
def test_the_operation_itself_succeeds_at_the_price_and_fails_below_it(
    offers: list[tuple[bool, int, tuple[int, int]]], poured: tuple[int, int] | None, where: float
) -> None:
    market = Market(offers, poured)
    if market.is_summed_up:
        return
    bids, asks = market.sides()
    carol, usd, town = market.town.address("carol"), market.usd, market.town
    if asks:
        dollars, lumens = sums(asks)[int(where * (len(asks) - 1))]
        if dollars > 1:
            too_little = PathPaymentStrictReceive(usd, dollars - 1, carol, NATIVE, lumens)
            assert town.codes("carol", too_little) == ["PATH_PAYMENT_STRICT_RECEIVE_OVER_SENDMAX"]
    if bids:
        lumens, dollars = sums(bids)[int(where * (len(bids) - 1))]
        pay = PathPaymentStrictSend(NATIVE, lumens, carol, usd, dollars)
        assert town.codes("carol", pay) == ["PATH_PAYMENT_STRICT_SEND_SUCCESS"]
    elif asks:
        pay = PathPaymentStrictReceive(usd, dollars, carol, NATIVE, lumens)
        assert town.codes("carol", pay) == ["PATH_PAYMENT_STRICT_RECEIVE_SUCCESS"]


def test_within_a_level_of_offers_or_of_the_pool_a_part_never_costs_more_than_its_share() -> None:
    for market in (
        Market([(True, 10 * UNIT, (1, 10)), (True, 9 * UNIT, (1, 8))], None),
        Market([], (10**9, 10**8)),
    ):
        _, asks = market.sides()
        before = (0, 0)
        for (sheep, wheat), end in zip(asks, sums(asks), strict=True):
            part = before[1] + wheat // 3
            assert (market.cost(part) - before[0] - 1) * wheat <= sheep * (part - before[1])
            before = end


def test_a_pool_better_than_the_first_offers_comes_first_and_later_offers_behind_it() -> None:
    market = Market([(True, 5000 * UNIT, (11, 100))], (1000 * UNIT, 100 * UNIT))
    _, asks = market.sides()

    first = asks[0]
    assert first[0] / first[1] == pytest.approx(0.1003, rel=1e-3)
    assert asks[-1][0] / asks[-1][1] == pytest.approx(0.11, rel=1e-2)
    assert sum(wheat for _, wheat in asks) == 5000 * UNIT
    assert sum(sheep for sheep, _ in asks) == 550 * UNIT


def test_of_a_book_that_goes_on_nothing_is_said_beyond_what_is_shown() -> None:
    pool = (10_000 * UNIT, 100_000 * UNIT)
    shown = merged_levels([(11, 100, 10 * UNIT)], *pool[::-1], False, False)
    whole = merged_levels([(11, 100, 10 * UNIT)], 0, 0, False)
    assert shown == whole == [(11_000_000, 10 * UNIT)]


def test_hummingbots_rows_have_quote_per_base_and_base() -> None:
    market = Market([(True, 20 * UNIT, (1, 10)), (False, 30 * UNIT, (9, 100))], None)
    book = merge_book(market.record, None, (NATIVE, market.usd), "XLM-USD", 7, 1.0)
    assert [(row.price, row.amount, row.update_id) for row in book.asks] == [(0.1, 20.0, 7)]
    assert [(row.price, row.amount, row.update_id) for row in book.bids] == [
        (pytest.approx(0.09, rel=1e-9), 29.9999, 7)
    ]


@pytest.mark.parametrize(
    "offer", [(0, 1, 5), (1, 0, 5), (2**31, 1, 5), (1, 1, 0), (1, 1, 2**63), (-1, -1, 5)], ids=range(6)
)
def test_what_is_no_offer_is_refused(offer: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="are no offer"):
        merged_levels([offer], 0, 0, False)
