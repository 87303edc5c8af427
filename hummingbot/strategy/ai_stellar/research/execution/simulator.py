"""Many parent orders at once, each traded in a book of its own: the sandbox's market, made quick.

The book is that of `MarketParameters`: makers' ladders around a view of the price that is `maker_latency`
old; takers who are partly informed; levels that refill; impact by the square root of net volume. One ledger
is one step. What a decision asks takes effect as the next ledger closes, among that ledger's other orders in
random order. What is not modelled: takers' clusters and limits, makers who trade with each other, other
executors; levels refill exponentially with the mean `refill_lag`, not each after just that time. An order
that buys is the mirror image: within, everything is sold, along the price's reciprocal.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from hummingbot.connector.exchange.stellar.sandbox.market.parameters import MarketParameters

from .orders import BASE_FEE, BP, HOUR, INSIDE, JOIN, NEAR, NOTHING, Orders, consume

__all__ = ["Ladder", "Simulator"]

Floats = NDArray[np.float64]
MOST_TAKERS: Final = 24


@dataclass(frozen=True, slots=True)
class Ladder:
    """One side of a full book.

    Attributes
    ----------
    offset : ndarray, shape (m,)
        Distance from the makers' view, bp, ascending.
    amount : ndarray, shape (m,)
        Base units there.
    """

    offset: Floats
    amount: Floats

    @classmethod
    def of(cls, market: MarketParameters) -> "Ladder":
        """Return the ladders of all makers as one."""
        maker, level = (x.ravel() for x in np.meshgrid(range(market.makers), range(market.levels)))
        offset = market.half_spread + maker * market.maker_spacing + level * market.level_spacing
        order = np.argsort(offset, kind="stable")
        return cls(offset[order], (market.level_amount * market.level_growth**level)[order])


class Simulator(Orders):
    """Sell, or buy, ``quantity`` along each reference path.

    Parameters
    ----------
    market : MarketParameters
        The sandbox's.
    path : ndarray, shape (n, ledgers + 1)
        Logarithm of the reference price at each close, starting at 0.
    quantity : ndarray, shape (n,)
        Base units to trade.
    seed : int
        Of all chance: two simulators with the same seed draw the same takers and the same order.
    seconds : float
        Market time between closes.
    daily_volume : float
        Base units, for the square-root law (*assumed*: of the order of XLM/USDT on Binance in 2023).
    buying : bool
        Whether all orders buy.

    Attributes
    ----------
    left : ndarray, shape (n,)
        Base units still to trade.
    shortfall : ndarray, shape (n,)
        Implementation shortfall so far, bp of the parent order's worth at the arrival mid.
    """

    def __init__(
        self,
        market: MarketParameters,
        path: Floats,
        quantity: Floats,
        seed: int,
        seconds: float = 30.0,
        daily_volume: float = 1e8,
        buying: bool = False,
    ) -> None:
        self.market, self.quantity, self.seconds = market, quantity, seconds
        self.path, self.buying = -path if buying else path, buying
        self.ledgers = path.shape[1] - 1
        self.ladder = Ladder.of(market)
        self.daily_volume = daily_volume
        self._random = np.random.default_rng(seed)
        n = len(path)
        deviation = np.diff(path, axis=1).std(axis=1)
        self._daily = deviation * math.sqrt(24 * HOUR / seconds)
        self._volatility = deviation / BP
        self.time = 0
        self.left: Floats = quantity.astype(np.float64).copy()
        self.shortfall: Floats = np.zeros(n)
        self.bids, self.asks = (np.tile(self.ladder.amount, (n, 1)) for _ in range(2))
        self.quote: Floats = np.zeros(n)
        self._pushed: Floats = np.zeros(n)
        self._flow: Floats = np.zeros(n)
        self._last: Floats = np.zeros(n)
        self._queue: Floats = np.zeros(n)
        self._kept: NDArray[np.bool_] = np.zeros(n, dtype=bool)

    def state(self) -> Floats:
        """Return what a decision may know, columns `STATE`; shape (n, 11)."""
        slices = np.maximum(self.left, 1e-9) / max(self.ledgers - self.time, 1)
        near = self.ladder.offset <= NEAR
        bid, ask = self.bids[:, near].sum(axis=1), self.asks[:, near].sum(axis=1)
        n = len(self.left)
        return np.column_stack(
            [
                self.left / self.quantity,
                np.full(n, 1.0 - self.time / self.ledgers),
                self._best(self.bids) + self._best(self.asks),
                np.log1p(self.bids[:, 0] / slices),
                np.log1p(bid / slices),
                (bid - ask) / np.maximum(bid + ask, 1e-9),
                self._flow,
                self._last / BP,
                self._volatility,
                np.log(self.quantity / self.market.level_amount),
                np.where(self._kept, np.log1p(self._queue / slices), -1.0),
            ]
        )

    def _meet(self, crossing: Floats, rest: NDArray[np.int64], final: bool) -> Floats:
        """Beyond the ladder's end, what is left at the last costs one more `level_spacing`."""
        bought, sold = self._takers()
        place = self._random.random(len(self.left))  # where in the ledger's order ours stands
        paid = self._cross(crossing, place * sold, final)
        resting = (rest != NOTHING) & (self.left > 0.0)
        paid += self._rest(rest == JOIN, resting, (1.0 - place) * bought)
        paid += BASE_FEE * (1.0 * (crossing > 0.0) + resting)
        self.bids -= consume(self.bids, np.zeros_like(sold), sold + crossing)
        self.asks -= consume(self.asks, np.zeros_like(bought), bought)
        cost = paid / self.quantity / BP
        self.shortfall += cost
        self._close(bought, sold, crossing)
        return -cost

    def _best(self, side: Floats) -> Floats:
        """Return the offset of the best level with something in it, bp."""
        return np.asarray(self.ladder.offset[np.argmax(side > 1.0, axis=1)])

    def _takers(self) -> tuple[Floats, Floats]:
        """Return what third parties buy and sell in this ledger, base units."""
        market, n = self.market, len(self.left)
        mean = market.arrivals * self.seconds / HOUR
        gap = (self.path[:, self.time + 1] + self._move() - self.quote) / BP

        def volume(share: float, ratio: float) -> Floats:
            count = np.minimum(self._random.poisson(mean * share, n), MOST_TAKERS)
            size = (
                ratio
                * market.order_size
                * np.exp(market.order_spread * self._random.standard_normal((n, MOST_TAKERS)))
            )
            size = np.minimum(size, market.largest_order)
            return np.asarray((size * (np.arange(MOST_TAKERS) < count[:, None])).sum(axis=1))

        bought, sold = (volume(0.5 * (1.0 - market.informed), 1.0) for _ in range(2))
        informed = volume(market.informed, market.informed_size)
        wrong = self.ladder.offset + market.informed_edge < np.abs(gap)[:, None]
        bought += np.where(gap > 0.0, np.minimum(informed, (self.asks * wrong).sum(axis=1)), 0.0)
        sold += np.where(gap < 0.0, np.minimum(informed, (self.bids * wrong).sum(axis=1)), 0.0)
        return bought, sold

    def _cross(self, amount: Floats, before: Floats, final: bool) -> Floats:
        """Take from the bids; return the shortfall in units of base at the arrival mid."""
        fills = consume(self.bids, before, amount)
        lost = (fills * self._lost(self.ladder.offset)).sum(axis=1)
        filled = fills.sum(axis=1)
        if final:
            beyond = self._lost(self.ladder.offset[-1:] + self.market.level_spacing)[:, 0]
            lost, filled = lost + (amount - filled) * beyond, amount
        self.left = np.maximum(self.left - filled, 0.0)
        return np.asarray(lost)

    def _rest(self, join: NDArray[np.bool_], resting: NDArray[np.bool_], bought: Floats) -> Floats:
        """Offer all that is left; return the shortfall (a gain where the price is above arrival)."""
        touch = self._best(self.asks)
        standing = np.where(self.ladder.offset == touch[:, None], self.asks, 0.0).sum(axis=1)
        ahead = np.where(join, np.where(self._kept, np.minimum(self._queue, standing), standing), 0.0)
        filled = np.where(resting, np.clip(bought - ahead, 0.0, self.left), 0.0)
        lost = self._lost((np.where(join, 0.0, INSIDE) - touch)[:, None])[:, 0]
        self._queue = np.maximum(ahead - bought, 0.0)
        self._kept = resting & join
        self.left = self.left - filled
        return np.asarray(filled * lost)

    def _lost(self, offset: Floats) -> Floats:
        """Return the shortfall of a unit traded so many bp on the wrong side of the makers' view."""
        quote = self.quote[:, None]
        if self.buying:
            return np.asarray(np.exp(-quote) * (1.0 + offset * BP) - 1.0)
        return np.asarray(1.0 - np.exp(quote) * (1.0 - offset * BP))

    def _move(self) -> Floats:
        size = np.sqrt(np.minimum(np.abs(self._pushed) / self.daily_volume, 1.0))
        return np.asarray(np.sign(self._pushed) * self.market.impact * self._daily * size)

    def _close(self, bought: Floats, sold: Floats, own: Floats) -> None:
        """Refill the book, and let the makers see the price as it was."""
        market = self.market
        self._pushed *= 2.0 ** (-2.0 * self.seconds / market.impact_half_life)
        self._pushed += bought - sold - own
        total = bought + sold + own
        self._flow = np.where(total > 0.0, (bought - sold - own) / np.maximum(total, 1e-9), 0.0)
        stays = math.exp(-self.seconds / market.refill_lag) if market.refill_lag else 0.0
        for side in (self.bids, self.asks):
            side += (self.ladder.amount - side) * (1.0 - stays)
        lag = min(market.maker_latency / self.seconds, 1.0)
        now, before = self.path[:, self.time + 1], self.path[:, self.time]
        view = now - lag * (now - before) + self._move()
        moved = np.abs(view - self.quote) > market.requote_tolerance * BP
        self._last = np.where(moved, view - self.quote, 0.0)
        self.quote = np.where(moved, view, self.quote)
        self._kept &= ~moved
        self.time += 1
