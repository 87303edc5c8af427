"""Whether a Sharpe ratio is more than luck: probabilistic and deflated Sharpe ratio.

The best of many strategies without any skill has a Sharpe ratio above zero. The deflated Sharpe ratio is the
probability that the true one is above what the best of as many trials would show by chance, given the number
of observations and that returns are skewed and have heavy tails.

References
----------
Bailey and López de Prado, The Sharpe Ratio Efficient Frontier, Journal of Risk 15(2), 2012
Bailey and López de Prado, The Deflated Sharpe Ratio, Journal of Portfolio Management 40(5), 2014
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

__all__ = [
    "SharpeSample",
    "deflated_sharpe",
    "expected_best_sharpe",
    "probabilistic_sharpe",
    "sharpe_sample",
    "trial_variance",
]

EULER: Final = 0.5772156649015329


@dataclass(frozen=True, slots=True)
class SharpeSample:
    """What is known of a strategy's returns.

    Attributes
    ----------
    ratio : float
        Sharpe ratio of one period (not annual): mean over standard deviation.
    observations : int
        Number of periods.
    skewness, kurtosis : float
        Of the returns; the normal distribution's are 0 and 3.
    """

    ratio: float
    observations: int
    skewness: float = 0.0
    kurtosis: float = 3.0


def sharpe_sample(returns: NDArray[np.float64]) -> SharpeSample:
    """Return the Sharpe ratio and the moments of a series of returns.

    Raises
    ------
    ValueError
        If there are fewer than two returns, one is not finite, or all are the same.
    """
    if len(returns) < 2 or not np.isfinite(returns).all():
        raise ValueError(f"{len(returns)} returns have no Sharpe ratio: give two at least, all finite")
    deviation = float(returns.std(ddof=1))
    if deviation <= 1e-12 * float(np.abs(returns).max()):
        raise ValueError(f"{len(returns)} returns that are all the same have no Sharpe ratio: leave them out")
    centred = returns - returns.mean()
    variance = float(np.mean(centred**2))
    return SharpeSample(
        float(returns.mean()) / deviation,
        len(returns),
        float(np.mean(centred**3)) / variance**1.5,
        float(np.mean(centred**4)) / variance**2,
    )


def probabilistic_sharpe(sample: SharpeSample, benchmark: float = 0.0) -> float:
    """Return the probability that the true Sharpe ratio is above a benchmark of the same period.

    Raises
    ------
    ValueError
        If there are fewer than two observations, or the moments belong to no distribution.
    """
    ratio = sample.ratio
    spread = 1.0 - sample.skewness * ratio + (sample.kurtosis - 1.0) / 4.0 * ratio**2
    if sample.observations < 2 or not spread > 0.0:
        raise ValueError(
            f"a Sharpe ratio of {ratio} over {sample.observations} periods with skewness {sample.skewness} "
            f"and kurtosis {sample.kurtosis} cannot be judged: compute all four from the same returns"
        )
    return float(norm.cdf((ratio - benchmark) * math.sqrt(sample.observations - 1) / math.sqrt(spread)))


def expected_best_sharpe(trials: int, variance: float) -> float:
    """Return the Sharpe ratio that the best of independent trials without skill shows on average.

    Parameters
    ----------
    trials : int
        Number of strategies or settings compared; a single one gives 0.
    variance : float
        Of the trials' Sharpe ratios, of one period.

    Raises
    ------
    ValueError
        If there is no trial, or the variance is negative or not finite.
    """
    if trials < 1 or not 0.0 <= variance < math.inf:
        raise ValueError(
            f"{trials} trials whose Sharpe ratios vary by {variance} are none: count every setting compared"
        )
    if trials == 1:
        return 0.0
    best = (1.0 - EULER) * norm.ppf(1.0 - 1.0 / trials) + EULER * norm.ppf(1.0 - 1.0 / (trials * math.e))
    return math.sqrt(variance) * float(best)


def deflated_sharpe(sample: SharpeSample, trials: int, variance: float) -> float:
    """Return the probability that the true Sharpe ratio is above that of the luckiest of as many trials.

    Parameters
    ----------
    sample : SharpeSample
        Of the strategy that was chosen.
    trials, variance
        As in `expected_best_sharpe`.
    """
    return probabilistic_sharpe(sample, expected_best_sharpe(trials, variance))


def trial_variance(ratios: Sequence[float]) -> float:
    """Return the variance of the trials' Sharpe ratios; 0 for a single trial."""
    return float(np.var(ratios, ddof=1)) if len(ratios) > 1 else 0.0
