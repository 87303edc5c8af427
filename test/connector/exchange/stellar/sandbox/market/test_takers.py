"""Takers: some must trade, some know."""

import random
from collections.abc import Callable
from copy import deepcopy
from typing import Any

from hummingbot.connector.exchange.stellar.ledger.operations import ManageBuyOffer
from hummingbot.connector.exchange.stellar.sandbox.market.assets import Pair, sandbox_asset
from hummingbot.connector.exchange.stellar.sandbox.market.parameters import MarketParameters
from hummingbot.connector.exchange.stellar.sandbox.market.quotes import BookView, Resting
from hummingbot.connector.exchange.stellar.sandbox.market.takers import Taking, takings

XLM_USDC = Pair(sandbox_asset("XLM"), sandbox_asset("USDC"))


def book() -> BookView:
    return BookView(
        [Resting(1, "G", 1301, 10000, 10**11), Resting(2, "G", 1303, 10000, 10**11)],
        [Resting(3, "G", 1299, 10000, 10**11), Resting(4, "G", 1297, 10000, 10**11)],
    )


def orders(
    count: int, price: float, side: BookView | None = None, seed: int = 1, **parameters: float
) -> list[Taking]:
    chosen = MarketParameters(**parameters)  # type: ignore[arg-type]
    return takings(
        count,
        side or book(),
        lambda _: price,
        0.0,
        300.0,
        chosen.order_size,
        XLM_USDC,
        chosen,
        random.Random(seed),
    )


def test_the_informed_stay_away_while_no_quote_is_stale() -> None:
    assert orders(50, 0.1300, informed=1.0) == []


def test_the_informed_buy_what_is_offered_below_the_price_and_nothing_above() -> None:
    bought = orders(50, 0.1302, informed=1.0)
    assert bought
    for order in bought:
        assert order.informed
        assert isinstance(order.operation, ManageBuyOffer)
        assert order.operation.price_n / order.operation.price_d < 0.1302
    # 10,000 XLM were offered below it: no more is asked for
    assert sum(order.operation.buy_amount for order in bought) <= 10**11


def test_the_informed_sell_to_bids_left_above_the_price() -> None:
    sold = orders(5, 0.1298, informed=1.0)
    assert sold
    assert not any(isinstance(order.operation, ManageBuyOffer) for order in sold)


def test_the_informed_take_offers_at_their_very_price() -> None:
    """Prices that no decimal writes, so that any detour through one would show."""
    stale = BookView([Resting(1, "G", 867, 6673, 10**11)], [Resting(3, "G", 866, 6673, 10**11)])
    for price, expected in ((0.2, (867, 6673)), (0.1, (866, 6673))):
        (order,) = orders(1, price, deepcopy(stale), informed=1.0)
        assert (order.operation.price_n, order.operation.price_d) == expected


def test_the_uninformed_buy_and_sell_alike_whatever_the_price() -> None:
    drawn = orders(400, 0.2, informed=0.0, order_size=1.0)
    buys = sum(isinstance(order.operation, ManageBuyOffer) for order in drawn)
    assert len(drawn) == 400
    assert 160 < buys < 240
    assert not any(order.informed for order in drawn)


def test_sizes_are_log_normal_around_the_median() -> None:
    deep = BookView([Resting(1, "G", 13, 100, 10**15)], [Resting(2, "G", 1299, 10000, 10**15)])
    drawn = orders(999, 0.13, deep, informed=0.0, order_size=200.0)
    sizes = sorted(
        (o.operation.buy_amount if isinstance(o.operation, ManageBuyOffer) else o.operation.amount) / 1e7
        for o in drawn
    )
    assert 170 < sizes[499] < 235
    assert sizes[-1] > 10 * sizes[499]


def test_nobody_trades_on_an_empty_book() -> None:
    assert orders(20, 0.13, BookView(), informed=0.5) == []


def test_an_order_is_no_larger_than_what_it_can_reach() -> None:
    thin = BookView([Resting(1, "G", 13, 100, 5 * 10**7)], [])
    drawn = orders(20, 0.13, thin, informed=0.0, order_size=1000.0)
    assert sum(order.operation.buy_amount for order in drawn) == 5 * 10**7


def test_what_a_taker_leaves_in_the_book_is_cancelled_in_the_next_ledger(venue: Callable[..., Any]) -> None:
    opened = venue(seed=3, informed=0.9, arrivals=300.0)
    takers = {key.account for key in opened.market.markets[0].takers}
    left = set()
    for _ in opened.run(150):
        resting = {r.offer_id for r in (*opened.book.asks, *opened.book.bids) if r.seller in takers}
        assert not resting & left
        left = resting | left
    assert left, "no taker ever came too late: the test shows nothing"
