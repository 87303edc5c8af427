"""The guard's study: how often it says no to hours like those it knows, and to hours that are none."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from hummingbot.strategy.ai_stellar.features import FEATURE_NAMES, FEATURE_SET_HASH, WARM_UP
from hummingbot.strategy.ai_stellar.market.bars import HOUR
from hummingbot.strategy.ai_stellar.predictors.guard import FALSE_ALARMS, KIND, GuardPredictor

from ..bootstrap import RESAMPLES, interval, stationary_counts
from ..checkpoint import Checkpoint
from ..description import libraries, rounded, trained_on
from ..engine import Engine, Step
from ..history import History, parse_date, span_of
from ..price.data import PEERS, TARGET, PriceData
from ..report import Metric, Report
from ..samples import Samples, make_series
from ..scores import Score, plain
from ..study import Trained
from ..walk_forward import EMBARGO, Fold, check_length, year_begin, yearly_fold
from .card import render_card

__all__ = ["STUDY", "GuardStudy", "bad_prints", "four_hourly"]

METRICS: Final = {"alarms": Metric("share of hours refused (%)", 2, 100.0)}
THINNED: Final = 7
"""Every how manieth hour of all coins is measured."""
MEAN_BLOCK: Final = 168
FEWEST_HOURS: Final = 240
CALIBRATED: Final = 450 * 24
"""Hours that the first year's guard is measured and calibrated on: a year, and some before it."""
BAD: Final = 0.02
"""Share of hours, and their error, of a feed with bad prints."""
ERROR: Final = 0.1
DECIMALS: Final = 9


@dataclass(frozen=True, slots=True)
class GuardStudy:
    """How the guard is trained and judged.

    Parameters
    ----------
    target : str
        File it is judged on.
    peers : tuple of str
        Files that it knows besides.
    years : tuple of int
        Test years of the walk-forward, ascending; training ends with the last.
    resamples : int
        Of the bootstrap.
    """

    target: str = TARGET
    peers: tuple[str, ...] = PEERS
    years: tuple[int, ...] = (2020, 2021, 2022, 2023)
    resamples: int = RESAMPLES
    kind: str = KIND

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
        first = yearly_fold(self.years[0]).train_end
        check_length(prices.target, WARM_UP + CALIBRATED, first, year_begin(self.years[-1]))
        every = [make_series(one) for one in (prices.target, *prices.peers)]
        limits, kept, refused = {}, [], []
        for year in self.years:
            step(f"measuring before {year}, testing on it")
            fold = yearly_fold(year)
            guard = GuardPredictor.fit(_rows(every, 0, fold.train_end))
            known = self._limit(every, fold)
            own = every[0].between(fold.begin, fold.end)
            limits[str(year)] = known
            refused.append(guard.distances(own.rows) > known)
            kept.append(guard.distances(_rows(every, fold.begin, fold.end)))
        step(f"measuring to the end of {self.years[-1]}")
        last = GuardPredictor.fit(_rows(every, 0, until))
        limit = float(np.quantile(np.concatenate(kept), 1.0 - FALSE_ALARMS))
        parameters: dict[str, Any] = rounded({**last.parameters, "limit": limit})
        guard = GuardPredictor(parameters, {"model_id": KIND})
        table = {"model": {"alarms": self._share(np.concatenate(refused))}}
        manifest = rounded(
            {
                "kind": KIND,
                "model_id": f"{KIND}-to-{self.years[-1]}",
                "features": {"names": list(FEATURE_NAMES), "definition": FEATURE_SET_HASH},
                "limit": limit,
                "false_alarms": FALSE_ALARMS,
                "libraries": libraries("numpy"),
                "training": trained_on((prices.target, *prices.peers), until),
                "trials": 1,
                "metrics": {
                    "years": list(self.years),
                    "embargo": EMBARGO,
                    "bootstrap": {"resamples": self.resamples, "level": 0.95, "mean_block": MEAN_BLOCK},
                    "table": {name: plain(scores) for name, scores in table.items()},
                    "by_year": [
                        {"year": year, "limit": limits[str(year)], "alarms": float(one.mean())}
                        for year, one in zip(self.years, refused, strict=True)
                    ],
                    "caught": _caught(guard, prices.target.between(year_begin(self.years[-1]), until)),
                },
                "evaluations": [],
            }
        )
        files = GuardPredictor(parameters, manifest).files()
        return Trained(manifest, files, render_card(manifest, METRICS))

    def evaluate(self, model: Path | None, file: Path, begin: int | None, end: int | None) -> Report:
        """Tell how often a guard refuses the hours of a price file, and of the same from a broken feed."""
        guard = GuardPredictor.load(model)
        history, begin, end = span_of(file, begin, end)
        samples = make_series(history).between(begin, end)
        if len(samples) < FEWEST_HOURS:
            found = f"{len(samples)} hours to judge, after a warm-up,"
            raise history.too_short(begin, end, found, f"{FEWEST_HOURS} hours")
        refused = guard.distances(samples.rows) > guard.limit
        share = self._share(refused)
        caught = _caught(guard, history.between(begin, end))
        verdict = (
            f"On these hours it refuses {share.value:.1%} of those as they are (meant: {FALSE_ALARMS:.0%}), "
            + ", ".join(f"{one:.0%} of {name}" for name, one in caught.items())
            + "."
        )
        known = parse_date(guard.manifest["training"]["until"])
        return Report(
            KIND, guard.model_id, history.name, history.fingerprint(), begin, end, len(samples),
            begin < known, METRICS, {"model": {"alarms": share}}, verdict, {"caught": caught},
        )  # fmt: skip

    def _limit(self, every: Sequence[Samples], fold: Fold) -> float:
        """Return the distance that `FALSE_ALARMS` of the training part's last year exceeds, held out."""
        middle = fold.train_end - 365 * 24 * HOUR
        early = GuardPredictor.fit(_rows(every, 0, middle - EMBARGO))
        held = early.distances(_rows(every, middle, fold.train_end))
        return round(float(np.quantile(held, 1.0 - FALSE_ALARMS)), DECIMALS)

    def _share(self, refused: NDArray[np.bool_]) -> Score:
        counts = stationary_counts(len(refused), self.resamples, MEAN_BLOCK)
        made = counts @ refused.astype(np.float64) / len(refused)
        return Score(float(refused.mean()), *interval(made))


def four_hourly(history: History) -> History:
    """Return the bars of a feed that gives four hours for one."""
    n = len(history) // 4
    groups = {
        name: getattr(history, name)[: 4 * n].reshape(n, 4) for name in ("high", "low", "volume", "traded")
    }
    return replace(
        history,
        start=history.start[:n],
        open=history.open[: 4 * n : 4],
        high=groups["high"].max(axis=1),
        low=groups["low"].min(axis=1),
        close=history.close[3 : 4 * n : 4],
        volume=groups["volume"].sum(axis=1),
        traded=groups["traded"].all(axis=1),
    )


def bad_prints(history: History, seed: int = 5) -> History:
    """Return the bars of a feed of which a few closes are a tenth too high."""
    wrong = np.random.default_rng(seed).random(len(history)) < BAD
    close = np.where(wrong, history.close * (1.0 + ERROR), history.close)
    return replace(history, close=close, high=np.maximum(history.high, close))


def _caught(guard: GuardPredictor, history: History) -> dict[str, float]:
    """Return the share refused of the hours of feeds that are broken."""
    broken = {
        "hours that are four": four_hourly(history),
        "hours within a day after a bad print": bad_prints(history),
    }
    found = {}
    for name, bars in broken.items():
        rows = make_series(bars).rows
        if not len(rows):
            continue
        refused = guard.distances(rows) > guard.limit
        if name.startswith("hours within"):
            near = np.abs(bars.close / history.close - 1.0) > 0.5 * ERROR
            after = np.convolve(near, np.ones(24))[: len(near)] > 0
            refused = refused[after[-len(rows) :]]
        found[name] = float(refused.mean()) if len(refused) else 0.0
    return found


def _rows(every: Sequence[Samples], begin: int, end: int) -> NDArray[np.float64]:
    """Return some rows of all coins decided in ``[begin, end)``."""
    parts = []
    for one in every:
        hours = one.time // HOUR + one.time // (24 * HOUR)
        parts.append(one.rows[(one.time >= begin) & (one.time < end) & (hours % THINNED == 0)])
    return np.concatenate(parts)


STUDY: Final = GuardStudy()
