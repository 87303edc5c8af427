"""Fits of the GARCH family by `arch`, to returns without the hour of day.

References
----------
Fiorentini, Calzolari and Panattoni, Analytic derivatives and the computation of GARCH estimates, Journal of
Applied Econometrics 11, 1996
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

__all__ = ["GARCH_FAMILY", "Bars", "Distribution", "fit_garch", "fit_garch_of_bars", "fit_hours"]

Floats = NDArray[np.float64]
Distribution = Literal["normal", "t"]
HOUR: Final = 3600
RECENT: Final = 20_000
"""Hours at the end of the training part that GARCH is fitted on."""
LARGEST_DECAY: Final = 0.9995
GARCH_FAMILY: Final[Mapping[str, tuple[bool, Distribution]]] = {
    "GARCH": (False, "normal"),
    "GARCH-t": (False, "t"),
    "GJR-t": (True, "t"),
}
"""By name, whether falls count for more, and the distribution of shocks."""


@dataclass(frozen=True, slots=True)
class Bars:
    """Consecutive hourly bars of one price series.

    Attributes
    ----------
    start : ndarray of int64, shape (n,)
        Seconds since 1970.
    high, low, close : ndarray of float64, shape (n,)
        Prices.
    traded : ndarray of bool, shape (n,)
        Whether the hour is one of the file's.
    """

    start: NDArray[np.int64]
    high: Floats
    low: Floats
    close: Floats
    traded: NDArray[np.bool_]

    @property
    def change(self) -> Floats:
        """Log-returns; the first is 0."""
        log = np.log(self.close)
        return np.diff(log, prepend=log[0])


def fit_hours(bars: Bars, until: int) -> Floats:
    """Return each UTC hour's share of variance, the largest squared returns cut."""
    early = bars.start + HOUR <= until
    square = bars.change[early] ** 2
    square = np.minimum(square, np.quantile(square, 0.999))
    hour = (bars.start[early] // HOUR) % 24
    mean = np.bincount(hour, square, 24) / np.maximum(np.bincount(hour, minlength=24), 1)
    mean = np.maximum(mean, 0.05 * mean.mean() if mean.mean() > 0.0 else 1.0)
    return np.asarray(mean / mean.mean())


def fit_garch(change: Floats, falls: bool, distribution: Distribution) -> dict[str, float]:
    """Fit GARCH(1, 1), or GJR where falls count for more, by maximum likelihood.

    The recursion starts from the mean squared residual, as in the published benchmark.

    Parameters
    ----------
    change : ndarray, shape (n,)
        Returns, of a size near 1: per cent.
    falls : bool
        Whether falls have a weight of their own.
    distribution : {"normal", "t"}
        Of shocks.

    Returns
    -------
    dict of str to float
        ``mean``, ``constant``, ``shock``, ``fall``, ``persistence`` in the returns' unit, ``log_likelihood``.
    """
    from arch import arch_model

    model = arch_model(change, mean="Constant", p=1, o=int(falls), q=1, dist=distribution, rescale=False)
    residual = change - change.mean()
    for _ in range(2):  # the start depends on the mean that is estimated
        begin = float(residual @ residual) / len(residual)
        fitted = model.fit(disp="off", backcast=begin, show_warning=False)
        residual = change - fitted.params["mu"]
    found = fitted.params
    return {
        "mean": float(found["mu"]),
        "constant": float(found["omega"]),
        "shock": float(found["alpha[1]"]),
        "fall": float(found.get("gamma[1]", 0.0)),
        "persistence": float(found["beta[1]"]),
        "log_likelihood": float(fitted.loglikelihood),
    }


def fit_garch_of_bars(
    bars: Bars, hours: Floats, until: int, falls: bool, distribution: Distribution
) -> dict[str, float]:
    """Fit to returns without the hour of day; limit the decay to a stationary one. Log-return units."""
    early = bars.start + HOUR <= until
    change = (bars.change / np.sqrt(hours[(bars.start // HOUR) % 24]))[early][-RECENT:]
    found = fit_garch(100.0 * change, falls, distribution)
    decay = found["shock"] + 0.5 * found["fall"] + found["persistence"]
    if decay > LARGEST_DECAY:
        found["persistence"] -= decay - LARGEST_DECAY
    return {
        "mean": found["mean"] / 100.0,
        "constant": max(found["constant"] / 1e4, 1e-12),
        "shock": found["shock"],
        "fall": found["fall"],
        "persistence": max(found["persistence"], 0.0),
    }
