"""Trades of liquidity pools reach Hummingbot as those of offers do."""

import asyncio
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hummingbot.core.data_type.common import TradeType
from hummingbot.core.event.event_forwarder import EventForwarder
from hummingbot.core.event.events import OrderBookEvent, OrderBookTradeEvent

from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE
from hummingbot.connector.exchange.stellar.ledger.liquidity_pool import LiquidityPoolDeposit
from hummingbot.connector.exchange.stellar.ledger.operations import (
    ChangeTrust,
    ManageSellOffer,
    PathPaymentStrictReceive,
    PathPaymentStrictSend,
)
from hummingbot.connector.exchange.stellar.ledger.pool import pool_receives, pool_sends
from hummingbot.connector.exchange.stellar.ledger.xdr import pool_id, pool_of
from hummingbot.connector.exchange.stellar.stellar_exchange import StellarExchange

PAIR = "XLM-USDC"
UNIT = 10_000_000
MOST = 2**63 - 1
RESERVES = 10_000 * UNIT, 1_000 * UNIT
BUY, SELL = TradeType.BUY, TradeType.SELL


class Watcher:
    """Someone with a connector who trades nothing himself, and what his books told."""

    def __init__(self, url: str) -> None:
        self.exchange = StellarExchange(
            "", url, trading_pairs=[PAIR, "USDC-XLM"], trading_required=False, domain="stellar_local"
        )
        self.told: dict[str, list[OrderBookTradeEvent]] = {PAIR: [], "USDC-XLM": []}
        self._listeners = [EventForwarder(told.append) for told in self.told.values()]

    async def start(self, until: Any) -> None:
        await self.exchange.start_network()
        await until(lambda: set(self.exchange.order_books) == set(self.told))
        for pair, listener in zip(self.told, self._listeners, strict=True):
            self.exchange.get_order_book(pair).add_listener(OrderBookEvent.TradeEvent, listener)

    def trades(self, pair: str = PAIR) -> list[tuple[TradeType, float, float]]:
        """Who came, for how much, at which price."""
        return [(event.type, event.amount, event.price) for event in self.told[pair]]


class Town:
    """A provider with a pool and an offer, and a payer who crosses both."""

    def __init__(self, sandbox: Any) -> None:
        self.sandbox, self.usdc = sandbox, sandbox.usdc
        self.payer, self.provider = sandbox.fund("payer", "provider", lumens=10**12, usdc=10**11)
        pool = pool_of(NATIVE, self.usdc)
        deposit = LiquidityPoolDeposit(pool_id(pool), *RESERVES, 1, 2**31 - 1, 2**31 - 1, 1)
        sandbox.submit(self.provider, ChangeTrust(pool, MOST), deposit)

    def receive(self, lumens: int) -> None:
        """Let the payer buy lumens."""
        account = self.payer.account
        self.sandbox.submit(
            self.payer, PathPaymentStrictReceive(self.usdc, 10**10, account, NATIVE, lumens * UNIT)
        )

    def send(self, lumens: int) -> None:
        """Let the payer sell lumens."""
        account = self.payer.account
        self.sandbox.submit(self.payer, PathPaymentStrictSend(NATIVE, lumens * UNIT, account, self.usdc, 1))


@pytest.fixture
def until() -> Any:
    """Waits for what ledgers will bring about."""

    async def wait(condition: Callable[[], bool], seconds: float = 60.0) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, f"waited {seconds} s in vain"
            await asyncio.sleep(0.005)

    return wait


@pytest.fixture
def town(sandbox: Any) -> Town:
    made = Town(sandbox)
    made.receive(1)  # from now on the pair has a stream
    return made


@pytest.fixture
async def watcher(town: Town, faulty: Any, until: Any) -> Any:
    made = Watcher(faulty.url)
    await made.start(until)
    await until(lambda: faulty.streams.count("/trades") == 2)
    yield made
    await made.exchange.stop_network()


async def test_a_pools_trades_have_side_amount_and_price(town: Town, watcher: Watcher, until: Any) -> None:
    first = RESERVES[0] - UNIT, RESERVES[1] + pool_receives(RESERVES[1], RESERVES[0], UNIT)
    cost = pool_receives(first[1], first[0], 100 * UNIT)
    town.receive(100)
    second = first[0] - 100 * UNIT, first[1] + cost
    proceeds = pool_sends(*second, 50 * UNIT)
    town.send(50)

    await until(lambda: len(watcher.trades()) == 2 == len(watcher.trades("USDC-XLM")))

    assert watcher.trades() == [
        (BUY, 100, float(Decimal(cost) / (100 * UNIT))),
        (SELL, 50, float(Decimal(proceeds) / (50 * UNIT))),
    ]
    assert watcher.trades("USDC-XLM") == [
        (SELL, float(Decimal(cost) / UNIT), float(Decimal(100 * UNIT) / cost)),
        (BUY, float(Decimal(proceeds) / UNIT), float(Decimal(50 * UNIT) / proceeds)),
    ]


async def test_trades_of_books_and_pools_come_in_the_ledgers_order_each_once_after_cuts(
    town: Town, watcher: Watcher, faulty: Any, until: Any
) -> None:
    for lumens in (10, 20, 30):
        offer = ManageSellOffer(NATIVE, town.usdc, lumens * UNIT, 9, 100)  # better than the pool
        town.sandbox.submit(town.provider, offer)
        town.receive(lumens)
        town.receive(lumens + 1)
        assert faulty.cut_streams() > 0
        town.receive(lumens + 2)
        await until(lambda: faulty.streams.count("/trades") == 2)
    wanted = [amount for lumens in (10, 20, 30) for amount in (lumens, lumens + 1, lumens + 2)]
    await until(lambda: len(watcher.trades()) >= len(wanted))
    town.receive(99)
    await until(lambda: watcher.trades()[-1][1] == 99)

    assert [amount for _, amount, _ in watcher.trades()] == [*wanted, 99]
    assert [price == 0.09 for _, _, price in watcher.trades()] == [True, False, False] * 3 + [False]
    assert {side for side, _, _ in watcher.trades()} == {BUY}
