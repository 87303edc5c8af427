"""The stationary bootstrap: intervals for series whose neighbours are alike."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["MEAN_BLOCK", "RESAMPLES", "interval", "stationary_counts"]

MEAN_BLOCK = 24
"""Observations in a block on average: a day of hours."""
RESAMPLES = 1000


def stationary_counts(
    n: int, resamples: int = RESAMPLES, mean_block: int = MEAN_BLOCK, seed: int = 0
) -> NDArray[np.float64]:
    """Return how often each of ``n`` observations occurs in each resample.

    Blocks of geometric length begin anywhere and wrap around the end (Politis and Romano, The Stationary
    Bootstrap, JASA 1994).

    Returns
    -------
    ndarray of float64, shape (resamples, n)
        Each row sums to ``n``.
    """
    if n < 1:
        raise ValueError(f"cannot resample {n} observations")
    rng = np.random.default_rng(seed)
    counts = np.empty((resamples, n))
    blocks = 2 * n // mean_block + 20
    for row in counts:
        lengths = rng.geometric(1.0 / mean_block, blocks)
        while lengths.sum() < n:
            lengths = np.concatenate([lengths, rng.geometric(1.0 / mean_block, blocks)])
        ends = np.minimum(np.cumsum(lengths), n)
        lengths = np.diff(ends, prepend=0)
        lengths = lengths[lengths > 0]
        begins = rng.integers(0, n, len(lengths))
        steps = np.bincount(begins, minlength=2 * n + 1) - np.bincount(begins + lengths, minlength=2 * n + 1)
        covered = np.cumsum(steps)
        row[:] = covered[:n] + covered[n : 2 * n]
    return counts


def interval(values: NDArray[np.float64], level: float = 0.95) -> tuple[float, float]:
    """Return the percentile interval of a statistic's resampled values."""
    tail = 50.0 * (1.0 - level)
    low, high = np.percentile(values, [tail, 100.0 - tail])
    return float(low), float(high)
