"""The final fit of the price model on all that may be trained on, and what its manifest says of it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from hummingbot.strategy.ai_stellar.predictors.forecast import HORIZONS
from hummingbot.strategy.ai_stellar.predictors.price import NAMES, PricePredictor, definition
from hummingbot.strategy.ai_stellar.predictors.price_fit import (
    RECIPES,
    PriceTraining,
    Shape,
    direction_name,
)

from ..baselines import Baselines, fit_baselines
from ..description import libraries
from .data import PriceData, binned
from .walk import Learnt

__all__ = ["Fitted", "describe", "fit_final"]

LARGEST_SHARES = 12


@dataclass(frozen=True, slots=True)
class Fitted:
    """A model fitted to the end.

    Attributes
    ----------
    predictor : PricePredictor
        The model.
    baselines : dict of int to Baselines
        By horizon, fitted on the same samples.
    samples : int
        How many there were.
    importance : dict of int to dict of str to float
        By horizon, the largest shares of gain in the direction booster.
    """

    predictor: PricePredictor
    baselines: dict[int, Baselines]
    samples: int
    importance: dict[int, dict[str, float]]


def fit_final(prices: PriceData, learnt: Mapping[int, Learnt], until: int, bins_until: int) -> Fitted:
    """Fit every booster and baseline on the samples whose outcome is known before ``until``."""
    data = binned(prices.training_samples(), bins_until)
    ends = {horizon: until - horizon for horizon in HORIZONS}
    predictor = PricePredictor.fit(
        PriceTraining(
            data,
            ends,
            {horizon: Shape(**one.setting) for horizon, one in learnt.items()},
            {horizon: one.calibration for horizon, one in learnt.items()},
        )
    )
    clean = prices.clean_samples()
    baselines = {
        horizon: fit_baselines(clean.where(RECIPES[horizon].takes(clean.time)), horizon, end)
        for horizon, end in ends.items()
    }
    return Fitted(predictor, baselines, len(data.time), {h: _importance(predictor, h) for h in HORIZONS})


def describe(final: Fitted, learnt: Mapping[int, Learnt]) -> dict[str, Any]:
    """Return what the manifest says of a model itself."""
    return {
        "features": {"names": list(NAMES), "definition": definition()},
        "calibrations": final.predictor.manifest["calibrations"],
        "shapes": {str(horizon): dict(one.setting) for horizon, one in learnt.items()},
        "choice": {str(horizon): list(one.trials) for horizon, one in learnt.items()},
        "recipes": {
            str(horizon): {
                "stride": recipe.stride,
                "size": asdict(recipe.size),
                "parameters": recipe.booster_parameters(),
            }
            for horizon, recipe in RECIPES.items()
        },
        "baselines": {str(horizon): one.to_dict() for horizon, one in final.baselines.items()},
        "importance": {str(horizon): shares for horizon, shares in final.importance.items()},
        "libraries": libraries("lightgbm", "numpy"),
    }


def _importance(predictor: PricePredictor, horizon: int) -> dict[str, float]:
    import lightgbm

    text = predictor.files[direction_name(horizon)].decode()
    gain = lightgbm.Booster(model_str=text).feature_importance("gain")
    shares = gain / max(gain.sum(), 1e-300)
    return {NAMES[k]: round(float(shares[k]), 4) for k in np.argsort(-shares, kind="stable")[:LARGEST_SHARES]}
