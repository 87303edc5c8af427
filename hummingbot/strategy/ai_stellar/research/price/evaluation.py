"""A price model judged on any price file, beside the baselines of its own training."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from hummingbot.strategy.ai_stellar.features import REFERENCES
from hummingbot.strategy.ai_stellar.market.bars import HOUR
from hummingbot.strategy.ai_stellar.predictors.errors import ModelError
from hummingbot.strategy.ai_stellar.predictors.forecast import HORIZONS, HorizonForecast
from hummingbot.strategy.ai_stellar.predictors.price import KIND, PricePredictor

from ..baselines import Baselines
from ..bootstrap import RESAMPLES, stationary_counts
from ..history import History, parse_date, span_of
from ..references import align_references, base_of, references_beside
from ..report import Metric, Report
from ..samples import Samples, make_samples
from ..scores import Forecasts, Score, plain, reliability, score
from .figures import compare
from .labels import METRIC_LABELS
from .verdict import verdict
from .walk import MODEL, WITHOUT, mean_block

__all__ = ["as_forecasts", "evaluate", "forecast_samples", "report_on"]

FEWEST_HOURS: Final = 240
"""Decisions, of each horizon, below which nothing is judged."""


def forecast_samples(predictor: PricePredictor, samples: Samples) -> dict[int, Forecasts]:
    """Forecast samples one by one, as the strategy does, whether the outcome is known or not.

    Returns
    -------
    dict of int to Forecasts
        By horizon, seconds.
    """
    model, made = predictor.fresh(), []
    for row, scale in zip(samples.rows, samples.scale, strict=True):
        model.take(row, float(scale))
        made.append(model.forecast() or ())
    return as_forecasts(made, samples)


def as_forecasts(made: Sequence[Sequence[HorizonForecast]], samples: Samples) -> dict[int, Forecasts]:
    """Return what was said of samples, a forecast each and horizon, by horizon with what came."""
    return {
        horizon: Forecasts(
            np.array([one[k].probability_up for one in made]),
            np.array([one[k].expected_return for one in made]),
            samples.outcome(horizon),
            np.array([one[k].quantiles for one in made]),
        )
        for k, horizon in enumerate(HORIZONS)
    }


def evaluate(
    predictor: PricePredictor,
    file: Path,
    begin: int | None = None,
    end: int | None = None,
    resamples: int = RESAMPLES,
) -> Report:
    """Judge a model on the hours of a file that begin in ``[begin, end)``; bars before serve to warm up.

    Where files of BTC, ETH and XRP lie beside it under names like its own, the model is told their closes,
    and judged a second time without them.

    Raises
    ------
    HistoryError
        If a file cannot be used, or fewer than ten days of the span can be judged.
    ModelError
        If the model's manifest holds no baselines.
    """
    history, begin, end = span_of(file, begin, end)
    references = references_beside(file)
    views = {MODEL: _samples(history, references, begin, end)}
    if np.isfinite(views[MODEL].rows[:, -1]).any():
        views[WITHOUT] = _samples(history, {}, begin, end)
    made = {name: forecast_samples(predictor, samples) for name, samples in views.items()}
    report = report_on(KIND, predictor.manifest, history, (begin, end), views[MODEL], made, resamples)
    return replace(report, verdict=f"{report.verdict}{_without(file, references)}")


def report_on(
    kind: str,
    manifest: Mapping[str, Any],
    history: History,
    span: tuple[int, int],
    samples: Samples,
    made: Mapping[str, Mapping[int, Forecasts]],
    resamples: int,
) -> Report:
    """Judge forecasts of returns beside the baselines of the model's manifest.

    Parameters
    ----------
    kind : str
        Of the model.
    manifest : dict
        Its manifest.
    history : History
        The bars it was told.
    span : tuple of int
        Decisions judged, ``[begin, end)``, seconds since 1970.
    samples : Samples
        Those decisions.
    made : dict of str to dict of int to Forecasts
        By forecaster, `MODEL` first, and horizon.
    resamples : int
        Of the bootstrap.

    Raises
    ------
    HistoryError
        If fewer than ten days can be judged, or the price never moves in what can be.
    ModelError
        If the manifest holds no baselines.
    """
    forecasts = _beside_baselines(manifest, samples, made)
    table: dict[str, dict[str, Score]] = {}
    against: dict[str, Any] = {}
    details: dict[str, Any] = {}
    for horizon in HORIZONS:
        hours, judged = horizon // HOUR, forecasts[horizon]
        n = len(judged[MODEL].outcome)
        if n < FEWEST_HOURS:
            found = f"{n} hours to judge at {hours} h, after a warm-up,"
            raise history.too_short(*span, found, f"{FEWEST_HOURS} hours")
        if not judged[MODEL].outcome.any():
            raise history.still(*span)
        counts = stationary_counts(n, resamples, mean_block(horizon))
        for name, one in judged.items():
            scores = score(one, counts)
            table.setdefault(name, {}).update({f"{metric}_{hours}h": s for metric, s in scores.items()})
        against[str(horizon)] = compare(judged, MODEL, "linear", counts)
        details[f"reliability_{hours}h"] = [list(row) for row in reliability(judged[MODEL])]
    metrics = {
        f"{name}_{horizon // HOUR}h": Metric(f"{horizon // HOUR} h: {one.label}", one.digits, one.scale)
        for horizon in HORIZONS
        for name, one in METRIC_LABELS.items()
    }
    sentence = f"On these hours, {verdict(_plain(table), against)}."
    return Report(
        kind, str(manifest["model_id"]), history.name, history.fingerprint(), *span, len(samples),
        span[0] < parse_date(manifest["training"]["until"]), metrics, table, sentence,
        {"against_linear": against, "references": WITHOUT in made, **details},
    )  # fmt: skip


def _without(file: Path, references: Mapping[str, History]) -> str:
    """Say which references the model was not told."""
    absent = [coin for coin in REFERENCES if coin not in references and coin != base_of(file.name)]
    if not absent:
        return ""
    return (
        f" It was not told of {', '.join(absent)}: no files of theirs lie beside under names like this one's."
    )


def _samples(history: History, references: Mapping[str, History], begin: int, end: int) -> Samples:
    closes = align_references(history.start, references, base_of(history.name))
    return make_samples(history, references=closes).between(begin, end)


def _beside_baselines(
    manifest: Mapping[str, Any], samples: Samples, made: Mapping[str, Mapping[int, Forecasts]]
) -> dict[int, dict[str, Forecasts]]:
    """By horizon and forecaster, those whose outcome is known."""
    given = manifest.get("baselines")
    if not given:
        raise ModelError(
            f"model {manifest['model_id']} has no baselines to be judged beside: "
            f"train it by 'ai-stellar train {manifest['kind']}'"
        )
    forecasts = {}
    for horizon in HORIZONS:
        baselines = Baselines.from_dict(given[str(horizon)]).forecast(samples)
        every = {**{name: one[horizon] for name, one in made.items()}, **baselines}
        known: NDArray[np.bool_] = samples.known(horizon)
        forecasts[horizon] = {name: one.where(known) for name, one in every.items()}
    return forecasts


def _plain(table: Mapping[str, Mapping[str, Score]]) -> dict[str, dict[str, dict[str, list[float | None]]]]:
    """By horizon, forecaster and metric."""
    return {
        str(horizon): {
            name: plain({metric: scores[f"{metric}_{horizon // HOUR}h"] for metric in METRIC_LABELS})
            for name, scores in table.items()
        }
        for horizon in HORIZONS
    }
