"""Parent orders in recorded books: what was recorded is the liquidity that they meet.

A ledger closes every `seconds`. What a decision asks meets the book of a random moment before the next close,
as its place among the ledger's transactions is random. What was taken is missing from the best levels on,
and comes back exponentially with the mean `refill_lag` (*assumed*: the sandbox's). An offer before all
others is filled by all recorded takers who paid its price or a worse one, one that joins by those beyond the
queue. What is not modelled: recorded makers and takers who answer to the order, makers who cross it, hidden
amounts, the network's fee (a hundred-thousandth of a lumen an operation).
"""

import math
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..history import HistoryError
from .episodes import LEDGERS
from .orders import BP, INSIDE, JOIN, NOTHING, Orders, consume, observed
from .recording import MOMENT, Recording

__all__ = ["CLOSE", "REFILL_LAG", "WARM_UP", "Replay", "recorded"]

Floats = NDArray[np.float64]
CLOSE: Final = 5.0
"""Seconds between closes: about the public network's."""
REFILL_LAG: Final = 600.0
WARM_UP: Final = 4
"""Ledgers before the first order, from which volatility is known."""
NOTHING_LEFT: Final = 1e-12
SMALLEST: Final = 2.0
LARGEST: Final = 40.0
"""Parent orders over the touch, as in the simulated books."""


class Replay(Orders):
    """Sell, or buy, along a recording.

    Parameters
    ----------
    recording : Recording
    begin : ndarray of int, shape (n,)
        Moment of each order's arrival.
    quantity : ndarray, shape (n,)
        Base units.
    buying : bool
        Whether all orders buy.
    seed : int
        Of the moments at which orders meet the book.
    ledgers : int
        Within which all is traded.
    seconds, refill_lag : float
        Seconds between closes, and mean time in which what was taken comes back.

    Raises
    ------
    ValueError
        If an order would begin before volatility is known, or end after the recording.
    """

    def __init__(
        self,
        recording: Recording,
        begin: NDArray[np.int64],
        quantity: Floats,
        buying: bool,
        seed: int,
        ledgers: int = LEDGERS,
        seconds: float = CLOSE,
        refill_lag: float = REFILL_LAG,
    ) -> None:
        self._moments = round(seconds / MOMENT)
        earliest, latest = WARM_UP * self._moments, len(recording) - 1 - ledgers * self._moments
        if begin.min() < earliest or begin.max() > latest:
            raise ValueError(
                f"{recording.name} has room for orders that begin from moment {earliest} to {latest}, "
                f"not from {begin.min()} to {begin.max()}: begin them there"
            )
        self.ledgers, self.time = ledgers, 0
        self.quantity, self.left = quantity, quantity.astype(np.float64).copy()
        self.shortfall: Floats = np.zeros(len(quantity))
        self._begin, self._sign = begin, -1.0 if buying else 1.0
        self._crossed, self._rested = (
            (recording.asks, recording.bids) if buying else (recording.bids, recording.asks)
        )
        self._which = recording.which
        self._mid, self._first_level = recording.mid, recording.first_level
        trades = recording.trades
        self._trade_moment = (trades[:, 0] - recording.begin) / MOMENT
        self._trade = trades[:, 1] * self._sign, trades[:, 2], trades[:, 3]
        self._stays = math.exp(-seconds / refill_lag) if refill_lag else 0.0
        self._place = np.random.default_rng(seed).integers(0, self._moments, (len(quantity), ledgers))
        self._arrival = self._mid[begin]
        self._taken: Floats = np.zeros(len(quantity))
        self._own: Floats = np.zeros(len(quantity))
        self._queue: Floats = np.full(len(quantity), -1.0)
        self._price: Floats = np.zeros(len(quantity))

    def state(self) -> Floats:
        """Return what a decision may know, columns `STATE`; shape (n, 11)."""
        now = self._begin + self.time * self._moments
        before = now - self._moments
        crossed, rested = self._crossed[self._which[now]], self._rested[self._which[now]]
        there = crossed[:, :, 1] - consume(crossed[:, :, 1], np.zeros_like(self._taken), self._taken)
        helping, all_of = np.array([self._flow(*span) for span in zip(before, now, strict=True)]).T
        total = all_of + self._own
        flow = np.where(total > 0.0, (2.0 * helping - all_of - self._own) / np.maximum(total, 1e-12), 0.0)
        move = self._sign * np.log(self._mid[now] / self._mid[before]) / BP
        return observed(
            self,
            (crossed[:, :, 0], there),
            (rested[:, :, 0], rested[:, :, 1]),
            flow,
            move,
            self._volatility(now),
            np.full(len(now), self._first_level),
            np.where(rested[:, 0, 0] == self._price, self._queue, -1.0),
        )

    def _meet(self, crossing: Floats, rest: NDArray[np.int64], final: bool) -> Floats:
        """Beyond the levels recorded, what is left at the last costs twice the distance of the last one."""
        now = self._begin + self.time * self._moments
        at, close = now + self._place[:, self.time], now + self._moments
        crossed, rested = self._crossed[self._which[at]], self._rested[self._which[at]]
        fills = consume(crossed[:, :, 1], self._taken, crossing)
        paid = (fills * self._lost(crossed[:, :, 0])).sum(axis=1)
        filled = fills.sum(axis=1)
        if final:
            mid = self._mid[at]
            paid += (crossing - filled) * self._lost((2.0 * crossed[:, -1, 0] - mid)[:, None])[:, 0]
            filled = crossing
        self.left = np.where(self.left - filled > NOTHING_LEFT * self.quantity, self.left - filled, 0.0)
        paid += self._rest(rest, crossed[:, 0, 0], rested[:, 0], at, close)
        self._taken, self._own = (self._taken + filled) * self._stays, filled
        self.time += 1
        cost = paid / self.quantity / BP
        self.shortfall += cost
        return np.asarray(-cost)

    def _rest(
        self,
        rest: NDArray[np.int64],
        across: Floats,
        touch: Floats,
        at: NDArray[np.int64],
        close: NDArray[np.int64],
    ) -> Floats:
        """Offer all that is left; return the shortfall in units of base at the arrival mid."""
        best, standing = touch[:, 0], touch[:, 1]
        inside = self._sign * np.maximum(
            self._sign * best * (1.0 - self._sign * INSIDE * BP), self._sign * 0.5 * (best + across)
        )
        price = np.where(rest == JOIN, best, inside)
        kept = (rest == JOIN) & (self._queue >= 0.0) & (price == self._price)
        ahead = np.where(kept, np.minimum(self._queue, standing), standing) * (rest == JOIN)
        filled, takers = np.zeros(len(at)), np.zeros(len(at))
        for k in np.flatnonzero((rest != NOTHING) & (self.left > 0.0)):
            takers[k] = self._flow(at[k], close[k], price[k])[0]
            filled[k] = np.clip(takers[k] - ahead[k], 0.0, self.left[k])
        self._queue = np.where((rest == JOIN) & (self.left > filled), np.maximum(ahead - takers, 0.0), -1.0)
        self._price = price
        self.left = self.left - filled
        return np.asarray(filled * self._lost(price[:, None])[:, 0])

    def _flow(self, begin: float, end: float, price: float | None = None) -> tuple[float, float]:
        """Return base units of recorded takers who met the order's side, at a price or worse, and of all."""
        first, last = np.searchsorted(self._trade_moment, [begin, end])
        side, prices, amount = (one[first:last] for one in self._trade)
        meets = side > 0.0
        if price is not None:
            meets = meets & (self._sign * prices >= self._sign * price)
        return float(amount[meets].sum()), float(amount.sum())

    def _lost(self, price: Floats) -> Floats:
        return np.asarray(self._sign * (1.0 - price / self._arrival[:, None]))

    def _volatility(self, now: NDArray[np.int64]) -> Floats:
        """Return the root mean square of a ledger's moves so far, at most of `LEDGERS`, bp."""
        made = []
        for moment in now:
            back = min(int(moment) // self._moments, LEDGERS)
            closes = self._mid[moment - back * self._moments : moment + 1 : self._moments]
            made.append(math.sqrt(np.mean(np.diff(np.log(closes)) ** 2)) / BP)
        return np.array(made)


def recorded(recordings: Sequence[Recording]) -> Callable[[np.random.Generator], Orders]:
    """Return how an order in one of the recorded books begins: any moment, size and side.

    Raises
    ------
    HistoryError
        If a recording is shorter than an order.
    """
    ledger = round(CLOSE / MOMENT)
    for one in recordings:
        if len(one) <= (WARM_UP + LEDGERS) * ledger:
            raise HistoryError(
                f"recording {one.name} is {len(one) * MOMENT:.0f} s long: an order needs "
                f"{(WARM_UP + LEDGERS) * CLOSE:.0f} s and more"
            )

    def begin(random: np.random.Generator) -> Orders:
        one = recordings[int(random.integers(len(recordings)))]
        moment = random.integers(WARM_UP * ledger, len(one) - LEDGERS * ledger)
        size = math.exp(random.uniform(math.log(SMALLEST), math.log(LARGEST)))
        return Replay(
            one,
            np.array([moment]),
            np.array([size * one.first_level]),
            bool(random.integers(2)),
            int(random.integers(2**31)),
        )

    return begin
