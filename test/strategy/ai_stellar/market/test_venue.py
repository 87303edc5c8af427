"""The venue's best prices are other people's: our own orders never lead us."""

from dataclasses import dataclass
from decimal import Decimal
from types import SimpleNamespace

from hummingbot.core.data_type.order_book import OrderBook
from hummingbot.core.data_type.order_book_row import OrderBookRow

from hummingbot.connector.exchange.stellar.horizon.ledger_clock import LedgerClock
from hummingbot.strategy.ai_stellar.market.portfolio import OpenOrder
from hummingbot.strategy.ai_stellar.market.venue import Venue, best_price

D = Decimal


@dataclass
class Level:
    price: float
    amount: float


BIDS = [Level(0.1310, 500.0), Level(0.1309, 2000.0)]


def own(price: str, remaining: str, side: str = "buy") -> OpenOrder:
    return OpenOrder("a", "XLM-USDC", side, D(price), D(remaining))  # type: ignore[arg-type]


def test_a_level_that_others_share_counts() -> None:
    assert best_price(BIDS, [], "buy") == D("0.131")
    assert best_price(BIDS, [own("0.1310", "499")], "buy") == D("0.131")


def test_a_level_that_is_ours_alone_does_not() -> None:
    assert best_price(BIDS, [own("0.13100001", "500")], "buy") == D("0.1309")
    assert best_price(BIDS, [own("0.1310", "300"), own("0.1310", "200")], "buy") == D("0.1309")


def test_our_orders_on_the_other_side_are_no_matter() -> None:
    assert best_price(BIDS, [own("0.1310", "500", "sell")], "buy") == D("0.131")


def test_a_book_of_ours_alone_has_no_price() -> None:
    assert best_price(BIDS[:1], [own("0.1310", "500")], "buy") is None
    assert best_price([], [], "buy") is None


def test_where_books_show_pools_the_market_is_that_of_the_offers() -> None:
    merged, offers = OrderBook(), OrderBook()
    merged.apply_snapshot([OrderBookRow(0.12, 9, 1)], [OrderBookRow(0.13, 9, 1)], 1)
    offers.apply_snapshot([OrderBookRow(0.11, 9, 1)], [OrderBookRow(0.14, 9, 1)], 1)
    seen: dict[str, OrderBook | None] = {"XLM-USDC": offers}
    source = SimpleNamespace(ledger_clock=LedgerClock(), offers=seen.get, book_behind=lambda pair: 0)
    connector = SimpleNamespace(
        order_book_tracker=SimpleNamespace(data_source=source), get_order_book=lambda pair: merged
    )
    venue = Venue(connector, "stellar_local", ["XLM-USDC"])

    state = venue.market("XLM-USDC")
    assert (state.bid, state.ask) == (D("0.11"), D("0.14"))
    seen.clear()
    state = venue.market("XLM-USDC")
    assert (state.bid, state.ask) == (D("0.12"), D("0.13"))
