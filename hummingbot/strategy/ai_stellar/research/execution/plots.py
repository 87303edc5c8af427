"""Shortfalls by seller, and what is left to trade as time goes by, as pictures."""

import io
from collections.abc import Mapping
from typing import Any

from ..scores import Score
from .judgement import UNSEEING, Worked

__all__ = ["inventory_plot", "shortfall_plot"]


def shortfall_plot(table: Mapping[str, Mapping[str, Score]]) -> bytes:
    """Return each seller's mean shortfall with its interval, as SVG."""
    figure, axes = _figure(2.6)
    for k, (name, scores) in enumerate(reversed(list(table.items()))):
        score = scores["shortfall"]
        axes.plot([score.low, score.high], [k, k], color="0.5")
        axes.plot([score.value], [k], "o", color="black", label=name)
    axes.set_yticks(range(len(table)), list(reversed(list(table))))
    axes.set_xlabel("implementation shortfall (bp)")
    return _svg(figure)


def inventory_plot(made: Mapping[str, Worked]) -> bytes:
    """Return the mean share that each seller has left after each ledger, as SVG."""
    figure, axes = _figure(3.2)
    for k, (name, one) in enumerate(made.items()):
        first = k == 0
        axes.plot(
            range(len(one.left)),
            one.left,
            color="black" if first else f"C{k}",
            linewidth=2.0 if first else 1.0,
            linestyle="--" if name == UNSEEING else "-",
            label=name,
        )
    axes.set_xlabel("ledger")
    axes.set_ylabel("share left")
    axes.legend(frameon=False, fontsize="small")
    return _svg(figure)


def _figure(height: float) -> tuple[Any, Any]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.0, height), layout="tight")
    return figure, figure.add_subplot()


def _svg(figure: Any) -> bytes:
    import matplotlib

    content = io.BytesIO()
    with matplotlib.rc_context({"svg.hashsalt": "ai-stellar", "svg.fonttype": "none"}):
        figure.savefig(content, format="svg", metadata={"Date": None, "Creator": None})
    return content.getvalue()
