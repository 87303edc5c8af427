"""Books: bids come in the counter asset and are converted; rows go to Hummingbot as they are."""

import orjson
import pytest
from hummingbot.core.data_type.order_book import OrderBook
from hypothesis import given
from hypothesis import strategies as st

from hummingbot.connector.exchange.stellar.horizon.book_scanner import scan_book
from hummingbot.connector.exchange.stellar.horizon.errors import HorizonUnavailable
from hummingbot.connector.exchange.stellar.horizon.event_stream import Event
from hummingbot.connector.exchange.stellar.horizon.order_book import read_book, read_levels

RECORD = {
    "bids": [
        {"price_r": {"n": 1, "d": 10}, "price": "0.1000000", "amount": "5.0000000"},
        {"price_r": {"n": 9, "d": 100}, "price": "0.0900000", "amount": "9.0000000"},
    ],
    "asks": [{"price_r": {"n": 11, "d": 100}, "price": "0.1100000", "amount": "30.0000000"}],
}


def test_amounts_of_both_sides_are_in_the_base_asset():
    book = read_book(RECORD, "XLM-USDC", 7, 0.0)

    assert [(row.price, row.amount) for row in book.bids] == [(0.1, 50.0), (0.09, 100.0)]
    assert [(row.price, row.amount) for row in book.asks] == [(0.11, 30.0)]


def test_levels_are_exact_and_a_bids_amount_is_of_the_counter_asset():
    event = Event("message", orjson.dumps(RECORD), "")

    assert read_levels(event, 20) == ([(1, 10, 50_000_000), (9, 100, 90_000_000)], [(11, 100, 300_000_000)])
    assert read_levels(RECORD, 1) == ([(1, 10, 50_000_000)], [(11, 100, 300_000_000)])


def test_hummingbots_book_takes_the_rows():
    snapshot = read_book(RECORD, "XLM-USDC", 7, 0.0)
    book = OrderBook()

    book.apply_snapshot(snapshot.bids, snapshot.asks, snapshot.update_id)

    assert (book.get_price(True), book.get_price(False)) == (0.11, 0.1)
    assert book.snapshot_uid == 7


@pytest.mark.parametrize(
    "record",
    [
        {},
        {"bids": []},
        {"bids": [{}], "asks": []},
        {"bids": [], "asks": [{"price_r": {"n": 1, "d": 0}, "amount": "1"}]},
        {"bids": [{"price_r": {"n": 0, "d": 1}, "amount": "1"}], "asks": []},
        {"bids": [{"price_r": {"n": -1, "d": 1}, "amount": "1"}], "asks": []},
        {"bids": [], "asks": [{"price_r": {"n": 1, "d": 1}, "amount": "nan"}]},
        {"bids": [], "asks": [{"price_r": {"n": 1, "d": 1}, "amount": "-1"}]},
        {"bids": None, "asks": None},
    ],
)
def test_what_is_no_book_is_named(record):
    with pytest.raises(HorizonUnavailable, match="an order book"):
        read_book(record, "XLM-USDC", 1, 0.0)
    with pytest.raises(HorizonUnavailable, match="an order book"):
        read_levels(record, 20)


AMOUNTS = st.one_of(
    st.integers(0, 2**63 - 1), st.integers(0, 10**22 - 1), st.integers(2**53 - 99, 2**53 + 99)
).map(lambda stroops: f"{stroops // 10**7}.{stroops % 10**7:07}")
PARTS = st.integers(1, 2**31 - 1)
LEVELS = st.lists(
    st.builds(
        lambda n, d, amount: {"price_r": {"n": n, "d": d}, "price": "0.1", "amount": amount},
        PARTS,
        PARTS,
        AMOUNTS,
    ),
    max_size=3,
)
BOOKS = st.builds(
    lambda bids, asks: {"bids": bids, "asks": asks, "base": {"asset_type": "native"}}, LEVELS, LEVELS
)
WRITTEN = orjson.dumps({**RECORD, "base": {"asset_type": "native"}})


def sides(book):
    return [[tuple(row) for row in side] for side in (book.bids, book.asks)]


@given(BOOKS)
def test_an_event_of_the_stream_is_the_same_book_as_an_answer(record):
    event = Event("message", orjson.dumps(record), "")

    assert scan_book(event.data, 7) is not None
    assert sides(read_book(event, "XLM-USDC", 7, 0.0)) == sides(read_book(record, "XLM-USDC", 7, 0.0))


def test_bytes_as_horizon_writes_them_are_scanned():
    bids, asks = scan_book(WRITTEN, 7)

    assert [bids, asks] == [
        read_book(RECORD, "XLM-USDC", 7, 0.0).bids,
        read_book(RECORD, "XLM-USDC", 7, 0.0).asks,
    ]


@given(st.data())
def test_damaged_bytes_are_scanned_as_the_book_they_are_or_not_at_all(data):
    damaged = bytearray(WRITTEN)
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(damaged) - 1))
        damaged[place : place + data.draw(st.integers(0, 3))] = data.draw(
            st.sampled_from(
                [b"", b"0", b"1", b"9", b".", b"-", b"e", b'"', b"]", b"[", b",", b" ", b"\0", b"\xff"]
            )
        )
    scanned = scan_book(bytes(damaged), 7)

    if scanned is not None:
        assert list(scanned) == sides(read_book(orjson.loads(damaged), "XLM-USDC", 7, 0.0))


@pytest.mark.parametrize(
    "written",
    [
        b"",
        WRITTEN[:-1],
        WRITTEN + b"}",
        WRITTEN.replace(b":", b": "),
        WRITTEN.replace(b'"n":1,', b'"n":01,'),
        WRITTEN.replace(b'"n":1,', b'"n":0,'),
        WRITTEN.replace(b'"n":1,', b'"n":10000000000000000,'),
        WRITTEN.replace(b'"d":10}', b'"d":0}'),
        WRITTEN.replace(b'"5.0000000"', b'"5"'),
        WRITTEN.replace(b'"5.0000000"', b'"5.00000000"'),
        WRITTEN.replace(b'"5.0000000"', b'"nan"'),
        WRITTEN.replace(b'"base"', b'"bids"'),
        WRITTEN.replace(b'"base"', b'"asks"'),
    ],
)
def test_what_is_written_in_another_way_is_left_to_a_json_reader(written):
    assert scan_book(written, 7) is None


def test_a_book_written_in_another_way_is_read_all_the_same():
    event = Event("message", orjson.dumps(RECORD, option=orjson.OPT_INDENT_2), "")

    assert sides(read_book(event, "XLM-USDC", 7, 0.0)) == sides(read_book(RECORD, "XLM-USDC", 7, 0.0))
