"""Recordings from what was collected of the network."""

import numpy as np
import pytest

from hummingbot.connector.exchange.stellar.horizon.trades import Trade
from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE
from hummingbot.strategy.ai_stellar.predictors.execution import ExecutionPolicy
from hummingbot.strategy.ai_stellar.research.collection.manifest import Manifest, Market
from hummingbot.strategy.ai_stellar.research.collection.parts import Parts
from hummingbot.strategy.ai_stellar.research.collection.tables import (
    BOOKS,
    TRADES,
    book_row,
    schema_of,
    trade_row,
)
from hummingbot.strategy.ai_stellar.research.execution.collected_books import recordings_of
from hummingbot.strategy.ai_stellar.research.execution.recorded import judge_recorded
from hummingbot.strategy.ai_stellar.research.history import HistoryError

PAIR = "XLM-USDC"
START = 1_700_000_000
XLM = 10**7


def book(ledger, best=1000, missed=0, asks=None):
    """Bids from best/10000 down and asks 10 bp above; 100 XLM a level."""
    bids = [(best - k, 10_000, 100 * XLM * (best - k) // 10_000) for k in range(3)]
    asks = [(best + 1 + k, 10_000, 100 * XLM) for k in range(3)] if asks is None else asks
    return book_row(ledger, START + 5 * ledger, 0, missed, (bids, asks))


def trade(ledger, index=0, offer=7):
    id = f"{(ledger << 32) + 4097}-{index}"
    made = Trade(id, START + 5 * ledger, NATIVE, NATIVE, 50 * XLM, 5 * XLM, "", "", offer, True, 1, 10)
    return trade_row(made, 0, 0)


@pytest.fixture
def write(tmp_path):
    def write(books, trades=()):
        manifest = Manifest("stellar_local", "Elsewhere", 5, 1, "ab", {PAIR: Market("native", "USDC:G")})
        manifest.write(tmp_path)
        for table, rows in ((BOOKS, books), (TRADES, trades)):
            parts = Parts(tmp_path / PAIR / table, schema_of(table, PAIR, manifest))
            parts.append(list(rows))
            parts.close()
        return tmp_path

    return write


def test_a_book_stands_until_the_next_one(write):
    (made,) = recordings_of(write([book(0), book(2, best=1010), book(3, best=1020)]))
    assert (made.begin, made.end) == (START, START + 15)
    assert made.bids[made.which[[0, 19, 20, 30]], 0, 0] == pytest.approx([0.1, 0.1, 0.101, 0.102])
    assert made.bids[0] == pytest.approx(
        np.array([[0.1, 100], [0.0999, 100], [0.0998, 100], [0.0998, 0], [0.0998, 0]]), rel=1e-6
    )
    assert made.first_level == pytest.approx(100.0)


def test_a_gap_begins_another_recording(write):
    books = [book(0), book(1), book(4, missed=2), book(5), book(6, asks=[]), book(7), book(8)]
    assert [(one.begin - START, one.end - START) for one in recordings_of(write(books))] == [
        (0, 5),
        (20, 25),
        (35, 40),
    ]


def test_trades_with_pools_met_no_book(write):
    (made,) = recordings_of(write([book(0), book(9)], [trade(1), trade(2, offer=0), trade(12)]))
    assert made.trades.tolist() == [[START + 5, 1.0, 0.1, 50.0]]


def test_a_policy_is_judged_in_what_was_collected(write):
    random = np.random.default_rng(1)
    best = 1000 + np.cumsum(random.integers(-1, 2, 80))
    folder = write([book(k, best=int(price)) for k, price in enumerate(best)], [trade(k) for k in range(80)])
    report = judge_recorded(ExecutionPolicy.load(), folder, None, None, 100)
    assert report.observations == 3
    assert report.details["recordings"] == [f"{PAIR} of {folder.name}"]


def test_too_little_is_refused(write):
    with pytest.raises(HistoryError, match="no two books without a gap between them were collected in"):
        judge_recorded(ExecutionPolicy.load(), write([book(0)]), None, None, 100)
