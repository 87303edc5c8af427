"""A regime model's hours out of sample, beside its rivals', and what came after each regime."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from hummingbot.strategy.ai_stellar.predictors.regime import WARM_UP, RegimePredictor

from ..diebold_mariano import diebold_mariano
from .rivals import BESIDE, DAY, Rivals

__all__ = ["MODEL", "Judged", "judge", "verdict"]

Floats = NDArray[np.float64]
MODEL: Final = "model"
LAG: Final = 48
BEYOND: Final = -1.96


@dataclass(frozen=True, slots=True)
class Judged:
    """Hours that were not trained on.

    Attributes
    ----------
    time : ndarray of int64, shape (n,)
        Ends of the hours, seconds since 1970.
    likelihood : dict of str to ndarray, shape (n,)
        Log-likelihood of the hour given those before, by forecaster; `MODEL` first.
    regime : ndarray of int, shape (n,)
        The most probable regime at the hour's end, calmest 0; -1 where the model has another number of them.
    coming : ndarray, shape (n,)
        Standard deviation of the coming day, per cent, from its hourly returns; NaN where unknown.
    states : int
        How many regimes there are.
    """

    time: NDArray[np.int64]
    likelihood: dict[str, Floats]
    regime: NDArray[np.int64]
    coming: Floats
    states: int

    @classmethod
    def join(cls, parts: Sequence["Judged"], states: int) -> "Judged":
        """Return spans one after another as one, with the regimes of models that have ``states`` of them.

        Each model orders its own: the second of three is none of five.
        """
        names = parts[0].likelihood
        return cls(
            np.concatenate([part.time for part in parts]),
            {name: np.concatenate([part.likelihood[name] for part in parts]) for name in names},
            np.concatenate(
                [part.regime if part.states == states else np.full_like(part.regime, -1) for part in parts]
            ),
            np.concatenate([part.coming for part in parts]),
            states,
        )

    def against(self) -> dict[str, float]:
        """Return the Diebold–Mariano statistic against each rival; below -1.96 the model is better."""
        own = -self.likelihood[MODEL]
        return {name: diebold_mariano(own, -self.likelihood[name], LAG) for name in BESIDE}


def judge(
    model: RegimePredictor,
    rivals: Rivals,
    time: NDArray[np.int64],
    seen: Floats,
    change: Floats,
    begin: int,
) -> Judged:
    """Filter observations from ``begin`` on, those before serving to warm up.

    Parameters
    ----------
    model : RegimePredictor
        Fitted on earlier hours.
    rivals : Rivals
        Fitted on the same.
    time : ndarray of int64, shape (n,)
        Ends of the hours.
    seen : ndarray, shape (n, 2)
        Observations.
    change : ndarray, shape (n,)
        Log-returns of the hours.
    begin : int
        Number of the first hour that is judged.
    """
    live, first = model.fresh(), max(begin - WARM_UP, DAY)
    likelihood, regime = [], []
    for k in range(first, len(seen)):
        likelihood.append(live.take(seen[k]))
        said = live.forecast()
        regime.append(0 if said is None else int(np.argmax(said)))
    beside = rivals.likelihood(seen)
    start = max(begin, first)
    return Judged(
        time[start:],
        {
            MODEL: np.array(likelihood)[start - first :],
            **{name: one[start - DAY :] for name, one in beside.items()},
        },
        np.array(regime)[start - first :],
        _coming(change)[start:],
        len(model.parameters["means"]),
    )


def verdict(against: dict[str, float]) -> str:
    """Say in a clause which rivals are beaten."""
    beaten = [name for name, statistic in against.items() if statistic < BEYOND]
    lost = [f"{name} (DM {statistic:.1f})" for name, statistic in against.items() if not statistic < BEYOND]
    told = f"is likelier than {' and '.join(beaten)}" if beaten else "is likelier than no rival"
    return f"{told}, and **not** likelier than {' and '.join(lost)} beyond noise" if lost else told


def _coming(change: Floats) -> Floats:
    total = np.concatenate([[0.0], np.cumsum((100.0 * change) ** 2)])
    made = np.full(len(change), np.nan)
    made[:-DAY] = np.sqrt(total[DAY + 1 :] - total[1:-DAY])
    return made
