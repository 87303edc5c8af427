"""The network that is kept: the setting that did best, fitted on all that is known, and its manifest."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from hummingbot.strategy.ai_stellar.features import FEATURE_NAMES, FEATURE_SET_HASH
from hummingbot.strategy.ai_stellar.predictors.forecast import HORIZONS
from hummingbot.strategy.ai_stellar.predictors.lstm import KIND, LstmPredictor

from ..description import libraries, rounded
from ..price.data import PriceData
from ..price.walk import Learnt, learn
from ..samples import make_series
from .folds import baselines_of, training_of

if TYPE_CHECKING:
    from hummingbot.strategy.ai_stellar.predictors.lstm_fit import LstmSettings

__all__ = ["fit_final"]


def fit_final(
    prices: PriceData,
    folds: Mapping[int, list[dict[str, Any]]],
    grid: "tuple[LstmSettings, ...]",
    model_id: str,
    until: int,
    known: Mapping[str, Any],
) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Fit the setting that did best in the folds on what is known by a time.

    Parameters
    ----------
    prices : PriceData
        What to train on.
    folds : dict of int to list of dict
        By horizon, of `forecast_fold`.
    grid : tuple of LstmSettings
        Those of the folds.
    model_id : str
        Name of the model.
    until : int
        Time by which outcomes must be known, seconds since 1970.
    known : dict
        What else the manifest says: trials and metrics.

    Returns
    -------
    manifest : dict
    files : dict of str to bytes
    """
    ends = {horizon: until - horizon for horizon in HORIZONS}
    learnt = {horizon: learn(folds[horizon], ends[horizon]) for horizon in HORIZONS}
    chosen = _most_chosen(learnt)
    fitted = LstmPredictor.fit(training_of(prices, ends), grid[chosen])
    calibrations = {horizon: learn(_only(folds[horizon], chosen), ends[horizon]) for horizon in HORIZONS}
    model = LstmPredictor(_calibrated(fitted.weights, calibrations), {"model_id": model_id})
    baselines = baselines_of([make_series(one) for one in (prices.target, *prices.peers)], ends)
    manifest: dict[str, Any] = rounded(
        {
            "kind": KIND,
            "model_id": model_id,
            "features": {"names": list(FEATURE_NAMES), "definition": FEATURE_SET_HASH},
            "settings": asdict(grid[chosen]),
            "choice": {str(horizon): list(one.trials) for horizon, one in learnt.items()},
            "baselines": {str(horizon): one.to_dict() for horizon, one in baselines.items()},
            "libraries": libraries("jax", "numpy"),
            "training": prices.description(until),
            **known,
            "evaluations": [],
        }
    )
    return manifest, model.files()


def _only(folds: list[dict[str, Any]], at: int) -> list[dict[str, Any]]:
    """Return the pools of folds with one setting alone."""
    return [
        {
            "grid": [fold["grid"][at]],
            "pool": {
                **fold["pool"],
                "log_odds": [fold["pool"]["log_odds"][at]],
                "size": [fold["pool"]["size"][at]],
            },
        }
        for fold in folds
    ]


def _most_chosen(learnt: Mapping[int, Learnt]) -> int:
    """Return the setting with the least log-loss over all horizons: one network forecasts them all."""
    losses = np.sum([[one["log_loss"] for one in found.trials] for found in learnt.values()], axis=0)
    return int(np.argmin(losses))


def _calibrated(weights: Mapping[str, Any], learnt: Mapping[int, Learnt]) -> dict[str, Any]:
    known = [learnt[horizon].calibration for horizon in HORIZONS]
    return {
        **weights,
        "slope": np.array([one.slope for one in known]),
        "tilt": np.array([one.tilt for one in known]),
        "residuals": np.array([one.residuals for one in known]),
    }
