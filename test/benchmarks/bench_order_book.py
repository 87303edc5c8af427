"""A book of 200 levels a side, from the stream's bytes to Hummingbot's OrderBook, beside the plain way."""

import json

import orjson
import pytest
from hummingbot.core.data_type.order_book import OrderBook
from hummingbot.core.data_type.order_book_message import OrderBookMessage, OrderBookMessageType
from pytest_benchmark.fixture import BenchmarkFixture

from hummingbot.connector.exchange.stellar.horizon.event_stream import EventParser
from hummingbot.connector.exchange.stellar.horizon.merged_book import merge_book
from hummingbot.connector.exchange.stellar.horizon.order_book import read_book
from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE, Asset
from hummingbot.connector.exchange.stellar.ledger.envelope import SigningKey
from hummingbot.connector.exchange.stellar.ledger.pool_reserves import PoolReserves
from hummingbot.connector.exchange.stellar.ledger.xdr import pool_of
from test.benchmarks.conftest import Promises, quiet_median

LEVELS = 200


def event() -> bytes:
    """One event of Horizon's order book stream."""

    def level(n: int) -> dict[str, object]:
        return {"price_r": {"n": n, "d": 1_000_000}, "price": f"{n / 1e6:.7f}", "amount": f"{n / 7:.7f}"}

    book = {
        "bids": [level(100_000 - i) for i in range(LEVELS)],
        "asks": [level(100_001 + i) for i in range(LEVELS)],
        "base": {"asset_type": "native"},
        "counter": {"asset_type": "credit_alphanum4", "asset_code": "USDC", "asset_issuer": "G" * 56},
    }
    return b"data: " + orjson.dumps(book) + b"\n\n"


EVENT = event()
PAIR = NATIVE, Asset("USDC", SigningKey(b"u" * 32).account)
POOL = PoolReserves(pool_of(*PAIR), 10**13, 10**12, 10**12)


def from_bytes(book: OrderBook) -> None:
    (message,) = EventParser().feed(EVENT)
    snapshot = read_book(message, "XLM-USDC", 1, 0.0)
    book.apply_snapshot(snapshot.bids, snapshot.asks, snapshot.update_id)


def merged(book: OrderBook) -> None:
    (message,) = EventParser().feed(EVENT)
    snapshot = merge_book(message.record(), POOL, PAIR, "XLM-USDC", 1, 0.0)
    book.apply_snapshot(snapshot.bids, snapshot.asks, snapshot.update_id)


def plainly(book: OrderBook) -> None:
    record = json.loads(EVENT.decode().strip().removeprefix("data: "))
    content = {
        "trading_pair": "XLM-USDC",
        "update_id": 1,
        "bids": [(b["price"], float(b["amount"]) / float(b["price"])) for b in record["bids"]],
        "asks": [(a["price"], a["amount"]) for a in record["asks"]],
    }
    message = OrderBookMessage(OrderBookMessageType.SNAPSHOT, content, 0.0)
    book.apply_snapshot(message.bids, message.asks, message.update_id)


@pytest.mark.benchmark(group="order book of 200×2 levels, bytes to OrderBook")
@pytest.mark.parametrize(
    "way", [from_bytes, merged, plainly], ids=["connector", "merged with a pool", "json + OrderBookMessage"]
)
def test_book_from_bytes(benchmark: BenchmarkFixture, promise: Promises, way) -> None:
    book = OrderBook()
    benchmark(way, book)
    assert book.get_price(True) == pytest.approx(0.100001, rel=1e-3)
    if way is from_bytes:
        promise("order book of 200×2 levels, median", quiet_median(benchmark) * 1e6, "µs", most=350)
    if way is merged:
        promise("the same merged with a pool, median", quiet_median(benchmark) * 1e6, "µs", most=2500)
