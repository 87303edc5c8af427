"""The order book as an actor sees it, and prices as the ledger writes them."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from hummingbot.connector.exchange.stellar.ledger.asset import Asset
from hummingbot.connector.exchange.stellar.sandbox.entries import Offer

from .assets import Pair

__all__ = ["BookView", "Books", "Resting", "at_least", "at_most"]

DENOMINATOR = 10**7
LARGEST_NUMERATOR = 2**31 - 1


class Books(Protocol):
    """A network's order books."""

    def book(self, selling: Asset, buying: Asset) -> Iterable[Offer]:
        """Return the offers that sell one asset for another, best first."""


@dataclass(slots=True)
class Resting:
    """An offer of either side in the pair's terms: `price` quote per base, `amount` stroops of base."""

    offer_id: int
    seller: str
    price: float
    amount: int


@dataclass(frozen=True, slots=True)
class BookView:
    """Both sides of a pair's book as of the last closed ledger, best offers first."""

    asks: list[Resting] = field(default_factory=list)
    bids: list[Resting] = field(default_factory=list)

    @classmethod
    def of(cls, network: Books, pair: Pair) -> "BookView":
        """Read the book of a pair."""
        return cls(
            [
                Resting(offer.offer_id, offer.seller, offer.price_n / offer.price_d, offer.amount)
                for offer in network.book(pair.base, pair.quote)
            ],
            [
                Resting(
                    offer.offer_id,
                    offer.seller,
                    offer.price_d / offer.price_n,
                    offer.amount * offer.price_n // offer.price_d,
                )
                for offer in network.book(pair.quote, pair.base)
            ],
        )

    def lowest_ask(self, but: str = "", above: float = 0.0) -> float:
        """Return the best ask over a price of anyone `but` one account; infinite if there is none."""
        return next((r.price for r in self.asks if r.seller != but and r.price > above), math.inf)

    def highest_bid(self, but: str = "", below: float = math.inf) -> float:
        """Return the best bid under a price of anyone `but` one account; 0 if there is none."""
        return next((r.price for r in self.bids if r.seller != but and r.price < below), 0.0)


def at_least(price: float) -> tuple[int, int]:
    """Return the next fraction n/d at or above a price; d is a power of ten, 10⁷ where it fits."""
    denominator = _denominator(price)
    return math.ceil(price * denominator), denominator


def at_most(price: float) -> tuple[int, int]:
    """Return the next fraction n/d at or below a price."""
    denominator = _denominator(price)
    return max(math.floor(price * denominator), 1), denominator


def _denominator(price: float) -> int:
    denominator = DENOMINATOR
    while price * denominator > LARGEST_NUMERATOR - 1 and denominator > 1:
        denominator //= 10
    while price * denominator < 10_000 and denominator < 10**9:
        denominator *= 10
    return denominator
