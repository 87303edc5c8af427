"""The reliability of probabilities: what was forecast against what came, as a picture."""

import numpy as np

from hummingbot.strategy.ai_stellar.market.bars import HOUR

from ..plots import new_figure, svg
from ..scores import reliability
from .walk import MODEL, Judged

__all__ = ["reliability_plot"]


def reliability_plot(judged: Judged) -> bytes:
    """Return the reliability diagram of a horizon's walk-forward as SVG, the same bytes for the same numbers.

    Ten equally filled classes, each with two standard errors of outcomes that do not overlap.
    """
    mean, rose, number = np.array(reliability(judged.forecasts[MODEL])).T
    error = 2.0 * np.sqrt(rose * (1.0 - rose) / np.maximum(number * HOUR / judged.horizon, 1.0))
    figure, axes = new_figure(4.2, 3.6)
    ends = [min(mean.min(), rose.min()), max(mean.max(), rose.max())]
    axes.plot(ends, ends, color="0.6", linewidth=1, label="perfectly calibrated")
    axes.errorbar(mean, rose, yerr=error, fmt="o", markersize=4, linewidth=1, capsize=2, label="model")
    axes.set_xlabel(f"forecast probability of up, {judged.horizon // HOUR} h")
    axes.set_ylabel("share that rose")
    axes.legend(frameon=False)
    return svg(figure)
