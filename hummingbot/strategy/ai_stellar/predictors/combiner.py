"""One probability from several models, each weighted by how it did of late.

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

import math
from collections.abc import Sequence

__all__ = ["Combiner", "Hedge", "brier"]


def brier(probability: float, outcome: float) -> float:
    """Return the squared error of a probability, 0 … 1; ``outcome`` is 1 if it came true and else 0."""
    return (probability - outcome) ** 2


class Hedge:
    """Exponential weights over a known number of rounds.

    Parameters
    ----------
    experts : int
        Number of models, at least 1.
    rounds : int
        Rounds that the bound is for, at least 1.

    Attributes
    ----------
    weights : tuple of float
        Of the coming round; they sum to 1.
    """

    __slots__ = ("_losses", "_rate", "weights")

    def __init__(self, experts: int, rounds: int) -> None:
        if experts < 1 or rounds < 1:
            raise ValueError(
                f"{experts} models over {rounds} rounds cannot be combined: needs 1 of each at least"
            )
        self._rate = math.sqrt(8.0 * math.log(experts) / rounds)
        self._losses = [0.0] * experts
        self.weights = (1.0 / experts,) * experts

    def awake(self, present: Sequence[bool]) -> tuple[float, ...]:
        """Return the weights among those present, 0 for the others; all 0 where nobody is."""
        total = sum(weight for weight, here in zip(self.weights, present, strict=True) if here)
        if total <= 0.0:
            return (0.0,) * len(self.weights)
        return tuple(
            weight / total if here else 0.0 for weight, here in zip(self.weights, present, strict=True)
        )

    def update(self, losses: Sequence[float | None]) -> float | None:
        """Take the losses of a round, None for a model that abstained; return the combination's.

        Raises
        ------
        ValueError
            If a loss is not in [0, 1], or there is not one a model.
        """
        if any(loss is not None and not 0.0 <= loss <= 1.0 for loss in losses):
            raise ValueError(f"losses {list(losses)} are not all between 0 and 1")
        weights = self.awake([loss is not None for loss in losses])
        if not any(weights):
            return None
        own = sum(weight * loss for weight, loss in zip(weights, losses, strict=True) if loss is not None)
        self._losses = [
            known + (own if loss is None else loss) for known, loss in zip(self._losses, losses, strict=True)
        ]
        least = min(self._losses)
        raw = [math.exp(self._rate * (least - loss)) for loss in self._losses]
        total = sum(raw)
        self.weights = tuple(one / total for one in raw)
        return own


class Combiner:
    """The weighted probability of up of several models, for one horizon of one pair.

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

    __slots__ = ("_hedges", "_pending", "_period", "_rounds", "delay", "experts", "period")

    def __init__(self, experts: int, delay: int, period: int) -> None:
        if delay < 1 or period < delay:
            raise ValueError(f"outcomes {delay} rounds later do not fit into a period of {period} rounds")
        self.experts, self.delay, self.period = experts, delay, period
        self._rounds = -(-period // delay)
        self._period = -1
        self._begin()

    def _begin(self) -> None:
        self._hedges = [Hedge(self.experts, self._rounds) for _ in range(self.delay)]
        self._pending: list[tuple[int, tuple[float | None, ...]] | None] = [None] * self.delay

    def weights(self, number: int) -> tuple[float, ...]:
        """Return the weights of the combination whose turn is in round ``number``."""
        return self._hedges[number % self.delay].weights

    def awake(self, number: int, present: Sequence[bool]) -> tuple[float, ...]:
        """Return the weights of round ``number`` among the models present, 0 for the others."""
        return self._hedges[number % self.delay].awake(present)

    def combine(
        self, number: int, probabilities: Sequence[float | None], outcome: float | None
    ) -> float | None:
        """Learn what came of the forecasts ``delay`` rounds ago, then combine those of this round.

        Parameters
        ----------
        number : int
            Number of the round since 1970: the bar's end over its length. A round may be left out.
        probabilities : sequence of float or None
            Of up, one a model; None where it abstains.
        outcome : float or None
            1 if the price rose since ``delay`` rounds ago, 0 if it fell, None if it stayed: then nothing is
            learnt, as a probability of up is one among moves.

        Returns
        -------
        float or None
            The weighted mean; None if every model abstains.
        """
        if self._period != number // self.period:
            self._period = number // self.period
            self._begin()
        turn = number % self.delay
        hedge, pending = self._hedges[turn], self._pending[turn]
        if pending is not None and outcome is not None and pending[0] == number - self.delay:
            hedge.update([None if one is None else brier(one, outcome) for one in pending[1]])
        self._pending[turn] = (number, tuple(probabilities))
        weights = hedge.awake([one is not None for one in probabilities])
        if not any(weights):
            return None
        return sum(
            weight * one for weight, one in zip(weights, probabilities, strict=True) if one is not None
        )
