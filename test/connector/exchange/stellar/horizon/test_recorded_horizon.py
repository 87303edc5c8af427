"""What a real Horizon (2.17) answered, recorded byte for byte, is read as it was meant."""

import asyncio
import gzip
import json
import re
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from hummingbot.core.web_assistant.connections.connections_factory import ConnectionsFactory

from hummingbot.connector.exchange.stellar import stellar_web_utils
from hummingbot.connector.exchange.stellar.horizon.account import AccountBalances
from hummingbot.connector.exchange.stellar.horizon.answer import Answer
from hummingbot.connector.exchange.stellar.horizon.connection import Subscription
from hummingbot.connector.exchange.stellar.horizon.errors import HorizonRefused, HorizonUnavailable
from hummingbot.connector.exchange.stellar.horizon.ledger_clock import LedgerHeader
from hummingbot.connector.exchange.stellar.horizon.node import HorizonNode
from hummingbot.connector.exchange.stellar.horizon.order_book import read_book
from hummingbot.connector.exchange.stellar.horizon.trades import Trade
from hummingbot.connector.exchange.stellar.transactions.record import TransactionRecord

GOLDEN = Path(__file__).parents[4] / "golden" / "horizon"
STREAMS = sorted(path.name.removesuffix(".jsonl.gz") for path in (GOLDEN / "sse").glob("*.jsonl.gz"))


def recorded(pattern):
    """Recorded answers (200) to requests whose path matches."""
    with gzip.open(GOLDEN / "exchanges.jsonl.gz", "rt") as lines:
        for line in lines:
            exchange = json.loads(line)
            request, response = exchange["request"], exchange["response"]
            path = request["path"].split("?")[0]
            if request["method"] == "GET" and response["status"] == 200 and re.fullmatch(pattern, path):
                yield Answer(response["json"], int(response["headers"].get("Latest-Ledger", 0)))


def test_every_recorded_trade_is_read():
    trades = [Trade.read(record) for answer in recorded(r"/trades") for record in answer.records]

    assert len(trades) > 500
    assert all(trade.maker != trade.taker for trade in trades)
    assert all(trade.position[0] > 0 for trade in trades)


def test_every_recorded_book_is_read_with_its_sides_apart():
    read = [read_book(answer.body, "A-B", 1, 0.0) for answer in recorded(r"/order_book")]
    both = [book for book in read if book.bids and book.asks]

    assert len(both) > 50
    assert all(book.bids[0].price <= book.asks[0].price for book in both)  # equal: passive offers


def test_every_recorded_account_is_read_and_what_is_available_is_not_more_than_it_holds():
    accounts = [AccountBalances.read(answer) for answer in recorded(r"/accounts/G[A-Z0-9]{55}")]

    assert len(accounts) > 100
    for account in accounts:
        assert account.ledger > 0
        for asset, line in account.lines.items():
            assert 0 <= account.available(asset, 5_000_000) <= line.balance
            assert account.room(asset) >= 0


def test_every_recorded_ledger_and_transaction_is_read():
    ledgers = [LedgerHeader.read(record) for answer in recorded(r"/ledgers") for record in answer.records]
    transactions = [
        TransactionRecord.read(record)
        for answer in recorded(r"(/accounts/G[A-Z0-9]{55})?/transactions")
        for record in answer.records
    ]

    assert all(ledger.base_fee == 100 for ledger in ledgers)
    assert all(record.toid >> 32 == record.ledger for record in transactions)
    assert {record.is_successful for record in transactions} == {True, False}


def test_fills_by_others_stand_in_an_accounts_trades_but_not_in_its_transactions():
    maker = json.loads((GOLDEN / "story.json").read_text())["names"]["maker1"]
    maker = maker if isinstance(maker, str) else maker["address"]
    listed = {
        TransactionRecord.read(record).toid
        for answer in recorded(f"/accounts/{maker}/transactions")
        for record in answer.records
    }
    taken = {
        Trade.read(record).position[0] >> 12 << 12
        for answer in recorded(f"/accounts/{maker}/trades")
        for record in answer.records
        if Trade.read(record).maker == maker
    }

    assert taken
    assert not taken & listed


@asynccontextmanager
async def replaying(connections):
    """Serve the recorded bytes of one connection after the other, and refuse when there are no more."""

    async def serve(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        if connections:
            for chunk in connections.pop(0)["chunks"]:
                writer.write(chunk["raw"].encode())
                await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        throttler = stellar_web_utils.create_throttler("stellar_local")
        yield HorizonNode(url, stellar_web_utils.build_api_factory(throttler), throttler)
    await ConnectionsFactory().close()


@pytest.mark.parametrize("name", STREAMS)
async def test_every_recorded_stream_is_read_to_its_last_event(name):
    with gzip.open(GOLDEN / "sse" / f"{name}.jsonl.gz", "rt") as lines:
        connections = [entry for line in lines if (entry := json.loads(line))["kind"] == "connection"]
    raw = "".join(chunk["raw"] for connection in connections for chunk in connection["chunks"])
    expected = raw.count("data: {")
    pending = list(connections)

    events, lost = [], []
    async with replaying(pending) as node:
        while pending:
            try:
                async for event in node.stream(Subscription("/stream", {})):
                    events.append(event)
            except (HorizonUnavailable, HorizonRefused) as error:
                lost.append(str(error))

    messages = [event.record() for event in events if event.kind == "message"]
    told = " ".join(lost)
    assert len(messages) == expected
    assert ("rate_limit_exceeded" in raw) == ("rate_limit_exceeded" in told or "answered 429" in told)
