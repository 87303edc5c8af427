"""MARKET orders as path payments: the exact amount over books and pools within the cap, or nothing."""

from decimal import Decimal
from typing import Any

import pytest
from hummingbot.core.data_type.common import OrderType

from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE, Asset
from hummingbot.connector.exchange.stellar.ledger.liquidity_pool import PoolShare
from hummingbot.connector.exchange.stellar.ledger.operations import (
    ChangeTrust,
    LiquidityPoolDeposit,
    ManageSellOffer,
    Payment,
)
from hummingbot.connector.exchange.stellar.ledger.pool import pool_receives, pool_sends
from hummingbot.connector.exchange.stellar.ledger.xdr import pool_id, pool_of

PAIR = "XLM-USDC"
UNIT = 10_000_000
FEE = 100
MOST = 2**63 - 1
ANY_PRICE = (1, 2**31 - 1, 2**31 - 1, 1)
MARKET = OrderType.MARKET


class Town:
    """A taker, and the offers and pools of a provider."""

    def __init__(self, sandbox: Any, taker: Any, provider: Any) -> None:
        self.sandbox, self.taker, self.provider = sandbox, taker, provider
        self.usdc = sandbox.usdc

    def pour(self, one: Asset, amount: int, other: Asset, amount_other: int) -> None:
        """Make a pool and fill it."""
        pool = pool_of(one, other)
        amounts = (amount, amount_other) if pool.asset_a == one else (amount_other, amount)
        deposit = LiquidityPoolDeposit(pool_id(pool), *amounts, *ANY_PRICE)
        self.sandbox.submit(self.provider, ChangeTrust(pool, MOST), deposit)

    def offer(self, selling: Asset, buying: Asset, amount: int, n: int, d: int) -> None:
        """Let an offer rest."""
        self.sandbox.submit(self.provider, ManageSellOffer(selling, buying, amount, n, d))

    def reserves(self) -> tuple[int, int]:
        """Of the pool of XLM and USDC."""
        pool = self.sandbox.sandbox.network.state.pools[PoolShare(pool_id(pool_of(NATIVE, self.usdc)))]
        return pool.reserve_a, pool.reserve_b

    async def see(self, side: str = "ask") -> None:
        """Wait until the taker's book shows an offer."""
        book = self.taker.exchange.get_order_book(PAIR)
        entries = book.ask_entries if side == "ask" else book.bid_entries
        await self.taker.until(lambda: any(entries()))

    async def done(self, order: str) -> list[str]:
        """Wait until an order has ended and the connector knows the ledger's balances; what was told."""
        taker = self.taker
        await taker.until(lambda: taker.told(order) and not taker.open_orders)
        await taker.until(lambda: taker.exchange.stroop_balances() == taker.ledger_balances())
        return taker.told(order)

    def fills(self, order: str) -> list[tuple[int, int]]:
        """Exact fills of an order: stroops of base and quote."""
        trades = [t.fill for t in self.taker.exchange.own_trades if t.fill.client_order_id == order]
        return [(fill.base_amount, fill.quote_amount) for fill in trades]


BOUGHT = ["BuyOrderCreated", "OrderFilled", "BuyOrderCompleted"]
SOLD = ["SellOrderCreated", "OrderFilled", "SellOrderCompleted"]


@pytest.fixture
async def town(traders: Any, sandbox: Any) -> Town:
    """A taker with 10,000 XLM and 10,000 USDC, and a provider with as much; nothing is offered yet."""
    (taker,) = await traders("taker")
    (provider,) = sandbox.fund("provider", lumens=10**11, usdc=10**11)
    return Town(sandbox, taker, provider)


async def test_a_buy_takes_the_book_where_there_is_no_pool(town: Town) -> None:
    town.offer(NATIVE, town.usdc, 60 * UNIT, 10, 100)
    town.offer(NATIVE, town.usdc, 60 * UNIT, 101, 1000)
    await town.see()
    before = town.taker.ledger_balances()

    order = town.taker.buy("100", "NaN", MARKET)

    assert await town.done(order) == ["BuyOrderCreated", "OrderFilled", "OrderFilled", "BuyOrderCompleted"]
    assert town.fills(order) == [(60 * UNIT, 6 * UNIT), (40 * UNIT, 404 * UNIT // 100)]
    after = town.taker.ledger_balances()
    assert after["XLM"] - before["XLM"] == 100 * UNIT - FEE
    assert before["USDC"] - after["USDC"] == 1_004 * UNIT // 100
    created = next(e for e in town.taker.log if type(e).__name__ == "BuyOrderCreatedEvent")
    offer_id, _, toid = created.exchange_order_id.partition(":")
    assert offer_id == "0"
    trades = [event.exchange_trade_id for event in town.taker.fills(order)]
    assert trades == [f"{toid}-0", f"{toid}-1"]
    assert not town.taker.offers


async def test_a_sell_takes_the_pool_where_there_is_no_book(town: Town) -> None:
    town.pour(NATIVE, 20_000 * UNIT // 4, town.usdc, 500 * UNIT)
    given = pool_sends(*town.reserves(), 50 * UNIT)
    before = town.taker.ledger_balances()

    order = town.taker.sell("50", "NaN", MARKET)

    assert await town.done(order) == SOLD
    assert town.fills(order) == [(50 * UNIT, given)]
    after = town.taker.ledger_balances()
    assert before["XLM"] - after["XLM"] == 50 * UNIT + FEE
    assert after["USDC"] - before["USDC"] == given


@pytest.mark.parametrize(("n", "from_pool"), [(1000, False), (1010, True)])
async def test_the_better_of_book_and_pool_is_taken(town: Town, n: int, from_pool: bool) -> None:
    town.pour(NATIVE, 5_000 * UNIT, town.usdc, 500 * UNIT)
    town.offer(NATIVE, town.usdc, 60 * UNIT, n, 10_000)
    await town.see()
    reserve_xlm, reserve_usdc = town.reserves()
    pool_asks = pool_receives(reserve_usdc, reserve_xlm, 10 * UNIT)
    book_asks = 10 * UNIT * n // 10_000
    assert (pool_asks < book_asks) == from_pool

    order = town.taker.buy("10", "NaN", MARKET)

    assert await town.done(order) == BOUGHT
    assert town.fills(order) == [(10 * UNIT, min(pool_asks, book_asks))]


async def test_a_better_way_over_another_asset_is_one_fill_of_exact_totals(town: Town) -> None:
    euro = Asset("EURC", town.usdc.issuer)
    town.sandbox.submit(town.provider, ChangeTrust(euro, MOST))
    town.sandbox.submit(town.sandbox.issuer, Payment(town.provider.account, euro, 1_000 * UNIT))
    town.offer(NATIVE, town.usdc, 100 * UNIT, 10, 100)
    town.offer(NATIVE, euro, 30 * UNIT, 9, 100)
    town.offer(NATIVE, euro, 30 * UNIT, 91, 1000)
    town.pour(euro, 500 * UNIT, town.usdc, 500 * UNIT)
    await town.see()
    before = town.taker.ledger_balances()

    order = town.taker.buy("50", "NaN", MARKET)

    assert await town.done(order) == BOUGHT
    after = town.taker.ledger_balances()
    euros = 270 * UNIT // 100 + 182 * UNIT // 100
    cost = pool_receives(500 * UNIT, 500 * UNIT, euros)
    assert before["USDC"] - after["USDC"] == cost
    assert town.fills(order) == [(50 * UNIT, cost)]


@pytest.mark.parametrize("side", ["buy", "sell"])
async def test_beyond_the_cap_nothing_is_traded_and_nothing_is_paid(town: Town, side: str) -> None:
    town.offer(NATIVE, town.usdc, 10 * UNIT, 10, 100)
    town.offer(NATIVE, town.usdc, 100 * UNIT, 2, 10)
    town.offer(town.usdc, NATIVE, 1 * UNIT, 11, 1)
    town.offer(town.usdc, NATIVE, 10 * UNIT, 20, 1)
    await town.see("ask" if side == "buy" else "bid")
    before = town.taker.ledger_balances()

    order = getattr(town.taker, side)("50", "NaN", MARKET)

    assert await town.done(order) == ["MarketOrderFailure"]
    failure = next(e for e in town.taker.log if e.order_id == order)
    assert "within 5% of the best price" in failure.error_message
    assert town.taker.ledger_balances() == before
    assert not town.taker.offers


async def test_what_books_and_pools_cannot_fill_is_rejected_whole(town: Town) -> None:
    town.offer(NATIVE, town.usdc, 60 * UNIT, 10, 100)
    await town.see()
    before = town.taker.ledger_balances()

    order = town.taker.buy("100", "NaN", MARKET)

    assert await town.done(order) == ["MarketOrderFailure"]
    assert "cannot fill 100" in town.taker.log[-1].error_message
    assert town.taker.ledger_balances() == before


@pytest.mark.parametrize(("side", "code"), [("buy", "OVER_SENDMAX"), ("sell", "UNDER_DESTMIN")])
async def test_the_ledger_itself_holds_the_cap_where_the_way_was_not_known(
    sandbox: Any, traders: Any, faulty: Any, faults: Any, side: str, code: str
) -> None:
    (taker,) = await traders("taker", url=faulty.url)
    (provider,) = sandbox.fund("provider", lumens=10**11, usdc=10**11)
    town = Town(sandbox, taker, provider)
    town.offer(NATIVE, town.usdc, 10 * UNIT, 10, 100)
    town.offer(NATIVE, town.usdc, 100 * UNIT, 2, 10)
    town.offer(town.usdc, NATIVE, 1 * UNIT, 11, 1)
    town.offer(town.usdc, NATIVE, 10 * UNIT, 20, 1)
    await town.see("ask" if side == "buy" else "bid")
    faulty.break_next("GET", "/paths/", faults.gateway_timeout)
    before = taker.ledger_balances()

    order = getattr(taker, side)("50", "NaN", MARKET)

    await taker.until(lambda: taker.told(order) == ["MarketOrderFailure"])
    assert code in taker.log[-1].error_message
    after = taker.ledger_balances()
    assert (before["XLM"] - after["XLM"], before["USDC"] - after["USDC"]) == (FEE, 0)


async def test_an_amount_that_is_worth_nothing_is_never_sent(town: Town) -> None:
    town.offer(NATIVE, town.usdc, 10 * UNIT, 10, 100)
    await town.see()
    before = town.taker.ledger_balances()

    order = town.taker.buy("0.0000001", "NaN", MARKET)

    assert await town.done(order) == ["MarketOrderFailure"]
    assert town.taker.ledger_balances() == before


async def test_what_the_cap_may_cost_must_be_free(town: Town) -> None:
    town.offer(NATIVE, town.usdc, 1_000 * UNIT, 100, 1)
    await town.see()

    order = town.taker.buy("96", "NaN", MARKET)

    assert await town.done(order) == ["MarketOrderFailure"]
    assert "it sells 10080 USDC but 10000 are available" in town.taker.log[-1].error_message


async def test_a_pair_without_any_liquidity_rejects(town: Town) -> None:
    order = town.taker.buy("10", "NaN", MARKET)

    assert await town.done(order) == ["MarketOrderFailure"]
    assert Decimal(town.taker.exchange.get_balance("XLM")) > 0
