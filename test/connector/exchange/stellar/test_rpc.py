"""A bot that reads its account and sends its transactions by RPC, and takes books and trades from Horizon."""

import json
import logging
from collections import Counter
from decimal import Decimal

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from hummingbot.connector.exchange.stellar import stellar_web_utils
from hummingbot.connector.exchange.stellar.horizon.account import AccountNotFunded
from hummingbot.connector.exchange.stellar.horizon.errors import (
    HorizonRefused,
    HorizonUnavailable,
    WrongNetwork,
)
from hummingbot.connector.exchange.stellar.horizon.ledger_clock import LedgerClock
from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE
from hummingbot.connector.exchange.stellar.ledger.envelope import SigningKey
from hummingbot.connector.exchange.stellar.ledger.operations import ManageSellOffer, Payment
from hummingbot.connector.exchange.stellar.sandbox.faults import Fault
from hummingbot.connector.exchange.stellar.transactions.fallback_source import FallbackSource
from hummingbot.connector.exchange.stellar.transactions.horizon_source import HorizonSource
from hummingbot.connector.exchange.stellar.transactions.rpc_source import RpcSource
from hummingbot.connector.exchange.stellar.transactions.sent import Sent


class Sources:
    """One account by RPC and by Horizon."""

    def __init__(self, sandbox, account, *more_rpc):
        self.clock = LedgerClock()
        throttler = stellar_web_utils.create_throttler("stellar_local")
        factory = stellar_web_utils.build_api_factory(throttler)
        self.horizon = stellar_web_utils.build_horizon("stellar_local", [sandbox.url], self.clock)
        urls = [*more_rpc, f"{sandbox.url}/rpc"]
        self.rpc = rpc = stellar_web_utils.build_rpc(
            "stellar_local", urls, self.horizon, self.clock, throttler, factory
        )
        assets = [NATIVE, sandbox.usdc]
        self.by_rpc = RpcSource(rpc, self.clock, account, "stellar_local", lambda: assets)
        self.by_horizon = HorizonSource(self.horizon, self.clock, account, "stellar_local")
        self.either = FallbackSource(rpc, self.by_rpc, self.by_horizon, logging.getLogger())


async def test_a_bot_submits_learns_its_fills_and_its_balances_by_rpc(traders, sandbox, faulty):
    (taker,) = await traders("taker")
    (maker,) = await traders("maker", url=faulty.url, rpc=f"{sandbox.url}/rpc")
    asked = len(faulty.requests)

    first, second = maker.sell("100", "0.1"), maker.sell("100", "0.11")
    await maker.resting(2)
    bid = taker.buy("100", "0.1")
    await taker.until(lambda: "BuyOrderCompleted" in taker.told(bid))
    await maker.until(lambda: "SellOrderCompleted" in maker.told(first))
    maker.exchange.cancel("XLM-USDC", second)
    await maker.until(lambda: not maker.open_orders)
    held = maker.ledger_balances()
    await maker.until(lambda: maker.exchange.stroop_balances() == held)

    assert maker.told(first) == ["SellOrderCreated", "OrderFilled", "SellOrderCompleted"]
    assert maker.filled(first) == Decimal(100)
    assert maker.told(second) == ["SellOrderCreated", "OrderCancelled"]
    requests = Counter(faulty.requests[asked:])
    account = f"GET /accounts/{maker.account}"
    assert not {"POST /transactions", account, f"{account}/offers", "GET /fee_stats"} & set(requests)


async def test_rpc_and_horizon_show_the_same_account(sandbox):
    (key,) = sandbox.fund("someone", usdc=10**9)
    sandbox.submit(key, ManageSellOffer(NATIVE, sandbox.usdc, 10**8, 1, 7))
    sandbox.submit(key, ManageSellOffer(sandbox.usdc, NATIVE, 10**8, 9, 1))
    sources = Sources(sandbox, key.account)

    by_rpc, by_horizon = (
        await sources.by_rpc.account(key.account),
        await sources.by_horizon.account(key.account),
    )
    all_offers, ledger = await sources.by_horizon.offers([])
    known = list(all_offers)[:1]

    assert by_rpc == by_horizon
    assert by_rpc.lines[NATIVE].selling_liabilities > 0
    assert await sources.by_rpc.offers([*known, 999_999]) == ({known[0]: all_offers[known[0]]}, ledger)


async def test_more_offers_are_asked_for_than_one_call_takes(sandbox):
    (key,) = sandbox.fund("someone", usdc=10**9)
    sandbox.submit(key, ManageSellOffer(NATIVE, sandbox.usdc, 10**8, 1, 7))
    sources = Sources(sandbox, key.account)
    (offer,), _ = await sources.by_horizon.offers([])

    offers, _ = await sources.by_rpc.offers(range(offer - 450, offer + 1))

    assert list(offers) == [offer]


async def test_an_account_that_is_not_funded_is_named(sandbox):
    stranger = SigningKey(bytes(32)).account
    sources = Sources(sandbox, stranger)

    with pytest.raises(AccountNotFunded, match="is not funded on stellar_local"):
        await sources.by_rpc.account(stranger)


async def test_a_transaction_is_brought_to_the_ledger_and_found_there(sandbox):
    (key,) = sandbox.fund("someone")
    sources = Sources(sandbox, key.account)
    await sources.clock.read(sources.horizon)
    signed = sandbox.sign(key, Payment(sandbox.sandbox.network.root_key().account, NATIVE, 1))
    sent = Sent(signed, key.account, 1, 0, sources.clock.sequence, bid=100)
    assert await sources.by_rpc.find(sent) is None

    async with sandbox.ticking(0.05):
        record = await sources.by_rpc.submit(sent)

    assert record == await sources.by_horizon.find(sent)
    assert record == await sources.by_rpc.find(sent)
    assert record.is_successful


async def test_a_refusal_has_the_result_that_horizon_would_give(sandbox):
    (key,) = sandbox.fund("someone")
    sources = Sources(sandbox, key.account)
    signed = sandbox.sign(key, Payment(key.account, NATIVE, 0))
    sent = Sent(signed, key.account, 1, 0, 1, bid=100)

    with pytest.raises(HorizonRefused) as by_rpc:
        await sources.by_rpc.submit(sent)
    with pytest.raises(HorizonRefused) as by_horizon:
        await sources.by_horizon.submit(sent)

    assert by_rpc.value.extras["result_xdr"] == by_horizon.value.extras["result_xdr"]
    assert by_rpc.value.extras["result_codes"]["transaction"] == "txFAILED"


async def test_fees_are_those_that_horizon_tells(sandbox):
    (key,) = sandbox.fund("someone")
    sources = Sources(sandbox, key.account)
    await sandbox.close(12)

    by_rpc, by_horizon = await sources.by_rpc.fee_stats(), await sources.by_horizon.fee_stats()

    assert (by_rpc.ledger, by_rpc.base_fee, by_rpc.charged) == (by_horizon.ledger, 100, by_horizon.charged)


async def test_a_node_that_has_not_reached_a_ledger_proves_nothing(sandbox):
    (key,) = sandbox.fund("someone")
    sources = Sources(sandbox, key.account)
    latest = sandbox.sandbox.history.latest

    assert (await sources.by_rpc.account(key.account, latest)).ledger == latest
    with pytest.raises(HorizonUnavailable, match=f"has not reached ledger {latest + 1} yet"):
        await sources.by_rpc.account(key.account, latest + 1)


async def test_a_node_of_another_network_is_refused_and_the_next_one_is_used(
    sandbox, unused_tcp_port_factory
):
    (key,) = sandbox.fund("someone")
    sandbox.sandbox.faults.add([Fault.read({"kind": "passphrase", "path": "getNetwork", "count": 1})])
    lone = Sources(sandbox, key.account)

    with pytest.raises(WrongNetwork, match="belongs to the network 'Some Other Network ; January 1970'"):
        await lone.by_rpc.account(key.account)

    down = f"http://127.0.0.1:{unused_tcp_port_factory()}"
    assert (await Sources(sandbox, key.account, down).by_rpc.account(key.account)).account == key.account


class Proxy:
    """An RPC node in front of the sandbox's, which can be down, or lose its answers."""

    def __init__(self, url: str) -> None:
        self.target = f"{url}/rpc"
        self.url = ""
        self.mode = "well"
        self.calls: list[str] = []

    async def answer(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        self.calls.append(json.loads(body)["method"])
        if self.mode == "down":
            return web.Response(status=503)
        async with (
            aiohttp.ClientSession() as session,
            session.post(self.target, data=body, headers={"Content-Type": "application/json"}) as answer,
        ):
            content = await answer.read()
        if self.mode == "loses answers":
            return web.Response(status=504)
        return web.Response(body=content, content_type="application/json")


@pytest.fixture
async def proxy(sandbox):
    proxy, app = Proxy(str(sandbox.url).rstrip("/")), web.Application()
    app.router.add_post("/", proxy.answer)
    async with TestServer(app) as server:
        proxy.url = str(server.make_url("/"))
        yield proxy


async def test_while_rpc_is_down_the_account_is_read_and_trades_by_horizon(traders, proxy, caplog):
    caplog.set_level("INFO")
    (trader,) = await traders("trader", rpc=proxy.url)
    first = trader.sell("100", "0.1")
    await trader.resting(1)
    assert "sendTransaction" in proxy.calls

    proxy.mode = "down"
    second = trader.sell("100", "0.11")
    await trader.resting(2)
    (status,) = trader.exchange.rpc_statuses
    assert "503" in status.trouble
    await trader.until(lambda: "The account is read by Horizon until RPC answers again" in caplog.text)

    proxy.mode, proxy.calls = "well", []
    await trader.exchange._update_balances()
    await trader.until(lambda: "RPC answers again: the account is read by it" in caplog.text)
    third = trader.sell("100", "0.12")
    await trader.resting(3)
    assert "sendTransaction" in proxy.calls
    assert trader.exchange.rpc_statuses[0].state == "in use"
    assert caplog.text.count("The account is read by Horizon until RPC answers again") == 1
    for order in (first, second, third):
        assert trader.told(order) == ["SellOrderCreated"]


async def test_what_rpc_took_and_did_not_answer_is_not_sent_twice(traders, proxy):
    (trader,) = await traders("trader", rpc=proxy.url)
    await trader.until(lambda: "getLedgerEntries" in proxy.calls)
    proxy.mode = "loses answers"

    orders = [trader.sell("100", f"0.{price}") for price in (11, 12, 13)]
    await trader.until(lambda: all(trader.told(order) for order in orders))

    assert [trader.told(order) for order in orders] == [["SellOrderCreated"]] * 3
    assert len(trader.offers) == 3


async def test_rpc_nodes_of_another_network_are_a_mistake_and_not_made_up_for(sandbox):
    (key,) = sandbox.fund("someone")
    sandbox.sandbox.faults.add([Fault.read({"kind": "passphrase", "path": "getNetwork"})])
    sources = Sources(sandbox, key.account)

    with pytest.raises(WrongNetwork, match="belongs to the network 'Some Other Network ; January 1970'"):
        await sources.either.account(key.account)
    assert sources.rpc.statuses()[0].state == "refused"


async def test_where_a_lagging_rpc_node_proves_nothing_horizon_does(sandbox, monkeypatch):
    (key,) = sandbox.fund("someone")
    sources = Sources(sandbox, key.account)
    latest = sandbox.sandbox.history.latest
    (node,) = sources.rpc._nodes
    call = node.call

    async def lagging(method, params):
        return {**await call(method, params), "latestLedger": latest - 5}

    monkeypatch.setattr(node, "call", lagging)
    with pytest.raises(HorizonUnavailable, match="has not reached ledger"):
        await sources.by_rpc.account(key.account, latest)
    assert (await sources.either.account(key.account, latest)).ledger == latest
