"""The price, coloured by regime."""

from typing import Final

import numpy as np

from hummingbot.strategy.ai_stellar.market.bars import HOUR

from ..history import History
from ..plots import new_figure, svg
from .judgement import Judged

__all__ = ["regime_plot"]

SHOWN: Final = 365 * 2
"""Days."""


def regime_plot(history: History, judged: Judged) -> bytes:
    """Return the last two years' price with its regime of each day out of sample, as SVG."""
    import matplotlib

    chosen = np.flatnonzero(judged.time % (24 * HOUR) == 0)[-SHOWN:]
    close = history.close[np.searchsorted(history.start, judged.time[chosen] - HOUR)]
    dates, regime = judged.time[chosen].astype("datetime64[s]"), judged.regime[chosen]
    figure, axes = new_figure(7.0, 3.0)
    axes.plot(dates, close, color="0.8", linewidth=0.8)
    for state in range(judged.states):
        here = regime == state
        colour = matplotlib.colormaps["viridis"](state / max(judged.states - 1, 1))
        axes.plot(dates[here], close[here], ".", markersize=2.5, color=colour, label=str(state + 1))
    axes.set_yscale("log")
    axes.set_ylabel("price")
    axes.legend(frameon=False, title="regime, calmest 1", ncols=3, fontsize=8)
    return svg(figure)
