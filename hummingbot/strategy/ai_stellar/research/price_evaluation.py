"""The shipped price model judged on any price file, beside the baselines of its own training."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from hummingbot.strategy.ai_stellar.predictors.price import PricePredictor

from .baselines import Baselines
from .bootstrap import MEAN_BLOCK, RESAMPLES, stationary_counts
from .history import History, HistoryError, parse_date
from .samples import Samples, make_samples
from .scores import Forecasts, Score, plain, reliability, score, score_difference

__all__ = ["Evaluation", "evaluate", "forecast_samples"]

FEWEST_HOURS = 10 * MEAN_BLOCK


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Figures of the model and its baselines on one span.

    Attributes
    ----------
    file, fingerprint : str
        The bars read, and the sha256 of their numbers.
    begin, end : int
        Decisions in ``[begin, end)``, seconds since 1970.
    hours : int
        Decisions judged.
    seen_in_training : bool
        Whether some of the span was trained on: then the figures say nothing about the future.
    table : dict of str to dict of str to Score
        By forecaster and metric.
    against_linear : dict of str to Score
        By how much the model exceeds the linear baseline.
    reliability : list of (mean forecast, share that rose, number)
        Of the model.
    """

    file: str
    fingerprint: str
    begin: int
    end: int
    hours: int
    seen_in_training: bool
    table: dict[str, dict[str, Score]]
    against_linear: dict[str, Score]
    reliability: list[tuple[float, float, int]]

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {
            "file": self.file,
            "fingerprint": self.fingerprint,
            "begin": self.begin,
            "end": self.end,
            "hours": self.hours,
            "seen_in_training": self.seen_in_training,
            "table": {name: plain(scores) for name, scores in self.table.items()},
            "against_linear": plain(self.against_linear),
            "reliability": [list(row) for row in self.reliability],
        }


def forecast_samples(predictor: PricePredictor, samples: Samples, pair: str = "") -> Forecasts:
    """Forecast samples one by one, as the strategy does."""
    made = [
        predictor.forecast(pair, int(time), row) for time, row in zip(samples.time, samples.rows, strict=True)
    ]
    return Forecasts(
        np.array([one.probability_up for one in made]),
        np.array([one.expected_return for one in made]),
        samples.outcome,
    )


def evaluate(
    predictor: PricePredictor, history: History, begin: int, end: int, resamples: int = RESAMPLES
) -> Evaluation:
    """Judge a model on the hours that begin in ``[begin, end)``; bars before serve to warm up.

    Raises
    ------
    HistoryError
        If fewer than ten days of the span can be judged.
    """
    samples = make_samples(history.between(0, end)).between(begin, end)
    if len(samples) < FEWEST_HOURS:
        raise HistoryError(
            f"{history.name} has {len(samples)} hours to judge in that span, after a warm-up: "
            f"needs {FEWEST_HOURS} at least"
        )
    model = forecast_samples(predictor, samples)
    forecasts = {
        "model": model,
        **Baselines.from_dict(predictor.manifest["baselines"]).forecast(samples),
    }
    counts = stationary_counts(len(samples), resamples)
    return Evaluation(
        history.name,
        history.fingerprint(),
        begin,
        end,
        len(samples),
        begin < parse_date(predictor.manifest["training"]["until"].replace("Z", "+00:00")),
        {name: score(one, counts) for name, one in forecasts.items()},
        {
            name: score_difference(name, model, forecasts["linear"], counts)
            for name in ("auc", "log_loss", "brier", "r2", "gross_edge")
        },
        reliability(model),
    )
