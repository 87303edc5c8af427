"""Pictures of a volatility model: forecast against what came, and days beyond the value at risk."""

from typing import Final

import numpy as np

from hummingbot.strategy.ai_stellar.market.bars import HOUR
from hummingbot.strategy.ai_stellar.predictors.volatility import STEPS

from ..plots import new_figure, svg
from .comparison import MODEL, Compared

__all__ = ["forecast_plot", "value_at_risk_plot"]

DAY: Final = STEPS.index(24)
SHOWN: Final = 730
"""Days."""


def forecast_plot(compared: Compared) -> bytes:
    """Return the last year's daily volatility, forecast and realised, as SVG."""
    chosen = np.flatnonzero(compared.time % (24 * HOUR) == 0)[-365:]
    figure, axes = new_figure(7.0, 3.0)
    dates = compared.time[chosen].astype("datetime64[s]")
    for values, label, style in (
        (compared.realised[chosen, DAY], "realised", {"color": "0.65", "linewidth": 0.8}),
        (compared.variance[MODEL][chosen, DAY], "forecast a day before", {"linewidth": 1.2}),
    ):
        axes.plot(dates, 100.0 * np.sqrt(values), label=label, **style)
    axes.set_ylabel("volatility of a day, %")
    axes.legend(frameon=False)
    return svg(figure)


def value_at_risk_plot(compared: Compared) -> bytes:
    """Return the last two years' returns by day with the value at risk at 95 and 99 %, as SVG."""
    known = (compared.time % (24 * HOUR) == 0) & np.isfinite(compared.day)
    chosen = np.flatnonzero(known)[-SHOWN:]
    figure, axes = new_figure(7.0, 3.0)
    dates = compared.time[chosen].astype("datetime64[s]")
    axes.plot(dates, 100.0 * compared.day[chosen], color="0.65", linewidth=0.6, label="return of a day")
    for k, level in enumerate(("95 %", "99 %")):
        axes.plot(dates, -100.0 * compared.at_risk[chosen, k], linewidth=0.8, label=f"value at risk, {level}")
    axes.set_ylabel("log-return, %")
    axes.legend(frameon=False)
    return svg(figure)
