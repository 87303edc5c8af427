"""The venue's best prices are other people's: our own orders never lead us."""

from dataclasses import dataclass
from decimal import Decimal

from hummingbot.strategy.ai_stellar.market.portfolio import OpenOrder
from hummingbot.strategy.ai_stellar.market.venue import best_price

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
