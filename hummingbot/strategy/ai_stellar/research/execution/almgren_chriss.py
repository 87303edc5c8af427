"""The schedule of Almgren and Chriss, which trades impact against risk."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["ImpactModel"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ImpactModel:
    """Linear impact and arithmetic Brownian prices, in discrete time.

    Parameters
    ----------
    deviation : float
        Standard deviation of the price in a unit of time, quote per base.
    half_spread : float
        Fixed cost ε of a unit sold, quote per base.
    permanent : float
        γ: price per unit that stays.
    temporary : float
        η: price per unit and unit of time that is gone a period later.
    period : float
        τ: time between trades.

    Raises
    ------
    ValueError
        If ``temporary`` is not above ``permanent * period / 2``: then no schedule is the best.

    References
    ----------
    Almgren & Chriss (2000), Optimal execution of portfolio transactions, Journal of Risk 3(2).
    """

    deviation: float
    half_spread: float
    permanent: float
    temporary: float
    period: float

    def __post_init__(self) -> None:
        if not self.curvature > 0.0:
            raise ValueError(
                f"temporary impact {self.temporary} is not above half the permanent impact of a period, "
                f"{self.permanent * self.period / 2.0}: shorten the period or measure the impact again"
            )

    @property
    def curvature(self) -> float:
        """Temporary impact less what the period's permanent impact takes back: the paper's η̃."""
        return self.temporary - 0.5 * self.permanent * self.period

    def urgency(self, risk_aversion: float) -> float:
        """Return κ, per unit of time: 1/κ is the schedule's half-life, as the paper calls it."""
        square = risk_aversion * self.deviation**2 / self.curvature
        return math.acosh(0.5 * square * self.period**2 + 1.0) / self.period

    def trajectory(self, quantity: float, periods: int, risk_aversion: float) -> Floats:
        """Return what is left to trade after each period, ``sinh(κ(T − t)) / sinh(κT)`` of the quantity.

        Parameters
        ----------
        quantity : float
            Base units.
        periods : int
            Trades.
        risk_aversion : float
            λ ≥ 0, per unit of quote; 0 gives equal slices.

        Returns
        -------
        ndarray of float64, shape (periods + 1,)
            From the quantity to 0.
        """
        left = np.arange(periods, -1, -1) / periods
        bend = self.urgency(risk_aversion) * periods * self.period
        if bend < 1e-6:
            return np.asarray(quantity * left)
        # sinh(bend * left) / sinh(bend), without overflow
        ratio = np.exp(bend * (left - 1.0)) * np.expm1(-2.0 * bend * left) / np.expm1(-2.0 * bend)
        return np.asarray(quantity * ratio)

    def expected_cost(self, trajectory: Floats) -> float:
        """Return the expected shortfall of a schedule, quote: the paper's E(x)."""
        sold = -np.diff(trajectory)
        quantity = trajectory[0]
        return float(
            0.5 * self.permanent * quantity**2
            + self.half_spread * np.abs(sold).sum()
            + self.curvature / self.period * np.sum(sold**2)
        )

    def variance(self, trajectory: Floats) -> float:
        """Return the variance of a schedule's shortfall, quote squared: the paper's V(x)."""
        return float(self.deviation**2 * self.period * np.sum(trajectory[1:] ** 2))
