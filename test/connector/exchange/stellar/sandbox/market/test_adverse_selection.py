"""Who stands at the touch with both sides pays those who know, and earns from those who do not."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from hummingbot.connector.exchange.stellar.ledger.envelope import SigningKey
from hummingbot.connector.exchange.stellar.ledger.operations import ManageBuyOffer, ManageSellOffer, Operation
from hummingbot.connector.exchange.stellar.sandbox.market.quotes import at_least, at_most
from hummingbot.connector.exchange.stellar.sandbox.market.takers import cancel

LEDGER_SECONDS = 30
LEDGERS = 12 * 120
SIZE = 1_000 * 10**7


@dataclass
class Outcome:
    """What a quoter bought and sold (XLM), and its gain (USDC) marked to the reference fill by fill."""

    bought: float = 0.0
    sold: float = 0.0
    gain: float = 0.0
    turnover: float = 0.0

    @property
    def basis_points(self) -> float:
        return self.gain / self.turnover * 1e4


def requote(opened: Any, key: SigningKey) -> list[Operation]:
    """Return the operations of one who joins the best ask and bid of all others, each ledger anew."""
    book, pair = opened.book, opened.pair
    operations: list[Operation] = [
        cancel(pair, resting, is_bid)
        for is_bid, side in ((False, book.asks), (True, book.bids))
        for resting in side
        if resting.seller == key.account
    ]
    ask, bid = book.lowest_ask(key.account), book.highest_bid(key.account)
    operations.append(ManageSellOffer(pair.base, pair.quote, SIZE, *at_least(ask)))
    operations.append(ManageBuyOffer(pair.quote, pair.base, SIZE, *at_most(bid)))
    return operations


def quote_at_the_touch(opened: Any) -> Outcome:
    key = opened.third_party()
    outcome = Outcome()
    for _ in range(LEDGERS):
        opened.submit(key, *requote(opened, key))
        closed = opened.close()
        price = opened.market.markets[0].reference.price(opened.now)
        for applied in closed.transactions:
            for result in applied.result.operations:
                for claim in result.claims:
                    if claim.seller != key.account:
                        continue
                    sold, bought = claim.amount_sold / 1e7, claim.amount_bought / 1e7
                    if claim.sold.is_native:
                        outcome.sold += sold
                        outcome.gain += bought - sold * price
                        outcome.turnover += sold * price
                    else:
                        outcome.bought += bought
                        outcome.gain += bought * price - sold
                        outcome.turnover += bought * price
    return outcome


@pytest.mark.slow
def test_a_symmetric_quoter_at_the_touch_loses_to_the_informed_and_does_better_without(
    venue: Callable[..., Any],
) -> None:
    outcomes = {
        share: [
            quote_at_the_touch(venue(seed=seed, seconds=LEDGER_SECONDS, informed=share)) for seed in (1, 2, 3)
        ]
        for share in (0.0, 0.8)
    }
    for without, informed in zip(outcomes[0.0], outcomes[0.8], strict=True):
        assert min(without.sold, without.bought, informed.sold, informed.bought) > 5_000
        assert informed.gain < 0
        assert informed.basis_points < without.basis_points - 1.0
