"""Whether one forecaster's losses are lower than another's by more than chance.

References
----------
Diebold and Mariano, Comparing predictive accuracy, Journal of Business & Economic Statistics 13, 1995
Newey and West, A simple, positive semi-definite, heteroskedasticity and autocorrelation consistent covariance
matrix, Econometrica 55, 1987
"""

import math

import numpy as np
from numpy.typing import NDArray

__all__ = ["diebold_mariano"]


def diebold_mariano(first: NDArray[np.float64], second: NDArray[np.float64], lag: int) -> float:
    """Return the Diebold–Mariano statistic of two series of losses; negative where the first are lower.

    It is normally distributed where both forecast equally well: beyond ±1.96, they do not, at 5 %.

    Parameters
    ----------
    first, second : ndarray, shape (n,)
        Losses at the same times, in order.
    lag : int
        Longest autocorrelation of the difference that is counted (Newey–West), at least the horizon of
        overlapping forecasts.

    Raises
    ------
    ValueError
        If there are not more losses than lags.
    """
    if len(first) != len(second) or len(first) <= lag:
        raise ValueError(
            f"{len(first)} and {len(second)} losses cannot be compared over {lag} lags: give more"
        )
    difference = first - second
    n, mean = len(difference), float(difference.mean())
    centred = difference - mean
    variance = float(centred @ centred) / n
    for k in range(1, lag + 1):
        variance += 2.0 * (1.0 - k / (lag + 1.0)) * float(centred[k:] @ centred[:-k]) / n
    if variance <= 1e-28 * mean**2:
        return 0.0 if mean == 0.0 else math.copysign(math.inf, mean)
    return mean / math.sqrt(variance / n)
