"""Takers: those who must trade, and those who know."""

import random as random_
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from hummingbot.connector.exchange.stellar.ledger.amount import quantize_down
from hummingbot.connector.exchange.stellar.ledger.operations import ManageBuyOffer, ManageSellOffer, Operation

from .assets import Pair
from .parameters import MarketParameters
from .quotes import BookView, Fraction, Resting, at_least, at_most, basis_points

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
    edge, slippage = basis_points(parameters.informed_edge), basis_points(parameters.slippage)
    for _ in range(count):
        informed = random.random() < parameters.informed
        buys = random.random() < 0.5
        amount = min(size * random.lognormvariate(0.0, parameters.order_spread), parameters.largest_order)
        if informed:
            known = Decimal(price(random.uniform(begin, end)))
            amount = min(amount * parameters.informed_size, parameters.largest_order)
            if book.lowest_ask() < known * (1 - edge):
                buys, limit = True, known * (1 - edge)
            elif book.highest_bid() > known * (1 + edge):
                buys, limit = False, known * (1 + edge)
            else:
                continue
        elif buys:
            limit = book.lowest_ask() * (1 + slippage)
        else:
            limit = book.highest_bid() * (1 - slippage)
        taken, last = _use_up(book.asks if buys else book.bids, quantize_down(Decimal(amount)), limit, buys)
        if last is not None:
            beyond = at_least if buys else at_most
            orders.append(Taking(_order(pair, buys, taken, last if informed else beyond(limit)), informed))
    return orders


def cancel(pair: Pair, resting: Resting, is_bid: bool) -> Operation:
    """Return the operation that takes an offer away."""
    if is_bid:
        return ManageBuyOffer(pair.quote, pair.base, 0, 1, 1, resting.offer_id)
    return ManageSellOffer(pair.base, pair.quote, 0, 1, 1, resting.offer_id)


def _use_up(side: list[Resting], amount: int, limit: Decimal, buys: bool) -> tuple[int, Fraction | None]:
    """Take up to an amount (stroops) from a side, and return what there was and the last price met."""
    taken, last = 0, None
    while side and taken < amount and (side[0].price <= limit if buys else side[0].price >= limit):
        part = min(side[0].amount, amount - taken)
        taken += part
        last = side[0].n, side[0].d
        side[0].amount -= part
        if side[0].amount <= 0:
            side.pop(0)
    return taken, last


def _order(pair: Pair, buys: bool, amount: int, price: Fraction) -> Operation:
    if buys:
        return ManageBuyOffer(pair.quote, pair.base, amount, *price)
    return ManageSellOffer(pair.base, pair.quote, amount, *price)
