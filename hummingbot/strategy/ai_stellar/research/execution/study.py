"""The execution policy's study: learning in known markets, judgement in unknown ones, a null control."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from hummingbot.connector.exchange.stellar.sandbox.market.parameters import MarketParameters
from hummingbot.strategy.ai_stellar.predictors.execution import KIND, ExecutionPolicy, FitSettings

from ..bootstrap import RESAMPLES
from ..checkpoint import Checkpoint
from ..description import libraries, rounded, trained_on
from ..engine import Engine, Step
from ..history import History, parse_date, span_of
from ..price.data import TARGET, PriceData
from ..report import Report
from ..scores import Score, plain
from ..study import Trained
from ..walk_forward import year_begin
from .card import render_card
from .episodes import KNOWN, LEDGERS, SECONDS, UNKNOWN, draw_paths, explore, shuffled
from .grid import GRID, RANGES, agreement, by_parameter, in_quick_market, on_ledgers
from .judgement import MODEL, UNSEEING, Worked, in_markets, table_of, verdict
from .plots import inventory_plot, shortfall_plot
from .recorded import METRICS, judge_recorded
from .schedules import SCHEDULES, policy_of

__all__ = ["STUDY", "ExecutionStudy"]

PEERS: Final = tuple(f"{coin}USDT_1h_binance_spot.parquet" for coin in ("BTC", "ETH", "XRP", "ADA", "LTC"))
OTHERS: Final = tuple(f"{coin}USDT_1h_binance_spot.parquet" for coin in ("TRX", "LINK", "DOGE"))
FEWEST_HOURS: Final = 240
SOONER: Final = (0.0, 60.0)
"""Refill lags that no market trained on comes near."""
INNER: Final = 4
"""How many times fewer orders a fit has, and paths a judgement, while settings are searched."""
TRIALS: Final = 2
"""Runs judged on the year: this one, and before it a smaller one, by which nothing was chosen."""


@dataclass(frozen=True, slots=True)
class ExecutionStudy:
    """How the policy is trained and judged.

    Parameters
    ----------
    year : int
        Returns before it are trained on; its own are judged on.
    orders, judged, whole : int
        Parent orders to learn from, paths to judge on, and paths to judge on through the sandbox's engine.
    resamples : int
        Of the bootstrap.
    settings : dict
        Of the fit, by name: what differs from those of `FitSettings`.
    """

    year: int = 2023
    orders: int = 30_000
    judged: int = 2_000
    whole: int = 12 * len(GRID)
    resamples: int = RESAMPLES
    settings: Mapping[str, Any] = field(default_factory=dict)
    kind: str = KIND

    def train(self, data: Path, engine: Engine, checkpoint: Checkpoint, step: Step) -> Trained:
        """Learn from all years but the last, and judge on that: the policy judged is the one that is kept.

        Raises
        ------
        HistoryError
            If the target is missing, or a file is unusable or too short.
        """
        step("reading price histories")
        begin, end = year_begin(self.year), year_begin(self.year + 1)
        prices = PriceData.read(data, TARGET, PEERS, end)
        known = [one.between(0, begin) for one in (prices.target, *prices.peers)]
        step(f"selling {self.orders:,} parent orders at random")
        paths = draw_paths([_returns(one) for one in known], self.orders, seed=1)
        transitions = explore(KNOWN, paths, seed=2)
        step("learning")
        policy = ExecutionPolicy.fit(transitions, FitSettings(**self.settings))
        step("judging in unknown markets")
        other = PriceData.read(data, TARGET, OTHERS, end).peers
        made, control = self._judge(policy, prices.target, begin, end)
        table = table_of(made, self.resamples)
        elsewhere = {
            one.name.split("_")[0]: self._gain(policy, self._paths(one, begin, end)) for one in other
        }
        mine = self._paths(prices.target, begin, end)
        buying = self._gain(policy, mine, buying=True)
        refilled = {
            f"{lag:g}": self._gain(policy, mine, [replace(one, refill_lag=lag) for one in UNKNOWN])
            for lag in SOONER
        }
        step(f"judging {self.whole} orders through the sandbox's engine")
        sandbox = self._through(policy, [one.between(begin, end) for one in (prices.target, *other)], engine)
        manifest = rounded(
            {
                "kind": KIND,
                "model_id": f"{KIND}-to-{self.year - 1}",
                "features": {"names": [], "definition": ""},
                "ledgers": LEDGERS,
                "seconds": SECONDS,
                "markets": {
                    "known": [asdict(one) for one in KNOWN],
                    "unknown": [asdict(one) for one in UNKNOWN],
                    "grid": {name: list(values) for name, values in RANGES.items()},
                },
                "libraries": libraries("lightgbm", "numpy"),
                "training": {
                    **trained_on(known, begin),
                    "samples": sum(len(one.reward) for one in transitions),
                },
                "trials": TRIALS,
                "metrics": {
                    "year": self.year,
                    "paths": self.judged,
                    "bootstrap": {"resamples": self.resamples, "level": 0.95},
                    "table": {name: plain(scores) for name, scores in table.items()},
                    "control": plain(control),
                    "elsewhere": elsewhere,
                    "buying": buying,
                    "refilled": refilled,
                    "left": {name: one.left.tolist() for name, one in made.items()},
                    "sandbox": sandbox,
                },
                "evaluations": [],
            }
        )
        card = render_card(manifest, METRICS, verdict(table))
        plots = {"shortfall.svg": shortfall_plot(table), "inventory.svg": inventory_plot(made)}
        return Trained(manifest, policy.files(), card, plots)

    def evaluate(self, model: Path | None, file: Path, begin: int | None, end: int | None) -> Report:
        """Judge a policy in the unknown markets, over paths of a price file's returns, or in recorded books.

        Parameters
        ----------
        file : Path
            Hourly bars, a gzipped recording, or a directory of recordings.
        """
        policy = ExecutionPolicy.load(model)
        if file.is_dir() or file.suffix == ".gz":
            return judge_recorded(policy, file, begin, end, self.resamples)
        history, begin, end = span_of(file, begin, end)
        made, control = self._judge(policy, history, begin, end)
        table = table_of(made, self.resamples)
        known = parse_date(policy.manifest["training"]["until"])
        return Report(
            KIND, policy.model_id, history.name, history.fingerprint(), begin, end,
            self.judged * len(UNKNOWN), begin < known, METRICS, table,
            f"On paths of these hours it {verdict(table)}.", {"control": plain(control)},
        )  # fmt: skip

    def space(self, trial: Any) -> dict[str, Any]:
        """Return the settings of the fit that an Optuna trial suggests."""
        return {
            "rate": trial.suggest_float("rate", 0.03, 0.3, log=True),
            "leaves": trial.suggest_categorical("leaves", [7, 15, 31, 63]),
            "rows_a_leaf": trial.suggest_int("rows_a_leaf", 30, 1_000, log=True),
            "stage_trees": trial.suggest_int("stage_trees", 20, 160),
            "trees": trial.suggest_int("trees", 30, 240),
        }

    def objective(self, parameters: Mapping[str, Any], data: Path, engine: Engine) -> float:
        """Return the mean shortfall, bp, in each known market by a policy fitted in the others.

        Fitted on returns before the last year of the training part, judged on those of that year.
        """
        begin, end = year_begin(self.year - 1), year_begin(self.year)
        prices = PriceData.read(data, TARGET, PEERS, end)
        before = [_returns(one.between(0, begin)) for one in (prices.target, *prices.peers)]
        training = draw_paths([one for one in before if len(one)], self.orders // INNER, seed=1)
        paths = self._paths(prices.target, begin, end)[: self.judged // INNER]
        settings = FitSettings(**parameters)
        tasks = [(settings, training, paths, market) for market in range(len(KNOWN))]
        return float(np.mean(engine.map(_inner_shortfall, tasks)))

    def _judge(
        self, policy: ExecutionPolicy, history: History, begin: int, end: int
    ) -> tuple[dict[str, Worked], dict[str, Score]]:
        """Return how it sold, and what the signal gains where there is some and where there is none."""
        paths = self._paths(history, begin, end)
        made = in_markets(policy, paths, UNKNOWN, seed=12)
        blank = [replace(one, informed=0.0, maker_latency=0.0) for one in UNKNOWN]
        null = table_of(in_markets(policy, shuffled(paths, seed=13), blank, seed=14), self.resamples)
        return made, {
            "with signal": table_of(made, self.resamples)[UNSEEING]["gain"],
            "without signal": null[UNSEEING]["gain"],
            "over TWAP without signal": null["TWAP"]["gain"],
        }

    def _gain(
        self,
        policy: ExecutionPolicy,
        paths: NDArray[np.float64],
        markets: Sequence[MarketParameters] = UNKNOWN,
        buying: bool = False,
    ) -> Any:
        """Return how much lower than TWAP's its shortfall is."""
        sellers = {MODEL: policy_of(policy), "TWAP": SCHEDULES["TWAP"]}
        made = in_markets(policy, paths, markets, seed=12, buying=buying, sellers=sellers)
        return plain(table_of(made, self.resamples)["TWAP"])["gain"]

    def _through(self, policy: ExecutionPolicy, histories: list[History], engine: Engine) -> dict[str, Any]:
        """Return figures of the grid through the sandbox's engine, and how the quick market agrees."""
        paths = draw_paths([_returns(one) for one in histories], self.whole, seed=21)
        paths = np.random.default_rng(22).permutation(paths)  # so that no coin goes with a parameter
        made, quick = on_ledgers(policy, paths, 23, engine), in_quick_market(policy, paths, 23)
        by = by_parameter(made, "TWAP", self.resamples)
        agreed = agreement(made, quick, self.resamples)
        return {
            "orders": self.whole,
            "coins": [one.name.split("_")[0] for one in histories],
            "table": {name: plain(scores) for name, scores in table_of(made, self.resamples).items()},
            "gain over TWAP": {name: plain(scores) for name, scores in by.items()},
            "quick market charges more": {
                name: [*plain({"": score})[""], correlation] for name, (score, correlation) in agreed.items()
            },
        }

    def _paths(self, history: History, begin: int, end: int) -> NDArray[np.float64]:
        hours = history.between(begin, end)
        if len(hours) < FEWEST_HOURS:
            found = f"{len(hours)} hours to draw paths from"
            raise history.too_short(begin, end, found, f"{FEWEST_HOURS} hours")
        return draw_paths([_returns(hours)], self.judged, seed=11)


def _returns(history: History) -> NDArray[np.float64]:
    return np.asarray(np.diff(np.log(history.close)))


def _inner_shortfall(
    settings: FitSettings, training: NDArray[np.float64], paths: NDArray[np.float64], left_out: int
) -> float:
    others = [one for k, one in enumerate(KNOWN) if k != left_out]
    policy = ExecutionPolicy.fit(explore(others, training, seed=2), settings)
    made = in_markets(policy, paths, [KNOWN[left_out]], seed=3, sellers={MODEL: policy_of(policy)})
    return float(made[MODEL].shortfall.mean())


STUDY: Final = ExecutionStudy()
"""The study as `ai-stellar` runs it."""
