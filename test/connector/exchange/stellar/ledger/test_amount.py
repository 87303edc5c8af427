"""Amounts convert exactly or not at all."""

import decimal
import doctest
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hummingbot.connector.exchange.stellar.ledger import amount
from hummingbot.connector.exchange.stellar.ledger.amount import (
    INT64_MAX,
    INT64_MIN,
    STROOPS,
    format_stroops,
    from_stroops,
    quantize_down,
    to_stroops,
)

INT64 = st.integers(INT64_MIN, INT64_MAX)


@given(INT64)
def test_stroops_survive_the_way_through_text_and_decimal(stroops: int) -> None:
    assert to_stroops(format_stroops(stroops)) == stroops
    assert to_stroops(from_stroops(stroops)) == stroops
    assert quantize_down(from_stroops(stroops)) == stroops


@given(INT64)
def test_text_is_that_of_a_decimal_with_seven_places(stroops: int) -> None:
    assert format_stroops(stroops) == f"{from_stroops(stroops):.7f}"


@given(st.decimals("-900000000000", "900000000000", allow_nan=False))
def test_what_is_no_whole_number_of_stroops_is_refused(value: Decimal) -> None:
    numerator, denominator = value.as_integer_ratio()
    if numerator * STROOPS % denominator:
        with pytest.raises(ValueError, match="has more than 7 decimals"):
            to_stroops(value)
    else:
        assert to_stroops(value) == numerator * STROOPS // denominator


@given(st.decimals("-900000000000", "900000000000", allow_nan=False))
def test_quantizing_never_exceeds_and_loses_less_than_a_stroop(value: Decimal) -> None:
    numerator, denominator = value.as_integer_ratio()
    stroops = quantize_down(value)
    assert stroops * denominator <= numerator * STROOPS < (stroops + 1) * denominator


@pytest.mark.parametrize(
    ("text", "stroops"),
    [
        ("0", 0),
        ("0.0000001", 1),
        ("-0.0000001", -1),
        ("1", STROOPS),
        ("1.", STROOPS),
        (".5", 5_000_000),
        ("1.50000000000", 15_000_000),
        ("922337203685.4775807", INT64_MAX),
        ("-922337203685.4775808", INT64_MIN),
    ],
)
def test_plain_numbers_are_read(text: str, stroops: int) -> None:
    assert to_stroops(text) == stroops
    assert to_stroops(Decimal(text)) == stroops


@pytest.mark.parametrize("text", ["0.00000001", "1.00000005", "-0.00000001", "1E-8"])
def test_more_than_seven_decimals_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="more than 7 decimals: round it to whole stroops first"):
        to_stroops(Decimal(text))


@pytest.mark.parametrize(
    "text", ["922337203685.4775808", "-922337203685.4775809", "1e12", "1e999999", "-1e400"]
)
def test_more_than_int64_is_refused(text: str) -> None:
    for convert in (to_stroops, quantize_down):
        with pytest.raises(ValueError, match=r"at most 922337203685\.4775807 units"):
            convert(Decimal(text))


@pytest.mark.parametrize(
    "text", ["", " 1", "1e3", "1_000", "1,5", "NaN", "Infinity", "0x10", "+1", "١", "-", ".", "1" * 65]
)
def test_text_that_is_no_plain_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a plain decimal number"):
        to_stroops(text)


@pytest.mark.parametrize("text", ["NaN", "sNaN", "Infinity", "-Infinity"])
def test_decimals_that_are_no_number_are_refused(text: str) -> None:
    for convert in (to_stroops, quantize_down):
        with pytest.raises(ValueError, match="is not a number"):
            convert(Decimal(text))


@pytest.mark.parametrize("value", [1.5, 1, True, None])
def test_floats_and_bare_integers_are_refused(value: object) -> None:
    for convert in (to_stroops, quantize_down):
        with pytest.raises(TypeError, match="write it as Decimal"):
            convert(value)  # type: ignore[arg-type]


def test_amounts_far_below_a_stroop_cost_no_time() -> None:
    assert quantize_down(Decimal("1e-999999")) == 0
    assert quantize_down(Decimal("-1e-999999")) == -1


def test_a_coarse_decimal_context_changes_nothing() -> None:
    with decimal.localcontext() as context:
        context.prec = 3
        assert from_stroops(INT64_MAX) == Decimal("922337203685.4775807")
        assert to_stroops(Decimal("922337203685.4775807")) == INT64_MAX
        assert quantize_down(Decimal("922337203685.4775807")) == INT64_MAX


def test_the_documented_examples_hold() -> None:
    assert doctest.testmod(amount, optionflags=doctest.FAIL_FAST).failed == 0
