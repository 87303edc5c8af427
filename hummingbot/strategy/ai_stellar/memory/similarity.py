"""The experiences most like the present situation."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .experience import Experience
from .nearest import nearest

__all__ = ["SITUATION", "SITUATION_FEATURES", "Neighbours", "SimilarityIndex"]

SITUATION_FEATURES: Final = (
    "return_1", "return_6", "return_24", "deviation_24", "trend_24_168",
    "volatility", "volatility_6_24", "flow_12",
)  # fmt: skip
SITUATION: Final = (*SITUATION_FEATURES, "probability_up", "spread_bp")
"""What a situation is made of: eight features of the bars, the forecast, and the spread."""


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The experiences nearest to a situation.

    Attributes
    ----------
    outcomes : ndarray
        What each earned, bp.
    weights : ndarray
        Kernel weight times learning weight, 0 … 1.
    """

    outcomes: NDArray[np.float64]
    weights: NDArray[np.float64]


class SimilarityIndex:
    """Experiences of one pair and side, searched exhaustively: the latest `capacity` of them.

    The distance of two situations is the root mean square of their differences, each coordinate in units of
    its standard deviation over the experiences held. The kernel is Gaussian, ``exp(−d² / 2)``: an
    experience a standard deviation away in every coordinate weighs 0.61, two 0.14. Experiences of which
    nothing filled are not taken, and of those taken only the ones known at the time of asking are looked
    at.

    Parameters
    ----------
    capacity : int
        Experiences kept in memory; the file keeps all.
    """

    __slots__ = (
        "_centre", "_decisions", "_inverse_scale", "_known_at", "_next",
        "_outcomes", "_situations", "_standard", "_weights", "capacity",
    )  # fmt: skip

    def __init__(self, capacity: int = 4096) -> None:
        self.capacity = capacity
        self._situations: NDArray[np.float64] = np.zeros((0, len(SITUATION)))
        self._outcomes: NDArray[np.float64] = np.zeros(0)
        self._weights: NDArray[np.float64] = np.zeros(0)
        self._known_at: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self._decisions: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self._next = 0
        self._prepare()

    def __len__(self) -> int:
        return len(self._outcomes)

    def add(self, *experiences: Experience) -> None:
        """Take experiences; one of the same decision is replaced. Not on the decision path."""
        for experience in experiences:
            self._put(experience)
        self._prepare()

    def _put(self, experience: Experience) -> None:
        situation = np.asarray(experience.situation, dtype=np.float64)
        usable = experience.learning_weight > 0 and np.isfinite(experience.pnl_bp)
        if situation.shape != (len(SITUATION),) or not np.isfinite(situation).all() or not usable:
            return
        same = np.flatnonzero(self._decisions == experience.decision)
        if same.size:
            place = int(same[0])
        elif len(self) < self.capacity:
            place = len(self)
            self._situations = np.vstack((self._situations, situation))
            self._outcomes = np.append(self._outcomes, 0.0)
            self._weights = np.append(self._weights, 0.0)
            self._known_at = np.append(self._known_at, 0)
            self._decisions = np.append(self._decisions, 0)
        else:
            place, self._next = self._next, (self._next + 1) % self.capacity
        self._situations[place] = situation
        self._outcomes[place] = experience.pnl_bp
        self._weights[place] = experience.learning_weight
        self._known_at[place] = experience.known_at
        self._decisions[place] = experience.decision

    def _prepare(self) -> None:
        """Standardise ahead of the question."""
        deviation = self._situations.std(axis=0) if len(self) else np.ones(len(SITUATION))
        self._inverse_scale: NDArray[np.float64] = 1.0 / np.where(deviation > 1e-12, deviation, 1.0)
        self._centre: NDArray[np.float64] = (
            self._situations.mean(axis=0) if len(self) else np.zeros(len(SITUATION))
        )
        self._standard: NDArray[np.float64] = (self._situations - self._centre) * self._inverse_scale

    def nearest(self, situation: tuple[float, ...], now: int, count: int) -> Neighbours:
        """Return up to ``count`` experiences known at ``now``, nearest first."""
        asked = np.array(situation)
        asked -= self._centre
        asked *= self._inverse_scale
        chosen, squares = nearest(self._standard, self._known_at, asked, now, count)
        kernel = np.exp(squares * (-0.5 / len(SITUATION)))
        return Neighbours(self._outcomes[chosen], self._weights[chosen] * kernel)
