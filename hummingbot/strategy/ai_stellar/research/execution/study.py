"""The execution policy's study: learning in known markets, judgement in unknown ones, a null control."""

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from hummingbot.strategy.ai_stellar.predictors.execution import KIND, ExecutionPolicy

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
from .judgement import UNSEEING, in_markets, table_of, verdict
from .plots import shortfall_plot
from .recorded import METRICS, judge_recorded

__all__ = ["STUDY", "ExecutionStudy"]

PEERS: Final = tuple(f"{coin}USDT_1h_binance_spot.parquet" for coin in ("BTC", "ETH", "XRP", "ADA", "LTC"))
OTHERS: Final = tuple(f"{coin}USDT_1h_binance_spot.parquet" for coin in ("TRX", "LINK", "DOGE"))
FEWEST_HOURS: Final = 240
TRIALS: Final = 2
"""Runs judged on the year: this one, and before it a smaller one, by which nothing was chosen."""


@dataclass(frozen=True, slots=True)
class ExecutionStudy:
    """How the policy is trained and judged.

    Parameters
    ----------
    year : int
        Returns before it are trained on; its own are judged on.
    orders, judged : int
        Parent orders to learn from, and paths to judge on.
    resamples : int
        Of the bootstrap.
    """

    year: int = 2023
    orders: int = 30_000
    judged: int = 2_000
    resamples: int = RESAMPLES
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
        policy = ExecutionPolicy.fit(transitions)
        step("judging in unknown markets")
        other = PriceData.read(data, TARGET, OTHERS, end).peers
        table, control = self._judge(policy, prices.target, begin, end)
        elsewhere = {
            one.name.split("_")[0]: plain(self._table(policy, self._paths(one, begin, end))["TWAP"])["gain"]
            for one in other
        }
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
                },
                "evaluations": [],
            }
        )
        card = render_card(manifest, METRICS, verdict(table))
        return Trained(manifest, policy.files(), card, {"shortfall.svg": shortfall_plot(table)})

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
        table, control = self._judge(policy, history, begin, end)
        known = parse_date(policy.manifest["training"]["until"])
        return Report(
            KIND, policy.model_id, history.name, history.fingerprint(), begin, end,
            self.judged * len(UNKNOWN), begin < known, METRICS, table,
            f"On paths of these hours it {verdict(table)}.", {"control": plain(control)},
        )  # fmt: skip

    def _judge(
        self, policy: ExecutionPolicy, history: History, begin: int, end: int
    ) -> tuple[dict[str, dict[str, Score]], dict[str, Score]]:
        """Return the table, and what the signal gains where there is some and where there is none."""
        paths = self._paths(history, begin, end)
        table = self._table(policy, paths)
        blank = [replace(one, informed=0.0, maker_latency=0.0) for one in UNKNOWN]
        null = table_of(in_markets(policy, shuffled(paths, seed=13), blank, seed=14), self.resamples)
        return table, {
            "with signal": table[UNSEEING]["gain"],
            "without signal": null[UNSEEING]["gain"],
            "over TWAP without signal": null["TWAP"]["gain"],
        }

    def _table(self, policy: ExecutionPolicy, paths: NDArray[np.float64]) -> dict[str, dict[str, Score]]:
        return table_of(in_markets(policy, paths, UNKNOWN, seed=12), self.resamples)

    def _paths(self, history: History, begin: int, end: int) -> NDArray[np.float64]:
        hours = history.between(begin, end)
        if len(hours) < FEWEST_HOURS:
            found = f"{len(hours)} hours to draw paths from"
            raise history.too_short(begin, end, found, f"{FEWEST_HOURS} hours")
        return draw_paths([_returns(hours)], self.judged, seed=11)


def _returns(history: History) -> NDArray[np.float64]:
    return np.asarray(np.diff(np.log(history.close)))


STUDY: Final = ExecutionStudy()
"""The study as `ai-stellar` runs it."""
