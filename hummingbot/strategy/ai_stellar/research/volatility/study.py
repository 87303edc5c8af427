"""The volatility model's study: walk-forward beside GARCH and HAR, value at risk, the final fit."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np

from hummingbot.strategy.ai_stellar.market.bars import HOUR
from hummingbot.strategy.ai_stellar.predictors.errors import ModelError
from hummingbot.strategy.ai_stellar.predictors.forecast import VOLATILITY_HORIZONS
from hummingbot.strategy.ai_stellar.predictors.garch_step import RING
from hummingbot.strategy.ai_stellar.predictors.volatility import KIND, STEPS, VolatilityPredictor
from hummingbot.strategy.ai_stellar.predictors.volatility_fit import (
    VolatilityParameters,
    VolatilityTraining,
    fit_parameters,
    realised,
)

from ..bootstrap import RESAMPLES
from ..checkpoint import Checkpoint
from ..description import libraries, rounded, trained_on
from ..engine import Engine, Step
from ..history import parse_date, read_history, span_of
from ..price.data import PEERS, TARGET, PriceData
from ..renewal import OfOneMarket, excess, refitted_card
from ..report import Metric, Report, day
from ..scores import Score, plain
from ..study import Trained
from ..walk_forward import EMBARGO, Fold, check_length, year_begin, yearly_fold
from .card import render_card
from .comparison import Compared, bars_of, compare, join, qlike, variance_of
from .figures import figures_of, scores_of, verdict
from .plots import forecast_plot, value_at_risk_plot

__all__ = ["STUDY", "VolatilityStudy"]

TRIALS: Final = 12
"""Blends and regressions compared on 2020 to 2023 before the procedure was fixed."""
METRICS: Final = {f"qlike_{steps}h": Metric(f"{steps} h: QLIKE") for steps in STEPS}
FEWEST_DAYS: Final = 60


@dataclass(frozen=True, slots=True)
class VolatilityFoldTask:
    """One year: files, and the span to forecast."""

    directory: str
    target: str
    peers: tuple[str, ...]
    begin: int
    end: int


def forecast_fold(task: VolatilityFoldTask) -> dict[str, Any]:
    """Fit on what was known before a year, and forecast it; plain values."""
    data = PriceData.read(Path(task.directory), task.target, task.peers, task.end)
    until = {horizon: Fold(task.begin, task.end, horizon).train_end for horizon in VOLATILITY_HORIZONS}
    parameters = fit_parameters(_training(data, until))
    return compare(parameters, bars_of(data.target), task.begin, task.end).plain()


def _training(data: PriceData, until: dict[int, int]) -> VolatilityTraining:
    return VolatilityTraining([bars_of(one) for one in (data.target, *data.peers)], until)


@dataclass(frozen=True, slots=True)
class VolatilityStudy(OfOneMarket):
    """How the volatility model is trained and judged.

    Parameters
    ----------
    target : str
        File the model is judged on.
    peers : tuple of str
        Files whose hours are pooled with the target's.
    years : tuple of int
        Test years of the walk-forward, ascending; training ends with the last.
    resamples : int
        Of the bootstrap.
    fewest_days : int
        Days that a comparison of two models needs: a block of the bootstrap, and the longest label.
    """

    target: str = TARGET
    peers: tuple[str, ...] = PEERS
    years: tuple[int, ...] = (2020, 2021, 2022, 2023)
    resamples: int = RESAMPLES
    kind: str = KIND
    fewest_days: int = 28

    def train(self, data: Path, engine: Engine, checkpoint: Checkpoint, step: Step) -> Trained:
        """Train and judge on the files of a directory.

        Raises
        ------
        HistoryError
            If the target is missing, or a file is unusable or too short.
        """
        step("reading price histories")
        until = year_begin(self.years[-1] + 1)
        prices = PriceData.read(data, self.target, self.peers, until)
        first = yearly_fold(self.years[0], max(VOLATILITY_HORIZONS)).train_end
        check_length(prices.target, 3 * RING, first, year_begin(self.years[-1]))
        parts, prints = [], prices.fingerprint()
        for year in self.years:
            step(f"fitting before {year}, testing on it")
            fold = yearly_fold(year)
            task = VolatilityFoldTask(str(data), self.target, self.peers, fold.begin, fold.end)
            made = partial(engine.map, forecast_fold, [(task,)])
            parts.append(Compared.from_plain(checkpoint.once(f"{self} {year} {prints}", made)[0]))
        step("scoring")
        compared = join(parts)
        table, figures = scores_of(compared, self.resamples), figures_of(compared)
        step(f"fitting to the end of {self.years[-1]}")
        metrics = {
            "years": list(self.years),
            "embargo": EMBARGO,
            "bootstrap": {"resamples": self.resamples, "level": 0.95},
            "table": {name: plain(scores) for name, scores in table.items()},
            **figures,
        }
        manifest, files = self._fit(prices, f"{KIND}-to-{self.years[-1]}", until, metrics)
        plots = {"forecast.svg": forecast_plot(compared), "value_at_risk.svg": value_at_risk_plot(compared)}
        return Trained(manifest, files, render_card(manifest, METRICS), plots)

    def evaluate(self, model: Path | None, file: Path, begin: int | None, end: int | None) -> Report:
        """Judge a model on a price file; bars before the span serve to warm up."""
        manifest = VolatilityPredictor.load(model).manifest
        if "beside" not in manifest:
            raise ModelError(
                f"model {manifest['model_id']} names no models to be judged beside: "
                "train it by 'ai-stellar train volatility'"
            )
        history, begin, end = span_of(file, begin, end)
        parameters = VolatilityParameters.from_dict(manifest["beside"])
        compared = compare(parameters, bars_of(history), begin, end)
        days = int(np.sum(np.isfinite(compared.realised[:, -1]))) // 24
        if days < FEWEST_DAYS:
            found = f"{days} days to judge, after a warm-up of {RING} hours and before the last week,"
            raise history.too_short(begin, end, found, f"{FEWEST_DAYS} days")
        figures = figures_of(compared)
        return Report(
            KIND, str(manifest["model_id"]), history.name, history.fingerprint(), begin, end,
            len(compared.time), begin < parse_date(manifest["training"]["until"]), METRICS,
            scores_of(compared, self.resamples), f"On these hours it {verdict(figures)}.", figures,
        )  # fmt: skip

    def refit(self, data: Path, until: int, engine: Engine, step: Step) -> Trained:
        """Train on outcomes that are known by ``until``.

        Raises
        ------
        HistoryError
            If the target is too short, or a file cannot be used.
        """
        step("reading price histories")
        prices = PriceData.read(data, self.target, self.peers, until)
        check_length(prices.target, 3 * RING, until, until - HOUR)
        step("fitting")
        manifest, files = self._fit(prices, f"{KIND}-to-{day(until)}", until, {})
        return Trained(manifest, files, refitted_card(manifest, f", {len(prices.target):,} hours"))

    def compare(self, first: Path, second: Path, data: Path, begin: int, end: int) -> Score:
        """Return the excess of the first's mean QLIKE, over horizons, on decisions in ``[begin, end)``."""
        bars = bars_of(read_history(data / self.target).between(0, end))
        came, time = np.column_stack([realised(bars, steps) for steps in STEPS]), bars.start + HOUR
        known = np.isfinite(came).all(axis=1) & (time >= begin) & (time < end)
        losses = [
            qlike(variance_of(VolatilityPredictor.load(one), bars)[known], came[known]).mean(axis=1)
            for one in (first, second)
        ]
        return excess(losses, 3 * max(STEPS), self.resamples)

    def _fit(
        self, prices: PriceData, model_id: str, until: int, metrics: Mapping[str, Any]
    ) -> tuple[dict[str, Any], dict[str, str]]:
        """Fit on outcomes known by a time; return manifest and files."""
        ends = {horizon: until - horizon for horizon in VOLATILITY_HORIZONS}
        manifest: dict[str, Any] = rounded(
            {
                "kind": KIND,
                "model_id": model_id,
                "features": {"names": [], "definition": ""},
                "beside": asdict(fit_parameters(_training(prices, ends))),
                "libraries": libraries("arch", "numpy"),
                "training": trained_on((prices.target, *prices.peers), until),
                "trials": TRIALS,
                "metrics": metrics,
                "evaluations": [],
            }
        )
        kept = VolatilityParameters.from_dict(manifest["beside"])
        return manifest, VolatilityPredictor(kept.plain(), manifest).files()


STUDY: Final = VolatilityStudy()
