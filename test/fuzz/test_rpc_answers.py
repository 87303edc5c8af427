"""Answers of an RPC node that is broken, or means ill: each is read, or is an error of Horizon's family."""

from base64 import b64decode, b64encode
from collections.abc import AsyncIterator
from contextlib import suppress
from random import Random
from typing import Any

import aiohttp
import orjson
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from hummingbot.core.web_assistant.connections.connections_factory import ConnectionsFactory

from hummingbot.connector.exchange.stellar import stellar_web_utils
from hummingbot.connector.exchange.stellar.horizon.account import AccountNotFunded
from hummingbot.connector.exchange.stellar.horizon.errors import HorizonError
from hummingbot.connector.exchange.stellar.horizon.ledger_clock import LedgerClock
from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE
from hummingbot.connector.exchange.stellar.ledger.operations import ManageSellOffer
from hummingbot.connector.exchange.stellar.ledger.xdr import XdrError
from hummingbot.connector.exchange.stellar.ledger.xdr.entries import (
    account_key,
    decode_entry,
    offer_key,
    trustline_key,
)
from hummingbot.connector.exchange.stellar.transactions.rpc_source import RpcSource
from hummingbot.connector.exchange.stellar.transactions.sent import Sent

from .damage import SAMPLES, SEED, damaged_bytes, damaged_document


class IllNode:
    """Hands calls on to a sandbox's RPC, and damages what comes back, once it is told to."""

    def __init__(self, upstream: str, dice: Random) -> None:
        self._upstream = upstream
        self._dice = dice
        self.is_ill = False

    async def answer(self, request: web.Request) -> web.Response:
        call = await request.read()
        async with (
            aiohttp.ClientSession() as session,
            session.post(self._upstream, json=orjson.loads(call)) as answer,
        ):
            document = await answer.json()
        if not self.is_ill or orjson.loads(call)["method"] == "getNetwork":
            return web.json_response(document)
        dice = self._dice
        for entry in document.get("result", {}).get("entries", []):
            if dice.random() < 0.3:
                entry["xdr"] = b64encode(damaged_bytes(b64decode(entry["xdr"]), dice)).decode()
        body = orjson.dumps(damaged_document(document, dice) if dice.random() < 0.8 else document)
        if dice.random() < 0.2:
            body = damaged_bytes(body, dice)
        return web.Response(body=body, status=dice.choice((200,) * 19 + (503,)))


@pytest.fixture
async def account(sandbox: Any) -> Any:
    """An account with a trustline and an offer."""
    (key,) = sandbox.fund("someone", usdc=10**9)
    sandbox.submit(key, ManageSellOffer(NATIVE, sandbox.usdc, 10**8, 1, 7))
    return key


@pytest.fixture
async def node(sandbox: Any) -> AsyncIterator[tuple[IllNode, str]]:
    ill, app = IllNode(f"{str(sandbox.url).rstrip('/')}/rpc", Random(SEED)), web.Application()
    app.router.add_route("*", "/{path:.*}", ill.answer)
    async with TestServer(app) as server:
        yield ill, str(server.make_url("/"))
    await ConnectionsFactory().close()


async def test_any_answer_is_read_or_refused(sandbox: Any, account: Any, node: tuple[IllNode, str]) -> None:
    ill, url = node
    clock, dice = LedgerClock(), Random(SEED)
    throttler = stellar_web_utils.create_throttler("stellar_local")
    factory = stellar_web_utils.build_api_factory(throttler)
    horizon = stellar_web_utils.build_horizon("stellar_local", [sandbox.url], clock)
    rpc = stellar_web_utils.build_rpc("stellar_local", [url], horizon, clock, throttler, factory)
    source = RpcSource(rpc, clock, account.account, "stellar_local", lambda: [NATIVE, sandbox.usdc])
    (offer,) = sandbox.sandbox.network.state.offers
    signed = sandbox.sign(account, ManageSellOffer(NATIVE, sandbox.usdc, 10**8, 1, 8))
    sent = Sent(signed, account.account, 1, 2**40, sandbox.sandbox.history.latest, 100)
    readers = (
        lambda: source.account(account.account),
        lambda: source.offers([offer]),
        source.fee_stats,
        lambda: source.find(sent),
    )
    for read in readers:
        await read()

    ill.is_ill = True
    for _ in range(SAMPLES // 4):
        with suppress(HorizonError, AccountNotFunded):
            await dice.choice(readers)()


async def test_any_ledger_entry_is_read_or_refused(sandbox: Any, account: Any) -> None:
    (offer,) = sandbox.sandbox.network.state.offers
    keys = [
        account_key(account.account),
        trustline_key(account.account, sandbox.usdc),
        offer_key(account.account, offer),
    ]
    call = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "getLedgerEntries",
        "params": {"keys": [b64encode(key).decode() for key in keys]},
    }
    url = f"{str(sandbox.url).rstrip('/')}/rpc"
    async with aiohttp.ClientSession() as session, session.post(url, json=call) as answer:
        entries = [b64decode(entry["xdr"]) for entry in (await answer.json())["result"]["entries"]]
    assert len(entries) == len(keys)
    dice, refused = Random(SEED), 0
    for _ in range(5 * SAMPLES):
        try:
            decode_entry(damaged_bytes(dice.choice(entries), dice))
        except XdrError:
            refused += 1
    assert 0 < refused < 5 * SAMPLES
