"""Books: bids come in the counter asset and are converted; rows go to Hummingbot as they are."""

import pytest
from hummingbot.core.data_type.order_book import OrderBook

from hummingbot.connector.exchange.stellar.horizon.errors import HorizonUnavailable
from hummingbot.connector.exchange.stellar.horizon.order_book import read_book

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
        {"bids": None, "asks": None},
    ],
)
def test_what_is_no_book_is_named(record):
    with pytest.raises(HorizonUnavailable, match="an order book"):
        read_book(record, "XLM-USDC", 1, 0.0)
