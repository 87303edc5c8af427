"""The arithmetic of pools is that of plain formulas over whole numbers, and never costs those who provide."""

import doctest
from fractions import Fraction
from math import isqrt

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from hummingbot.connector.exchange.stellar.ledger import pool
from hummingbot.connector.exchange.stellar.ledger.pool import (
    deposit_amounts,
    deposit_refusal,
    pool_receives,
    pool_sends,
    withdrawn_amount,
)

INT64_MAX = 2**63 - 1

amounts = st.integers(1, 1_000) | st.integers(1, 10**12) | st.integers(1, INT64_MAX)
any_amounts = amounts | st.just(0)


def sent_by(reserve_in: int, reserve_out: int, amount_in: int) -> int | None:
    """What CAP-38 says of a strict send."""
    if reserve_in == 0 or reserve_out == 0 or reserve_in + amount_in > INT64_MAX:
        return None
    return 9970 * reserve_out * amount_in // (10_000 * reserve_in + 9970 * amount_in) or None


def received_by(reserve_in: int, reserve_out: int, amount_out: int) -> int | None:
    """What CAP-38 says of a strict receive."""
    if reserve_in == 0 or amount_out >= reserve_out:
        return None
    amount_in = -(-10_000 * reserve_in * amount_out // ((reserve_out - amount_out) * 9970))
    return amount_in if reserve_in + amount_in <= INT64_MAX else None


@given(any_amounts, any_amounts, any_amounts)
@example(INT64_MAX - 5, 7, 5)
@example(INT64_MAX - 5, 7, 6)
@example(INT64_MAX // 2, INT64_MAX, INT64_MAX // 2)
def test_what_a_pool_sends_is_the_formulas(reserve_in: int, reserve_out: int, amount_in: int) -> None:
    assert pool_sends(reserve_in, reserve_out, amount_in) == sent_by(reserve_in, reserve_out, amount_in)


@given(any_amounts, any_amounts, any_amounts)
@example(9970, 10_001, 10_000)
@example(9970, 10_000, 10_000)
@example(INT64_MAX, INT64_MAX, INT64_MAX - 1)
@example(4 * 10**18, 4 * 10**18, 2 * 10**18)
def test_what_a_pool_receives_is_the_formulas(reserve_in: int, reserve_out: int, amount_out: int) -> None:
    got = pool_receives(reserve_in, reserve_out, amount_out)
    assert got == received_by(reserve_in, reserve_out, amount_out)


@given(st.integers(-3, 3))
def test_a_reserve_can_be_filled_to_the_last_stroop(more: int) -> None:
    full = INT64_MAX - 10
    assert pool_receives(full, full, 9) == 10
    assert pool_sends(full, full, 10) == 9
    cost, gain = pool_receives(full, full, 9 + more), pool_sends(full, full, 10 + more)
    assert (cost is None) == (gain is None) == (more > 0)


@given(amounts, amounts, amounts)
def test_the_product_never_falls_by_trading(reserve_in: int, reserve_out: int, amount: int) -> None:
    out = pool_sends(reserve_in, reserve_out, amount)
    if out is not None:
        assert (reserve_in + amount) * (reserve_out - out) >= reserve_in * reserve_out
    paid = pool_receives(reserve_in, reserve_out, amount)
    if paid is not None:
        assert (reserve_in + paid) * (reserve_out - amount) >= reserve_in * reserve_out


@given(amounts, amounts, amounts)
def test_receiving_what_a_sending_gave_costs_no_more_than_was_sent(a: int, b: int, amount: int) -> None:
    out = pool_sends(a, b, amount)
    assume(out is not None)
    cost = pool_receives(a, b, out)
    assert cost is not None
    assert cost <= amount
    assert pool_sends(a, b, cost) == out
    assert cost == 1 or pool_sends(a, b, cost - 1) != out


@given(amounts, amounts)
@example(1, 1)
@example(INT64_MAX, INT64_MAX)
@example(2, 2**62)
@example(3, 5)
@example(2**31, 2**31)
@example(2**32 - 1, 2**32 + 1)
def test_the_first_deposit_gets_the_geometric_mean(a: int, b: int) -> None:
    assert deposit_amounts(0, 0, 0, a, b) == (a, b, isqrt(a * b))


@st.composite
def pools(draw: st.DrawFn) -> tuple[int, int, int]:
    """Reserves and shares of a pool as deposits and trades can leave it."""
    a, b = draw(amounts), draw(amounts)
    root = isqrt(a * b)
    return a, b, draw(st.integers(max(1, root // 3), root) | st.just(root))


@given(pools(), amounts, amounts)
@example((1_000, 1_000, 1_000), 1_000, 1)
@example((10, 1, 3), 10, 2)
@example((1, INT64_MAX, 2**31), INT64_MAX, 2**33)
def test_a_deposit_is_in_proportion_and_never_a_gift_to_the_depositor(
    pool: tuple[int, int, int], most_a: int, most_b: int
) -> None:
    a, b, total = pool
    amount_a, amount_b, shares = deposit_amounts(*pool, most_a, most_b)
    assert shares == min(total * most_a // a, total * most_b // b)
    assert amount_a == -(-shares * a // total)
    assert amount_b == -(-shares * b // total)
    assert amount_a <= most_a
    assert amount_b <= most_b
    assume(shares + total <= INT64_MAX and amount_a + a <= INT64_MAX and amount_b + b <= INT64_MAX)
    back = [
        withdrawn_amount(shares, shares + total, reserve + amount)
        for reserve, amount in ((a, amount_a), (b, amount_b))
    ]
    assert back[0] <= amount_a
    assert back[1] <= amount_b
    assert Fraction(a + amount_a, total + shares) >= Fraction(a, total)


@given(pools(), st.data())
def test_a_withdrawal_is_its_part_rounded_down(pool: tuple[int, int, int], data: st.DataObject) -> None:
    a, b, total = pool
    shares = data.draw(st.integers(0, total))
    assert withdrawn_amount(shares, total, a) == shares * a // total
    assert withdrawn_amount(total, total, b) == b


near = st.integers(-1, 1)
bounds = st.tuples(st.integers(1, 30), st.integers(1, 30))


def is_bad(price: Fraction | None, low: tuple[int, int], high: tuple[int, int]) -> bool:
    return price is None or not Fraction(*low) <= price <= Fraction(*high)


@given(st.tuples(*[st.integers(0, 12)] * 3), st.tuples(*[near] * 6), bounds, bounds, st.booleans())
@example((6, 9, 7), (0, 0, 0, 0, 0, 0), (2, 3), (2, 3), True)
@example((6, 9, 7), (0, 0, 0, 1, 0, 0), (2, 3), (2, 3), True)
@example((6, 9, 7), (0, 0, 0, 0, 1, 0), (2, 3), (2, 3), True)
@example((6, 9, 7), (0, 0, 0, 0, 0, 1), (2, 3), (2, 3), True)
@example((6, 9, 7), (0, 0, -1, 1, 1, 1), (2, 3), (2, 3), True)
@example((6, 9, 7), (-1, 0, 0, 0, 0, 0), (1, 1), (1, 1), False)
@example((6, 9, 7), (0, -1, 0, 0, 0, 0), (1, 1), (1, 1), False)
def test_a_deposit_is_refused_for_the_first_thing_that_is_wrong(
    deposit: tuple[int, int, int],
    by: tuple[int, int, int, int, int, int],
    low: tuple[int, int],
    high: tuple[int, int],
    is_full: bool,
) -> None:
    """What is there is just enough, or one too little: of A, of B, of room for shares and in the pool."""
    a, b, shares = deposit
    available, room = (a + by[0], b + by[1]), shares + by[2]
    full = INT64_MAX if is_full else 1_000
    reserves = (full - a + by[3], full - b + by[4], full - shares + by[5])
    assume(max(reserves) <= INT64_MAX)
    code = deposit_refusal(deposit, reserves, available, room, low, high)
    if available[0] < a or available[1] < b:
        assert code == "UNDERFUNDED"
    elif is_bad(Fraction(a, b) if a and b else None, low, high):
        assert code == "BAD_PRICE"
    elif room < shares:
        assert code == "LINE_FULL"
    elif any(amount + reserve > INT64_MAX for amount, reserve in zip(deposit, reserves, strict=True)):
        assert code == "POOL_FULL"
    else:
        assert code is None


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: pool_sends(-1, 1, 1), "amount -1 is not between"),
        (lambda: pool_receives(1, 2**63, 1), "is not between"),
        (lambda: deposit_amounts(0, 5, 5, 1, 1), "a pool of 5 shares has reserves, not 0 and 5"),
        (lambda: deposit_amounts(1, 1, INT64_MAX, INT64_MAX, INT64_MAX), "no pool has"),
        (lambda: withdrawn_amount(2, 1, 1), "2 shares are more than the 1"),
        (lambda: withdrawn_amount(0, 0, 1), "0 shares are more than the 0"),
        (lambda: deposit_refusal((1, 1, 1), (0, 0, 0), (1, 1), 1, (0, 1), (1, 1)), "price 0/1"),
    ],
)
def test_what_no_ledger_holds_is_refused(call, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


def test_examples_of_the_documentation() -> None:
    assert doctest.testmod(pool).failed == 0
