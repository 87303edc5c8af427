"""One step of the walk-forward: a network of every setting fitted before a time, forecasting what follows."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from hummingbot.strategy.ai_stellar.market.bars import HOUR
from hummingbot.strategy.ai_stellar.predictors.forecast import HORIZONS
from hummingbot.strategy.ai_stellar.predictors.lstm import WARM_UP, LstmPredictor
from hummingbot.strategy.ai_stellar.predictors.price_fit import RECIPES

from ..baselines import BASELINES, Baselines, fit_baselines
from ..noise import seen_elsewhere
from ..price.data import ROBUSTNESS_SEED, PriceData
from ..samples import Samples, make_series, pool
from ..walk_forward import Fold

if TYPE_CHECKING:
    from hummingbot.strategy.ai_stellar.predictors.lstm_fit import LstmSettings, LstmTraining

__all__ = ["LstmFoldTask", "baselines_of", "forecast_fold", "run", "training_of"]

POOL: Final = 7
"""Every how manieth hour of all coins' forecasts serves to choose and to calibrate."""
DECIMALS: Final = 7
SHARPEST: Final = 6.0
"""Log-odds are limited to this; a network that is surer than 99.75 % is wrong."""


@dataclass(frozen=True, slots=True)
class LstmFoldTask:
    """What one process does.

    Attributes
    ----------
    directory : str
        Of the price files.
    target : str
        File judged on.
    peers : tuple of str
        Files trained on with it.
    begin, end : int
        What to forecast: decisions in ``[begin, end)``, seconds since 1970.
    grid : tuple of LstmSettings
        Every setting that is fitted.
    """

    directory: str
    target: str
    peers: tuple[str, ...]
    begin: int
    end: int
    grid: "tuple[LstmSettings, ...]"


def forecast_fold(task: LstmFoldTask) -> list[dict[str, Any]]:
    """Fit every setting before a time, and forecast what follows; plain values.

    Returns
    -------
    list of dict
        A horizon each, as `research.price.walk` reads them.
    """
    data = PriceData.read(Path(task.directory), task.target, task.peers, task.end)
    purged = {horizon: Fold(task.begin, task.end, horizon).train_end for horizon in HORIZONS}
    training = training_of(data, purged)
    networks = [LstmPredictor.fit(training, setting) for setting in task.grid]
    own = make_series(data.target)
    every = [own, *(make_series(peer) for peer in data.peers)]
    baselines = baselines_of(every, purged)
    shown = {
        "own": [own],
        "elsewhere": [make_series(seen_elsewhere(data.target, ROBUSTNESS_SEED), data.target)],
        "pool": every,
    }
    views = {name: _Views.of(series, networks, task.begin) for name, series in shown.items()}
    made = []
    for k, horizon in enumerate(HORIZONS):
        judged = {name: view.of_horizon(k, POOL if name == "pool" else 1) for name, view in views.items()}
        samples = views["own"].samples.where(views["own"].samples.known(horizon))
        made.append(
            {
                "begin": task.begin,
                "grid": [asdict(setting) for setting in task.grid],
                "pool": judged.pop("pool"),
                "views": judged,
                **_plain_baselines(baselines[horizon], samples),
            }
        )
    return made


def training_of(data: PriceData, purged: dict[int, int]) -> "LstmTraining":
    """Return the series to train on, without outcomes that are decided at or after a time by horizon."""
    from hummingbot.strategy.ai_stellar.predictors.lstm_fit import LstmTraining, Series

    series = []
    for bars, outcomes in data.training_histories():
        samples = make_series(bars, outcomes)
        samples = samples.where(samples.time < max(purged.values())).compact()
        ratio = np.full((len(samples), len(HORIZONS)), np.nan)
        for k, (horizon, end) in enumerate(purged.items()):
            early = samples.time < end
            ratio[early, k] = samples.outcome(horizon)[early] / samples.unit(horizon)[early]
        series.append(Series(samples.rows, ratio))
    return LstmTraining(tuple(series))


def baselines_of(every: Iterable[Samples], purged: dict[int, int]) -> dict[int, Baselines]:
    """Fit the baselines of each horizon on the samples of all coins decided before a time."""
    pooled = pool([one.compact() for one in every])
    return {
        horizon: fit_baselines(pooled.where(RECIPES[horizon].takes(pooled.time)), horizon, end)
        for horizon, end in purged.items()
    }


def run(network: LstmPredictor, rows: NDArray[Any]) -> NDArray[np.float64]:
    """Return log-odds and log-sizes after each of consecutive rows, from an empty state."""
    model = network.fresh()
    made = np.empty((len(rows), 2 * len(HORIZONS)))
    for k, row in enumerate(np.ascontiguousarray(rows, np.float64)):
        model.take(row, 1.0)
        made[k] = model.output
    return made


@dataclass(frozen=True, slots=True)
class _Views:
    """What every network says of some series from a time on.

    ``outputs`` has shape (networks, n, 2 · horizons).
    """

    samples: Samples
    outputs: NDArray[np.float64]

    @classmethod
    def of(cls, series: Iterable[Samples], networks: list[LstmPredictor], begin: int) -> "_Views":
        parts, outputs = [], []
        for one in series:
            warmed = one.where(one.time >= begin - WARM_UP * HOUR)
            judged = warmed.time >= begin
            if not judged.any():
                continue
            outputs.append(np.stack([run(network, warmed.rows)[judged] for network in networks]))
            parts.append(warmed.where(judged))
        return cls(pool(parts), np.concatenate(outputs, axis=1))

    def of_horizon(self, k: int, every: int) -> dict[str, Any]:
        """Return plain values of one horizon, of the hours whose outcome is known."""
        horizon, time = HORIZONS[k], self.samples.time
        chosen = self.samples.known(horizon) & ((time // HOUR + time // (24 * HOUR)) % every == 0)
        samples, heads = self.samples.where(chosen), len(HORIZONS)
        odds = np.clip(self.outputs[:, chosen, k], -SHARPEST, SHARPEST)
        return {
            "time": samples.time.tolist(),
            "log_odds": np.round(odds, DECIMALS).tolist(),
            "size": np.round(np.exp(self.outputs[:, chosen, heads + k]), DECIMALS).tolist(),
            "unit": samples.unit(horizon).tolist(),
            "outcome": samples.outcome(horizon).tolist(),
        }


def _plain_baselines(baselines: Baselines, samples: Samples) -> dict[str, Any]:
    made = baselines.forecast(samples)
    plain = {
        name: {
            "probability_up": made[name].probability_up.tolist(),
            "expected_return": made[name].expected_return.tolist(),
        }
        for name in BASELINES
    }
    return {"baselines": plain, "spread": list(baselines.quantiles)}
