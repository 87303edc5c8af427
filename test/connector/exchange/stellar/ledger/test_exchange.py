"""The exchange of two offers: what it promises, whatever the numbers."""

import doctest
from fractions import Fraction
from math import ceil, floor

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from hummingbot.connector.exchange.stellar.ledger import balances, book, exchange
from hummingbot.connector.exchange.stellar.ledger.exchange import (
    adjust_offer,
    bid_liabilities,
    crosses,
    exchange_v10,
    offer_liabilities,
)

INT32_MAX, INT64_MAX = 2**31 - 1, 2**63 - 1

small, large = st.integers(1, 50), st.integers(1, INT32_MAX)
parts = small | large
amounts = st.integers(0, 1_000) | st.integers(0, 10**12) | st.integers(0, INT64_MAX) | st.just(INT64_MAX)
some = amounts.filter(bool)


def value_of_wheat(n: int, d: int, max_wheat_send: int, max_sheep_receive: int) -> Fraction:
    """What the resting offer is worth, in sheep."""
    return min(max_wheat_send * Fraction(n, d), Fraction(max_sheep_receive))


@given(parts, parts, some, some, some, some)
@example(3, 2, 28, 10, INT64_MAX, INT64_MAX)
@example(2, 3, 150, 101, INT64_MAX, INT64_MAX)
def test_smaller_offer_leaves_and_rounding_favours_the_other(
    n: int, d: int, wheat_send: int, wheat_receive: int, sheep_send: int, sheep_receive: int
) -> None:
    wheat, sheep, stays = exchange_v10(n, d, wheat_send, wheat_receive, sheep_send, sheep_receive)
    price = Fraction(n, d)
    assert stays == (
        value_of_wheat(n, d, wheat_send, sheep_receive) > min(wheat_receive * price, Fraction(sheep_send))
    )
    assert 0 <= wheat <= min(wheat_send, wheat_receive)
    assert 0 <= sheep <= min(sheep_send, sheep_receive)
    if wheat == 0 or sheep == 0:
        assert (wheat, sheep) == (0, 0)
        return
    paid = Fraction(sheep, wheat)
    assert paid >= price if stays else paid <= price
    assert abs(paid - price) <= price / 100


@given(parts, parts, some, some, some, some)
@example(3, 2, 1000, 333, INT64_MAX, INT64_MAX)
@example(2, 3, 1000, INT64_MAX, 100, INT64_MAX)
@example(3, 2, 100, 1000, 151, INT64_MAX)
@example(2, 3, 100, 1000, 1000, 67)
def test_no_more_could_have_been_exchanged(
    n: int, d: int, wheat_send: int, wheat_receive: int, sheep_send: int, sheep_receive: int
) -> None:
    """Whoever leaves the book exchanges all it can: of the asset worth more a unit, one more is too much.

    Of the other asset it gets, or gives, the integer nearest to the price on the side that favours who stays.
    """
    wheat, sheep, stays = exchange_v10(n, d, wheat_send, wheat_receive, sheep_send, sheep_receive)
    assume(wheat > 0)
    price = Fraction(n, d)
    leaves = min(wheat_receive * price, Fraction(sheep_send))
    if not stays:
        leaves = value_of_wheat(n, d, wheat_send, sheep_receive)
    if n > d:
        assert wheat == floor(leaves / price)
        assert sheep == (ceil(wheat * price) if stays else floor(wheat * price))
    else:
        assert sheep == floor(leaves)
        assert wheat == (floor(sheep / price) if stays else ceil(sheep / price))


@given(parts, parts, some, some, some)
@example(2, 3, 150, 101, INT64_MAX)
@example(3, 2, 150, 101, INT64_MAX)
def test_strict_receive_gets_all_it_asked_for_at_the_least_price(
    n: int, d: int, wheat_send: int, wheat_receive: int, sheep_receive: int
) -> None:
    """As in a path payment: nothing limits what is sent, and the offer is larger than what is asked for."""
    wheat_send = adjust_offer(n, d, wheat_send, sheep_receive)
    wheat, sheep, stays = exchange_v10(
        n, d, wheat_send, wheat_receive, INT64_MAX, sheep_receive, "strict_receive"
    )
    assume(stays and wheat_receive * Fraction(n, d) <= INT64_MAX)
    assert wheat == wheat_receive
    assert sheep == ceil(wheat * Fraction(n, d))


@settings(suppress_health_check=[HealthCheck.filter_too_much])
@given(parts, parts, some, some, some)
@example(2, 3, 150, 100, INT64_MAX)
@example(3, 2, 150, 100, INT64_MAX)
def test_strict_send_spends_all_and_gets_what_that_is_worth(
    n: int, d: int, wheat_send: int, sheep_send: int, sheep_receive: int
) -> None:
    wheat_send = adjust_offer(n, d, wheat_send, sheep_receive)
    value = value_of_wheat(n, d, wheat_send, sheep_receive)
    assume(value > sheep_send)
    wheat, sheep, stays = exchange_v10(n, d, wheat_send, INT64_MAX, sheep_send, sheep_receive, "strict_send")
    assert stays
    assert sheep == min(sheep_send, sheep_receive)
    assert wheat == floor(sheep_send / Fraction(n, d))


@given(parts, parts, amounts, amounts)
def test_adjusting_twice_changes_nothing(n: int, d: int, wheat_send: int, sheep_receive: int) -> None:
    once = adjust_offer(n, d, wheat_send, sheep_receive)
    assert once <= wheat_send
    assert adjust_offer(n, d, once, sheep_receive) == once


@given(parts, parts, some)
def test_liabilities_of_an_adjusted_offer_are_itself_and_what_it_can_buy(n: int, d: int, amount: int) -> None:
    adjusted = adjust_offer(n, d, amount, INT64_MAX)
    assume(adjusted)
    selling, buying = offer_liabilities(n, d, adjusted)
    assert selling == adjusted
    wheat, sheep, _ = exchange_v10(n, d, adjusted, INT64_MAX, INT64_MAX, INT64_MAX)
    assert (wheat, sheep) == (selling, buying)


@given(parts, parts, some)
def test_bid_reserves_what_it_buys(n: int, d: int, amount: int) -> None:
    selling, buying = bid_liabilities(n, d, amount)
    assert buying <= amount
    assert selling <= INT64_MAX
    if amount * Fraction(d, n) <= INT64_MAX and n <= d:
        assert buying == amount


@pytest.mark.parametrize("amount", [1, 3, 10])
def test_dust_is_nothing(amount: int) -> None:
    """Recorded: offers of so little at 0.11 succeed, and are deleted."""
    assert adjust_offer(11, 100, amount, INT64_MAX) == 0


@given(parts, parts, parts, parts)
def test_crossing_is_exact(n: int, d: int, taker_n: int, taker_d: int) -> None:
    ask, limit = Fraction(n, d), Fraction(taker_d, taker_n)
    assert crosses(n, d, taker_n, taker_d) == (ask <= limit)
    assert crosses(n, d, taker_n, taker_d, passive=True) == (ask < limit)


def test_equal_as_doubles_is_not_equal() -> None:
    n, d = INT32_MAX, INT32_MAX - 1
    worse_n, worse_d = INT32_MAX - 1, INT32_MAX - 2
    assert n / d == worse_n / worse_d
    assert not crosses(worse_n, worse_d, d, n)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0, 1, 1, 1, 1, 1), "price 0/1"),
        ((1, 2**31, 1, 1, 1, 1), "32-bit"),
        ((1, 1, -1, 1, 1, 1), "amount -1"),
        ((1, 1, 1, 1, 1, 2**63), "stroops"),
        ((1, 1, 1, 1, 1, 1, "up"), "rounding 'up'"),
    ],
)
def test_what_no_ledger_holds_is_refused(arguments: tuple[object, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        exchange_v10(*arguments)  # type: ignore[arg-type]


@pytest.mark.parametrize("module", [exchange, book, balances])
def test_examples_of_the_documentation(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]
