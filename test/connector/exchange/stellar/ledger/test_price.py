"""Prices are rounded to the side asked for, by less than the stated bound, and no further than needed."""

import decimal
import doctest
import gzip
import json
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hummingbot.connector.exchange.stellar.ledger import price
from hummingbot.connector.exchange.stellar.ledger.price import (
    INT32_MAX,
    Price,
    format_price,
    price_at_least,
    price_at_most,
)

ROOT = next(parent for parent in Path(__file__).parents if (parent / "pyproject.toml").is_file())
EXCHANGES = ROOT / "test" / "golden" / "horizon" / "exchanges.jsonl.gz"
BOUND = Fraction(2, INT32_MAX)

INT32 = st.integers(1, INT32_MAX)
FRACTIONS = st.builds(Price, INT32, INT32)
VALUES = st.one_of(
    st.decimals("4.66e-10", INT32_MAX, places=40),
    st.decimals("0.01", "100", places=12),
    st.builds(
        lambda n, d, tail: (Decimal(n) / Decimal(d)).next_plus() + tail * Decimal("1e-25"),
        INT32,
        INT32,
        INT32,
    ),
    st.builds(lambda digits, power: Decimal(digits).scaleb(-power), INT32, st.integers(0, 9)),
).filter(lambda value: Fraction(1, INT32_MAX) <= Fraction(value) <= INT32_MAX)


def as_fraction(one: Price) -> Fraction:
    return Fraction(one.n, one.d)


@given(VALUES)
@example(Decimal("1.0000000000000001"))
@example(Decimal("0.9999999999999999"))
@example(Decimal("1500000000.5"))
@example(Decimal("2147483646.5"))
@example(Decimal("0.000000000465661287741"))
@example(Decimal("3.14159265358979323846"))
def test_each_side_is_kept_within_the_stated_bound(value: Decimal) -> None:
    exact = Fraction(value)
    below, above = as_fraction(price_at_most(value)), as_fraction(price_at_least(value))
    assert below <= exact <= above
    assert (exact - below) / exact < BOUND
    assert (above - exact) / above < BOUND


@given(VALUES)
def test_no_fraction_lies_between_the_two_sides(value: Decimal) -> None:
    below, above = price_at_most(value), price_at_least(value)
    if below != above:  # neighbours whose mediant, the simplest fraction between them, is beyond int32
        assert above.n * below.d - below.n * above.d == 1
        assert below.n + above.n > INT32_MAX or below.d + above.d > INT32_MAX


@given(FRACTIONS, st.sampled_from([1, 2, 5, 10**9, 2**30]))
def test_what_a_fraction_can_hold_is_exact(one: Price, divisor: int) -> None:
    value = Decimal(one.n) / Decimal(divisor)
    if Fraction(value) == Fraction(one.n, divisor):
        assert (
            as_fraction(price_at_most(value))
            == as_fraction(price_at_least(value))
            == Fraction(one.n, divisor)
        )


@given(st.integers(1, 3000), st.integers(1, 3000), st.integers(1, 3000))
def test_no_small_fraction_is_closer(n: int, d: int, tail: int) -> None:
    value = Decimal("0.7324") + tail * Decimal("1e-15")
    below, above = as_fraction(price_at_most(value)), as_fraction(price_at_least(value))
    assert not below < Fraction(n, d) < above or Fraction(n, d) == Fraction(value)


@pytest.mark.parametrize(
    "text", ["0", "-1", "4.65e-10", "2147483647.0000001", "1e30", "1e999999", "1e-999999", "-1e9"]
)
def test_prices_no_offer_can_hold_are_refused(text: str) -> None:
    for side in (price_at_most, price_at_least):
        with pytest.raises(ValueError, match=r"does not fit an offer: write one from 4\.66e-10"):
            side(Decimal(text))


@pytest.mark.parametrize("text", ["NaN", "sNaN", "Infinity", "-Infinity"])
def test_prices_that_are_no_number_are_refused(text: str) -> None:
    for side in (price_at_most, price_at_least):
        with pytest.raises(ValueError, match="is not a number"):
            side(Decimal(text))


@pytest.mark.parametrize("value", [0.5, 1, "0.5", None])
def test_only_decimals_are_taken(value: object) -> None:
    for side in (price_at_most, price_at_least):
        with pytest.raises(TypeError, match="write it as Decimal"):
            side(value)  # type: ignore[arg-type]


def test_the_ends_of_the_range_are_reached() -> None:
    assert price_at_most(Decimal(INT32_MAX)) == Price(INT32_MAX, 1)
    smallest = price_at_least(Decimal("4.6566128774142e-10"))
    assert (smallest.n, smallest.d) == (1, INT32_MAX - 1) or smallest == Price(1, INT32_MAX)


def test_a_coarse_decimal_context_changes_nothing() -> None:
    value = Decimal("0.12345678901234567")
    expected = price_at_most(value), price_at_least(value), price_at_most(value).to_decimal()
    with decimal.localcontext() as context:
        context.prec = 3
        assert (price_at_most(value), price_at_least(value), price_at_most(value).to_decimal()) == expected


@given(FRACTIONS, FRACTIONS)
def test_prices_compare_exactly(one: Price, other: Price) -> None:
    left, right = as_fraction(one), as_fraction(other)
    assert (one < other, one <= other, one > other, one >= other, one == other) == (
        left < right,
        left <= right,
        left > right,
        left >= right,
        left == right,
    )


def test_prices_that_no_float_tells_apart_still_differ() -> None:
    one, other = Price(2147483646, 2147483645), Price(2147483647, 2147483646)
    assert other < one
    assert other != one


def test_equal_values_written_differently_are_equal_and_hash_alike() -> None:
    assert Price(1, 2) == Price(2, 4)
    assert len({Price(1, 2), Price(2, 4)}) == 1
    assert Price(1, 2) != "1/2"


@given(FRACTIONS)
def test_the_inverse_turns_the_fraction_over(one: Price) -> None:
    assert (one.inverse.n, one.inverse.d) == (one.d, one.n)
    assert one.inverse.inverse == one


def test_decimals_have_28_digits() -> None:
    assert Price(2, 3).to_decimal() == Decimal("0.6666666666666666666666666667")
    assert Price(1, 8).to_decimal() == Decimal("0.125")


@pytest.mark.parametrize(("n", "d"), [(0, 1), (1, 0), (-1, 1), (2**31, 1), (1, 2**31)])
def test_a_price_has_positive_int32_parts(n: int, d: int) -> None:
    with pytest.raises(ValueError, match="is not a fraction of two numbers from 1"):
        Price(n, d)


@pytest.mark.parametrize(
    ("n", "d", "text"),
    [
        (1, 1, "1.0000000"),
        (10000, 1081, "9.2506938"),
        (2, 3, "0.6666667"),
        (1, 20_000_000, "0.0000001"),
        (3, 20_000_000, "0.0000002"),
        (1, INT32_MAX, "0.0000000"),
        (INT32_MAX, 1, "2147483647.0000000"),
    ],
)
def test_text_is_rounded_half_up_to_seven_decimals(n: int, d: int, text: str) -> None:
    assert format_price(n, d) == text
    assert str(Price(n, d)) == text


@given(INT32, INT32)
def test_text_is_the_nearest_of_seven_decimals(n: int, d: int) -> None:
    error = Fraction(format_price(n, d)) - Fraction(n, d)
    assert -Fraction(1, 2 * 10**7) < error <= Fraction(1, 2 * 10**7)


def recorded_prices(node: object) -> Iterator[tuple[int, int, str]]:
    """Yield every price that Horizon prints beside its fraction, at any depth of a response."""
    if isinstance(node, list):
        for item in node:
            yield from recorded_prices(item)
    elif isinstance(node, dict):
        for name in ("price", "open", "high", "low", "close"):
            fraction = node.get(f"{name}_r")
            if isinstance(fraction, dict) and isinstance(node.get(name), str):
                parts = {key.lower(): int(value) for key, value in fraction.items()}
                yield parts["n"], parts["d"], node[name]
        for item in node.values():
            yield from recorded_prices(item)


def test_text_is_what_a_real_horizon_printed() -> None:
    with gzip.open(EXCHANGES, "rt") as lines:
        prices = {one for line in lines for one in recorded_prices(json.loads(line)["response"].get("json"))}
    assert len(prices) > 200
    assert [one for one in prices if format_price(one[0], one[1]) != one[2]] == []


def test_the_documented_examples_hold() -> None:
    assert doctest.testmod(price, optionflags=doctest.FAIL_FAST).failed == 0
