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
from .history import History, read_history
from .noise import VENUE_NOISE, seen_elsewhere
from .price_fit import GRID, SHARED, SIZE_SHAPE, Boosters, Choice, TrainingData, choose, fit_boosters
from .samples import make_samples, pool
from .scores import METRICS, STRESS_COST, Forecasts, plain, reliability, score, score_difference
from .walk_forward import EMBARGO, year_begin, yearly_fold

__all__ = ["PriceStudy", "StudyResult"]

DEVELOPMENT_TRIALS: Final = 15
"""Configurations compared on the pooled walk-forward before the procedure was fixed."""
COPIES: Final = 2
"""How often the target is also seen through venue noise."""
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
        Files whose samples are pooled with the target's for training, each seen through venue noise.
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
        target = read_history(directory / self.target).between(0, until)
        peers = [
            read_history(directory / name).between(0, until)
            for name in self.peers
            if (directory / name).is_file()
        ]
        step("computing features")
        own = make_samples(target)
        own_elsewhere = make_samples(seen_elsewhere(target, ROBUSTNESS_SEED), target)
        samples = pool(
            [own]
            + [make_samples(seen_elsewhere(target, seed), target) for seed in range(COPIES)]
            + [make_samples(seen_elsewhere(peer, PEER_SEED + k), peer) for k, peer in enumerate(peers)]
        )
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
            "model_id": f"price-1h-to-{self.years[-1]}",
            "horizon": HOUR,
            "tilt": choice.tilt,
            "feature_set_hash": FEATURE_SET_HASH,
            "feature_names": list(FEATURE_NAMES),
            "shape": asdict(choice.shape),
            "size_shape": asdict(SIZE_SHAPE),
            "parameters": SHARED,
            "training": {
                "target": self.target,
                "until": _iso(until),
                "samples": len(samples),
                "copies_of_target": 1 + COPIES,
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
        return StudyResult(manifest, {DIRECTION: direction, SIZE: size})

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
        return float(np.corrcoef(getattr(model, name), getattr(elsewhere, name))[0, 1])

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
