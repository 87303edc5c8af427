"""Takers: those who must trade, and those who know."""

import random as random_
from collections.abc import Callable
from dataclasses import dataclass

from hummingbot.connector.exchange.stellar.ledger.operations import ManageBuyOffer, ManageSellOffer, Operation

from .assets import Pair
from .parameters import MarketParameters
from .quotes import BookView, Resting, at_least, at_most

__all__ = ["Taking", "cancel", "takings"]


@dataclass(frozen=True, slots=True)
class Taking:
    """One taker's order: limited in price, so what it does not get at once rests until it is cancelled."""

    operation: Operation
    informed: bool


def takings(
    count: int,
    book: BookView,
    price: Callable[[float], float],
    begin: float,
    end: float,
    size: float,
    pair: Pair,
    parameters: MarketParameters,
    random: random_.Random,
) -> list[Taking]:
    """Draw the orders of `count` takers of one ledger.

    An uninformed taker buys or sells with even chance, up to `slippage` beyond the best price. An informed
    one knows the price at the moment it comes, between the last ledger and the next; it buys what is
    offered below that, sells to what is bid above it, and stays away otherwise. Each takes from what the
    ones before it leave of the last ledger's book; which of them comes first on the ledger, and whether a
    maker moves before them, is the network's to decide.

    Parameters
    ----------
    count : int
    book : BookView
        As of the last closed ledger; its amounts are used up.
    price : callable
        What the informed know: quote per base at a market time.
    begin, end : float
        Close times of the last ledger and of the next, unix seconds.
    size : float
        Median of an uninformed order, base units.
    pair : Pair
    parameters : MarketParameters
    random : random.Random
    """
    orders: list[Taking] = []
    edge = parameters.informed_edge * 1e-4
    slippage = parameters.slippage * 1e-4
    for _ in range(count):
        informed = random.random() < parameters.informed
        buys = random.random() < 0.5
        amount = min(size * random.lognormvariate(0.0, parameters.order_spread), parameters.largest_order)
        if informed:
            known = price(random.uniform(begin, end))
            amount = min(amount * parameters.informed_size, parameters.largest_order)
            if book.lowest_ask() < known * (1.0 - edge):
                buys, limit = True, known * (1.0 - edge)
            elif book.highest_bid() > known * (1.0 + edge):
                buys, limit = False, known * (1.0 + edge)
            else:
                continue
        elif buys:
            limit = book.lowest_ask() * (1.0 + slippage)
        else:
            limit = book.highest_bid() * (1.0 - slippage)
        taken, last = _use_up(book.asks if buys else book.bids, round(amount * 1e7), limit, buys)
        if taken:
            orders.append(Taking(_order(pair, buys, taken, last if informed else limit), informed))
    return orders


def cancel(pair: Pair, resting: Resting, is_bid: bool) -> Operation:
    """Return the operation that takes an offer away."""
    if is_bid:
        return ManageBuyOffer(pair.quote, pair.base, 0, 1, 1, resting.offer_id)
    return ManageSellOffer(pair.base, pair.quote, 0, 1, 1, resting.offer_id)


def _use_up(side: list[Resting], amount: int, limit: float, buys: bool) -> tuple[int, float]:
    taken, last = 0, limit
    while side and taken < amount and (side[0].price <= limit if buys else side[0].price >= limit):
        part = min(side[0].amount, amount - taken)
        taken += part
        last = side[0].price
        side[0].amount -= part
        if side[0].amount <= 0:
            side.pop(0)
    return taken, last


def _order(pair: Pair, buys: bool, amount: int, limit: float) -> Operation:
    if buys:
        n, d = at_least(limit)
        return ManageBuyOffer(pair.quote, pair.base, amount, n, d)
    n, d = at_most(limit)
    return ManageSellOffer(pair.base, pair.quote, amount, n, d)
