"""From what an actor believes to a fraction that an offer can carry."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from hummingbot.connector.exchange.stellar.sandbox.market.history import HIGHEST_PRICE, LOWEST_PRICE
from hummingbot.connector.exchange.stellar.sandbox.market.quotes import (
    BookView,
    Resting,
    at_least,
    at_most,
    basis_points,
    units,
)

INT32_MAX = 2**31 - 1
GRID = Fraction(1, 10**7) + Fraction(1, 10**9)
prices = st.floats(LOWEST_PRICE, HIGHEST_PRICE)
factors = st.floats(-5000.0, 5000.0).map(lambda offset: 1 + basis_points(offset))


@given(prices, factors)
def test_a_quote_lies_on_the_side_that_was_asked_for_and_within_the_grid(
    price: float, factor: Decimal
) -> None:
    exact = Fraction(price) * Fraction(factor)
    for n, d, beyond in ((*at_least(Decimal(price), factor), 1), (*at_most(Decimal(price), factor), -1)):
        assert 0 < n <= INT32_MAX
        assert 0 < d <= INT32_MAX
        assert 0 <= beyond * (Fraction(n, d) - exact) <= GRID * exact


@given(st.integers(1, 99_999_999), st.integers(0, 7))
def test_a_price_that_is_on_the_grid_stays_what_it_is(digits: int, decimals: int) -> None:
    price = Decimal(digits).scaleb(-decimals)
    assert Fraction(*at_least(price)) == Fraction(*at_most(price)) == Fraction(price)


def test_parameters_are_what_is_written() -> None:
    assert units(0.1) == Decimal("0.1")
    assert basis_points(0.3) == Decimal("0.00003")


def test_the_best_price_of_others_is_seen_past_ones_own() -> None:
    book = BookView(
        [Resting(1, "me", 10, 100, 5), Resting(2, "you", 11, 100, 5), Resting(3, "you", 12, 100, 5)],
        [Resting(4, "me", 9, 100, 5), Resting(5, "you", 8, 100, 5)],
    )
    assert book.lowest_ask() == Decimal("0.1")
    assert book.lowest_ask("me") == Decimal("0.11")
    assert book.lowest_ask("me", above=Decimal("0.11")) == Decimal("0.12")
    assert book.lowest_ask("me", above=Decimal("0.12")) == Decimal("Infinity")
    assert book.highest_bid() == Decimal("0.09")
    assert book.highest_bid("me") == Decimal("0.08")
    assert book.highest_bid("me", below=Decimal("0.08")) == 0
    assert [[r.offer_id for r in side] for side in book.offers_of("you")] == [[2, 3], [5]]
    assert book.offers_of("nobody") == ([], [])
