"""The regime model: which of a few kinds of market a pair is in, by a hidden Markov model."""

import logging
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from hummingbot.strategy.ai_stellar.market.bars import Bar

from .forward_filter import ForwardFilter
from .json_model import JsonModel
from .protocol import Observation

__all__ = ["KIND", "SETTLED", "WARM_UP", "RegimePredictor", "RegimeTraining", "observed"]

KIND: Final = "regime"
SETTLED: Final = 24
"""Observations before the first forecast."""
WARM_UP: Final = 480
"""Observations after which two filters that began differently agree to 10⁻⁹."""
SMALLEST: Final = 1e-7
"""Added to an hour's variance (3 bp), below which price steps are all there is."""
PARKINSON: Final = 1.0 / (4.0 * math.log(2.0))
RESTARTS: Final = 2
PASSES: Final = 50
PRIOR: Final = 5.0
"""Squared deviation added to that of each regime: hours without a trade are all alike, and have none."""
ARRAYS: Final = ("start", "transitions", "means", "covariances")


@dataclass(frozen=True, slots=True)
class RegimeTraining:
    """What a regime model is estimated from.

    Attributes
    ----------
    observations : ndarray, shape (n, 2)
        Consecutive rows of `observed`.
    states : int
        Number of regimes.
    """

    observations: NDArray[np.float64]
    states: int


def observed(bar: Bar, close: float) -> tuple[float, float]:
    """Return what the model sees of an hour: the logs of the size of its return, and of its volatility.

    The return's sign is left out: with it, rises and falls would be told apart, and no regime would last.

    Parameters
    ----------
    bar : Bar
        The hour.
    close : float
        Close of the hour before.
    """
    change, reach = math.log(bar.close / close), math.log(bar.high / bar.low)
    return 0.5 * math.log(change * change + SMALLEST), 0.5 * math.log(PARKINSON * reach * reach + SMALLEST)


class RegimePredictor(JsonModel):
    """Filters the probability of each regime from the bars of one pair, calmest regime first.

    Parameters
    ----------
    parameters : dict
        As in ``regime.json``: ``start``, ``transitions``, ``means``, ``covariances``.
    manifest : dict
        As in ``manifest.json``.

    Raises
    ------
    ModelError
        If a parameter is missing or cannot be one, or regimes are not ordered by volatility.
    """

    kind = KIND

    def __init__(self, parameters: Mapping[str, Any], manifest: Mapping[str, Any]) -> None:
        super().__init__(parameters, manifest)
        try:
            arrays = [np.array(parameters[name], dtype=np.float64) for name in ARRAYS]
            self._filter = ForwardFilter(*arrays)
            volatility = arrays[2][:, 1]
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise self.damaged(f"is damaged: {error}") from None
        if not all(np.isfinite(one).all() for one in arrays):
            raise self.damaged("holds NaN or infinity")
        if (np.diff(volatility) < 0.0).any() or arrays[2].shape[1] != 2:
            raise self.damaged("does not order regimes by volatility")
        self._seen = np.empty(2)
        self._close = math.nan
        self._start = -1

    @classmethod
    def fit(cls, training: RegimeTraining) -> Self:
        """Estimate by hmmlearn, which is imported here alone; the best of some starts.

        Raises
        ------
        ValueError
            If every start leaves a regime without an hour, as where there are fewer kinds of market.
        """
        from hmmlearn.hmm import GaussianHMM

        logging.getLogger("hmmlearn").setLevel(logging.ERROR)  # with a prior, likelihood may fall a little
        best, most = None, -math.inf
        for seed in range(RESTARTS):
            model = GaussianHMM(
                training.states,
                "full",
                covars_prior=PRIOR * np.eye(2),
                n_iter=PASSES,
                tol=1e-3,
                random_state=seed,
            )
            try:
                with np.errstate(invalid="ignore", divide="ignore"):
                    likelihood = float(model.fit(training.observations).score(training.observations))
            except ValueError:  # what hmmlearn says of a regime that was left without an hour
                continue
            if likelihood > most and np.isfinite(model.transmat_).all():
                best, most = model, likelihood
        if best is None:
            raise ValueError(f"no model of {training.states} regimes could be fitted: give other data")
        order = np.argsort(best.means_[:, 1], kind="stable")
        transitions = np.maximum(best.transmat_[order][:, order], 1e-12)
        transitions /= transitions.sum(axis=1, keepdims=True)
        parameters = {
            "start": _stationary(transitions).tolist(),
            "transitions": transitions.tolist(),
            "means": best.means_[order].tolist(),
            "covariances": best.covars_[order].tolist(),
        }
        return cls(parameters, {"model_id": "regime, not published"})

    @property
    def states(self) -> int:
        """Number of regimes."""
        return len(self._filter.probabilities)

    def update(self, observation: Observation) -> None:
        """Take a closed bar; of the first, only its close is used.

        Raises
        ------
        ValueError
            If it does not follow the last one by an hour.
        """
        bar = observation.bar
        if self._start >= 0 and bar.start != self._start + 3600:
            raise ValueError(
                f"bar at {bar.start} does not follow the one at {self._start} by 3600 s: "
                "fill the hours without trades"
            )
        if self._start >= 0:
            self._seen[0], self._seen[1] = observed(bar, self._close)
            self._filter.step(self._seen)
        self._start, self._close = bar.start, bar.close

    def take(self, seen: NDArray[np.float64]) -> float:
        """Take a row of `observed` in place of a bar, as a study computes them; return its log-likelihood."""
        return self._filter.step(seen)

    def forecast(self) -> tuple[float, ...] | None:
        """Return the probability of each regime now; None before `SETTLED` observations."""
        if self._filter.steps < SETTLED:
            return None
        return tuple(self._filter.probabilities.tolist())


def _stationary(transitions: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the long-run share of each state."""
    n = len(transitions)
    equations = np.vstack([transitions.T - np.eye(n), np.ones(n)])
    share = np.linalg.lstsq(equations, np.append(np.zeros(n), 1.0), rcond=None)[0]
    share = np.maximum(share, 0.0)
    return np.asarray(share / share.sum())
