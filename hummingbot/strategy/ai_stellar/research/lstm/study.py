"""The recurrent price model's study: walk-forward of networks, baselines, the final fit."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from hummingbot.strategy.ai_stellar.features import FEATURE_NAMES, FEATURE_SET_HASH, WARM_UP
from hummingbot.strategy.ai_stellar.market.bars import HOUR
from hummingbot.strategy.ai_stellar.predictors.forecast import HORIZONS
from hummingbot.strategy.ai_stellar.predictors.lstm import LstmPredictor
from hummingbot.strategy.ai_stellar.predictors.price import PRETRAINED as PRICE

from ..bootstrap import RESAMPLES
from ..checkpoint import Checkpoint
from ..description import libraries, rounded
from ..engine import Engine, Step
from ..history import History, span_of
from ..price.calibration import mean_log_loss
from ..price.data import PEERS, TARGET, PriceData
from ..price.evaluation import report_on
from ..price.figures import figures_of
from ..price.reliability import reliability_plot
from ..price.walk import MODEL, Learnt, judge, learn
from ..report import Report
from ..samples import make_series
from ..scores import STRESS_COST, Forecasts
from ..study import Trained
from ..walk_forward import EMBARGO, check_length, year_begin, yearly_fold
from .card import render_card
from .folds import LstmFoldTask, baselines_of, forecast_fold, training_of

if TYPE_CHECKING:
    from hummingbot.strategy.ai_stellar.predictors.lstm_fit import LstmSettings

__all__ = ["STUDY", "LstmStudy"]

KIND: Final = "lstm"
FEWEST_DAYS: Final = 60
"""Days without which nothing can be fitted."""
DEVELOPMENT_TRIALS: Final = 8
"""Settings compared on years before 2024 before the grid was fixed."""


@dataclass(frozen=True, slots=True)
class LstmStudy:
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
    """

    target: str = TARGET
    peers: tuple[str, ...] = PEERS
    years: tuple[int, ...] = (2020, 2021, 2022, 2023)
    settings: tuple[Mapping[str, Any], ...] = ({"hidden": 16, "epochs": 4}, {})
    resamples: int = RESAMPLES
    kind: str = KIND

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
        learnt = {horizon: learn(folds[horizon], self.until - horizon) for horizon in HORIZONS}
        chosen = _most_chosen(learnt, folds)
        ends = {horizon: self.until - horizon for horizon in HORIZONS}
        fitted = LstmPredictor.fit(training_of(prices, ends), grid[chosen])
        calibrations = {horizon: learn(_only(folds[horizon], chosen), ends[horizon]) for horizon in HORIZONS}
        model_id = f"{KIND}-to-{self.years[-1]}"
        model = LstmPredictor(_calibrated(fitted.weights, calibrations), {"model_id": model_id})
        baselines = baselines_of([make_series(one) for one in (prices.target, *prices.peers)], ends)
        manifest = rounded(
            {
                "kind": KIND,
                "model_id": model_id,
                "features": {"names": list(FEATURE_NAMES), "definition": FEATURE_SET_HASH},
                "settings": asdict(grid[chosen]),
                "choice": {str(horizon): list(one.trials) for horizon, one in learnt.items()},
                "baselines": {str(horizon): one.to_dict() for horizon, one in baselines.items()},
                "libraries": libraries("jax", "numpy"),
                "training": prices.description(self.until),
                "trials": trials,
                "metrics": {
                    "years": list(self.years),
                    "embargo": EMBARGO,
                    "bootstrap": {"resamples": self.resamples, "level": 0.95},
                    "stress_cost": STRESS_COST,
                    "horizons": figures,
                },
                "evaluations": [],
            }
        )
        plots = {
            f"reliability_{horizon // HOUR}h.svg": reliability_plot(judged[horizon]) for horizon in HORIZONS
        }
        return Trained(manifest, model.files(), render_card(manifest, PRICE), plots)

    def evaluate(self, model: Path | None, file: Path, begin: int | None, end: int | None) -> Report:
        """Judge a model on a price file; bars before the span serve to warm up."""
        predictor = LstmPredictor.load(model)
        history, begin, end = span_of(file, begin, end)
        every = make_series(history)
        predicted, state = [], predictor.fresh()
        for row, scale in zip(every.rows, every.scale, strict=True):
            state.take(row, float(scale))
            predicted.append(state.forecast())
        told = np.array([one is not None for one in predicted])
        judged = told & (every.time >= begin) & (every.time < end)
        samples = every.where(judged)
        kept = [one for one, use in zip(predicted, judged, strict=True) if use and one is not None]
        made = {
            horizon: Forecasts(
                np.array([one[k].probability_up for one in kept]),
                np.array([one[k].expected_return for one in kept]),
                samples.outcome(horizon),
                np.array([one[k].quantiles for one in kept]),
            )
            for k, horizon in enumerate(HORIZONS)
        }
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


def _ratio(view: Mapping[str, Any]) -> Any:
    return np.array(view["outcome"]) / np.array(view["unit"])


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


def _most_chosen(learnt: Mapping[int, Learnt], folds: Mapping[int, list[dict[str, Any]]]) -> int:
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


STUDY: Final = LstmStudy()
