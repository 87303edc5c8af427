"""A pool as it stands: prices, bounds, and what providing to it costs against keeping."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE, Asset
from hummingbot.connector.exchange.stellar.ledger.pool_reserves import (
    PoolReserves,
    impermanent_loss,
    price_bounds,
)
from hummingbot.connector.exchange.stellar.ledger.xdr import pool_of

USDC = Asset("USDC", "GA5ZSEJYB37JRC5AVCIA5MOP4RHTM335X2KGX3IHOJAPP5RE34K4KZVN")
POOL = PoolReserves(pool_of(NATIVE, USDC), 2_000, 100, 447)


def test_it_answers_for_either_asset() -> None:
    assert (POOL.reserve_of(NATIVE), POOL.reserve_of(USDC)) == (2_000, 100)
    assert (POOL.price(NATIVE), POOL.price(USDC)) == (Fraction(1, 20), Fraction(20))
    assert POOL.gives(NATIVE, 1_000) == 33
    assert POOL.takes(USDC, 33) == 989
    assert POOL.takes(USDC, 100) is None
    assert POOL.worth(447) == (2_000, 100)


def test_an_asset_of_another_pool_and_an_empty_pool_are_refused() -> None:
    with pytest.raises(ValueError, match="has no EURC"):
        POOL.reserve_of(Asset("EURC", USDC.issuer))
    with pytest.raises(ValueError, match="is empty"):
        PoolReserves(POOL.parameters, 0, 0, 0).price(NATIVE)


@given(
    st.fractions(min_value=Fraction(1, 10**6), max_value=10**6),
    st.fractions(min_value=Fraction(1, 10**6), max_value=Fraction(99, 100)),
)
def test_bounds_of_a_deposit_are_never_wider_than_the_slippage(price: Fraction, slippage: Fraction) -> None:
    lowest, highest = (Fraction(*bound) for bound in price_bounds(price, slippage))
    assert price * (1 - slippage) <= lowest <= price <= highest <= price * (1 + slippage)
    assert max(*lowest.as_integer_ratio(), *highest.as_integer_ratio()) < 2**31


@pytest.mark.parametrize("slippage", [Fraction(0), Fraction(1), Fraction(-1, 2)])
def test_slippage_is_a_share(slippage: Fraction) -> None:
    with pytest.raises(ValueError, match="slippage"):
        price_bounds(Fraction(1), slippage)


@pytest.mark.parametrize("ratio", ["0.25", "0.5", "0.9", "1", "1.1", "2", "4", "100"])
def test_impermanent_loss_is_the_closed_form_where_no_fee_is_earned(ratio: str) -> None:
    """A pool without a fee keeps A·B, so a price of r times the first leaves A/√r and B·√r."""
    unit = 10**15
    root = Decimal(ratio).sqrt()
    worth = (int(unit / root), int(unit * root))

    loss = impermanent_loss((unit, unit), worth, Fraction(*worth[::-1]))

    closed = 2 * root / (1 + Decimal(ratio)) - 1
    assert abs(Decimal(loss.numerator) / Decimal(loss.denominator) - closed) < Decimal("1e-14")


def test_fees_earned_put_a_position_ahead_and_nothing_put_in_compares_with_nothing() -> None:
    assert impermanent_loss((100, 100), (101, 101), Fraction(1)) == Fraction(1, 100)
    with pytest.raises(ValueError, match="nothing is left"):
        impermanent_loss((0, 0), (1, 1), Fraction(1))
