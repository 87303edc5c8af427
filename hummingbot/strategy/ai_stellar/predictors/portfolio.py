"""Portfolios by skfolio: the Black–Litterman posterior, and the best weights within limits.

Importing this costs two seconds and 200 MB: `allocation` does so when it is asked for weights.

References
----------
Black and Litterman, Global Portfolio Optimization, Financial Analysts Journal 48(5), 1992
He and Litterman, The Intuition Behind Black–Litterman Model Portfolios, Goldman Sachs, 1999
Idzorek, A Step-by-Step Guide to the Black–Litterman Model, 2005
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from cvxpy.atoms.norm1 import norm1
from numpy.typing import NDArray
from skfolio.exceptions import OptimizationError
from skfolio.optimization import MeanRisk, ObjectiveFunction
from skfolio.prior import BasePrior, BlackLitterman, ReturnDistribution
from sklearn.covariance import ledoit_wolf

__all__ = [
    "GivenPrior",
    "Limits",
    "OptimizationError",
    "best_weights",
    "black_litterman",
    "correlation",
    "named",
]

Floats = NDArray[np.float64]
TINY: Final = 1e-12
SCALE: Final = 10.0
"""Of the objective, as a day's returns are thousandths and the solver's tolerances are absolute."""


class GivenPrior(BasePrior):  # type: ignore[misc]
    """A distribution of returns that is known already.

    Parameters
    ----------
    mu : ndarray, shape (n,)
        Expected returns.
    covariance : ndarray, shape (n, n)
        Of the returns.
    """

    def __init__(self, mu: Floats, covariance: Floats) -> None:
        self.mu, self.covariance = mu, covariance

    def fit(self, X: Any, y: Any = None, **fit_params: Any) -> "GivenPrior":
        """Take the distribution as it is; ``X`` only names the assets."""
        self.return_distribution_ = ReturnDistribution(
            mu=self.mu, covariance=self.covariance, returns=np.asarray(X)
        )
        return self


@dataclass(frozen=True, slots=True)
class Limits:
    """What weights may be.

    Attributes
    ----------
    largest_weight : float
        Of one asset. None is sold short, and what is not invested stays in the quote asset.
    largest_turnover : float
        Sum of the absolute changes of weights at one time.
    cost : float
        Of a change, as a share of what is traded.
    """

    largest_weight: float
    largest_turnover: float
    cost: float


def black_litterman(
    covariance: Floats,
    market: Floats,
    picks: Floats,
    views: Floats,
    *,
    risk_aversion: float,
    tau: float,
    confidences: Sequence[float] | None = None,
) -> tuple[Floats, Floats]:
    """Return mean and covariance of the returns, given what the market's weights imply and views on top.

    Parameters
    ----------
    covariance : ndarray, shape (n, n)
        Of the returns.
    market : ndarray, shape (n,)
        Weights in equilibrium: the prior mean is ``risk_aversion · covariance · market``.
    picks : ndarray, shape (k, n)
        Which portfolio each view is on.
    views : ndarray, shape (k,)
        That portfolio's expected return.
    risk_aversion, tau : float
        Of the market, and the prior mean's variance as a share of ``covariance``.
    confidences : sequence of float, optional
        In each view, 0 to 1, by Idzorek's method; by default each view is as sure as the prior.
    """
    assets = named(len(market))
    prior = GivenPrior(risk_aversion * covariance @ market, covariance)
    if not len(views):
        return prior.mu, (1.0 + tau) * covariance
    equations = [
        " + ".join(f"{weight!r} * {name}" for name, weight in zip(assets.columns, row, strict=True) if weight)
        + f" == {view!r}"
        for row, view in zip(picks.tolist(), views.tolist(), strict=True)
    ]
    model = BlackLitterman(equations, prior_estimator=prior, tau=tau, view_confidences=confidences)
    made = model.fit(assets).return_distribution_
    return made.mu, made.covariance


def best_weights(
    mean: Floats, covariance: Floats, held: Floats, limits: Limits, risk_aversion: float, budget: float = 1.0
) -> Floats:
    """Return the weights with the most ``mean - risk aversion / 2 · variance - cost``.

    Parameters
    ----------
    mean : ndarray, shape (n,)
        Expected returns.
    covariance : ndarray, shape (n, n)
        Of the returns.
    held : ndarray, shape (n,)
        Weights at the moment.
    limits : Limits
        A weight that is above its limit already may come down as fast as turnover lets it.
    risk_aversion : float
        Of the holder.
    budget : float
        Most that the weights sum to.

    Raises
    ------
    OptimizationError
        If the solver finds none.
    """
    model = MeanRisk(
        ObjectiveFunction.MAXIMIZE_UTILITY,
        risk_aversion=0.5 * risk_aversion,
        prior_estimator=GivenPrior(mean, covariance),
        min_weights=0.0,
        max_weights=np.maximum(limits.largest_weight, held),
        budget=None,
        max_budget=max(budget, float(held.sum())),
        min_budget=0.0,
        transaction_costs=limits.cost,
        previous_weights=held,
        scale_objective=SCALE,
        add_constraints=_turnover(held, limits.largest_turnover),
    )
    weights = np.asarray(model.fit(named(len(held))).weights_)
    if not np.isfinite(weights).all():
        raise OptimizationError(f"the solver found {weights}")
    return np.clip(weights, 0.0, None)


def _turnover(held: Floats, largest: float) -> Any:
    return lambda weights: [norm1(weights - held) <= largest]


def named(n: int) -> pd.DataFrame:
    """Return two observations of nothing, whose columns name ``n`` assets: the prior holds what is known."""
    return pd.DataFrame(np.zeros((2, n)), columns=[f"asset{k}" for k in range(n)])


def correlation(returns: Floats) -> Floats:
    """Return the correlation of returns, shape (days, n), shrunk as Ledoit and Wolf do (2004)."""
    deviation = returns.std(axis=0)
    scaled = (returns - returns.mean(axis=0)) / np.where(deviation > 0.0, deviation, 1.0)
    covariance = np.asarray(ledoit_wolf(scaled, assume_centered=True)[0])
    unit = np.sqrt(np.maximum(np.diag(covariance), TINY))
    made = covariance / np.outer(unit, unit)
    np.fill_diagonal(made, 1.0)
    return np.asarray(made)
