"""How portfolios grew, and what the model held."""

from collections.abc import Mapping, Sequence

import numpy as np

from ..plots import new_figure, svg
from .backtest import Carried
from .days import Days
from .figures import MODEL

__all__ = ["growth_plot", "weights_plot"]


def growth_plot(days: Days, carried: Mapping[str, Carried]) -> bytes:
    """Return the growth of 1 in each portfolio, after costs, as SVG."""
    dates = days.time[1:].astype("datetime64[s]")
    figure, axes = new_figure(7.0, 3.4)
    for name, one in carried.items():
        if one.change.any():
            width = 1.8 if name == MODEL else 0.8
            axes.plot(dates, np.cumprod(1.0 + one.change), linewidth=width, label=name)
    axes.set_yscale("log")
    axes.set_ylabel("growth of 1, after costs")
    axes.legend(frameon=False, ncols=2, fontsize=8)
    return svg(figure)


def weights_plot(days: Days, model: Carried, coins: Sequence[str]) -> bytes:
    """Return the model's weights over time as SVG; what is missing to 1 is in the quote."""
    dates = days.time[:-1].astype("datetime64[s]")
    figure, axes = new_figure(7.0, 3.0)
    axes.stackplot(dates[::7], model.weights[::7].T, labels=coins, linewidth=0)
    axes.set_ylim(0.0, 1.0)
    axes.set_ylabel("weight")
    axes.legend(frameon=False, ncols=7, fontsize=7, loc="upper center", bbox_to_anchor=(0.5, -0.1))
    return svg(figure)
