"""A connector on a running sandbox, with what it tells Hummingbot written down."""

import asyncio
import json
import time
from base64 import b64decode
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import aiohttp
import pytest
from aiohttp import web
from hummingbot.core.data_type.common import OrderType
from hummingbot.core.event.event_forwarder import EventForwarder
from hummingbot.core.event.events import MarketEvent
from hummingbot.core.web_assistant.connections.connections_factory import ConnectionsFactory

import hummingbot
from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE
from hummingbot.connector.exchange.stellar.ledger.envelope import SigningKey
from hummingbot.connector.exchange.stellar.ledger.operations import Payment
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
    account : str
        Its address.

    Parameters
    ----------
    data : Path, optional
        The data folder of its instance; by default all of a test share one.
    """

    def __init__(
        self,
        sandbox: Any,
        key: SigningKey,
        url: str = "",
        pairs: tuple[str, ...] = (PAIR,),
        data: Path | None = None,
        assets: str = "",
        fee_cap: str = "",
        account: str = "",
        channels: str = "",
        rpc: str = "",
    ) -> None:
        self.sandbox = sandbox
        self.key = key
        self.account = account or key.account
        if data is not None:
            hummingbot.set_data_path(str(data))
        self.exchange = StellarExchange(
            key.reveal(),
            url or sandbox.url,
            assets,
            fee_cap,
            account,
            stellar_channels=channels,
            stellar_rpc_url=rpc,
            trading_pairs=list(pairs),
            domain="stellar_local",
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

    async def until(self, condition: Callable[[], bool], seconds: float = 60.0) -> None:
        """Wait for something that ledgers to come will bring about."""
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, f"waited {seconds} s in vain; told {self.log}"
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
        return {number: offer for number, offer in state.offers.items() if offer.seller == self.account}

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
            "XLM": state.accounts[self.account].balance,
            "USDC": state.trustlines[self.account, self.sandbox.usdc].balance,
        }


Fault = Callable[[web.Request, Callable[[], Awaitable[web.Response]]], Awaitable[web.StreamResponse]]


class Lag:
    """What a node knows that has not got beyond a ledger, of one account.

    Attributes
    ----------
    answers : int
        How many it has given.
    """

    def __init__(self, account: str, document: Any, ledger: int) -> None:
        self._path = f"/accounts/{account}"
        self._document = document
        self._ledger = ledger
        self.answers = 0

    def answer(self, path: str, current: Any) -> tuple[int, Any]:
        """Return status and document of a GET, given what a node that is up to date answers."""
        if path == self._path:
            self.answers += 1
            return 200, self._document
        if path.startswith(self._path):
            self.answers += 1
            records = current["_embedded"]["records"]
            current["_embedded"]["records"] = [record for record in records if self._knows(record)]
        elif path.startswith("/transactions/") and not self._knows(current):
            self.answers += 1
            return 404, {"title": "Resource Missing", "status": 404}
        return 200, current

    @property
    def ledger(self) -> int:
        """The last it knows."""
        return self._ledger

    def _knows(self, record: dict[str, Any]) -> bool:
        toid, _, _ = str(record.get("paging_token", "0")).partition("-")
        return int(toid) >> 32 <= self._ledger


class FaultyHorizon:
    """Stands between a connector and the sandbox's Horizon and breaks what it is told to break.

    Attributes
    ----------
    url : str
        Where the connector finds it.
    is_down : bool
        Whether it drops every connection.
    lag : Lag or None
        How it lags; None: it does not.
    posts : list of bytes
        The bodies of all POSTs, in order.
    faults : list of (method, part of the path, how often, fault)
        The first that fits a request is applied, and used up.
    garbled : dict of bytes to bytes
        What streams send in place of something else.
    """

    def __init__(self, upstream: str) -> None:
        self._upstream = upstream
        self.url = ""
        self.garbled: dict[bytes, bytes] = {}
        self.is_down = False
        self.lag: Lag | None = None
        self.posts: list[bytes] = []
        self.requests: list[str] = []
        self.faults: list[tuple[str, str, int, Fault]] = []
        self._streams: dict[int, web.Request] = {}

    async def start(self) -> None:
        """Listen on a free port of loopback."""
        application = web.Application()
        application.router.add_route("*", "/{path:.*}", self._handle)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port = site._server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self._client = aiohttp.ClientSession()

    async def stop(self) -> None:
        """Stop listening."""
        self.cut_streams()
        await self._client.close()
        await self._runner.cleanup()

    def break_next(self, method: str, part: str, fault: Fault, times: int = 1) -> None:
        """Apply a fault to the next requests whose path contains `part`."""
        self.faults.append((method, part, times, fault))

    @property
    def envelopes(self) -> list[bytes]:
        """The transactions of the POSTs."""
        return [b64decode(parse_qs(body.decode())["tx"][0]) for body in self.posts]

    @property
    def streams(self) -> list[str]:
        """Paths of the streams that are open now."""
        return [
            request.path
            for request in self._streams.values()
            if request.transport is not None and not request.transport.is_closing()
        ]

    def cut_streams(self) -> int:
        """Abort every open stream in the middle, and say how many there were."""
        cut = list(self._streams.values())
        for request in cut:
            if request.transport is not None:
                request.transport.abort()
        return len(cut)

    async def fall_behind(self, account: str) -> Lag:
        """Show nothing new of an account from now on, as a node that does not keep up; its ledgers go on."""
        async with self._client.get(f"{self._upstream}/accounts/{account}") as answer:
            self.lag = Lag(account, await answer.json(), int(answer.headers["Latest-Ledger"]))
        self.cut_streams()
        return self.lag

    async def asked(self, times: int) -> None:
        """Wait until it has had as many requests, answered or not."""
        deadline = time.monotonic() + 60
        while len(self.requests) < times:
            assert time.monotonic() < deadline, f"asked for {self.requests} only"
            await asyncio.sleep(0.01)

    def go_down(self) -> None:
        """Drop all connections from now on."""
        self.is_down = True
        self.cut_streams()

    def _fault_for(self, request: web.Request) -> Fault | None:
        for index, (method, part, times, fault) in enumerate(self.faults):
            if method == request.method and part in request.path:
                if times == 1:
                    del self.faults[index]
                else:
                    self.faults[index] = (method, part, times - 1, fault)
                return fault
        return None

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        self.requests.append(f"{request.method} {request.path}")
        if request.method == "POST":
            self.posts.append(body)
        if self.is_down:
            return await drop(request, None)

        async def forward() -> web.Response:
            async with self._client.request(
                request.method, self._upstream + request.path_qs, data=body, headers=_plain(request)
            ) as answer:
                headers = {"Latest-Ledger": answer.headers.get("Latest-Ledger", "0")}
                return web.Response(
                    status=answer.status,
                    body=await answer.read(),
                    headers={**headers, "Content-Type": answer.headers["Content-Type"]},
                )

        fault = self._fault_for(request)
        if fault is not None:
            return await fault(request, forward)
        is_stream = "text/event-stream" in request.headers.get("Accept", "")
        if self.lag is not None and request.method == "GET" and request.path != "/ledgers":
            if is_stream:
                return web.json_response({"title": "Still Ingesting", "status": 503}, status=503)
            current = await forward()
            if current.status == 200:
                status, document = self.lag.answer(request.path, json.loads(current.body))
                headers = {"Latest-Ledger": str(self.lag.ledger)}
                return web.json_response(document, status=status, headers=headers)
            return current
        return await (self._relay(request) if is_stream else forward())

    async def _relay(self, request: web.Request) -> web.StreamResponse:
        async with self._client.get(self._upstream + request.path_qs, headers=_plain(request)) as answer:
            relay = web.StreamResponse(
                status=answer.status, headers={"Content-Type": answer.headers["Content-Type"]}
            )
            await relay.prepare(request)
            self._streams[id(request)] = request
            try:
                async for chunk in answer.content.iter_any():
                    for meant, sent in self.garbled.items():
                        chunk = chunk.replace(meant, sent)
                    await relay.write(chunk)
            except ConnectionError:
                return relay
            finally:
                del self._streams[id(request)]
            return relay


def _plain(request: web.Request) -> dict[str, str]:
    names = ("Accept", "Content-Type", "Last-Event-ID")
    return {name: request.headers[name] for name in names if name in request.headers}


async def drop(request: web.Request, forward: Any) -> web.Response:
    """Close the connection without an answer."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


def answering(status: int, body: str, kind: str = "application/json", arrives: bool = False) -> Fault:
    """Answer so; if the request `arrives`, the sandbox gets it all the same."""

    async def fault(request: web.Request, forward: Callable[[], Awaitable[web.Response]]) -> web.Response:
        if arrives:
            await forward()
        return web.Response(status=status, text=body, content_type=kind)

    return fault


@pytest.fixture
def faults() -> Any:
    """What can go wrong between connector and Horizon, by name."""
    page = "<html><body>Bad gateway</body></html>"
    problem = '{"title": "Timeout", "status": 504}'

    class Faults:
        dropped = staticmethod(drop)
        gateway_timeout = answering(504, problem)
        gateway_timeout_but_arrived = answering(504, problem, arrives=True)
        html_but_arrived = answering(200, page, "text/html", arrives=True)
        html = answering(502, page, "text/html")
        cut_json_but_arrived = answering(200, '{"hash": "ab', arrives=True)

        @staticmethod
        def refusing(code: str) -> Fault:
            """Refuse a transaction as the network would, without a result."""
            problem = {"status": 400, "title": "Transaction Failed"}
            extras = {"envelope_xdr": "", "result_codes": {"transaction": code}}
            return answering(400, json.dumps({**problem, "extras": extras}))

        too_many_requests = answering(429, '{"title": "Rate Limit Exceeded", "status": 429}')

    return Faults


@pytest.fixture
async def faulty(sandbox: Any) -> AsyncIterator[FaultyHorizon]:
    """A Horizon that can be broken, in front of the sandbox's."""
    proxy = FaultyHorizon(str(sandbox.url).rstrip("/"))
    await proxy.start()
    yield proxy
    await proxy.stop()


class Crowd:
    """Accounts that fill every ledger of a network, which is made as small as that needs.

    Parameters
    ----------
    bid : int
        What each of their transactions, of one operation, bids, in stroops.
    """

    pairs = ()

    def __init__(self, sandbox: Any, accounts: int, bid: int, room: int = 4) -> None:
        self._keys = sandbox.fund(*(f"crowd {number}" for number in range(accounts)))
        self._sandbox = sandbox.sandbox
        self._sign = sandbox.sign
        self._room = self._sandbox.network.header.max_tx_set_size
        self.bid = bid
        self._resize(room)
        self._sandbox.market = self

    def leave(self) -> None:
        """Make the network as large as it was, and send nothing any more."""
        self._sandbox.market = None
        self._resize(self._room)

    def step(self, network: Any, close_time: int) -> list[bytes]:
        """Return a transaction of each that has none waiting."""
        return [
            self._sign(key, Payment(key.account, NATIVE, 1), fee=self.bid).envelope_xdr
            for key in self._keys
            if key.account not in network.queue.waiting
        ]

    def observe(self, closed: Any) -> None:
        """Take no notice."""

    def _resize(self, room: int) -> None:
        network = self._sandbox.network
        network.header = replace(network.header, max_tx_set_size=room)


@pytest.fixture
def crowd(sandbox: Any) -> Callable[..., Crowd]:
    """Lets accounts fill every ledger: a function of their number, their bid and a ledger's room."""
    return lambda *arguments: Crowd(sandbox, *arguments)


@pytest.fixture(autouse=True)
async def fresh_connections() -> AsyncIterator[None]:
    """Hummingbot shares one HTTP session for the life of its process; each test has its own event loop."""
    yield
    await ConnectionsFactory().close()


@pytest.fixture
def trader() -> type[Trader]:
    """What makes a trader of any key."""
    return Trader


@pytest.fixture
def ledger_interval() -> float:
    """Seconds of wall time between ledgers, each 5 s of ledger time.

    So long that a busy disk or processor does not let a time bound of six ledgers pass.
    """
    return 0.15


@pytest.fixture
async def traders(sandbox: Any, ledger_interval: float) -> AsyncIterator[Callable[..., Any]]:
    """Makes traders on the sandbox, each with 10,000 XLM and 10,000 USDC."""
    made: list[Trader] = []

    async def make(
        *names: str, url: str = "", lumens: int = 10**11, usdc: int = 10**11, **options: str
    ) -> list[Trader]:
        keys = sandbox.fund(*names, lumens=lumens, usdc=usdc)
        new = [Trader(sandbox, key, url, **options) for key in keys]
        made.extend(new)
        await asyncio.gather(*(trader.start() for trader in new))
        return new

    async with sandbox.ticking(ledger_interval):
        yield make
        for trader in made:
            await trader.stop()
