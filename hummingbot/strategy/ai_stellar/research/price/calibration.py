"""How far to trust a booster: slope, tilt and residual quantiles from forecasts of years not trained on."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from hummingbot.strategy.ai_stellar.predictors.forecast import QUANTILES
from hummingbot.strategy.ai_stellar.predictors.price import SMALLEST_SIZE
from hummingbot.strategy.ai_stellar.predictors.price_fit import LARGEST_SIZE, Calibration

from ..scores import Forecasts

__all__ = ["calibrate", "calibrated", "mean_log_loss"]

Floats = NDArray[np.float64]
NEWTON_STEPS: Final = 20


def calibrate(log_odds: Floats, size: Floats, ratio: Floats) -> Calibration:
    """Fit a calibration.

    Parameters
    ----------
    log_odds : ndarray, shape (n,)
        Of the direction booster.
    size : ndarray, shape (n,)
        Of the size booster, units of scale · √hours.
    ratio : ndarray, shape (n,)
        Outcomes in the same units.
    """
    moved = ratio != 0.0
    slope = _slope(log_odds[moved], np.sign(ratio[moved]))
    lean = np.tanh(0.5 * slope * log_odds) * np.maximum(size, SMALLEST_SIZE)
    signed, square = np.clip(ratio, -LARGEST_SIZE, LARGEST_SIZE), float(lean @ lean)
    tilt = float(np.clip(lean @ signed / square, 0.0, 1.0)) if square else 0.0
    residuals = (ratio - tilt * lean) / np.maximum(size, SMALLEST_SIZE)
    return Calibration(slope, tilt, tuple(float(one) for one in np.quantile(residuals, QUANTILES)))


def calibrated(
    log_odds: Floats, size: Floats, unit: Floats, outcome: Floats, known: Calibration
) -> Forecasts:
    """Forecast as `PricePredictor` does, many at once; ``unit`` is scale · √hours, log-return units."""
    lean = np.tanh(0.5 * known.slope * log_odds)
    spread = np.maximum(size, SMALLEST_SIZE) * unit
    expected = known.tilt * lean * spread
    quantiles = expected[:, None] + np.array(known.residuals) * spread[:, None]
    return Forecasts(0.5 + 0.5 * lean, expected, outcome, quantiles)


def mean_log_loss(log_odds: NDArray[Any], ratio: Floats) -> float:
    """Return the mean log-loss of log-odds over outcomes that are not 0."""
    moved = ratio != 0.0
    return float(np.logaddexp(0.0, -np.sign(ratio[moved]) * log_odds[moved]).mean())


def _slope(log_odds: Floats, sign: Floats) -> float:
    """Factor of the log-odds, 0 to 1, with the least log-loss (Platt's, without his intercept)."""
    slope = 1.0
    for _ in range(NEWTON_STEPS):
        wrong = 1.0 / (1.0 + np.exp(sign * slope * log_odds))
        gradient = float((sign * log_odds) @ wrong)
        curvature = float((log_odds**2) @ (wrong * (1.0 - wrong)))
        if curvature <= 0.0:
            return 0.0
        step = gradient / curvature
        slope += step
        if abs(step) < 1e-12:
            break
    return float(np.clip(slope, 0.0, 1.0))
