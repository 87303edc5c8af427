"""The allocation model: which share of an account to hold in each of several assets for the coming day."""

import math
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from .json_model import JsonModel

__all__ = ["KIND", "Allocation", "AllocationDay", "AllocationPredictor", "AllocationTraining"]

KIND: Final = "allocation"
Floats = NDArray[np.float64]
RANGES: Final[Mapping[str, tuple[float, float]]] = {
    "slope": (0.0, 10.0),
    "confidence": (0.0, 1.0),
    "risk_aversion": (0.1, 100.0),
    "tau": (1e-4, 1.0),
    "largest_weight": (0.0, 1.0),
    "largest_turnover": (0.0, 2.0),
    "cost": (0.0, 0.1),
    "window": (20, 1000),
    "fewest": (10, 1000),
    "market_days": (1, 1000),
}
"""Parameters, and what they may be."""


@dataclass(frozen=True, slots=True)
class AllocationDay:
    """What is known of the assets at one time of day; each array has shape (n,), in one order for all days.

    Attributes
    ----------
    time : int
        Seconds since 1970.
    closes : ndarray
        Prices in one quote; NaN before an asset trades.
    turnover : ndarray
        Traded during the day before, in that quote.
    probability_up : ndarray
        The price models' probability that a price is higher after a day; NaN where they say nothing.
    volatility : ndarray
        The volatility model's sigma of the coming day, log-return units; NaN where unknown.
    held : ndarray, optional
        Weights at this moment; by default those of the last forecast, moved by the prices since.
    """

    time: int
    closes: Floats
    turnover: Floats
    probability_up: Floats
    volatility: Floats
    held: Floats | None = None

    def shapes(self) -> set[tuple[int, ...]]:
        """Return the shapes of its arrays: one, if they match."""
        known = (self.closes, self.turnover, self.probability_up, self.volatility, self.held)
        return {one.shape for one in known if one is not None}


@dataclass(frozen=True, slots=True)
class Allocation:
    """What to hold for a day; each array has shape (n,).

    Attributes
    ----------
    time : int
        Seconds since 1970.
    weights : ndarray
        Share of the account in each asset; what is missing to 1 stays in the quote.
    held : ndarray
        Weights before.
    market : ndarray
        Weights of the market, of which the prior is the equilibrium.
    expected_return : ndarray
        Black–Litterman's mean of the day's return; NaN of an asset that is left alone.
    volatility : ndarray
        Standard deviation of that return; NaN likewise.
    """

    time: int
    weights: Floats
    held: Floats
    market: Floats
    expected_return: Floats
    volatility: Floats

    @property
    def turnover(self) -> float:
        """Sum of the absolute changes of weights."""
        return float(np.abs(self.weights - self.held).sum())


@dataclass(frozen=True, slots=True)
class AllocationTraining:
    """Forecasts of days that no model had been trained on, and what came; each array has shape (n,).

    Attributes
    ----------
    day : ndarray of int64
        The day of each: those of one day count as one, as coins move together.
    probability_up, volatility, outcome : ndarray of float64
        What was forecast, and the log-return that came.
    settings : dict of str to float
        The parameters that are chosen and not estimated.
    """

    day: NDArray[np.int64]
    probability_up: Floats
    volatility: Floats
    outcome: Floats
    settings: Mapping[str, float]


class AllocationPredictor(JsonModel):
    """Allocates by Black and Litterman's model, at most once a day.

    The prior is the equilibrium of a market that holds each asset by its turnover of late. On top of it there
    is a view on each asset, ``slope · (2 p - 1) · sigma``: as the price models foresee no drift, it is taken
    as a deviation from the prior. The covariance is the correlation of late (Ledoit–Wolf) at the volatility
    model's sigmas. Weights then have the most utility within the limits.

    An asset without prices of late or a volatility is left alone: it is neither bought nor sold.

    Parameters
    ----------
    parameters : dict
        By the names of `RANGES`: ``slope`` of views and ``confidence`` in them (Idzorek's),
        ``risk_aversion``, ``tau``, ``largest_weight``, ``largest_turnover`` a day, ``cost`` of a trade as a
        share of it, ``window`` of days for correlations, the ``fewest`` days that an asset must have,
        ``market_days`` of turnover.
    manifest : dict
        As in ``manifest.json``.

    Raises
    ------
    ModelError
        If a parameter is missing or out of its range.
    """

    kind = KIND

    def __init__(self, parameters: Mapping[str, Any], manifest: Mapping[str, Any]) -> None:
        super().__init__(parameters, manifest)
        self._known: dict[str, float] = {}
        for name, (least, most) in RANGES.items():
            value = parameters.get(name)
            if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
                raise self.damaged(f"has {name} {value!r}, not a number from {least:g} to {most:g}")
            self._known[name] = float(value)
        self._window = int(self._known["window"])
        if not self._known["fewest"] <= self._window:
            raise self.damaged(f"asks for {parameters['fewest']} days of a window of {self._window}")
        self._days: deque[AllocationDay] = deque(maxlen=self._window + 1)
        self._made: Allocation | None = None
        self._last: Allocation | None = None

    @classmethod
    def fit(cls, training: AllocationTraining) -> Self:
        """Estimate how far views go and how far they are trusted, from days on which they were a forecast.

        The slope ``b`` is that of outcomes over sigma on ``2 p - 1``. The confidence is the share of it that
        is not noise, ``1 - (s / b)²`` or 0 (the positive-part estimator of James and Stein), with the
        standard error ``s`` of days as clusters.
        """
        known = np.isfinite(training.probability_up + training.outcome + training.volatility)
        view = 2.0 * training.probability_up[known] - 1.0
        outcome = training.outcome[known] / training.volatility[known]
        square = float(view @ view)
        slope = float(view @ outcome) / square if square else 0.0
        _, day = np.unique(training.day[known], return_inverse=True)
        error = math.sqrt(float((np.bincount(day, view * (outcome - slope * view)) ** 2).sum()))
        confidence = max(0.0, 1.0 - (error / square / slope) ** 2) if slope > 0.0 else 0.0
        estimated = {"slope": min(max(slope, 0.0), RANGES["slope"][1]), "confidence": confidence}
        return cls({**training.settings, **estimated}, {"model_id": f"{KIND}, not published"})

    def update(self, observation: AllocationDay) -> None:
        """Take a day.

        Raises
        ------
        ValueError
            If it is not later than the last, its arrays do not match, or a price is not positive.
        """
        last, shapes = self._days[-1] if self._days else observation, observation.shapes()
        if shapes != {(len(last.closes),)}:
            raise ValueError(f"a day of {sorted(shapes)} numbers, not of {len(last.closes)} assets each")
        if self._days and observation.time <= last.time:
            raise ValueError(f"a day at {observation.time} that does not follow {last.time}")
        if (observation.closes <= 0.0).any() or np.isinf(observation.closes).any():
            raise ValueError(f"a price among {observation.closes.tolist()} is none")
        if (
            observation.held is not None
            and not ((observation.held >= 0.0) & (observation.held < np.inf)).all()
        ):
            raise ValueError(f"held weights {observation.held.tolist()} are not all 0 or more")
        if (observation.turnover < 0.0).any() or np.isinf(observation.turnover).any():
            raise ValueError(f"a turnover among {observation.turnover.tolist()} is none")
        self._days.append(observation)
        self._made = None

    def forecast(self) -> Allocation | None:
        """Return what to hold; None until two assets have days enough.

        Raises
        ------
        ModelError
            If the optimiser finds no weights.
        """
        if self._made is None and self._days:
            self._made = self._allocate()
            self._last = self._made or self._last
        return self._made

    def _allocate(self) -> Allocation | None:
        day = self._days[-1]
        closes = np.array([one.closes for one in self._days])
        change = np.diff(np.log(closes), axis=0)
        usable = np.isfinite(change).sum(axis=0) >= self._known["fewest"]
        usable &= np.isfinite(closes[-1]) & np.isfinite(day.volatility) & (day.volatility > 0.0)
        if int(usable.sum()) < 2:
            return None
        from .portfolio import Limits, OptimizationError, best_weights, black_litterman, correlation

        sigma = day.volatility[usable]
        covariance = correlation(np.nan_to_num(change[:, usable])) * np.outer(sigma, sigma)
        market, held = self._market(usable), self._held()
        risk_aversion, tau = self._known["risk_aversion"], self._known["tau"]
        prior = risk_aversion * covariance @ market[usable]
        up = day.probability_up[usable]
        seen = (up >= 0.0) & (up <= 1.0)  # nothing else is a probability
        lean = self._known["slope"] * (2.0 * up - 1.0) * sigma
        mean, spread = black_litterman(
            covariance, market[usable], np.eye(len(sigma))[seen], (prior + lean)[seen],
            risk_aversion=risk_aversion, tau=tau, confidences=[self._known["confidence"]] * int(seen.sum()),
        )  # fmt: skip
        limits = Limits(*(self._known[name] for name in ("largest_weight", "largest_turnover", "cost")))
        weights, rest = held.copy(), float(held[~usable].sum())
        try:
            weights[usable] = best_weights(mean, spread, held[usable], limits, risk_aversion, 1.0 - rest)
        except OptimizationError as error:
            raise self.damaged(f"gives no weights ({error})") from None
        unknown = np.full(len(held), np.nan)
        expected, deviation = unknown.copy(), unknown
        expected[usable], deviation[usable] = mean, np.sqrt(np.diag(spread))
        return Allocation(day.time, weights, held, market, expected, deviation)

    def _market(self, usable: NDArray[np.bool_]) -> Floats:
        """Weights by turnover of late, equal where nothing was traded."""
        late = list(self._days)[-int(self._known["market_days"]) :]
        traded = np.where(usable, np.nansum([one.turnover for one in late], axis=0), 0.0)
        return np.asarray(traded / traded.sum() if traded.sum() > 0.0 else usable / usable.sum())

    def _held(self) -> Floats:
        day, made = self._days[-1], self._last
        if day.held is not None:
            return day.held.astype(np.float64)
        if made is None:
            return np.zeros(len(day.closes))
        before = next((one for one in self._days if one.time == made.time), None)
        growth = np.nan if before is None else day.closes / before.closes
        grown = made.weights * np.where(np.isfinite(growth), growth, 1.0)
        return np.asarray(grown / (1.0 + float((grown - made.weights).sum())))
