"""Strategies without forecasts of a return, which a model of allocation must beat to be worth its views."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from skfolio.cluster import HierarchicalClustering, LinkageMethod
from skfolio.distance import BaseDistance
from skfolio.optimization import HierarchicalRiskParity
from skfolio.seriation import HierarchicalSeriation

from hummingbot.strategy.ai_stellar.predictors.portfolio import GivenPrior, correlation, named

from .backtest import Chooser
from .days import Days

__all__ = ["risk_parity", "rivals_of"]

Floats = NDArray[np.float64]
WEEK: Final = 7
WINDOW: Final = 180
"""Days of returns for the correlations of `risk_parity`."""


class _Given(BaseDistance):  # type: ignore[misc]
    """The distance of correlations that are known already, ``√((1 - ρ) / 2)``."""

    def __init__(self, correlations: Floats) -> None:
        self.correlations = correlations

    def fit(self, X: object, y: object = None) -> "_Given":
        """Take the correlations as they are."""
        self.codependence_ = self.correlations
        self.distance_ = np.sqrt(np.clip(0.5 - 0.5 * self.correlations, 0.0, 1.0))
        return self


def risk_parity(covariance: Floats, correlations: Floats) -> Floats:
    """Return the weights of hierarchical risk parity, single linkage, by skfolio.

    Parameters
    ----------
    covariance, correlations : ndarray, shape (n, n)
        Of the returns; the second says which assets are alike.

    References
    ----------
    López de Prado, Building Diversified Portfolios that Outperform Out of Sample, Journal of Portfolio
    Management 42(4), 2016
    """
    clusters = HierarchicalClustering(linkage_method=LinkageMethod.SINGLE)
    model = HierarchicalRiskParity(
        prior_estimator=GivenPrior(np.zeros(len(covariance)), covariance),
        distance_estimator=_Given(correlations),
        seriation_estimator=HierarchicalSeriation(
            hierarchical_clustering_estimator=clusters, optimal_ordering=False
        ),
    )
    return np.asarray(model.fit(named(len(covariance))).weights_)


def rivals_of(days: Days, first: int, market: Floats, target: int) -> dict[str, Chooser]:
    """Return simple strategies by name.

    Parameters
    ----------
    days : Days
        With those before the first.
    first : int
        Row of the first day that is chosen for.
    market : ndarray, shape (days, coins)
        Weights by turnover of each day chosen for.
    target : int
        The coin that one of them holds alone.
    """
    known, alone = np.isfinite(days.sigma[first:]), np.eye(market.shape[1])[target]
    change = np.vstack([np.zeros(days.closes.shape[1]), days.change])

    def spread(k: int, held: Floats) -> Floats:
        if k % WEEK:
            return held
        weights = np.zeros(len(held))
        here = change[max(first + k + 1 - WINDOW, 0) : first + k + 1][:, known[k]]
        alike, sigma = correlation(here), days.sigma[first + k][known[k]]
        weights[known[k]] = risk_parity(alike * np.outer(sigma, sigma), alike)
        return weights

    return {
        "market daily": lambda k, held: market[k],
        "market held": lambda k, held: held if k else market[0],
        "equal": lambda k, held: known[k] / known[k].sum(),
        "HRP": spread,
        "target held": lambda k, held: alone,
        "cash": lambda k, held: np.zeros(len(held)),
    }
