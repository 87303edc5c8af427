"""Answers of a node that is broken, or that means ill: each is read, or is an error of Horizon's family."""

import gzip
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

import orjson
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from hummingbot.core.web_assistant.connections.connections_factory import ConnectionsFactory

from hummingbot.connector.exchange.stellar import stellar_web_utils
from hummingbot.connector.exchange.stellar.horizon.account import AccountNotFunded, read_account
from hummingbot.connector.exchange.stellar.horizon.account_offers import read_offers
from hummingbot.connector.exchange.stellar.horizon.account_trades import AccountTrades
from hummingbot.connector.exchange.stellar.horizon.errors import HorizonError, HorizonUnavailable
from hummingbot.connector.exchange.stellar.horizon.fee_stats import read_fee_stats
from hummingbot.connector.exchange.stellar.horizon.horizon import Horizon
from hummingbot.connector.exchange.stellar.horizon.ledger_clock import LedgerClock, LedgerHeader
from hummingbot.connector.exchange.stellar.horizon.liquidity_pools import read_reserves, share_line
from hummingbot.connector.exchange.stellar.horizon.order_book import read_book
from hummingbot.connector.exchange.stellar.horizon.payment_paths import best_path_from, best_path_to
from hummingbot.connector.exchange.stellar.horizon.trade_aggregations import read_trade_aggregations
from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE, Asset
from hummingbot.connector.exchange.stellar.sandbox.sandbox import PASSPHRASE
from hummingbot.connector.exchange.stellar.transactions.record import TransactionRecord

from .damage import SAMPLES, SEED, damaged_bytes, damaged_document

EXCHANGES = Path(__file__).parents[1] / "golden" / "horizon" / "exchanges.jsonl.gz"
ACCOUNT = "GARH6D66AVIAPVFXTEXAP2W2I5HJE5P36QVK5GKDCEUFVFI5KZ6B535R"
USDC = Asset("USDC", ACCOUNT)
ROOT = {"network_passphrase": PASSPHRASE, "history_latest_ledger": 2**40}
STATUSES = (200,) * 12 + (400, 403, 404, 410, 429, 500, 503, 504)
HEADERS = ("", "7", "0", "-1", "1e9", "²", "9" * 5000, "2026-11-22")
HTML = b"<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"


class IllNode:
    """A node that answers with the last `document`, damaged."""

    def __init__(self, dice: Random) -> None:
        self.document: Any = {}
        self._dice = dice

    async def answer(self, request: web.Request) -> web.Response:
        if request.path == "/":
            return web.json_response(ROOT)
        dice, status = self._dice, self._dice.choice(STATUSES)
        body = orjson.dumps(damaged_document(self.document, dice))
        if dice.random() < 0.3:
            body = damaged_bytes(body, dice)
        headers = {"Content-Type": "application/json"}
        for name in ("Latest-Ledger", "Retry-After"):
            value = dice.choice(HEADERS)
            headers |= {name: value} if value else {}
        return web.Response(body=HTML if dice.random() < 0.02 else body, status=status, headers=headers)


def recorded() -> dict[str, list[Any]]:
    """Return documents of a real Horizon by the resource that they are of."""
    kinds: dict[str, list[Any]] = {}
    with gzip.open(EXCHANGES, "rt") as lines:
        for line in lines:
            exchange = json.loads(line)
            path = re.sub(r"/[0-9a-f]{64}|/G[A-Z0-9]{55}|\?.*", "", exchange["request"]["path"])
            response = exchange["response"]
            if response["status"] == 200 and "json" in response and len(line) < 40_000:
                kinds.setdefault(path, []).append(response["json"])
    return kinds


def readers(horizon: Horizon) -> dict[str, list[Callable[[], Awaitable[Any]]]]:
    """Return what the connector reads of each resource."""
    clock = LedgerClock()

    async def every_record(path: str, read: Callable[[Any], Any]) -> None:
        for record in (await horizon.get(path)).records:
            read(record)

    async def account_with_shares() -> None:
        share_line((await horizon.get("/accounts/x")).body, "ab" * 32)

    async def one(path: str, read: Callable[[Any], Any]) -> None:
        read((await horizon.get(path)).body)

    return {
        "/accounts": [lambda: read_account(horizon, ACCOUNT, "stellar_local"), account_with_shares],
        "/accounts/offers": [lambda: read_offers(horizon, ACCOUNT, clock)],
        "/accounts/trades": [lambda: AccountTrades(ACCOUNT).read(horizon)],
        "/fee_stats": [lambda: read_fee_stats(horizon)],
        "/ledgers": [lambda: every_record("/ledgers", LedgerHeader.read), lambda: clock.read(horizon)],
        "/liquidity_pools": [
            lambda: every_record("/liquidity_pools", lambda record: read_reserves(record, NATIVE, USDC))
        ],
        "/order_book": [lambda: one("/order_book", lambda body: read_book(body, "A-B", 1, 0.0))],
        "/paths/strict-receive": [lambda: best_path_to(horizon, NATIVE, USDC, 5)],
        "/paths/strict-send": [lambda: best_path_from(horizon, NATIVE, USDC, 5)],
        "/trade_aggregations": [lambda: read_trade_aggregations(horizon, NATIVE, USDC, 3600, 0, 3600)],
        "/transactions": [
            lambda: every_record("/transactions", TransactionRecord.read),
            lambda: horizon.submit(b"an envelope"),
        ],
    }


@pytest.fixture
async def node() -> AsyncIterator[tuple[IllNode, Horizon]]:
    ill, app = IllNode(Random(SEED)), web.Application()
    app.router.add_route("*", "/{path:.*}", ill.answer)
    async with TestServer(app) as server:
        url = str(server.make_url("")).rstrip("/")
        yield ill, stellar_web_utils.build_horizon("stellar_local", [url], LedgerClock())
    await ConnectionsFactory().close()


async def test_any_answer_is_read_or_refused(node: tuple[IllNode, Horizon]) -> None:
    (ill, horizon), dice, documents = node, Random(SEED), recorded()
    wanted = readers(horizon)
    assert wanted.keys() <= documents.keys()
    for number in range(SAMPLES // 2):
        kind = list(wanted)[number % len(wanted)]
        ill.document = dice.choice(documents[kind])
        with suppress(HorizonError, AccountNotFunded):
            await dice.choice(wanted[kind])()


def test_any_book_is_read_or_refused() -> None:
    dice, books = Random(SEED), recorded()["/order_book"]
    for _ in range(SAMPLES):
        with suppress(HorizonUnavailable):
            read_book(damaged_document(dice.choice(books), dice), "A-B", 1, 0.0)
