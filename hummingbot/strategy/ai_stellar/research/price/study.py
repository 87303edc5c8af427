"""The price model's study: pooled samples, walk-forward of each horizon, baselines, the final fit."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np

from hummingbot.strategy.ai_stellar.features import WARM_UP
from hummingbot.strategy.ai_stellar.market.bars import HOUR
from hummingbot.strategy.ai_stellar.predictors.forecast import HORIZONS
from hummingbot.strategy.ai_stellar.predictors.price import KIND, PricePredictor
from hummingbot.strategy.ai_stellar.predictors.price_fit import Shape

from ..bootstrap import RESAMPLES
from ..checkpoint import Checkpoint
from ..description import rounded
from ..engine import Engine, Step
from ..renewal import YEAR, OfOneMarket, excess, log_losses, refitted_card
from ..report import Report, day
from ..scores import STRESS_COST, Score
from ..study import Trained
from ..walk_forward import EMBARGO, Fold, check_length, year_begin, yearly_fold
from .card import render_card
from .data import PEERS, TARGET, PriceData
from .evaluation import evaluate, forecast_samples
from .figures import figures_of
from .final import Fitted, describe, fit_final
from .folds import FoldTask, fold_loss, forecast_fold
from .reliability import reliability_plot
from .walk import Learnt, judge, learn, mean_block

__all__ = ["STUDY", "PriceStudy"]

GRID: Final = tuple(Shape(leaves, trees) for leaves in (8, 16) for trees in (50, 100, 150))
FEWEST: Final = WARM_UP + 24
"""Hours without which nothing can be fitted."""
DEVELOPMENT_TRIALS: Final = 51
"""Configurations compared on the pooled walk-forward before the procedure was fixed: 23 of the model of one
hour, 28 of those of three."""


@dataclass(frozen=True, slots=True)
class PriceStudy(OfOneMarket):
    """How the price model is trained and judged.

    Parameters
    ----------
    target : str
        File the model is judged on.
    peers : tuple of str
        Files whose samples are pooled with the target's for training, each seen through `TRAINING_NOISE`.
    years : tuple of int
        Test years of the walk-forward, ascending; training ends with the last. The year before the first is
        forecast too, and teaches how to choose and to calibrate.
    grid : tuple of Shape
        Of the direction boosters, to choose from.
    resamples : int
        Of the bootstrap.
    fewest_days : int
        Days that a comparison of two models needs: a block of the bootstrap, and the longest label.
    """

    target: str = TARGET
    peers: tuple[str, ...] = PEERS
    years: tuple[int, ...] = (2020, 2021, 2022, 2023)
    grid: tuple[Shape, ...] = GRID
    resamples: int = RESAMPLES
    kind: str = KIND
    fewest_days: int = 4

    @property
    def until(self) -> int:
        """End of the last year, seconds since 1970."""
        return year_begin(self.years[-1] + 1)

    @property
    def _bins_until(self) -> int:
        return yearly_fold(self.years[0] - 1, max(HORIZONS)).train_end

    def train(self, data: Path, engine: Engine, checkpoint: Checkpoint, step: Step) -> Trained:
        """Train and judge on the files of a directory.

        Peers that are not there are left out; the manifest names what was used.

        Raises
        ------
        HistoryError
            If the target is missing, or any file is unusable or too short.
        """
        step("reading price histories")
        prices = PriceData.read(data, self.target, self.peers, self.until)
        check_length(prices.target, FEWEST, self._bins_until, year_begin(self.years[-1]))
        folds = self._folds(data, prices, engine, checkpoint, step)
        step("scoring")
        judged = {horizon: judge(horizon, folds[horizon]) for horizon in HORIZONS}
        figures = {
            str(horizon): figures_of(one, self.resamples, self._trials) for horizon, one in judged.items()
        }
        step(f"fitting to the end of {self.years[-1]}")
        learnt = {horizon: learn(folds[horizon], self.until - horizon) for horizon in HORIZONS}
        final = fit_final(prices, learnt, self.until, self._bins_until)
        metrics = {
            "years": list(self.years),
            "embargo": EMBARGO,
            "bootstrap": {"resamples": self.resamples, "level": 0.95},
            "stress_cost": STRESS_COST,
            "horizons": figures,
        }
        manifest = self._manifest(prices, final, learnt, f"{KIND}-to-{self.years[-1]}", self.until, metrics)
        plots = {
            f"reliability_{horizon // HOUR}h.svg": reliability_plot(judged[horizon]) for horizon in HORIZONS
        }
        return Trained(manifest, final.predictor.files, render_card(manifest), plots)

    def evaluate(self, model: Path | None, file: Path, begin: int | None, end: int | None) -> Report:
        """Judge a model on a price file; references are read from files of like names beside it."""
        return evaluate(PricePredictor.load(model), file, begin, end, self.resamples)

    def space(self, trial: Any) -> dict[str, Any]:
        """Return the hyper-parameters that an Optuna trial suggests: of the direction boosters."""
        return {
            "leaves": trial.suggest_categorical("leaves", [4, 8, 16, 32]),
            "trees": trial.suggest_int("trees", 50, 300, step=50),
            "learning_rate": trial.suggest_float("learning_rate", 0.01, 0.1, log=True),
            "min_data_in_leaf": trial.suggest_int("min_data_in_leaf", 200, 8000, log=True),
            "lambda_l2": trial.suggest_float("lambda_l2", 0.1, 100.0, log=True),
            "feature_fraction": trial.suggest_float("feature_fraction", 0.1, 0.8),
        }

    def objective(self, parameters: Mapping[str, Any], data: Path, engine: Engine) -> float:
        """Return the mean log-loss over horizons and the two years before the last, fitted before each."""
        prices = PriceData.read(data, self.target, self.peers, self.until)
        check_length(prices.target, FEWEST, self._bins_until, year_begin(self.years[-2]) - HOUR)
        tasks = [
            (self._yearly(data, horizon, year), dict(parameters))
            for horizon in HORIZONS
            for year in self.years[-3:-1]
        ]
        return float(np.mean(engine.map(fold_loss, tasks)))

    def refit(self, data: Path, until: int, engine: Engine, step: Step) -> Trained:
        """Train on what is known by ``until``, the last year of it to choose shapes and to calibrate.

        Raises
        ------
        HistoryError
            If the data are too short, or a file cannot be used.
        """
        step("reading price histories")
        prices = PriceData.read(data, self.target, self.peers, until)
        begin = until - YEAR
        bins_until = Fold(begin, until, max(HORIZONS)).train_end
        check_length(prices.target, FEWEST, bins_until, until - HOUR)
        step("fitting before the last year, testing on it")
        tasks = [(self._task(data, horizon, begin, until, bins_until),) for horizon in HORIZONS]
        made = engine.map(forecast_fold, tasks)
        learnt = {
            horizon: learn([fold], until - horizon) for horizon, fold in zip(HORIZONS, made, strict=True)
        }
        step("fitting to the end")
        final = fit_final(prices, learnt, until, bins_until)
        manifest = self._manifest(prices, final, learnt, f"{KIND}-to-{day(until)}", until, {})
        card = refitted_card(manifest, f", {final.samples:,} samples")
        return Trained(manifest, final.predictor.files, card)

    def compare(self, first: Path, second: Path, data: Path, begin: int, end: int) -> Score:
        """Return the excess of the first's mean log-loss, over horizons, on decisions in ``[begin, end)``."""
        samples = PriceData.read(data, self.target, self.peers, end).samples().between(begin, end)
        known = samples.where(np.asarray(np.isfinite(samples.outcomes).all(axis=1)))
        losses = [log_losses(forecast_samples(PricePredictor.load(one), known)) for one in (first, second)]
        return excess(losses, mean_block(max(HORIZONS)), self.resamples)

    def _manifest(
        self,
        prices: PriceData,
        final: Fitted,
        learnt: Mapping[int, Learnt],
        model_id: str,
        until: int,
        metrics: Mapping[str, Any],
    ) -> dict[str, Any]:
        complete: dict[str, Any] = rounded(
            {
                "kind": KIND,
                "model_id": model_id,
                **describe(final, learnt),
                "training": {**prices.description(until), "samples": final.samples},
                "trials": self._trials,
                "metrics": metrics,
                "evaluations": [],
            }
        )
        return complete

    @property
    def _trials(self) -> int:
        return DEVELOPMENT_TRIALS + len(self.grid)

    def _task(self, directory: Path, horizon: int, begin: int, end: int, bins_until: int) -> FoldTask:
        return FoldTask(str(directory), self.target, self.peers, horizon, begin, end, bins_until, self.grid)

    def _folds(
        self, directory: Path, prices: PriceData, engine: Engine, checkpoint: Checkpoint, step: Step
    ) -> dict[int, list[dict[str, Any]]]:
        """Forecast every year from what was before it, each horizon in a process of its own."""
        prints = prices.fingerprint()
        folds: dict[int, list[dict[str, Any]]] = {horizon: [] for horizon in HORIZONS}
        for year in (self.years[0] - 1, *self.years):
            step(f"fitting before {year}, testing on it")
            tasks = [(self._yearly(directory, horizon, year),) for horizon in HORIZONS]
            made = checkpoint.once(f"{self} {year} {prints}", partial(engine.map, forecast_fold, tasks))
            for horizon, one in zip(HORIZONS, made, strict=True):
                folds[horizon].append(one)
        return folds

    def _yearly(self, directory: Path, horizon: int, year: int) -> FoldTask:
        fold = yearly_fold(year, horizon)
        return self._task(directory, horizon, fold.begin, fold.end, self._bins_until)


STUDY: Final = PriceStudy()
