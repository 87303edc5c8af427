"""The order book as an actor sees it, and the border between what it believes and what the ledger holds.

What the market is worth is modelled in floats; an order is made of integers. On the way, what an actor
believes becomes the Decimal that its float is, parameters become those that they are written as (`units`,
`basis_points`), and `at_least` and `at_most` round once, to the side that their names say.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from functools import lru_cache
from typing import Final, Protocol

from hummingbot.connector.exchange.stellar.ledger.asset import Asset
from hummingbot.connector.exchange.stellar.ledger.price import (
    INT32_MAX,
    Price,
    price_at_least,
    price_at_most,
)
from hummingbot.connector.exchange.stellar.sandbox.entries import Offer

from .assets import Pair

__all__ = [
    "BookView",
    "Books",
    "Fraction",
    "Resting",
    "at_least",
    "at_most",
    "basis_points",
    "units",
]

Fraction = tuple[int, int]
"""A price as an operation carries it: n/d."""

ONE: Final = Decimal(1)
NOTHING: Final = Decimal(0)
INFINITE: Final = Decimal("Infinity")

DIGITS: Final = 8
"""Significant digits of a quote: a grid of at most 0.001 bp, whatever the price."""

_UP: Final = Context(prec=DIGITS, rounding=ROUND_CEILING)
_DOWN: Final = Context(prec=DIGITS, rounding=ROUND_FLOOR)


class Books(Protocol):
    """A network's order books."""

    def book(self, selling: Asset, buying: Asset) -> Iterable[Offer]:
        """Return the offers that sell one asset for another, best first."""


@dataclass(slots=True)
class Resting:
    """An offer of either side in the pair's terms.

    Parameters
    ----------
    offer_id : int
    seller : str
    n, d : int
        Its price, n/d quote per base.
    amount : int
        Stroops of base.
    """

    offer_id: int
    seller: str
    n: int
    d: int
    amount: int

    @property
    def price(self) -> Decimal:
        """Quote per base to 28 digits: to compare with, not to order at."""
        return _quotient(self.n, self.d)


@lru_cache(maxsize=4096)
def _quotient(n: int, d: int) -> Decimal:
    return Decimal(n) / d


Offers = tuple[list[Resting], list[Resting]]
"""Asks and bids."""


class BookView:
    """Both sides of a pair's book as of the last closed ledger, best offers first.

    Parameters
    ----------
    asks, bids : list of Resting
    """

    __slots__ = ("_by_seller", "asks", "bids")

    def __init__(self, asks: list[Resting] | None = None, bids: list[Resting] | None = None) -> None:
        self.asks = asks or []
        self.bids = bids or []
        self._by_seller: dict[str, Offers] = {}

    @classmethod
    def of(cls, network: Books, pair: Pair) -> "BookView":
        """Read the book of a pair."""
        return cls(
            [
                Resting(offer.offer_id, offer.seller, offer.price_n, offer.price_d, offer.amount)
                for offer in network.book(pair.base, pair.quote)
            ],
            [
                Resting(
                    offer.offer_id,
                    offer.seller,
                    offer.price_d,
                    offer.price_n,
                    offer.amount * offer.price_n // offer.price_d,
                )
                for offer in network.book(pair.quote, pair.base)
            ],
        )

    def offers_of(self, account: str) -> Offers:
        """Return an account's asks and bids, best first, as they were when anyone's were asked for first."""
        if not self._by_seller:
            for side, offers in enumerate((self.asks, self.bids)):
                for resting in offers:
                    self._by_seller.setdefault(resting.seller, ([], []))[side].append(resting)
        return self._by_seller.get(account, ([], []))

    def lowest_ask(self, but: str = "", above: Decimal = NOTHING) -> Decimal:
        """Return the best ask over a price of anyone `but` one account; infinite if there is none."""
        for resting in self.asks:
            if resting.seller != but and (price := resting.price) > above:
                return price
        return INFINITE

    def highest_bid(self, but: str = "", below: Decimal = INFINITE) -> Decimal:
        """Return the best bid under a price of anyone `but` one account; 0 if there is none."""
        for resting in self.bids:
            if resting.seller != but and (price := resting.price) < below:
                return price
        return NOTHING


def units(parameter: float) -> Decimal:
    """Return a parameter as it is written: 0.1 is a tenth."""
    return Decimal(repr(float(parameter)))


@lru_cache(maxsize=256)
def basis_points(parameter: float) -> Decimal:
    """Return a parameter in basis points as a share of one."""
    return units(parameter).scaleb(-4)


def at_least(price: Decimal, factor: Decimal = ONE) -> Fraction:
    """Return the lowest quote n/d at or above ``price * factor``."""
    return _fraction(_UP.multiply(price, factor), price_at_least)


def at_most(price: Decimal, factor: Decimal = ONE) -> Fraction:
    """Return the highest quote n/d at or below ``price * factor``."""
    return _fraction(_DOWN.multiply(price, factor), price_at_most)


def _fraction(quote: Decimal, nearest: Callable[[Decimal], Price]) -> Fraction:
    n, d = quote.as_integer_ratio()
    if n <= INT32_MAX and d <= INT32_MAX:  # exactly so, as nearly every quote is
        return n, d
    price = nearest(quote)
    return price.n, price.d
