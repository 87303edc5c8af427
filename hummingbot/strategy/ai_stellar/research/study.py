"""How a model of one kind is trained and judged: what `train`, `evaluate` and `tune` ask of each."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

from .checkpoint import Checkpoint
from .engine import Engine, Step
from .report import Report

__all__ = ["Study", "Trained", "Tunable", "find_study"]


@dataclass(frozen=True, slots=True)
class Trained:
    """A trained model, not written yet.

    Attributes
    ----------
    manifest : dict
        Without format and checksums.
    files : dict of str to str or bytes
        Content by name.
    card : str
        Markdown; its first line says what was not reached.
    plots : dict of str to bytes
        SVG by name, which the card shows.
    """

    manifest: Mapping[str, Any]
    files: Mapping[str, str | bytes]
    card: str
    plots: Mapping[str, bytes] = field(default_factory=dict)


class Study(Protocol):
    """Labels, training, walk-forward and judgement of one kind of model.

    Attributes
    ----------
    kind : str
        As in the manifest, and the name of its folder.
    """

    kind: str

    def train(self, data: Path, engine: Engine, checkpoint: Checkpoint, step: Step) -> Trained:
        """Train and judge on the files of a directory, up to the end of 2023.

        Raises
        ------
        HistoryError
            If a file that it needs is missing or cannot be used.
        """

    def evaluate(self, model: Path | None, file: Path, begin: int | None, end: int | None) -> Report:
        """Judge a model (by default the shipped one) on a price file's hours in ``[begin, end)``.

        Raises
        ------
        HistoryError
            If the file cannot be used or the span is too short to judge.
        ModelError
            If the model must not be used.
        """


class Tunable(Study, Protocol):
    """A study whose hyper-parameters can be searched, inside its training part alone."""

    def space(self, trial: Any) -> dict[str, Any]:
        """Return the hyper-parameters that an Optuna trial suggests."""

    def objective(self, parameters: Mapping[str, Any], data: Path, engine: Engine) -> float:
        """Return the loss of hyper-parameters on inner folds of the training part; lower is better."""


def find_study(kind: str) -> Study:
    """Return the study of one of `KINDS`, which the folder ``research/<kind>`` exports."""
    study: Study = import_module(f"{__package__}.{kind}").STUDY
    return study
