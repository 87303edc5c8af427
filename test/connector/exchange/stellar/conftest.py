"""A connector on a running sandbox, with what it tells Hummingbot written down."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from decimal import Decimal
from typing import Any

import pytest
from hummingbot.core.data_type.common import OrderType
from hummingbot.core.event.event_forwarder import EventForwarder
from hummingbot.core.event.events import MarketEvent
from hummingbot.core.web_assistant.connections.connections_factory import ConnectionsFactory

from hummingbot.connector.exchange.stellar.ledger.envelope import SigningKey
from hummingbot.connector.exchange.stellar.stellar_exchange import StellarExchange

PAIR = "XLM-USDC"
EVENTS = (
    MarketEvent.BuyOrderCreated,
    MarketEvent.SellOrderCreated,
    MarketEvent.OrderFilled,
    MarketEvent.BuyOrderCompleted,
    MarketEvent.SellOrderCompleted,
    MarketEvent.OrderCancelled,
    MarketEvent.OrderFailure,
)


class Trader:
    """An account with a connector.

    Attributes
    ----------
    exchange : StellarExchange
    key : SigningKey
    """

    def __init__(
        self, sandbox: Any, key: SigningKey, url: str = "", pairs: tuple[str, ...] = (PAIR,)
    ) -> None:
        self.sandbox = sandbox
        self.key = key
        self.exchange = StellarExchange(
            key.reveal(), url or sandbox.url, trading_pairs=list(pairs), domain="stellar_local"
        )
        self.log: list[Any] = []
        self._listener = EventForwarder(self.log.append)  # Hummingbot holds listeners weakly
        for event in EVENTS:
            self.exchange.add_listener(event, self._listener)
        self._ticker: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start as Hummingbot does, and wait until the connector is ready."""
        await self.exchange.start_network()
        self._ticker = asyncio.create_task(self._tick())
        await self.until(lambda: self.exchange.ready)

    async def stop(self) -> None:
        """Stop as Hummingbot does."""
        if self._ticker is not None:
            self._ticker.cancel()
        await self.exchange.stop_network()

    async def _tick(self) -> None:
        while True:
            self.exchange.tick(time.time())
            await asyncio.sleep(0.1)

    async def until(self, condition: Callable[[], bool], seconds: float = 20.0) -> None:
        """Wait for something that ledgers to come will bring about."""
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, f"waited {seconds} s in vain; events: {self.told()}"
            await asyncio.sleep(0.01)

    def buy(self, amount: str, price: str, kind: OrderType = OrderType.LIMIT, pair: str = PAIR) -> str:
        """Ask for an order and return its client order id."""
        order_id: str = self.exchange.buy(pair, Decimal(amount), kind, Decimal(price))
        return order_id

    def sell(self, amount: str, price: str, kind: OrderType = OrderType.LIMIT, pair: str = PAIR) -> str:
        """Ask for an order and return its client order id."""
        order_id: str = self.exchange.sell(pair, Decimal(amount), kind, Decimal(price))
        return order_id

    def told(self, order_id: str = "") -> list[str]:
        """Names of the events of an order, or of all, in the order they were told."""
        return [
            type(event).__name__.removesuffix("Event")
            for event in self.log
            if not order_id or event.order_id == order_id
        ]

    def fills(self, order_id: str = "") -> list[Any]:
        """The fill events of an order, or of all."""
        return [
            event
            for event in self.log
            if type(event).__name__ == "OrderFilledEvent" and (not order_id or event.order_id == order_id)
        ]

    def filled(self, order_id: str) -> Decimal:
        """How much of an order's base asset its fills sum to."""
        return sum((event.amount for event in self.fills(order_id)), Decimal(0))

    @property
    def open_orders(self) -> list[str]:
        """Client order ids that Hummingbot holds open."""
        return list(self.exchange.in_flight_orders)

    @property
    def offers(self) -> dict[int, Any]:
        """The account's offers on the ledger."""
        state = self.sandbox.sandbox.network.state
        return {number: offer for number, offer in state.offers.items() if offer.seller == self.key.account}

    async def resting(self, count: int) -> None:
        """Wait until as many offers rest and Hummingbot knows as many orders open."""
        await self.until(
            lambda: (
                len(self.offers) == count
                and sum(1 for o in self.exchange.in_flight_orders.values() if o.exchange_order_id) == count
            )
        )

    def ledger_balances(self) -> dict[str, int]:
        """Stroops of XLM and USDC by the ledger itself."""
        state = self.sandbox.sandbox.network.state
        return {
            "XLM": state.accounts[self.key.account].balance,
            "USDC": state.trustlines[self.key.account, self.sandbox.usdc].balance,
        }


@pytest.fixture(autouse=True)
async def fresh_connections() -> AsyncIterator[None]:
    """Hummingbot shares one HTTP session for the life of its process; each test has its own event loop."""
    yield
    await ConnectionsFactory().close()


@pytest.fixture
async def traders(sandbox: Any) -> AsyncIterator[Callable[..., Any]]:
    """Makes traders on the sandbox, each with 10,000 XLM and 10,000 USDC; ledgers close every 50 ms."""
    made: list[Trader] = []

    async def make(*names: str, url: str = "", lumens: int = 10**11, usdc: int = 10**11) -> list[Trader]:
        keys = sandbox.fund(*names, lumens=lumens, usdc=usdc)
        new = [Trader(sandbox, key, url) for key in keys]
        made.extend(new)
        await asyncio.gather(*(trader.start() for trader in new))
        return new

    async with sandbox.ticking():
        yield make
        for trader in made:
            await trader.stop()
