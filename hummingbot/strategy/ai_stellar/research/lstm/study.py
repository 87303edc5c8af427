"""The recurrent price model's study: walk-forward of networks, baselines, the final fit."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from hummingbot.strategy.ai_stellar.features import WARM_UP
from hummingbot.strategy.ai_stellar.market.bars import HOUR
from hummingbot.strategy.ai_stellar.predictors.forecast import HORIZONS
from hummingbot.strategy.ai_stellar.predictors.lstm import LstmPredictor
from hummingbot.strategy.ai_stellar.predictors.price import PRETRAINED as PRICE

from ..bootstrap import RESAMPLES
from ..checkpoint import Checkpoint
from ..engine import Engine, Step
from ..history import History, span_of
from ..price.calibration import mean_log_loss
from ..price.data import PEERS, TARGET, PriceData
from ..price.evaluation import as_forecasts, report_on
from ..price.figures import figures_of
from ..price.reliability import reliability_plot
from ..price.walk import MODEL, judge, mean_block
from ..renewal import YEAR, OfOneMarket, excess, log_losses, refitted_card
from ..report import Report, day
from ..samples import Samples, make_series
from ..scores import STRESS_COST, Forecasts, Score
from ..study import Trained
from ..walk_forward import EMBARGO, Fold, check_length, year_begin, yearly_fold
from .card import render_card
from .final import fit_final
from .folds import LstmFoldTask, forecast_fold

if TYPE_CHECKING:
    from hummingbot.strategy.ai_stellar.predictors.lstm_fit import LstmSettings

__all__ = ["STUDY", "LstmStudy"]

KIND: Final = "lstm"
FEWEST_DAYS: Final = 60
"""Days without which nothing can be fitted."""
DEVELOPMENT_TRIALS: Final = 8
"""Settings compared on years before 2024 before the grid was fixed."""


@dataclass(frozen=True, slots=True)
class LstmStudy(OfOneMarket):
    """How the recurrent model is trained and judged.

    Parameters
    ----------
    target : str
        File the model is judged on.
    peers : tuple of str
        Files trained on with it, each seen through `TRAINING_NOISE`.
    years : tuple of int
        Test years, ascending; training ends with the last. The year before the first is forecast too, and
        teaches how to choose and to calibrate.
    settings : tuple of dict
        Changes of `LstmSettings`, to choose from.
    resamples : int
        Of the bootstrap.
    fewest_days : int
        Days that a comparison of two models needs: a block of the bootstrap, and the longest label.
    """

    target: str = TARGET
    peers: tuple[str, ...] = PEERS
    years: tuple[int, ...] = (2020, 2021, 2022, 2023)
    settings: tuple[Mapping[str, Any], ...] = ({"hidden": 16, "epochs": 4}, {})
    resamples: int = RESAMPLES
    kind: str = KIND
    fewest_days: int = 4

    @property
    def until(self) -> int:
        """End of the last year, seconds since 1970."""
        return year_begin(self.years[-1] + 1)

    def train(self, data: Path, engine: Engine, checkpoint: Checkpoint, step: Step) -> Trained:
        """Train and judge on the files of a directory.

        Raises
        ------
        HistoryError
            If the target is missing, or a file is unusable or too short.
        ValueError
            If JAX is not installed.
        """
        grid = self._grid()
        step("reading price histories")
        prices = PriceData.read(data, self.target, self.peers, self.until)
        self._check_length(prices.target)
        folds = self._folds(data, prices, grid, engine, checkpoint, step)
        step("scoring")
        judged = {horizon: judge(horizon, folds[horizon]) for horizon in HORIZONS}
        trials = DEVELOPMENT_TRIALS + len(grid)
        figures = {str(horizon): figures_of(one, self.resamples, trials) for horizon, one in judged.items()}
        step(f"fitting to the end of {self.years[-1]}")
        metrics = {
            "years": list(self.years),
            "embargo": EMBARGO,
            "bootstrap": {"resamples": self.resamples, "level": 0.95},
            "stress_cost": STRESS_COST,
            "horizons": figures,
        }
        model_id = f"{KIND}-to-{self.years[-1]}"
        known = {"trials": trials, "metrics": metrics}
        manifest, files = fit_final(prices, folds, grid, model_id, self.until, known)
        plots = {
            f"reliability_{horizon // HOUR}h.svg": reliability_plot(judged[horizon]) for horizon in HORIZONS
        }
        return Trained(manifest, files, render_card(manifest, PRICE), plots)

    def evaluate(self, model: Path | None, file: Path, begin: int | None, end: int | None) -> Report:
        """Judge a model on a price file; bars before the span serve to warm up."""
        predictor = LstmPredictor.load(model)
        history, begin, end = span_of(file, begin, end)
        every = make_series(history)
        samples, made = _forecasts(predictor, every, (every.time >= begin) & (every.time < end))
        return report_on(
            KIND, predictor.manifest, history, (begin, end), samples, {MODEL: made}, self.resamples
        )

    def space(self, trial: Any) -> dict[str, Any]:
        """Return the hyper-parameters that an Optuna trial suggests."""
        return {
            "hidden": trial.suggest_categorical("hidden", [12, 16, 24, 32]),
            "dropout": trial.suggest_float("dropout", 0.2, 0.7),
            "rate": trial.suggest_float("rate", 5e-4, 5e-3, log=True),
            "epochs": trial.suggest_int("epochs", 2, 8),
            "window": trial.suggest_categorical("window", [96, 144, 192]),
        }

    def objective(self, parameters: Mapping[str, Any], data: Path, engine: Engine) -> float:
        """Return the mean log-loss over horizons and the two years before the last, fitted before each."""
        grid = self._grid([parameters])
        self._check_length(PriceData.read(data, self.target, self.peers, self.until).target)
        tasks = [(self._task(data, year, grid),) for year in self.years[-3:-1]]
        losses = [
            mean_log_loss(np.array(fold["pool"]["log_odds"][0]), _ratio(fold["pool"]))
            for made in engine.map(forecast_fold, tasks)
            for fold in made
        ]
        return float(np.mean(losses))

    def refit(self, data: Path, until: int, engine: Engine, step: Step) -> Trained:
        """Train on what is known by ``until``, the last year of it to choose a setting and to calibrate.

        Raises
        ------
        HistoryError
            If the data are too short, or a file cannot be used.
        ValueError
            If JAX is not installed.
        """
        grid = self._grid()
        step("reading price histories")
        prices = PriceData.read(data, self.target, self.peers, until)
        begin = until - YEAR
        earlier = Fold(begin, until, max(HORIZONS)).train_end
        check_length(prices.target, WARM_UP + FEWEST_DAYS * 24, earlier, until - HOUR)
        step("fitting before the last year, testing on it")
        task = LstmFoldTask(str(data), self.target, self.peers, begin, until, grid)
        made = engine.map(forecast_fold, [(task,)])[0]
        folds = {horizon: [one] for horizon, one in zip(HORIZONS, made, strict=True)}
        step("fitting to the end")
        known = {"trials": DEVELOPMENT_TRIALS + len(grid), "metrics": {}}
        manifest, files = fit_final(prices, folds, grid, f"{KIND}-to-{day(until)}", until, known)
        return Trained(manifest, files, refitted_card(manifest, f", {len(prices.target):,} hours"))

    def compare(self, first: Path, second: Path, data: Path, begin: int, end: int) -> Score:
        """Return the excess of the first's mean log-loss, over horizons, on decisions in ``[begin, end)``."""
        every = make_series(PriceData.read(data, self.target, self.peers, end).target)
        known = np.asarray(np.isfinite(every.outcomes).all(axis=1))
        chosen = known & (every.time >= begin) & (every.time < end)
        models = (LstmPredictor.load(first), LstmPredictor.load(second))
        losses = [log_losses(_forecasts(model, every, chosen)[1]) for model in models]
        return excess(losses, mean_block(max(HORIZONS)), self.resamples)

    def _grid(self, settings: Any = None) -> "tuple[LstmSettings, ...]":
        if find_spec("jax") is None:
            raise ValueError("the LSTM is trained with JAX: pip install 'hummingbot-stellar[train]'")
        from hummingbot.strategy.ai_stellar.predictors.lstm_fit import LstmSettings

        return tuple(LstmSettings(**one) for one in (settings or self.settings))

    def _task(self, directory: Path, year: int, grid: "tuple[LstmSettings, ...]") -> LstmFoldTask:
        fold = yearly_fold(year)
        return LstmFoldTask(str(directory), self.target, self.peers, fold.begin, fold.end, grid)

    def _folds(
        self,
        directory: Path,
        prices: PriceData,
        grid: "tuple[LstmSettings, ...]",
        engine: Engine,
        checkpoint: Checkpoint,
        step: Step,
    ) -> dict[int, list[dict[str, Any]]]:
        """Forecast every year from what was before it."""
        prints = prices.fingerprint()
        folds: dict[int, list[dict[str, Any]]] = {horizon: [] for horizon in HORIZONS}
        for year in (self.years[0] - 1, *self.years):
            step(f"fitting before {year}, testing on it")
            task = self._task(directory, year, grid)
            made = checkpoint.once(f"{self} {year} {prints}", partial(engine.map, forecast_fold, [(task,)]))
            for horizon, one in zip(HORIZONS, made[0], strict=True):
                folds[horizon].append(one)
        return folds

    def _check_length(self, target: History) -> None:
        first = yearly_fold(self.years[0] - 1, max(HORIZONS)).train_end
        check_length(target, WARM_UP + FEWEST_DAYS * 24, first, year_begin(self.years[-1]))


def _forecasts(
    predictor: LstmPredictor, every: Samples, chosen: NDArray[np.bool_]
) -> tuple[Samples, dict[int, Forecasts]]:
    """Forecast a series hour by hour; return the chosen hours of which something is said, and what."""
    state, predicted = predictor.fresh(), []
    for row, scale in zip(every.rows, every.scale, strict=True):
        state.take(row, float(scale))
        predicted.append(state.forecast())
    told = chosen & np.array([one is not None for one in predicted])
    samples = every.where(told)
    kept = [one for one, use in zip(predicted, told, strict=True) if use and one is not None]
    return samples, as_forecasts(kept, samples)


def _ratio(view: Mapping[str, Any]) -> Any:
    return np.array(view["outcome"]) / np.array(view["unit"])


STUDY: Final = LstmStudy()
