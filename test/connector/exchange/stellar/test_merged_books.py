"""A connector whose order books show liquidity pools beside the offers, on a sandbox's Horizon."""

from typing import Any

import pytest
from hummingbot.core.data_type.common import OrderType

from hummingbot.connector.exchange.stellar.errors import ConfigurationError
from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE
from hummingbot.connector.exchange.stellar.ledger.liquidity_pool import LiquidityPoolDeposit, PoolShare
from hummingbot.connector.exchange.stellar.ledger.operations import (
    ChangeTrust,
    ManageSellOffer,
    PathPaymentStrictReceive,
)
from hummingbot.connector.exchange.stellar.ledger.pool import pool_receives
from hummingbot.connector.exchange.stellar.ledger.xdr import pool_id, pool_of
from hummingbot.connector.exchange.stellar.stellar_exchange import StellarExchange
from test.connector.exchange.stellar.conftest import EVENTS

PAIR = "XLM-USDC"
UNIT = 10_000_000
MOST = 2**63 - 1
RESERVES = 10_000 * UNIT, 1_000 * UNIT


class Merging:
    """A trader whose book shows a pool of 10,000 XLM and 1,000 USDC between offers of 0.099 and 0.11."""

    def __init__(self, sandbox: Any, trader: Any, provider: Any) -> None:
        self.sandbox, self.trader, self.provider = sandbox, trader, provider
        pool = pool_of(NATIVE, sandbox.usdc)
        self._share = PoolShare(pool_id(pool))
        deposit = LiquidityPoolDeposit(pool_id(pool), *RESERVES, 1, 2**31 - 1, 2**31 - 1, 1)
        sandbox.submit(provider, ChangeTrust(pool, MOST), deposit)
        sandbox.submit(
            provider,
            ManageSellOffer(NATIVE, sandbox.usdc, 5000 * UNIT, 11, 100),
            ManageSellOffer(sandbox.usdc, NATIVE, 99 * UNIT, 1000, 99),
        )

    @property
    def asks(self) -> list[tuple[float, float]]:
        """Price and amount of the trader's book, best first."""
        book = self.trader.exchange.order_books[PAIR]
        return [(row.price, row.amount) for row in book.ask_entries()]

    @property
    def bids(self) -> list[tuple[float, float]]:
        """Price and amount of the trader's book, best first."""
        book = self.trader.exchange.order_books[PAIR]
        return [(row.price, row.amount) for row in book.bid_entries()]

    @property
    def reserves(self) -> tuple[int, int]:
        """Of the pool, on the ledger."""
        pool = self.sandbox.sandbox.network.state.pools[self._share]
        return pool.reserve_a, pool.reserve_b

    def first_ask_of_the_pool(self) -> float:
        """What the pool's first two-thousandth costs by the ledger."""
        lumens, dollars = self.reserves
        return pool_receives(dollars, lumens, lumens // 2000) / (lumens // 2000)


@pytest.fixture
async def merging(traders: Any, sandbox: Any, faulty: Any) -> Merging:
    (trader,) = await traders("trader")
    await trader.stop()
    (provider,) = sandbox.fund("provider", lumens=10**12, usdc=10**11)
    key, domain = trader.key.reveal(), "stellar_local"
    exchange = StellarExchange(
        key, faulty.url, stellar_merged_book="yes", trading_pairs=[PAIR], domain=domain
    )
    for event in EVENTS:
        exchange.add_listener(event, trader._listener)
    trader.exchange = exchange
    made = Merging(sandbox, trader, provider)
    await trader.start()
    await trader.until(lambda: len(made.asks) > 10)
    return made


async def test_the_pool_stands_between_the_offers(merging: Merging) -> None:
    price, amount = merging.asks[0]
    assert (price, amount) == (pytest.approx(merging.first_ask_of_the_pool(), rel=1e-12), 5)
    assert merging.bids[0][0] == pytest.approx(0.1 * 0.997, rel=1e-3)
    assert merging.asks[-1][0] == pytest.approx(0.11, rel=1e-2)


async def test_levels_move_with_the_pool_ledger_by_ledger(merging: Merging) -> None:
    before = merging.asks[0][0]
    payer = merging.provider
    pay = PathPaymentStrictReceive(merging.sandbox.usdc, 10**10, payer.account, NATIVE, 200 * UNIT)
    merging.sandbox.submit(payer, pay)
    after = merging.first_ask_of_the_pool()
    assert after > 1.03 * before
    await merging.trader.until(lambda: merging.asks[0][0] == pytest.approx(after, rel=1e-12))


async def test_the_pool_of_a_node_that_is_behind_is_not_shown(merging: Merging, faulty: Any) -> None:
    answers = []

    async def old(request: Any, forward: Any) -> Any:
        answer = await forward()
        answers.append(answer)
        answer.text, answer.headers["Latest-Ledger"] = answers[0].text, answers[0].headers["Latest-Ledger"]
        return answer

    faulty.break_next("GET", "/liquidity_pools/", old)
    await merging.trader.until(lambda: len(answers) == 1)
    payer = merging.provider
    pay = PathPaymentStrictReceive(merging.sandbox.usdc, 10**10, payer.account, NATIVE, 200 * UNIT)
    merging.sandbox.submit(payer, pay)
    after = merging.first_ask_of_the_pool()
    await merging.trader.until(lambda: merging.asks[0][0] == pytest.approx(after, rel=1e-12))

    faulty.break_next("GET", "/liquidity_pools/", old, times=4)
    await merging.trader.until(lambda: len(answers) == 5)
    merging.sandbox.submit(payer, ManageSellOffer(NATIVE, merging.sandbox.usdc, 10 * UNIT, 12, 100))
    await merging.trader.until(lambda: merging.asks[-1][0] > 0.11)
    assert merging.asks[0][0] == pytest.approx(after, rel=1e-12)


async def test_a_market_order_of_the_first_levels_costs_what_they_say(merging: Merging) -> None:
    trader = merging.trader
    levels = merging.asks[:7]
    amount = round(sum(amount for _, amount in levels) * UNIT)
    cost = round(sum(price * amount for price, amount in levels) * UNIT)

    order = trader.buy(str(amount / UNIT), "NaN", OrderType.MARKET)
    await trader.until(lambda: "BuyOrderCompleted" in trader.told(order))

    fills = [t.fill for t in trader.exchange.own_trades]
    assert sum(fill.base_amount for fill in fills) == amount
    assert sum(fill.quote_amount for fill in fills) == cost


async def test_orders_that_only_meet_offers_are_checked_against_offers_alone(merging: Merging) -> None:
    trader = merging.trader
    within = trader.buy("10", "0.105", OrderType.LIMIT_MAKER)  # beyond the pool's price, short of the offer's
    await trader.until(lambda: trader.told(within) == ["BuyOrderCreated"])
    across = trader.buy("10", "0.111", OrderType.LIMIT_MAKER)
    await trader.until(lambda: trader.told(across) != [])
    assert "would trade at once with an offer at 0.11" in trader.log[-1].error_message


def test_what_is_neither_yes_nor_no_is_refused() -> None:
    says = "whether stellar_local shows liquidity pools in its order books, 'maybe', is neither yes nor no"
    with pytest.raises(ConfigurationError, match=says):
        StellarExchange("", stellar_merged_book="maybe", domain="stellar_local")


def test_it_is_off_unless_asked_for() -> None:
    source = StellarExchange("", trading_pairs=[PAIR], domain="stellar_local").order_book_tracker.data_source
    assert source.offers(PAIR) is None
