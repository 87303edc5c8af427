"""From side, amount and price to an operation: exact in base, on the owner's side, dust known before."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hummingbot.connector.exchange.stellar.ledger.amount import INT64_MAX
from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE, Asset
from hummingbot.connector.exchange.stellar.ledger.exchange import exchange_v10
from hummingbot.connector.exchange.stellar.ledger.operations import ManageBuyOffer, ManageSellOffer
from hummingbot.connector.exchange.stellar.ledger.price import price_at_most
from hummingbot.connector.exchange.stellar.transactions.offers import (
    limit_offer,
    obligations,
    passive_offer,
    resting_amount,
)

USDC = Asset("USDC", "GA5ZSEJYB37JRC5AVCIA5MOP4RHTM335X2KGX3IHOJAPP5RE34K4KZVN")
PRICES = st.integers(1, 10**12).map(lambda n: Decimal(n).scaleb(-7))
AMOUNTS = st.integers(1, 10**15)


@given(AMOUNTS, PRICES)
def test_a_buy_never_pays_more_and_a_sell_never_gets_less_than_its_price(amount, price):
    buy = limit_offer(NATIVE, USDC, True, amount, price)
    sell = limit_offer(NATIVE, USDC, False, amount, price)

    assert isinstance(buy, ManageBuyOffer)
    assert isinstance(sell, ManageSellOffer)
    assert Fraction(buy.price_n, buy.price_d) <= Fraction(price) <= Fraction(sell.price_n, sell.price_d)
    assert (buy.buy_amount, sell.amount) == (amount, amount)


@given(st.integers(1, 2**31 - 1), st.integers(1, 2**31 - 1), st.integers(1, 10**15), st.integers(1, 10**15))
def test_whole_stroops_cost_the_order_used_up_less_than_one_of_quote_and_the_other_none(n, d, held, wanted):
    price = Fraction(n, d)
    base, quote, maker_stays = exchange_v10(n, d, held, wanted, INT64_MAX, INT64_MAX)  # of a resting sell
    assert -1 < quote - base * price < 1
    assert (quote >= base * price) if maker_stays else (quote <= base * price)

    quote, base, maker_stays = exchange_v10(d, n, held, wanted, INT64_MAX, INT64_MAX)  # of a resting buy
    assert -1 < quote - base * price < 1
    assert (quote <= base * price) if maker_stays else (quote >= base * price)


@given(AMOUNTS, PRICES)
def test_a_passive_buy_stays_within_its_price_and_its_amount_or_is_refused(amount, price):
    most = price_at_most(price)
    if amount * most.n // most.d > INT64_MAX:
        with pytest.raises(ValueError, match="the ledger holds 9223372036854775807 at most"):
            passive_offer(NATIVE, USDC, True, amount, price)
        return
    buy = passive_offer(NATIVE, USDC, True, amount, price)

    assert Fraction(buy.price_d, buy.price_n) <= Fraction(price)
    assert buy.amount <= amount * price


@given(st.integers(10**4, 10**15), PRICES)
def test_what_rests_is_what_the_ledger_asks_for(amount, price):
    sell = limit_offer(NATIVE, USDC, False, amount, price)
    selling, _ = obligations(sell)

    assert resting_amount(sell) <= selling <= amount


@pytest.mark.parametrize("stroops", [1, 3, 10])
def test_dust_is_known_before_it_is_sent(stroops):
    sell = limit_offer(NATIVE, USDC, False, stroops, Decimal("0.11"))
    assert resting_amount(sell) == 0


@pytest.mark.parametrize("price", [Decimal(10) ** 11, Decimal("1e-12"), Decimal("NaN"), Decimal(0)])
def test_a_price_out_of_the_ledgers_range_is_refused(price):
    with pytest.raises((ValueError, ArithmeticError)):
        limit_offer(NATIVE, USDC, True, 10**7, price)
