"""What was collected is read as numbers, and what cannot be right is refused."""

import json

import numpy as np
import pytest

from hummingbot.connector.exchange.stellar.horizon.trades import Trade
from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE
from hummingbot.strategy.ai_stellar.cli.main import main
from hummingbot.strategy.ai_stellar.research.collection import CollectionError, read_collected
from hummingbot.strategy.ai_stellar.research.collection.manifest import Manifest, Market
from hummingbot.strategy.ai_stellar.research.collection.parts import Parts
from hummingbot.strategy.ai_stellar.research.collection.tables import (
    BOOKS,
    TRADES,
    book_row,
    schema_of,
    trade_row,
)

PAIR = "XLM-USDC"
START = 1_704_067_200
XLM = 10**7
BIDS = [(1, 10, XLM), (9, 100, 9 * XLM)]
ASKS = [(11, 100, 30 * XLM)]


def book(ledger, bids=BIDS, asks=ASKS, missed=0):
    return book_row(ledger, START + 5 * ledger, (START + 5 * ledger) * 10**6 + 250_000, missed, (bids, asks))


def trade(ledger, index=0, offer=7):
    id = f"{(ledger << 32) + 4097}-{index}"
    made = Trade(id, START + 5 * ledger, NATIVE, NATIVE, 50, 5, "", "", offer, True, 1, 10)
    return trade_row(made, 0, 0)


@pytest.fixture
def written(tmp_path):
    """Write a collection of one pair; return its folder."""

    def write(books=(), trades=(), levels=3):
        manifest = Manifest("stellar_local", "Elsewhere", levels, 1, "ab", {PAIR: Market("native", "USDC:G")})
        manifest.write(tmp_path)
        for table, rows in ((BOOKS, books), (TRADES, trades)):
            parts = Parts(tmp_path / PAIR / table, schema_of(table, PAIR, manifest))
            parts.append(rows)
            parts.close()
        return tmp_path

    return write


def test_books_are_numbers_in_base(written):
    books = read_collected(written([book(2), book(4, asks=[], missed=1)])).books(PAIR)

    assert len(books) == 2
    assert books.ledger.tolist() == [2, 4]
    assert books.missed.tolist() == [0, 1]
    assert books.closed_at.tolist() == [START + 10, START + 20]
    assert books.received_at.tolist() == [START + 10.25, START + 20.25]
    np.testing.assert_array_equal(books.bid_price, [[0.1, 0.09, np.nan]] * 2)
    np.testing.assert_allclose(books.bid_amount, [[10.0, 100.0, 0.0]] * 2)
    np.testing.assert_array_equal(books.ask_price, [[0.11, np.nan, np.nan], [np.nan] * 3])
    np.testing.assert_array_equal(books.ask_amount, [[30.0, 0.0, 0.0], [0.0] * 3])


def test_trades_are_in_the_order_of_the_ledger(written):
    trades = read_collected(written(trades=[trade(2), trade(3, 1), trade(3, 0), trade(4)])).trades(PAIR)

    assert [id[-1] for id in trades["id"].to_pylist()] == ["0", "0", "1", "0"]
    assert trades["ledger"].to_pylist() == [2, 3, 3, 4]


def test_an_empty_collection_is_read(written):
    collected = read_collected(written())

    assert collected.pairs == (PAIR,)
    assert len(collected.books(PAIR)) == 0
    assert len(collected.trades(PAIR)) == 0


@pytest.mark.parametrize(
    ("books", "said"),
    [
        ([book(5), book(4)], "ledger of the books of XLM-USDC in .* goes back"),
        ([book(2, bids=BIDS[::-1])], "bids of XLM-USDC in .* are not sorted best first"),
        ([book(2, asks=[*ASKS, (1, 10, 1)])], "asks of XLM-USDC in .* are not sorted best first"),
        ([book(2, bids=[(0, 1, 1)])], "a price or an amount that is none"),
        ([book(2, bids=[(1, 1, -1)])], "a price or an amount that is none"),
        ([book(2, bids=[(1, 1, 1)] * 4)], "has 4 bids, beyond the 3 of manifest.json"),
    ],
)
def test_books_that_cannot_be_right_are_refused(written, books, said):
    with pytest.raises(CollectionError, match=said):
        read_collected(written(books)).books(PAIR)


def test_trades_that_cannot_be_right_are_refused(written):
    with pytest.raises(CollectionError, match=r"trade \d+-0 of XLM-USDC is in .* twice"):
        read_collected(written(trades=[trade(2), trade(3), trade(2)])).trades(PAIR)


def test_what_is_not_there_is_named(written, tmp_path):
    with pytest.raises(CollectionError, match="holds no collection: name a folder"):
        read_collected(tmp_path)
    with pytest.raises(CollectionError, match="holds no XLM-EURC: name one of XLM-USDC"):
        read_collected(written()).books("XLM-EURC")


def findings(folder, capsys):
    code = main(["data", "check", "--json", str(folder)])
    (found,) = json.loads(capsys.readouterr().out)
    assert found["usable"] is (code == 0)
    return {one["what"]: (one["level"], one["said"]) for one in found["findings"]}


def test_data_check_says_what_a_folder_holds(written, capsys):
    folder = written([book(k) for k in range(10, 610)], [trade(20), trade(21, offer=0)])

    found = findings(folder, capsys)
    assert {level for level, _ in found.values()} == {"fine"}
    assert found["collection"][1] == "stellar_local from ledger 1 on, 3 levels a side"
    assert found["XLM-USDC books"][1] == "600, ledgers 10 to 609, 2024-01-01 00:00 to 2024-01-01 00:50"
    assert found["XLM-USDC gaps"][1] == "0 of 600 ledgers missed"
    assert found["XLM-USDC spread"][1] == "952.4 bp at the median, 0.0% of books with an empty side"
    assert found["XLM-USDC trades"][1] == "2, 1 of them with pools"


@pytest.mark.parametrize(
    ("books", "what", "level", "said"),
    [
        ([book(10), book(20, missed=9)], "gaps", "look", "9 of 11 ledgers missed, 9 in a row at most: "),
        ([book(10), book(11, bids=[(12, 100, 1)])], "spread", "look", "50.0% crossed: leave these out"),
        ([book(10, bids=[])], "spread", "unusable", "one side of every book is empty"),
        ([], "books", "unusable", "none yet: collect for longer"),
        ([book(k) for k in range(599)], "books", "look", "few to judge orders on, collect 600 or more"),
    ],
)  # fmt: skip
def test_data_check_says_what_to_do(written, capsys, books, what, level, said):
    found = findings(written(books), capsys)[f"XLM-USDC {what}"]
    assert found[0] == level
    assert said in found[1]


def test_data_check_names_a_folder_that_is_none(tmp_path, written, capsys):
    assert findings(tmp_path, capsys)["folder"][0] == "unusable"
    folder = written([book(5)])
    (part,) = (folder / PAIR / BOOKS).iterdir()
    part.write_bytes(part.read_bytes()[:-9])
    level, said = findings(folder, capsys)[PAIR]
    assert level == "unusable"
    assert "cannot be read" in said
