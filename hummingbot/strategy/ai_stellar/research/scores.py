"""How good forecasts of a return were, each figure with a bootstrap interval."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from hummingbot.strategy.ai_stellar.predictors.forecast import QUANTILES

from .bootstrap import interval, stationary_counts

__all__ = [
    "METRICS",
    "STRESS_COST",
    "Forecasts",
    "Score",
    "join",
    "plain",
    "reliability",
    "score",
    "score_difference",
]

STRESS_COST: Final = 10e-4
"""Cost a side for the net edge, log units: a labelled stress, not what the book would have cost."""
CALIBRATION_BINS: Final = 10

Floats = NDArray[np.float64]
Statistic = Callable[[Floats], float]


@dataclass(frozen=True, slots=True)
class Forecasts:
    """Forecasts made at consecutive hours and their outcomes, in order of time.

    Attributes
    ----------
    probability_up, expected_return : ndarray, shape (n,)
        What was forecast; log-return units.
    outcome : ndarray, shape (n,)
        What came, log-return units.
    quantiles : ndarray, shape (n, len(QUANTILES)), optional
        Forecast quantiles of the return, log-return units.
    """

    probability_up: Floats
    expected_return: Floats
    outcome: Floats
    quantiles: Floats | None = None

    def where(self, chosen: NDArray[np.bool_]) -> "Forecasts":
        """Return the chosen forecasts."""
        quantiles = None if self.quantiles is None else self.quantiles[chosen]
        return Forecasts(
            self.probability_up[chosen], self.expected_return[chosen], self.outcome[chosen], quantiles
        )


@dataclass(frozen=True, slots=True)
class Score:
    """A figure, and the 95 % interval that the stationary bootstrap gives it."""

    value: float
    low: float
    high: float


def join(parts: list[Forecasts]) -> Forecasts:
    """Return forecasts of one span after another as one."""
    quantiles = [part.quantiles for part in parts if part.quantiles is not None]
    return Forecasts(
        np.concatenate([part.probability_up for part in parts]),
        np.concatenate([part.expected_return for part in parts]),
        np.concatenate([part.outcome for part in parts]),
        np.concatenate(quantiles) if quantiles else None,
    )


def plain(scores: dict[str, Score]) -> dict[str, list[float | None]]:
    """Return ``[value, low, high]`` by name, with None for what is undefined, for JSON."""
    return {
        name: [None if np.isnan(figure) else figure for figure in (one.value, one.low, one.high)]
        for name, one in scores.items()
    }


def score(forecasts: Forecasts, counts: Floats | None = None) -> dict[str, Score]:
    """Score forecasts by every one of `METRICS`.

    Parameters
    ----------
    forecasts : Forecasts
        Forecasts and outcomes.
    counts : ndarray, shape (resamples, n), optional
        Of `stationary_counts`; give the same to whatever is to be compared.
    """
    counts = stationary_counts(len(forecasts.outcome)) if counts is None else counts
    scores = {}
    for name, metric in METRICS.items():
        statistic = metric(forecasts)
        resampled = np.array([statistic(weights) for weights in counts])
        scores[name] = Score(statistic(np.ones(counts.shape[1])), *interval(resampled))
    return scores


def score_difference(name: str, first: Forecasts, second: Forecasts, counts: Floats) -> Score:
    """Score by how much the first is larger than the second in one metric, resampled in pairs."""
    a, b = METRICS[name](first), METRICS[name](second)
    resampled = np.array([a(weights) - b(weights) for weights in counts])
    ones = np.ones(counts.shape[1])
    return Score(a(ones) - b(ones), *interval(resampled))


def reliability(forecasts: Forecasts) -> list[tuple[float, float, int]]:
    """Return mean forecast, share that rose and number, in ten equally filled classes of the probability."""
    moved = forecasts.outcome != 0
    p, up = forecasts.probability_up[moved], forecasts.outcome[moved] > 0
    classes = _classes(p)
    number = np.bincount(classes, minlength=CALIBRATION_BINS)
    mean, rose = np.bincount(classes, p, CALIBRATION_BINS), np.bincount(classes, up, CALIBRATION_BINS)
    return [
        (float(mean[k] / number[k]), float(rose[k] / number[k]), int(number[k]))
        for k in np.flatnonzero(number)
    ]


def _classes(p: Floats) -> NDArray[np.int64]:
    edges = np.quantile(p, np.arange(1, CALIBRATION_BINS) / CALIBRATION_BINS)
    return np.searchsorted(edges, p, side="left")


def _mean(values: Floats, over: Floats) -> Statistic:
    """Return the weighted mean of ``values`` where ``over`` is 1, NaN where nothing is left."""
    values, over = values * over, over.astype(np.float64)

    def statistic(weights: Floats) -> float:
        total = float(weights @ over)
        return float(weights @ values) / total if total else float("nan")

    return statistic


def _accuracy(f: Forecasts) -> Statistic:
    hit = np.where(f.probability_up == 0.5, 0.5, (f.probability_up > 0.5) == (f.outcome > 0))
    return _mean(hit.astype(np.float64), f.outcome != 0)


def _auc(f: Forecasts) -> Statistic:
    values, rank = np.unique(f.probability_up, return_inverse=True)
    rose, fell = (f.outcome > 0).astype(np.float64), (f.outcome < 0).astype(np.float64)

    def statistic(weights: Floats) -> float:
        up = np.bincount(rank, weights * rose, len(values))
        down = np.bincount(rank, weights * fell, len(values))
        pairs = up.sum() * down.sum()
        return float(up @ (np.cumsum(down) - 0.5 * down) / pairs) if pairs else float("nan")

    return statistic


def _log_loss(f: Forecasts) -> Statistic:
    p = np.clip(f.probability_up, 1e-9, 1 - 1e-9)
    return _mean(-np.log(np.where(f.outcome > 0, p, 1 - p)), f.outcome != 0)


def _brier(f: Forecasts) -> Statistic:
    return _mean((f.probability_up - (f.outcome > 0)) ** 2, f.outcome != 0)


def _calibration_error(f: Forecasts) -> Statistic:
    moved = (f.outcome != 0).astype(np.float64)
    classes, excess = _classes(f.probability_up), (f.probability_up - (f.outcome > 0)) * moved

    def statistic(weights: Floats) -> float:
        total = float(weights @ moved)
        return float(np.abs(np.bincount(classes, weights * excess)).sum()) / total if total else float("nan")

    return statistic


def _r2(f: Forecasts) -> Statistic:
    missed, size = (f.outcome - f.expected_return) ** 2, f.outcome**2

    def statistic(weights: Floats) -> float:
        total = float(weights @ size)
        return 1.0 - float(weights @ missed) / total if total else float("nan")

    return statistic


def _pinball(f: Forecasts) -> Statistic:
    if f.quantiles is None:
        return lambda weights: float("nan")
    levels, missed = np.array(QUANTILES), f.outcome[:, None] - f.quantiles
    loss = np.maximum(levels * missed, (levels - 1.0) * missed).mean(axis=1)
    return _mean(1e4 * loss, np.ones(len(loss)))


def _coverage(low: float, high: float) -> Callable[[Forecasts], Statistic]:
    def metric(f: Forecasts) -> Statistic:
        if f.quantiles is None:
            return lambda weights: float("nan")
        below, above = (f.quantiles[:, QUANTILES.index(level)] for level in (low, high))
        return _mean(((f.outcome >= below) & (f.outcome <= above)).astype(np.float64), np.ones(len(below)))

    return metric


def _edge(delay: int = 0, strongest: float = 1.0, cost: float = 0.0) -> Callable[[Forecasts], Statistic]:
    def metric(f: Forecasts) -> Statistic:
        side = np.sign(f.expected_return)
        size = np.abs(f.expected_return)
        traded = (size > 0) & (size >= np.quantile(size, 1.0 - strongest))
        outcome = np.roll(f.outcome, -delay)
        if delay:
            outcome[-delay:], traded[-delay:] = 0.0, False
        return _mean((side * outcome - 2.0 * cost) * 1e4, traded.astype(np.float64))

    return metric


METRICS: Final[dict[str, Callable[[Forecasts], Statistic]]] = {
    "auc": _auc,
    "accuracy": _accuracy,
    "log_loss": _log_loss,
    "brier": _brier,
    "calibration_error": _calibration_error,
    "r2": _r2,
    "pinball": _pinball,
    "coverage_50": _coverage(0.25, 0.75),
    "coverage_90": _coverage(0.05, 0.95),
    "gross_edge": _edge(),
    "gross_edge_delayed": _edge(delay=1),
    "gross_edge_strongest": _edge(strongest=0.1),
    "net_edge_strongest": _edge(strongest=0.1, cost=STRESS_COST),
}
"""Metrics by name: area under the ROC curve, share of right signs, log-loss, Brier score and calibration
error (ten equally filled classes) of the probability, over hours in which the price moved; R² of the
expected return against zero; pinball loss of the quantiles in bp, and the share of outcomes within the inner
two and the outer two; and edge a trade in bp, held to the horizon in the direction of the expected return: of
every hour, of every hour entered an hour late, of the tenth with the largest expected return, and of that
tenth after `STRESS_COST` a side."""
