"""One forecast from several models, each weighted by how it did of late.

Exponential weights with a known number of rounds (*Hedge*): whatever the sequence of losses in [0, 1], after
``T`` rounds the cumulative loss is at most that of the best of ``N`` models plus ``sqrt(T ln N / 2)``. The
loss is Brier's, which is convex, so the weighted mean of probabilities does no worse than the weighted mean
of losses.

A model may abstain: its loss is then the combination's own, and the bound holds for losses so completed
(sleeping experts). Where the outcome of a forecast is known only ``d`` rounds later, ``d`` combinations take
turns, each a Hedge of its own whose outcome is known before its next turn (Joulani, György and Szepesvári,
*Online learning under delayed feedback*, ICML 2013, section 3): each keeps its own bound.

References
----------
Cesa-Bianchi and Lugosi, Prediction, Learning, and Games, 2006, theorem 2.2
Freund, Schapire, Singer and Warmuth, Using and combining predictors that specialize, STOC 1997
"""

from libc.math cimport NAN, exp, isnan, log, sqrt

import numpy as np

from .forecast import QUANTILES, HorizonForecast

__all__ = ["Combiner", "Hedge", "brier"]

cdef long long NEVER = -(1 << 62)
cdef Py_ssize_t LEVELS = len(QUANTILES)


cpdef double brier(double probability, double outcome) noexcept nogil:
    """Return the squared error of a probability, 0 … 1; ``outcome`` is 1 if it came true and else 0."""
    return (probability - outcome) * (probability - outcome)


cdef class Hedge:
    """Exponential weights over a known number of rounds.

    Parameters
    ----------
    experts : int
        Number of models, at least 1.
    rounds : int
        Rounds that the bound is for, at least 1.
    """

    cdef Py_ssize_t experts
    cdef double _rate
    cdef double[::1] _losses, _weights

    def __init__(self, Py_ssize_t experts, long rounds):
        if experts < 1 or rounds < 1:
            raise ValueError(
                f"{experts} models over {rounds} rounds cannot be combined: needs 1 of each at least"
            )
        self.experts = experts
        self._rate = sqrt(8.0 * log(<double>experts) / rounds)
        self._losses, self._weights = np.empty(experts), np.empty(experts)
        self._begin()

    @property
    def weights(self):
        """Of the models in the coming round, a tuple; they sum to 1."""
        return tuple([self._weights[k] for k in range(self.experts)])

    def update(self, losses):
        """Take the losses of a round, None for a model that abstained; return the combination's.

        Raises
        ------
        ValueError
            If a loss is not in [0, 1], or there is not one a model. Nothing is changed then.
        """
        if len(losses) != self.experts or any([loss is not None and not 0.0 <= loss <= 1.0 for loss in losses]):
            raise ValueError(f"losses {list(losses)} are not all between 0 and 1, one of {self.experts} models each")
        cdef double own = self._learn(np.array([NAN if loss is None else loss for loss in losses], np.float64))
        return None if isnan(own) else own

    cdef void _begin(self) noexcept nogil:
        cdef Py_ssize_t k
        for k in range(self.experts):
            self._losses[k], self._weights[k] = 0.0, 1.0 / self.experts

    cdef bint _share(self, const double[::1] said, double[::1] shares) noexcept nogil:
        """Share out the weights among those that said a number, 0 to others; return whether anybody did."""
        cdef double total = 0.0
        cdef Py_ssize_t k
        for k in range(self.experts):
            if not isnan(said[k]):
                total += self._weights[k]
        for k in range(self.experts):
            shares[k] = 0.0 if isnan(said[k]) or total <= 0.0 else self._weights[k] / total
        return total > 0.0

    cdef double _learn(self, const double[::1] losses) noexcept nogil:
        """Take losses, NaN where a model abstained; return the combination's, NaN where all did."""
        cdef double weight = 0.0, own = 0.0, least, total = 0.0
        cdef Py_ssize_t k
        for k in range(self.experts):
            if not isnan(losses[k]):
                weight += self._weights[k]
                own += self._weights[k] * losses[k]
        if weight <= 0.0:
            return NAN
        own /= weight
        for k in range(self.experts):
            self._losses[k] += own if isnan(losses[k]) else losses[k]
        least = self._losses[0]
        for k in range(1, self.experts):
            least = min(least, self._losses[k])
        for k in range(self.experts):
            self._weights[k] = exp(self._rate * (least - self._losses[k]))
            total += self._weights[k]
        for k in range(self.experts):
            self._weights[k] /= total
        return own


cdef class Combiner:
    """The weighted mean of several models' forecasts, for one horizon of one pair.

    It starts anew each period, at multiples of the period since 1970: what it knows follows from the rounds
    since the period began, so that a restart which replays them reaches the same weights to the last bit.

    Parameters
    ----------
    experts : int
        Number of models.
    delay : int
        Rounds until an outcome is known, at least 1.
    period : int
        Rounds after which it starts anew; of these each of the ``delay`` combinations has its share.
    """

    cdef readonly Py_ssize_t experts
    cdef readonly long delay, period
    cdef long _period
    cdef list _hedges
    cdef long long[::1] _rounds
    cdef double[:, ::1] _said
    cdef double[::1] _losses, _shares, _levels

    def __init__(self, Py_ssize_t experts, long delay, long period):
        if delay < 1 or period < delay:
            raise ValueError(f"outcomes {delay} rounds later do not fit into a period of {period} rounds")
        self.experts, self.delay, self.period = experts, delay, period
        self._hedges = [Hedge(experts, -(-period // delay)) for _ in range(delay)]
        self._rounds, self._said = np.empty(delay, np.int64), np.empty((delay, experts))
        self._losses, self._shares, self._levels = np.empty(experts), np.empty(experts), np.empty(LEVELS)
        self._period = -1

    cdef void _begin(self, long period):
        cdef Hedge hedge
        for hedge in self._hedges:
            hedge._begin()
        self._rounds[:] = NEVER
        self._period = period

    def weights(self, long number):
        """Return the weights of the combination whose turn is in round ``number``."""
        return self._hedges[number % self.delay].weights

    def combine(self, long number, forecasts, outcome):
        """Learn what came of the forecasts ``delay`` rounds ago, then combine those of this round.

        Parameters
        ----------
        number : int
            Number of the round since 1970: the bar's end over its length. A round may be left out.
        forecasts : sequence of HorizonForecast or None
            One a model, all of one horizon; None where it abstains.
        outcome : float or None
            1 if the price rose since ``delay`` rounds ago, 0 if it fell, None if it stayed: then nothing is
            learnt, as a probability of up is one among moves.

        Returns
        -------
        HorizonForecast or None
            The weighted mean of probabilities, expected returns and quantiles; None if every model abstains.

        Raises
        ------
        ValueError
            If there is not one forecast a model, each with a quantile at each of `QUANTILES`, or a probability
            is none. Nothing is learnt then.
        """
        cdef long turn = number % self.delay
        cdef Hedge hedge = self._hedges[turn]
        cdef double[::1] said = self._said[turn]
        cdef Py_ssize_t k
        if len(forecasts) != self.experts:
            raise ValueError(f"{len(forecasts)} forecasts are not one of {self.experts} models each")
        for one in forecasts:
            if one is not None and not (0.0 <= one.probability_up <= 1.0 and len(one.quantiles) == LEVELS):
                raise ValueError(f"{one} cannot be combined: needs a probability and {LEVELS} quantiles")
        if self._period != number // self.period:
            self._begin(number // self.period)
        if outcome is not None and self._rounds[turn] == number - self.delay:
            for k in range(self.experts):
                self._losses[k] = brier(said[k], outcome)  # NaN where it abstained
            hedge._learn(self._losses)
        self._rounds[turn] = number
        for k in range(self.experts):
            one = forecasts[k]
            said[k] = NAN if one is None else one.probability_up
        return self._mean(forecasts) if hedge._share(said, self._shares) else None

    cdef object _mean(self, forecasts):
        cdef double probability = 0.0, expected = 0.0, share
        cdef double[::1] levels = self._levels
        cdef Py_ssize_t k, level
        cdef tuple quantiles
        levels[:] = 0.0
        for k in range(self.experts):
            one, share = forecasts[k], self._shares[k]
            if one is None:
                continue
            horizon, quantiles = one.horizon, one.quantiles
            probability += share * one.probability_up
            expected += share * one.expected_return
            for level in range(LEVELS):
                levels[level] += share * <double>quantiles[level]
        return HorizonForecast(horizon, probability, expected, tuple([levels[level] for level in range(LEVELS)]))
