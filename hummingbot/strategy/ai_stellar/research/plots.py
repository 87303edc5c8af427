"""Pictures for cards, the same bytes for the same numbers."""

import io
from typing import Any

__all__ = ["new_figure", "svg"]


def new_figure(width: float, height: float) -> tuple[Any, Any]:
    """Return an empty figure of that size, inches, and its axes."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="tight")
    return figure, figure.add_subplot()


def svg(figure: Any) -> bytes:
    """Write a figure as SVG with text as text, without a date."""
    import matplotlib

    content = io.BytesIO()
    with matplotlib.rc_context({"svg.hashsalt": "ai-stellar", "svg.fonttype": "none", "font.size": 9}):
        figure.savefig(content, format="svg", metadata={"Date": None, "Creator": None})
    return content.getvalue()
