"""The price model's study: pooled samples, nested walk-forward, baselines, robustness, the final fit."""

import platform
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import numpy as np

from hummingbot.strategy.ai_stellar.features import FEATURE_NAMES, FEATURE_SET_HASH
from hummingbot.strategy.ai_stellar.market.bars import HOUR
from hummingbot.strategy.ai_stellar.predictors.price import DIRECTION, SIZE

from .baselines import fit_baselines
from .bootstrap import MEAN_BLOCK, RESAMPLES, stationary_counts
from .history import History, HistoryError, read_history
from .noise import TRAINING_NOISE, VENUE_NOISE, seen_elsewhere
from .price_fit import GRID, SHARED, SIZE_SHAPE, Boosters, Choice, TrainingData, choose, fit_boosters
from .samples import Samples, make_samples, pool
from .scores import METRICS, STRESS_COST, Forecasts, plain, reliability, score, score_difference
from .walk_forward import EMBARGO, year_begin, yearly_fold

__all__ = ["PriceStudy", "StudyResult"]

DEVELOPMENT_TRIALS: Final = 23
"""Configurations compared on the pooled walk-forward before the procedure was fixed."""
COPIES: Final = 2
"""How often the target is also seen through `TRAINING_NOISE`."""
ROBUSTNESS_SEED: Final = 99
PEER_SEED: Final = 200
SUFFIX: Final = "USDT_1h_binance_spot.parquet"

Step = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class StudyResult:
    """A trained model: its manifest without checksums, and its files' text by name."""

    manifest: dict[str, Any]
    files: dict[str, str]


@dataclass(frozen=True, slots=True)
class PriceStudy:
    """How the price model is trained and judged.

    Parameters
    ----------
    target : str
        File the model is judged on.
    peers : tuple of str
        Files whose samples are pooled with the target's for training, each seen through `TRAINING_NOISE`.
    years : tuple of int
        Test years of the walk-forward, ascending; training ends with the last.
    resamples : int
        Of the bootstrap.
    """

    target: str = "XLM" + SUFFIX
    peers: tuple[str, ...] = tuple(
        coin + SUFFIX
        for coin in (
            "BTC", "ETH", "XRP", "ADA", "LTC", "BCH", "TRX", "NEO", "LINK", "DOGE", "DOT", "AVAX", "SOL",
        )
    )  # fmt: skip
    years: tuple[int, ...] = (2020, 2021, 2022, 2023)
    resamples: int = RESAMPLES

    @property
    def steps(self) -> int:
        """How often `run` reports a step."""
        return 3 + 2 * (len(self.years) + 1) + 1

    def run(self, directory: Path, step: Step = lambda _: None) -> StudyResult:
        """Train and judge on the files of a directory.

        Peers that are not there are left out; the manifest names what was used.

        Parameters
        ----------
        directory : Path
            Holds the target and the peers.
        step : callable
            Told what begins.

        Raises
        ------
        HistoryError
            If the target is missing, or any file is unusable or too short.
        """
        step("reading price histories")
        until = year_begin(self.years[-1] + 1)
        target, peers = self.read(directory)
        step("computing features")
        own = make_samples(target)
        own_elsewhere = make_samples(seen_elsewhere(target, ROBUSTNESS_SEED), target)
        samples = self.training_samples(target, peers)
        self._check_length(target, own)
        step("binning features")
        data = TrainingData(samples, yearly_fold(self.years[0]).train_end)

        judged: dict[str, list[Forecasts]] = {}
        folds: list[dict[str, Any]] = []
        for year in self.years:
            fold = yearly_fold(year)
            step(f"choosing on {year - 1}")
            choice = self._choose(data, year, fold.train_end)
            step(f"fitting before {year}, testing on it")
            boosters = fit_boosters(data, fold.train_end, choice)
            baselines = fit_baselines(samples, fold.train_end)
            test = own.where(fold.tests(own.time))
            forecasts = {"model": boosters.forecast(test), **baselines.forecast(test)}
            for name, one in forecasts.items():
                judged.setdefault(name, []).append(one)
            elsewhere = boosters.forecast(own_elsewhere.where(fold.tests(own_elsewhere.time)))
            folds.append(_fold_figures(year, choice, forecasts, elsewhere))

        step(f"choosing on {self.years[-1]}")
        choice = self._choose(data, self.years[-1] + 1, until)
        step(f"fitting to the end of {self.years[-1]}")
        boosters = fit_boosters(data, until - HOUR, choice)
        final_baselines = fit_baselines(samples, until - HOUR)

        step("scoring")
        pooled = {name: _join(parts) for name, parts in judged.items()}
        metrics = {**self._metrics(pooled), "folds": folds}
        direction, size = boosters.texts()
        manifest = {
            "kind": "price",
            "model_id": f"price-1h-to-{self.years[-1]}",
            "horizon": HOUR,
            "tilt": choice.tilt,
            "features": {"names": list(FEATURE_NAMES), "definition": FEATURE_SET_HASH},
            "shape": asdict(choice.shape),
            "size_shape": asdict(SIZE_SHAPE),
            "parameters": SHARED,
            "training": {
                "target": self.target,
                "until": _iso(until),
                "samples": len(samples),
                "copies_of_target": 1 + COPIES,
                "training_noise": asdict(TRAINING_NOISE),
                "venue_noise": asdict(VENUE_NOISE),
                "series": [_series(history) for history in (target, *peers)],
            },
            "libraries": {
                "python": platform.python_version(),
                **{name: version(name) for name in ("lightgbm", "numpy")},
            },
            "metrics": metrics,
            "baselines": final_baselines.to_dict(),
            "importance": _importance(boosters),
            "evaluations": [],
        }
        return StudyResult(_rounded(manifest), {DIRECTION: direction, SIZE: size})

    def read(self, directory: Path) -> tuple[History, list[History]]:
        """Read the target, and the peers that are there, to the end of the last test year."""
        until = year_begin(self.years[-1] + 1)
        peers = [directory / name for name in self.peers if (directory / name).is_file()]
        return (
            read_history(directory / self.target).between(0, until),
            [read_history(path).between(0, until) for path in peers],
        )

    def training_samples(self, target: History, peers: list[History]) -> Samples:
        """Pool the target as it is with the target and each peer seen through `TRAINING_NOISE`."""
        noisy = [(target, seed) for seed in range(COPIES)]
        noisy += [(peer, PEER_SEED + k) for k, peer in enumerate(peers)]
        return pool(
            [make_samples(target)]
            + [make_samples(seen_elsewhere(one, seed, TRAINING_NOISE), one) for one, seed in noisy]
        )

    def _check_length(self, target: History, own: Samples) -> None:
        """Refuse a target without a year to choose on, and hours to fit on before that."""
        first = yearly_fold(self.years[0] - 1)
        if len(target) == 0 or not first.trains(own.time).any() or own.time[-1] < year_begin(self.years[-1]):
            raise HistoryError(
                f"{target.name} begins too late or ends too early: needs hours from {self.years[0] - 2} "
                f"to {self.years[-1]}"
            )

    def _choose(self, data: TrainingData, year: int, end: int) -> Choice:
        inner = yearly_fold(year - 1)
        return choose(data, inner.train_end, inner.begin, end)

    def _metrics(self, pooled: dict[str, Forecasts]) -> dict[str, Any]:
        model = pooled["model"]
        counts = stationary_counts(len(model.outcome), self.resamples)
        return {
            "hours": len(model.outcome),
            "years": list(self.years),
            "embargo": EMBARGO,
            "trials": DEVELOPMENT_TRIALS + len(GRID),
            "bootstrap": {"resamples": self.resamples, "mean_block": MEAN_BLOCK, "level": 0.95},
            "stress_cost": STRESS_COST,
            "table": {name: plain(score(one, counts)) for name, one in pooled.items()},
            "against_linear": plain(
                {
                    name: score_difference(name, model, pooled["linear"], counts)
                    for name in ("auc", "log_loss", "brier", "r2", "gross_edge")
                }
            ),
            "reliability": [list(row) for row in reliability(model)],
        }


def _fold_figures(
    year: int, choice: Choice, forecasts: dict[str, Forecasts], elsewhere: Forecasts
) -> dict[str, Any]:
    model = forecasts["model"]
    ones = np.ones(len(model.outcome))

    def alike(name: str) -> float:
        here, there = getattr(model, name), getattr(elsewhere, name)
        return float(np.corrcoef(here, there)[0, 1]) if here.any() and there.any() else float("nan")

    return {
        "year": year,
        "shape": asdict(choice.shape),
        "tilt": choice.tilt,
        "trials": list(choice.trials),
        "figures": {
            name: {metric: METRICS[metric](one)(ones) for metric in ("auc", "log_loss", "r2", "gross_edge")}
            for name, one in forecasts.items()
        },
        "elsewhere": {name: alike(name) for name in ("probability_up", "expected_return")},
    }


def _rounded(value: Any) -> Any:
    """Round numbers to seven digits, as the rest depends on the order of sums; None for what is undefined."""
    if isinstance(value, float):
        return None if np.isnan(value) else float(f"{value:.7g}")
    if isinstance(value, dict):
        return {name: _rounded(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(one) for one in value]
    return value


def _join(parts: list[Forecasts]) -> Forecasts:
    return Forecasts(
        np.concatenate([part.probability_up for part in parts]),
        np.concatenate([part.expected_return for part in parts]),
        np.concatenate([part.outcome for part in parts]),
    )


def _importance(boosters: Boosters) -> dict[str, float]:
    gain = boosters.direction.feature_importance("gain")
    shares = gain / gain.sum()
    return {FEATURE_NAMES[k]: round(float(shares[k]), 4) for k in np.argsort(-shares, kind="stable")[:15]}


def _series(history: History) -> dict[str, Any]:
    return {
        "file": history.name,
        "bars": len(history),
        "missing": int((~history.traded).sum()),
        "from": _iso(int(history.start[0])),
        "to": _iso(int(history.start[-1]) + HOUR),
        "fingerprint": history.fingerprint(),
    }


def _iso(time: int) -> str:
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%MZ")
