"""Shortfalls by seller, as a picture."""

import io
from collections.abc import Mapping

from ..scores import Score

__all__ = ["shortfall_plot"]


def shortfall_plot(table: Mapping[str, Mapping[str, Score]]) -> bytes:
    """Return each seller's mean shortfall with its interval, as SVG."""
    import matplotlib
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.0, 2.6), layout="tight")
    axes = figure.add_subplot()
    for k, (name, scores) in enumerate(reversed(list(table.items()))):
        score = scores["shortfall"]
        axes.plot([score.low, score.high], [k, k], color="0.5")
        axes.plot([score.value], [k], "o", color="black", label=name)
    axes.set_yticks(range(len(table)), list(reversed(list(table))))
    axes.set_xlabel("implementation shortfall (bp)")
    content = io.BytesIO()
    with matplotlib.rc_context({"svg.hashsalt": "ai-stellar", "svg.fonttype": "none"}):
        figure.savefig(content, format="svg", metadata={"Date": None, "Creator": None})
    return content.getvalue()
