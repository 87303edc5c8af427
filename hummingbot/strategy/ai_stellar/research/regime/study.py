"""The regime model's study: number of states by likelihood out of sample, walk-forward, the final fit."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from hummingbot.strategy.ai_stellar.market.bars import HOUR
from hummingbot.strategy.ai_stellar.predictors.errors import ModelError
from hummingbot.strategy.ai_stellar.predictors.regime import (
    KIND,
    WARM_UP,
    RegimePredictor,
    RegimeTraining,
)

from ..bootstrap import RESAMPLES, interval, stationary_counts
from ..checkpoint import Checkpoint
from ..description import libraries, rounded, trained_on
from ..engine import Engine, Step
from ..history import History, parse_date, read_history, span_of
from ..price.data import TARGET
from ..renewal import OfOneMarket, excess, refitted_card
from ..report import Metric, Report, day
from ..scores import Score, plain
from ..study import Trained
from ..walk_forward import EMBARGO, check_length, year_begin, yearly_fold
from .card import render_card
from .judgement import Judged, judge, verdict
from .plots import regime_plot
from .rivals import Rivals, observations_of

__all__ = ["STUDY", "RegimeStudy"]

METRICS: Final = {"likelihood": Metric("log-likelihood of an hour")}
YEAR: Final = 365 * 24
"""Hours at the end of a training part on which the number of regimes is chosen."""
FEWEST_EARLIER: Final = 90 * 24
"""Hours before those without which nothing can be fitted."""
FEWEST_DAYS: Final = 60
MEAN_BLOCK: Final = 168
DECIMALS: Final = 9


@dataclass(frozen=True, slots=True)
class RegimeStudy(OfOneMarket):
    """How the regime model is trained and judged.

    Parameters
    ----------
    target : str
        File it is trained and judged on.
    years : tuple of int
        Test years of the walk-forward, ascending; training ends with the last.
    states : tuple of int
        Numbers of regimes to choose from.
    resamples : int
        Of the bootstrap.
    fewest_days : int
        Days that a comparison of two models needs: a block of the bootstrap, and the longest label.
    """

    target: str = TARGET
    years: tuple[int, ...] = (2020, 2021, 2022, 2023)
    states: tuple[int, ...] = (2, 3, 4, 5)
    resamples: int = RESAMPLES
    kind: str = KIND
    fewest_days: int = 8

    def train(self, data: Path, engine: Engine, checkpoint: Checkpoint, step: Step) -> Trained:
        """Train and judge on the target's file of a directory.

        Raises
        ------
        HistoryError
            If it is missing, unusable or too short.
        """
        step("reading the price history")
        until = year_begin(self.years[-1] + 1)
        history = read_history(data / self.target).between(0, until)
        first = yearly_fold(self.years[0]).train_end
        check_length(history, YEAR + FEWEST_EARLIER, first, year_begin(self.years[-1]))
        seen, time, change = _observed(history)
        prints = history.fingerprint()
        parts, chosen = [], []
        for year in self.years:
            step(f"fitting before {year}, testing on it")
            fold = yearly_fold(year)
            train, end = int(np.sum(time < fold.train_end)), int(np.sum(time < fold.end))
            fit = partial(self._fit, seen[:train], engine)
            made = checkpoint.once(f"{self} {year} {prints}", fit)
            chosen.append({"year": year, **made["choice"]})
            model = RegimePredictor(made["parameters"], {"model_id": KIND})
            begin = int(np.sum(time < fold.begin))
            rivals = Rivals.fit(seen[:train])
            parts.append(judge(model, rivals, time[:end], seen[:end], change[:end], begin))
        step(f"fitting to the end of {self.years[-1]}")
        last = self._fit(seen, engine)
        judged = Judged.join(parts, last["choice"]["states"])
        table = self._table(judged)
        metrics = {
            "years": list(self.years),
            "embargo": EMBARGO,
            "bootstrap": {"resamples": self.resamples, "level": 0.95, "mean_block": MEAN_BLOCK},
            "table": {name: plain(scores) for name, scores in table.items()},
            "against": judged.against(),
            "chosen": chosen,
            "volatility": self._volatility(judged),
        }
        manifest = self._manifest(history, last, f"{KIND}-to-{self.years[-1]}", until, metrics)
        files = RegimePredictor(last["parameters"], manifest).files()
        return Trained(
            manifest, files, render_card(manifest, METRICS), {"regimes.svg": regime_plot(history, judged)}
        )

    def evaluate(self, model: Path | None, file: Path, begin: int | None, end: int | None) -> Report:
        """Judge a model on a price file; bars before the span serve to warm up."""
        predictor = RegimePredictor.load(model)
        if "beside" not in predictor.manifest:
            raise ModelError(
                f"model {predictor.model_id} names nothing to be judged beside: "
                "train it by 'ai-stellar train regime'"
            )
        history, begin, end = span_of(file, begin, end)
        seen, time, change = _observed(history.between(0, end - HOUR))
        first = max(int(np.sum(time < begin)), WARM_UP)
        if len(time) - first < FEWEST_DAYS * 24:
            days = max(len(time) - first, 0) // 24
            found = f"{days} days to judge, after a warm-up of {WARM_UP} hours,"
            raise history.too_short(begin, end, found, f"{FEWEST_DAYS} days")
        rivals = Rivals.from_dict(predictor.manifest["beside"])
        judged = judge(predictor, rivals, time, seen, change, first)
        against, known = judged.against(), parse_date(predictor.manifest["training"]["until"])
        return Report(
            KIND, predictor.model_id, history.name, history.fingerprint(), begin, end, len(judged.time),
            begin < known, METRICS, self._table(judged), f"On these hours it {verdict(against)}.",
            {"against": against, "volatility": self._volatility(judged)},
        )  # fmt: skip

    def refit(self, data: Path, until: int, engine: Engine, step: Step) -> Trained:
        """Train on the hours before ``until``, the last year of which chooses the number of regimes.

        Raises
        ------
        HistoryError
            If the target is too short, or cannot be used.
        """
        step("reading the price history")
        history = read_history(data / self.target).between(0, until)
        check_length(history, YEAR + FEWEST_EARLIER, until, until - HOUR)
        step("fitting each number of regimes")
        fitted = self._fit(_observed(history)[0], engine)
        manifest = self._manifest(history, fitted, f"{KIND}-to-{day(until)}", until, {})
        model = RegimePredictor(fitted["parameters"], manifest)
        return Trained(manifest, model.files(), refitted_card(manifest, f", {len(history):,} hours"))

    def compare(self, first: Path, second: Path, data: Path, begin: int, end: int) -> Score:
        """Return the excess of the first's mean negative log-likelihood of the hours that end in a span."""
        seen, time, _ = _observed(read_history(data / self.target).between(0, end))
        start = int(np.sum(time < begin))
        losses = []
        for place in (first, second):
            model = RegimePredictor.load(place)
            for row in seen[max(start - WARM_UP, 0) : start]:
                model.take(row)
            losses.append(-np.array([model.take(row) for row in seen[start:]]))
        return excess(losses, MEAN_BLOCK, self.resamples)

    def _manifest(
        self,
        history: History,
        fitted: Mapping[str, Any],
        model_id: str,
        until: int,
        metrics: Mapping[str, Any],
    ) -> dict[str, Any]:
        complete: dict[str, Any] = rounded(
            {
                "kind": KIND,
                "model_id": model_id,
                "features": {"names": [], "definition": ""},
                "beside": asdict(Rivals.fit(_observed(history)[0])),
                "choice": fitted["choice"],
                "regimes": _describe(fitted["parameters"]),
                "libraries": libraries("hmmlearn", "numpy"),
                "training": trained_on((history,), until),
                "trials": len(self.states),
                "metrics": metrics,
                "evaluations": [],
            }
        )
        return complete

    def _fit(self, seen: NDArray[np.float64], engine: Engine) -> dict[str, Any]:
        """Choose the number of regimes on the last year, fitted before it; fit that number on all.

        A number that cannot be fitted to either gives way to the next best.

        Raises
        ------
        ValueError
            If none can.
        """
        early, late = seen[:-YEAR], seen[-YEAR:]
        parts = [(early, late, states) for states in self.states]
        likelihood = [round(float(one), DECIMALS) for one in engine.map(_likelihood_of, parts)]
        told = dict(zip(map(str, self.states), likelihood, strict=True))
        for k in np.argsort(-np.array(likelihood), kind="stable"):  # NaN last
            if np.isnan(likelihood[k]):
                break
            try:
                model = RegimePredictor.fit(RegimeTraining(seen, self.states[k]))
            except ValueError:
                continue
            return {"choice": {"states": self.states[k], "likelihood": told}, "parameters": model.parameters}
        raise ValueError(f"none of {self.states} regimes can be fitted: give longer or other history")

    def _table(self, judged: Judged) -> dict[str, dict[str, Score]]:
        counts = stationary_counts(len(judged.time), self.resamples, MEAN_BLOCK)
        return {
            name: {"likelihood": Score(float(one.mean()), *interval(counts @ one / len(one)))}
            for name, one in judged.likelihood.items()
        }

    def _volatility(self, judged: Judged) -> list[dict[str, float]]:
        """Return of each regime its share of hours, and the volatility of the coming day."""
        known = np.isfinite(judged.coming) & (judged.regime >= 0)
        if not known.any():
            return []
        counts = stationary_counts(int(known.sum()), self.resamples, MEAN_BLOCK)
        found = []
        for state in range(judged.states):
            here = (judged.regime[known] == state).astype(np.float64)
            hours = counts @ here
            total = counts @ (here * judged.coming[known])
            low, high = interval(total[hours > 0] / hours[hours > 0]) if here.any() else (np.nan, np.nan)
            mean = float(judged.coming[known][here > 0].mean()) if here.any() else np.nan
            found.append({"share": float(here.mean()), "volatility": mean, "low": low, "high": high})
        return found


def _observed(history: History) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.float64]]:
    """Return observations, ends and log-returns of all hours but the first."""
    return observations_of(history), history.start[1:] + HOUR, np.diff(np.log(history.close))


def _likelihood_of(early: NDArray[np.float64], late: NDArray[np.float64], states: int) -> float:
    """Return the mean log-likelihood of later hours under a model of the earlier ones; NaN if none fits."""
    try:
        model = RegimePredictor.fit(RegimeTraining(early, states))
    except ValueError:
        return float("nan")
    for row in early[-WARM_UP:]:
        model.take(row)
    return float(np.mean([model.take(row) for row in late]))


def _describe(parameters: dict[str, Any]) -> list[dict[str, float]]:
    """Return of each regime its median hourly volatility, per cent, and the hours it lasts on average."""
    made = []
    for k, mean in enumerate(parameters["means"]):
        stay = 1.0 / max(1.0 - parameters["transitions"][k][k], 1e-12)
        made.append({"volatility": 100.0 * float(np.exp(mean[1])), "hours": stay})
    return made


STUDY: Final = RegimeStudy()
