"""A price model trained again beside a bot: its card, and which of two models forecasts better."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from hummingbot.strategy.ai_stellar.predictors.forecast import HORIZONS
from hummingbot.strategy.ai_stellar.predictors.price import PricePredictor

from ..bootstrap import interval, stationary_counts
from ..samples import Samples
from ..scores import Score
from .evaluation import forecast_samples
from .walk import mean_block

__all__ = ["REFITTED", "YEAR", "excess_loss"]

YEAR: Final = 365 * 24 * 3600
"""Seconds at the end of the data on which a model that is trained again is calibrated."""
REFITTED: Final = """Not judged out of sample: the shipped model's procedure, run again on newer data.

# {model_id}

Trained on what was known by {training[until]} ({training[samples]:,} samples) by `ai-stellar retrain price`.
How good the procedure is stands on the shipped model's card; how this model did against the one before it, in
the contest that `retrain` printed.
"""


def excess_loss(first: PricePredictor, second: PricePredictor, samples: Samples, resamples: int) -> Score:
    """Return by how much the first's mean log-loss exceeds the second's, paired.

    Parameters
    ----------
    first, second : PricePredictor
        Models.
    samples : Samples
        Decisions whose outcomes neither was trained on.
    resamples : int
        Of the stationary bootstrap; its mean block is that of the longest horizon.
    """
    known = samples.where(np.asarray(np.isfinite(samples.outcomes).all(axis=1)))
    difference = _losses(first, known) - _losses(second, known)
    counts = stationary_counts(len(known), resamples, mean_block(max(HORIZONS)))
    return Score(float(difference.mean()), *interval(counts @ difference / len(known)))


def _losses(model: PricePredictor, samples: Samples) -> NDArray[np.float64]:
    """Log-loss of each decision, the mean over horizons; 0 where the price did not move."""
    made = forecast_samples(model, samples)
    losses = np.zeros((len(HORIZONS), len(samples)))
    for k, horizon in enumerate(HORIZONS):
        p = np.clip(made[horizon].probability_up, 1e-9, 1.0 - 1e-9)
        loss = -np.log(np.where(samples.up(horizon) > 0.0, p, 1.0 - p))
        losses[k] = np.where(samples.moved(horizon), loss, 0.0)
    return np.asarray(losses.mean(axis=0))
