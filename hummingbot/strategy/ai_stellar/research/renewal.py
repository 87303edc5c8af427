"""A model trained again beside a bot: its span, its card, and by how much another loses more."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from hummingbot.strategy.ai_stellar.market.bars import HOUR

from .bootstrap import interval, stationary_counts
from .history import read_history
from .scores import Forecasts, Score

__all__ = ["YEAR", "OfOneMarket", "excess", "log_losses", "refitted_card"]

YEAR: Final = 365 * 24 * HOUR
"""Seconds at the end of the data on which a model that is trained again is calibrated."""
CARD: Final = """Not judged out of sample: the shipped model's procedure, run again on newer data.

# {model_id}

Trained on what was known by {training[until]} by `ai-stellar retrain {kind}`{how_much}. How good the
procedure is stands on the shipped model's card; how this model did against the one before it, in the contest
that `retrain` printed.
"""


def refitted_card(manifest: Mapping[str, Any], how_much: str = "") -> str:
    """Return the card of a model that was trained again.

    Parameters
    ----------
    manifest : dict
        The model's.
    how_much : str
        What it was trained on, a clause after a comma.
    """
    return CARD.format(**manifest, how_much=how_much)


class OfOneMarket:
    """A study whose model is judged on the bars of one market."""

    __slots__ = ()
    target: str

    def span(self, data: Path) -> tuple[int, int]:
        """Return first and last instant of the target's bars, seconds since 1970.

        Raises
        ------
        HistoryError
            If they cannot be used.
        """
        history = read_history(data / self.target)
        return int(history.start[0]), int(history.start[-1]) + HOUR


def log_losses(made: Mapping[int, Forecasts]) -> NDArray[np.float64]:
    """Return the log-loss of each decision, the mean over horizons; 0 where the price did not move."""
    losses = np.zeros((len(made), len(next(iter(made.values())).outcome)))
    for k, one in enumerate(made.values()):
        p = np.clip(one.probability_up, 1e-9, 1.0 - 1e-9)
        loss = -np.log(np.where(one.outcome > 0.0, p, 1.0 - p))
        losses[k] = np.where(one.outcome != 0.0, loss, 0.0)
    return np.asarray(losses.mean(axis=0))


def excess(losses: Sequence[NDArray[np.float64]], block: int, resamples: int) -> Score:
    """Return by how much the first's mean loss exceeds the second's, paired.

    Parameters
    ----------
    losses : sequence of ndarray, shape (n,)
        Of the first and of the second: decisions an hour apart, whose outcomes neither was trained on.
    block : int
        Mean block of the stationary bootstrap, hours.
    resamples : int
        How often it resamples.
    """
    first, second = losses
    difference = first - second
    counts = stationary_counts(len(difference), resamples, block)
    return Score(float(difference.mean()), *interval(counts @ difference / len(difference)))
