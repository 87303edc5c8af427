"""A model judged beside its baselines: one table, the same for every kind of model."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from .scores import Score, plain

__all__ = ["Metric", "Report", "day", "markdown_rows", "markdown_table"]


@dataclass(frozen=True, slots=True)
class Metric:
    """How a figure is shown.

    Attributes
    ----------
    label : str
        What it is, with its unit.
    digits : int
        Decimals.
    scale : float
        Factor from the value to that unit.
    """

    label: str
    digits: int = 4
    scale: float = 1.0

    def text(self, figures: list[float | None]) -> str:
        """Return ``value [low, high]``, the value alone where there is no interval, a dash for nothing."""
        value, low, high = figures
        if value is None:
            return "–"
        shown = f"{value * self.scale:.{self.digits}f}"
        if low is None or high is None:
            return shown
        return f"{shown} [{low * self.scale:.{self.digits}f}, {high * self.scale:.{self.digits}f}]"


@dataclass(frozen=True, slots=True)
class Report:
    """Figures of a model and its baselines on one span of one file.

    Attributes
    ----------
    kind, model_id : str
        The model, as its manifest names it.
    file, fingerprint : str
        The bars read, and the sha256 of their numbers.
    begin, end : int
        Decisions in ``[begin, end)``, seconds since 1970.
    observations : int
        Decisions judged.
    seen_in_training : bool
        Whether some of the span was trained on: then the figures say nothing about the future.
    metrics : dict of str to Metric
        How each metric is shown, in order.
    table : dict of str to dict of str to Score
        By forecaster and metric; the model comes first.
    verdict : str
        One honest sentence: what it beats and what it does not.
    details : dict
        What else there is to say, plain values.
    """

    kind: str
    model_id: str
    file: str
    fingerprint: str
    begin: int
    end: int
    observations: int
    seen_in_training: bool
    metrics: Mapping[str, Metric]
    table: Mapping[str, Mapping[str, Score]]
    verdict: str
    details: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {
            "kind": self.kind,
            "model_id": self.model_id,
            "file": self.file,
            "fingerprint": self.fingerprint,
            "begin": self.begin,
            "end": self.end,
            "observations": self.observations,
            "seen_in_training": self.seen_in_training,
            "table": {name: plain(dict(scores)) for name, scores in self.table.items()},
            "verdict": self.verdict,
            "details": dict(self.details),
        }

    def heading(self, reads: int) -> str:
        """Return the heading of its section in a card, where these hours were read so often for it."""
        often = {1: "once", 2: "twice"}.get(reads, f"{reads} times")
        return f"## Read {often}: {self.file}, {day(self.begin)} to {day(self.end)}"

    def markdown(self, reads: int) -> str:
        """Return the section of a card that records it."""
        seen = (
            " Part of it was trained on: these figures say nothing about the future." * self.seen_in_training
        )
        return (
            f"{self.heading(reads)}\n\n"
            f"{self.observations:,} decisions (`{self.fingerprint[:12]}`).{seen}\n\n"
            f"{self.verdict}\n\n{markdown_table(self.metrics, self.table)}\n"
        )


def markdown_table(metrics: Mapping[str, Metric], table: Mapping[str, Mapping[str, Score]]) -> str:
    """Return a table with a row a metric and a column a forecaster."""
    rows = []
    for name, metric in metrics.items():
        columns = [plain(dict(scores)).get(name, [None, None, None]) for scores in table.values()]
        rows.append([metric.label, *(metric.text(figures) for figures in columns)])
    return markdown_rows(["", *table], rows)


def markdown_rows(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table of text."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def day(time: int) -> str:
    """Return the date of an instant, UTC."""
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%d")
