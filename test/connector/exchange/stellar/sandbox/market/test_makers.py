"""Makers keep a ladder on each side of the price they see."""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from hummingbot.connector.exchange.stellar.ledger.operations import ManageBuyOffer, ManageSellOffer
from hummingbot.connector.exchange.stellar.sandbox.market.assets import Pair, actor_key, sandbox_asset
from hummingbot.connector.exchange.stellar.sandbox.market.makers import Desk
from hummingbot.connector.exchange.stellar.sandbox.market.parameters import MarketParameters
from hummingbot.connector.exchange.stellar.sandbox.market.quotes import BookView, Resting

XLM_USDC = Pair(sandbox_asset("XLM"), sandbox_asset("USDC"))
KEY = actor_key(1, "desk")
OTHER = actor_key(1, "someone else").account
PARAMETERS = MarketParameters(levels=3)
AMOUNTS = (50_000_000_000, 85_000_000_000, 144_500_000_000)
OFFSETS = (5e-4, 13e-4, 21e-4)


def desk(**parameters: float) -> Desk:
    return Desk(KEY, 0, range(3), XLM_USDC, MarketParameters(levels=3, **parameters))  # type: ignore[arg-type]


def resting(offer_id: int, seller: str, price: float, amount: int) -> Resting:
    return Resting(offer_id, seller, *Decimal(repr(price)).as_integer_ratio(), amount)


def quoted(price: float) -> BookView:
    """A book that holds the desk's ladders around a price and nothing else."""
    ids = range(1, 4)
    ladder = list(zip(ids, OFFSETS, AMOUNTS, strict=True))
    return BookView(
        [resting(number, KEY.account, price * (1 + offset), amount) for number, offset, amount in ladder],
        [
            resting(10 + number, KEY.account, price * (1 - offset), amount)
            for number, offset, amount in ladder
        ],
    )


def price_of(operation: Any) -> float:
    return float(operation.price_n / operation.price_d)


def test_the_opening_ladders_stand_at_the_stated_distances_with_the_stated_amounts() -> None:
    operations = desk().opening(Decimal("0.13"))
    asks = [o for o in operations if isinstance(o, ManageSellOffer)]
    bids = [o for o in operations if isinstance(o, ManageBuyOffer)]
    assert [price_of(ask) for ask in asks] == pytest.approx([0.13 * (1 + o) for o in OFFSETS], rel=1e-6)
    assert [price_of(bid) for bid in bids] == pytest.approx([0.13 * (1 - o) for o in OFFSETS], rel=1e-6)
    assert tuple(ask.amount for ask in asks) == tuple(bid.buy_amount for bid in bids) == AMOUNTS


def test_prices_are_rounded_away_from_the_middle() -> None:
    operations = desk().opening(Decimal("0.1234567891"))
    for operation in operations:
        if isinstance(operation, ManageSellOffer):
            assert price_of(operation) >= 0.1234567891 * (1 + OFFSETS[0])
        else:
            assert price_of(operation) <= 0.1234567891 * (1 - OFFSETS[0])


def test_a_move_within_the_tolerance_costs_no_operation() -> None:
    assert desk().requote(Decimal("0.13") * (1 + Decimal("2.9e-4")), quoted(0.13), 0, 300) == []
    assert len(desk().requote(Decimal("0.13") * (1 + Decimal("3.1e-4")), quoted(0.13), 0, 300)) == 6


@pytest.mark.parametrize("price", [1e-7, 1.2345678e-6, 0.0009, 0.13, 7.0, 99_999.0])
def test_the_spread_is_the_parameters_at_any_price_to_a_thousandth_of_a_basis_point(price: float) -> None:
    view = Fraction(price)
    for operation in desk(half_spread=5.0, level_spacing=8.0).opening(Decimal(price)):
        sells = isinstance(operation, ManageSellOffer)
        quote = Fraction(operation.price_n, operation.price_d)
        distance = (quote / view - 1 if sells else 1 - quote / view) * 10_000
        (level,) = (offset for offset in (5, 13, 21) if abs(distance - offset) < 1)
        assert 0 <= distance - level <= Fraction(1, 900)


@pytest.mark.parametrize(("view", "first"), [("0.131", ManageSellOffer), ("0.129", ManageBuyOffer)])
def test_the_retreating_side_moves_first_in_place(view: str, first: type) -> None:
    operations = desk().requote(Decimal(view), quoted(0.13), 0, 300)
    assert [type(operation) is first for operation in operations] == [True] * 3 + [False] * 3
    assert sorted(operation.offer_id for operation in operations) == [1, 2, 3, 11, 12, 13]


def test_a_filled_level_comes_back_after_the_refill_lag_and_not_before() -> None:
    maker, book = desk(refill_lag=600.0), quoted(0.13)
    del book.asks[0]
    assert maker.requote(Decimal("0.13"), book, 1000, 1300) == []
    assert maker.requote(Decimal("0.13"), book, 1300, 1599) == []
    (refill,) = maker.requote(Decimal("0.13"), book, 1300, 1600)
    assert (refill.offer_id, refill.amount) == (0, AMOUNTS[0])
    assert price_of(refill) == pytest.approx(0.13 * (1 + OFFSETS[0]), rel=1e-6)


def test_a_level_filled_in_part_is_made_whole_after_the_lag() -> None:
    maker, book = desk(refill_lag=600.0), quoted(0.13)
    book.bids[0].amount //= 2
    assert maker.requote(Decimal("0.13"), book, 1000, 1300) == []
    (refill,) = maker.requote(Decimal("0.13"), book, 1300, 1600)
    assert (refill.offer_id, refill.buy_amount) == (11, AMOUNTS[0])


def test_while_a_level_is_missing_those_behind_it_keep_their_places() -> None:
    book = quoted(0.13)
    del book.asks[0]
    asks = [o for o in desk().requote(Decimal("0.131"), book, 0, 300) if isinstance(o, ManageSellOffer)]
    assert [price_of(ask) for ask in asks] == pytest.approx(
        [0.131 * (1 + offset) for offset in OFFSETS[1:]], rel=1e-6
    )


def test_crumbs_are_taken_away() -> None:
    book = quoted(0.13)
    book.asks[0].amount = 1
    (removal,) = desk().requote(Decimal("0.13"), book, 0, 300)
    assert (removal.offer_id, removal.amount) == (1, 0)


def test_a_desk_stays_behind_others_offers_instead_of_taking_them() -> None:
    book = quoted(0.13)
    book.asks.insert(0, resting(99, OTHER, 0.1301, 10**10))
    bids = [o for o in desk().requote(Decimal("0.1305"), book, 0, 300) if isinstance(o, ManageBuyOffer)]
    assert 0.1301 * (1 - 2e-4) < price_of(bids[0]) < 0.1301


def test_but_not_behind_one_that_is_left_behind_beyond_its_patience() -> None:
    book = quoted(0.13)
    book.asks.insert(0, resting(99, OTHER, 0.1301, 10**10))
    bids = [o for o in desk().requote(Decimal("0.1315"), book, 0, 300) if isinstance(o, ManageBuyOffer)]
    assert price_of(bids[0]) == pytest.approx(0.1315 * (1 - OFFSETS[0]), rel=1e-6)


def test_spread_and_depth_of_the_whole_market_are_the_parameters(venue: Callable[..., Any]) -> None:
    opened = venue(
        half_spread=7.0, maker_spacing=2.0, level_spacing=10.0, level_amount=1000.0, level_growth=2.0
    )
    book, price = opened.book, opened.market.markets[0].price(opened.founding[-2].header.close_time)
    assert float(book.lowest_ask()) / price - 1 == pytest.approx(7e-4, rel=1e-2)
    assert 1 - float(book.highest_bid()) / price == pytest.approx(7e-4, rel=1e-2)
    expected = sorted((7 + 2 * maker + 10 * level) * 1e-4 for maker in range(4) for level in range(5))
    for side, sign in ((book.asks, 1), (book.bids, -1)):
        assert [sign * (float(r.price) / price - 1) for r in side] == pytest.approx(expected, abs=2e-6)
        assert sum(r.amount for r in side) / 1e7 == pytest.approx(4 * 31 * 1000.0)


def test_on_the_network_no_account_ever_meets_its_own_offer(venue: Callable[..., Any]) -> None:
    codes = {
        result.code
        for closed in venue(seed=2).run(300)
        for applied in closed.transactions
        for result in applied.result.operations
    }
    # seed 2 is turbulent: offers are taken before their maker moves them, and nothing else ever fails
    assert codes == {
        "MANAGE_SELL_OFFER_SUCCESS",
        "MANAGE_BUY_OFFER_SUCCESS",
        "MANAGE_SELL_OFFER_NOT_FOUND",
        "MANAGE_BUY_OFFER_NOT_FOUND",
    }
