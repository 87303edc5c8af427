"""A parent order on a sandbox of its own: its child orders are signed transactions among all others.

Nothing is made quick here: makers, takers, matching, queue, order within a ledger and fees are the sandbox's
own, in one process without HTTP. An order's transaction of a ledger takes its old offer away or moves it,
crosses and rests. If takers filled that offer just before, the transaction fails and the order is a ledger
late, as on the public network; if they filled a part, it trades that much more than it meant to.
"""

import math
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Final

import numpy as np
from numpy.typing import NDArray

from hummingbot.connector.exchange.stellar.ledger.envelope import SigningKey
from hummingbot.connector.exchange.stellar.ledger.operations import (
    ChangeTrust,
    CreateAccount,
    ManageBuyOffer,
    ManageSellOffer,
    Operation,
    Payment,
    Transaction,
)
from hummingbot.connector.exchange.stellar.ledger.xdr import sign_transaction
from hummingbot.connector.exchange.stellar.sandbox.market.assets import actor_key, issuer_key, parse_pairs
from hummingbot.connector.exchange.stellar.sandbox.market.market import DEFAULT_PAIRS, DEFAULT_START, Market
from hummingbot.connector.exchange.stellar.sandbox.market.parameters import MarketParameters
from hummingbot.connector.exchange.stellar.sandbox.market.quotes import BookView, Resting, at_least, at_most
from hummingbot.connector.exchange.stellar.sandbox.market.takers import cancel
from hummingbot.connector.exchange.stellar.sandbox.market.traded import taken
from hummingbot.connector.exchange.stellar.sandbox.network import Network

from .episodes import SECONDS
from .orders import BP, HOUR, INSIDE, JOIN, NOTHING, Orders, observed
from .path_reference import PRICE, PathReference

__all__ = ["LedgerOrders", "on_sandbox"]

Floats = NDArray[np.float64]
PASSPHRASE: Final = "A parent order's own network"
FURTHEST: Final = 500.0
"""bp beyond the touch that a crossing order goes."""
STROOPS: Final = 10**7
SMALLEST: Final = 1e-6
"""Base units below which nothing is left."""
FEE_BID: Final = 10_000
RESERVE: Final = 1_000.0


class LedgerOrders(Orders):
    """Trade one parent order on a sandbox; arrays have the shape (1,).

    Parameters
    ----------
    market : MarketParameters
    path : ndarray, shape (ledgers + 1,)
        Logarithm of the reference price at each close, from 0.
    quantity : float
        Base units to trade.
    seed : int
        Of makers and takers.
    seconds : int
        Market time between closes.
    daily_volume : float
        Base units, for the square-root law.
    buying : bool
    """

    def __init__(
        self,
        market: MarketParameters,
        path: Floats,
        quantity: float,
        seed: int,
        seconds: float = SECONDS,
        daily_volume: float = 1e8,
        buying: bool = False,
    ) -> None:
        self.ledgers, self.time = len(path) - 1, 0
        self.quantity = np.array([float(quantity)])
        self.left: Floats = self.quantity.copy()
        self.shortfall: Floats = np.zeros(1)
        self.buying, self._sign = buying, -1.0 if buying else 1.0
        self._parameters, self._seconds = market, round(seconds)
        (self._pair,) = parse_pairs(DEFAULT_PAIRS)
        self._reference = PathReference(path, seconds, daily_volume, math.inf)
        self._market = Market({self._pair: self._reference}, seed, PASSPHRASE, market)
        self._network = Network.genesis(PASSPHRASE, DEFAULT_START)
        self._key = actor_key(seed, "parent order")
        self._found()
        self._reference.begin = float(self._network.header.close_time)
        self._volatility = self._reference.conditions(0.0).daily_volatility / math.sqrt(24 * HOUR / seconds)
        self._before = self._held()
        self._flow = self._move = self._fees = 0.0
        self._mid = PRICE
        self._arrival = self._mid = self._middle(self._book())

    def state(self) -> Floats:
        """Return what a decision may know, columns `STATE`; shape (1, 11)."""
        book = self._book()
        sides = [self._levels(side) for side in (book.bids, book.asks)]
        crossed, rested = reversed(sides) if self.buying else sides
        own, others = self._own(book), self._others(self._rested(book))
        ahead = -1.0
        if own is not None and others and own.price == others[0].price:
            before = (one for one in others if one.price == own.price and one.offer_id < own.offer_id)
            ahead = sum(one.amount / STROOPS for one in before)
        return observed(
            self,
            crossed,
            rested,
            np.array([self._sign * self._flow]),
            np.array([self._sign * self._move / BP]),
            np.array([self._volatility / BP]),
            np.array([self._parameters.level_amount]),
            np.array([ahead]),
        )

    def _meet(self, crossing: Floats, rest: NDArray[np.int64], final: bool) -> Floats:
        """What the book does not hold at the last counts one `level_spacing` beyond the makers' ladders."""
        cross, left = float(crossing[0]), float(self.left[0])
        operations = self._operations(cross, int(rest[0]), left - cross)
        if operations:
            self._submit(self._key, operations)
        self._close()
        self.time += 1
        base, quote = (after - before for after, before in zip(self._held(), self._before, strict=True))
        traded = -self._sign * (base + self._fees)
        left = float(self.quantity[0]) - traded
        self.left = np.array([left if left > SMALLEST else 0.0])
        paid = self._sign * traded - quote / self._arrival + self._fees
        if final:
            market = self._parameters
            furthest = market.half_spread + (market.makers - 1) * market.maker_spacing
            furthest += market.levels * market.level_spacing
            price = self._mid * (1.0 - self._sign * furthest * BP)
            paid += float(self.left[0]) * self._sign * (1.0 - price / self._arrival)
            self.left = np.zeros(1)
        shortfall = np.array([paid / self.quantity[0] / BP])
        reward = self.shortfall - shortfall
        self.shortfall = shortfall
        return np.asarray(reward)

    def _operations(self, cross: float, rest: int, remainder: float) -> list[Operation]:
        book = self._book()
        rested = self._others(self._rested(book))
        crossed = self._others(book.asks if self.buying else book.bids)
        own, others = self._own(book), self._leftovers(book)
        operations: list[Operation] = [cancel(self._pair, one, self.buying) for one in others]
        price: tuple[int, int] | None = None
        if rest != NOTHING and remainder > SMALLEST and rested and crossed:
            best, across = rested[0], crossed[0].price
            factor = Decimal(1) - Decimal(self._sign * INSIDE * BP)
            inside, middle = best.price * factor, (best.price + across) / 2
            improved = at_most(min(inside, middle)) if self.buying else at_least(max(inside, middle))
            price = (best.n, best.d) if rest == JOIN else improved
        kept = 0
        if own is not None:
            if price is not None and Decimal(price[0]) / price[1] == own.price:
                kept = own.offer_id
            else:
                operations.append(cancel(self._pair, own, self.buying))
        if cross > SMALLEST and crossed:
            limit = crossed[0].price * (1 - Decimal(self._sign * FURTHEST * BP))
            operations.append(self._order(cross, at_least(limit) if self.buying else at_most(limit), 0))
        if price is not None:
            operations.append(self._order(remainder, price, kept))
        return operations

    def _order(self, amount: float, price: tuple[int, int], offer_id: int) -> Operation:
        stroops = max(round(amount * STROOPS), 1)
        base, quote = self._pair.base, self._pair.quote
        if self.buying:
            return ManageBuyOffer(quote, base, stroops, *price, offer_id)
        return ManageSellOffer(base, quote, stroops, *price, offer_id)

    # The book

    def _book(self) -> BookView:
        return BookView.of(self._network, self._pair)

    def _others(self, side: Sequence[Resting]) -> list[Resting]:
        return [one for one in side if one.seller != self._key.account]

    def _rested(self, book: BookView) -> list[Resting]:
        return book.bids if self.buying else book.asks

    def _mine(self, book: BookView) -> list[Resting]:
        return [one for one in self._rested(book) if one.seller == self._key.account]

    def _own(self, book: BookView) -> Resting | None:
        """Return the offer that rests on purpose: the one next to the others' best."""
        mine = self._mine(book)
        return max(mine, key=lambda one: self._sign * float(one.price)) if mine else None

    def _leftovers(self, book: BookView) -> list[Resting]:
        """Return what a crossing order left behind, far on the other side."""
        own = self._own(book)
        return [one for one in self._mine(book) if one is not own]

    def _middle(self, book: BookView) -> float:
        """Return the middle of the others' best prices; what it was last while they offer nothing."""
        bids, asks = self._others(book.bids), self._others(book.asks)
        return 0.5 * (float(bids[0].price) + float(asks[0].price)) if bids and asks else self._mid

    def _levels(self, side: Sequence[Resting]) -> tuple[Floats, Floats]:
        levels = [(float(one.price), one.amount / STROOPS) for one in self._others(side)]
        price, amount = np.array(levels or [(self._mid, 0.0)]).T
        return price[None, :], amount[None, :]

    # The network

    def _found(self) -> None:
        network, market, key, quote = self._network, self._market, self._key, self._pair.quote
        for envelopes in market.genesis(network):
            for envelope in envelopes:
                network.submit(envelope)
            market.observe(network.close(network.header.close_time + 1))
        lumens = round((3.0 * float(self.quantity[0]) + RESERVE) * STROOPS)
        steps: tuple[tuple[SigningKey, Operation], ...] = (
            (network.root_key(), CreateAccount(key.account, lumens)),
            (key, ChangeTrust(quote, 2**63 - 1)),
            (issuer_key(quote.code), Payment(key.account, quote, round(lumens * PRICE))),
        )
        for signer, operation in steps:
            self._submit(signer, [operation])
            market.observe(network.close(network.header.close_time + 1))

    def _submit(self, key: SigningKey, operations: Sequence[Operation]) -> None:
        sequence = self._network.state.accounts[key.account].sequence + 1
        transaction = Transaction(key.account, FEE_BID * len(operations), sequence, tuple(operations))
        self._network.submit(sign_transaction(transaction, self._network.network_id, (key,)).envelope_xdr)

    def _close(self) -> None:
        network, market = self._network, self._market
        closing = network.header.close_time + self._seconds
        for envelope in market.step(network, closing):
            network.submit(envelope)
        closed = network.close(closing)
        market.observe(closed)
        for applied in closed.transactions:
            if applied.envelope.tx.source == self._key.account:
                self._fees += applied.result.fee_charged / STROOPS
        volumes = [part.volume for part in taken(closed, self._pair)]
        total = sum(map(abs, volumes))
        self._flow = sum(volumes) / total if total else 0.0
        middle = self._middle(self._book())
        self._move, self._mid = math.log(middle / self._mid), middle

    def _held(self) -> tuple[float, float]:
        """Return base and quote units that the account holds."""
        account, state = self._key.account, self._network.state
        quote = state.trustlines[account, self._pair.quote].balance
        return state.accounts[account].balance / STROOPS, quote / STROOPS


def on_sandbox(
    draw: Callable[[np.random.Generator], tuple[Floats, float]], market: MarketParameters | None = None
) -> Callable[[np.random.Generator], Orders]:
    """Return how an order on a sandbox begins, to sell or to buy by even chance.

    Parameters
    ----------
    draw : callable
        Takes a generator, returns a reference path (log, shape (ledgers + 1,)) and a quantity.
    market : MarketParameters
        How makers and takers behave.
    """

    def begin(random: np.random.Generator) -> Orders:
        path, quantity = draw(random)
        chance, buying = int(random.integers(2**31)), bool(random.integers(2))
        return LedgerOrders(market or MarketParameters(), path, quantity, chance, buying=buying)

    return begin
