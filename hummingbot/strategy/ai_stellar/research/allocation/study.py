"""The allocation model's study: views by walk-forward, confidence from them, portfolios after costs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np

from hummingbot.strategy.ai_stellar.predictors.allocation import (
    KIND,
    AllocationPredictor,
)
from hummingbot.strategy.ai_stellar.predictors.garch_step import RING
from hummingbot.strategy.ai_stellar.predictors.price import PricePredictor
from hummingbot.strategy.ai_stellar.predictors.price_fit import Shape
from hummingbot.strategy.ai_stellar.predictors.volatility import VolatilityPredictor
from hummingbot.strategy.ai_stellar.predictors.volatility_fit import VolatilityParameters

from ..bootstrap import RESAMPLES
from ..checkpoint import Checkpoint
from ..description import libraries, rounded, trained_on
from ..engine import Engine, Step
from ..history import History, HistoryError, parse_date, span_of
from ..price.data import PEERS, TARGET, PriceData
from ..references import base_of, beside
from ..report import Report, day
from ..scores import plain
from ..study import Trained
from ..walk_forward import EMBARGO, check_length, year_begin, yearly_fold
from .backtest import COST, Carried, carry, choose_by
from .card import render_card
from .days import DAY, Days, joined, prices_of, with_views
from .figures import MEAN_BLOCK, METRICS, MODEL, UNSEEING, against, deflated, table_of, verdict
from .plots import growth_plot, weights_plot
from .rivals import rivals_of
from .views import ViewTask, final_views, teach, view_fold, yearly_views

__all__ = ["STUDY", "AllocationStudy"]

SETTINGS: Final[Mapping[str, float]] = {
    "risk_aversion": 2.5,
    "tau": 0.05,
    "largest_weight": 0.5,
    "largest_turnover": 0.2,
    "cost": COST,
    "window": 180,
    "fewest": 60,
    "market_days": 30,
}
"""He and Litterman's risk aversion and tau; a fifth of the account a day, half of it in one asset."""
LEARNT: Final = ("slope", "confidence")
GRID: Final = tuple(Shape(leaves, trees) for leaves in (8, 16) for trees in (50, 100, 150))
TRIALS: Final = 2
"""Ways compared on 2020 to 2023: views by expected returns, and by probabilities; the trials of the forecasts
themselves are on the price model's card."""
FEWEST_COINS: Final = 3
FEWEST_DAYS: Final = 60


@dataclass(frozen=True, slots=True)
class AllocationStudy:
    """How the allocation model is trained and judged.

    Parameters
    ----------
    target : str
        File of the coin that one of the rivals holds alone.
    peers : tuple of str
        Files of the other coins to choose from.
    years : tuple of int
        Test years, ascending; the year before the first is forecast too, and teaches how far to trust views.
    grid : tuple of Shape
        Of the boosters whose forecasts are the views.
    resamples : int
        Of the bootstrap.
    """

    target: str = TARGET
    peers: tuple[str, ...] = PEERS
    years: tuple[int, ...] = (2020, 2021, 2022, 2023)
    grid: tuple[Shape, ...] = GRID
    resamples: int = RESAMPLES
    kind: str = KIND

    def train(self, data: Path, engine: Engine, checkpoint: Checkpoint, step: Step) -> Trained:
        """Forecast every coin's days by walk-forward, carry portfolios through them, estimate confidence.

        Raises
        ------
        HistoryError
            If the target is missing, a file is unusable, or there are fewer than three coins.
        """
        step("reading price histories")
        begin, until = year_begin(self.years[0]), year_begin(self.years[-1] + 1)
        prices = PriceData.read(data, self.target, self.peers, until)
        coins = (prices.target, *prices.peers)
        if len(coins) < FEWEST_COINS:
            raise HistoryError(
                f"{data} has {len(coins)} price files of known names: an allocation needs {FEWEST_COINS} "
                f"coins at least, as {', '.join(self.peers[:2])} beside {self.target}"
            )
        first = yearly_fold(self.years[0] - 1, DAY).train_end
        check_length(prices.target, 3 * RING, first, year_begin(self.years[-1]))
        folds = self._folds(data, prices.fingerprint(), engine, checkpoint, step)
        step("carrying portfolios")
        views = yearly_views(folds)
        days = with_views(
            prices_of(coins, begin, until),
            np.vstack([one.probability for one in views]),
            np.vstack([one.sigma for one in views]),
        )
        models = {
            year_begin(year): self._fit(folds[: number + 1], yearly_fold(year, DAY).train_end)
            for number, year in enumerate(self.years)
        }
        carried = self._carry(models, coins, days)
        final = self._fit(folds, until - DAY)
        manifest = rounded(
            {
                "kind": KIND,
                "model_id": f"{KIND}-to-{self.years[-1]}",
                "features": {"names": [], "definition": ""},
                "coins": [base_of(one.name) for one in coins],
                "libraries": libraries("cvxpy-base", "lightgbm", "numpy", "skfolio"),
                "training": trained_on(coins, until),
                "trials": TRIALS,
                "metrics": {
                    "years": list(self.years),
                    "embargo": EMBARGO,
                    "days": len(days) - 1,
                    "cost": COST,
                    "bootstrap": {"resamples": self.resamples, "level": 0.95, "mean_block": MEAN_BLOCK},
                    "table": {
                        name: plain(scores) for name, scores in table_of(carried, self.resamples).items()
                    },
                    "against": against(carried, self.resamples),
                    "deflated_sharpe": deflated(carried, TRIALS),
                    "learnt": [
                        {"year": year, **{name: models[year_begin(year)].parameters[name] for name in LEARNT}}
                        for year in self.years
                    ],
                },
                "evaluations": [],
            }
        )
        parameters = rounded(final.parameters)
        plots = {
            "growth.svg": growth_plot(days, carried),
            "weights.svg": weights_plot(days, carried[MODEL], manifest["coins"]),
        }
        files = AllocationPredictor(parameters, manifest).files()
        return Trained(manifest, files, render_card(manifest, parameters), plots)

    def evaluate(self, model: Path | None, file: Path, begin: int | None, end: int | None) -> Report:
        """Judge a model, with the shipped models' views, on the coins whose files lie beside a price file."""
        predictor = AllocationPredictor.load(model)
        price, volatility = PricePredictor.load(), VolatilityPredictor.load()
        target, begin, end = span_of(file, begin, end)
        coins = (target, *beside(file, predictor.manifest.get("coins", ())).values())
        if len(coins) < FEWEST_COINS:
            raise HistoryError(
                f"{file.name} has the files of {len(coins) - 1} other coins beside it: an allocation is "
                f"judged on {FEWEST_COINS} coins at least, lay files of like names there"
            )
        sigmas = VolatilityParameters.from_dict(volatility.manifest["beside"])
        views = final_views(price, sigmas, coins, begin, end)
        if len(views.time) < FEWEST_DAYS:
            raise target.too_short(begin, end, f"{len(views.time)} days to judge", f"{FEWEST_DAYS} days")
        days = with_views(prices_of(coins, begin, end), views.probability, views.sigma)
        carried = self._carry({0: predictor}, coins, days)
        excess = against(carried, self.resamples)
        known = max(parse_date(one.manifest["training"]["until"]) for one in (predictor, price, volatility))
        return Report(
            KIND, predictor.model_id, file.name, target.fingerprint(), begin, end, len(days) - 1,
            begin < known, METRICS,
            table_of(carried, self.resamples), f"On these days it {verdict(excess)}.",
            {"against": excess, "coins": [base_of(one.name) for one in coins]},
        )  # fmt: skip

    def _fit(self, folds: Sequence[Mapping[str, Any]], until: int) -> AllocationPredictor:
        return AllocationPredictor.fit(teach(folds, until, SETTINGS))

    def _carry(
        self, models: Mapping[int, AllocationPredictor], coins: Sequence[History], days: Days
    ) -> dict[str, Carried]:
        """Carry the model and its rivals through all days but the last, which ends the one before."""
        window = max(int(one.parameters["window"]) for one in models.values())
        begin = int(days.time[0])
        early = prices_of(coins, begin - window * DAY, begin - DAY)
        every, first = joined(early, days), len(early)
        choose, said = choose_by(models, every, first)
        carried = {MODEL: carry(days.change, choose)}
        if len(said) < len(days.change):
            lacking = len(days.change) - len(said)
            raise HistoryError(
                f"on {lacking} days of that span fewer than two coins beside {coins[0].name} have a past to "
                f"choose by: begin on {day(int(days.time[lacking]))} or later"
            )
        blind = {time: AllocationPredictor({**one.parameters, "confidence": 0.0}, one.manifest)
                 for time, one in models.items()}  # fmt: skip
        carried[UNSEEING] = carry(days.change, choose_by(blind, every, first)[0])
        market = np.array([one.market for one in said])
        for name, rival in rivals_of(every, first, market, target=0).items():
            carried[name] = carry(days.change, rival)
        return carried

    def _folds(
        self, directory: Path, prints: str, engine: Engine, checkpoint: Checkpoint, step: Step
    ) -> list[dict[str, Any]]:
        """Forecast every year from what was before it."""
        bins_until = yearly_fold(self.years[0] - 1, DAY).train_end
        folds = []
        for year in (self.years[0] - 1, *self.years):
            step(f"fitting before {year}, forecasting it")
            fold = yearly_fold(year, DAY)
            task = ViewTask(
                str(directory), self.target, self.peers, fold.begin, fold.end, bins_until, self.grid
            )
            made = partial(engine.map, view_fold, [(task,)])
            folds.append(checkpoint.once(f"{self} {year} {prints}", made)[0])
        return folds


STUDY: Final = AllocationStudy()
"""The study as `ai-stellar` runs it."""
