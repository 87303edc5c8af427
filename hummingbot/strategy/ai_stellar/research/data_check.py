"""What is to be known of a price file before anything is trained or judged on it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from hummingbot.strategy.ai_stellar.features import WARM_UP
from hummingbot.strategy.ai_stellar.market.bars import HOUR

from .history import History, HistoryError, read_history
from .report import day

__all__ = ["FileCheck", "Finding", "Level", "check_file"]

Level = Literal["fine", "look", "unusable"]
SHORTEST: Final = WARM_UP + 240
"""Hours below which nothing can be judged."""
MANY_MISSING: Final = 0.01
MANY_STILL: Final = 0.2
STILL_DAY: Final = 24
JUMP: Final = 15.0
"""Deviations beyond which an hour's return is looked at."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes
    ----------
    what : str
        Its name.
    level : {"fine", "look", "unusable"}
        Whether anything has to be done.
    said : str
        What was found, and where it is not fine, what to do.
    """

    what: str
    level: Level
    said: str


@dataclass(frozen=True, slots=True)
class FileCheck:
    """What was found in one file.

    Attributes
    ----------
    file : str
        Its name.
    findings : tuple of Finding
        In order; a single one that is unusable where the file cannot be read.
    """

    file: str
    findings: tuple[Finding, ...]

    @property
    def usable(self) -> bool:
        """Whether models can be trained or judged on it."""
        return all(one.level != "unusable" for one in self.findings)


def check_file(path: Path) -> FileCheck:
    """Look at a price file; never raises for what is in it."""
    try:
        history = read_history(path)
    except HistoryError as error:
        return FileCheck(path.name, (Finding("file", "unusable", str(error)),))
    findings = (_span(history), _missing(history), _volume(history), _still(history), _jumps(history))
    return FileCheck(path.name, findings)


def _span(history: History) -> Finding:
    said = f"{len(history):,} hours, {day(int(history.start[0]))} to {day(int(history.start[-1]) + HOUR)}"
    if len(history) < SHORTEST:
        return Finding("span", "unusable", f"{said}: too short, give {SHORTEST} hours at least")
    return Finding("span", "fine", said)


def _missing(history: History) -> Finding:
    missing = ~history.traded
    count, longest = int(missing.sum()), _longest(missing)
    said = f"{count} hours missing, {longest} in a row at most"
    if count > MANY_MISSING * len(history):
        return Finding("gaps", "look", f"{said}: fetch them, no outcome that touches them is used")
    return Finding("gaps", "fine", said)


def _volume(history: History) -> Finding:
    share = float(np.mean(history.volume[history.traded] == 0.0))
    said = f"{share:.1%} of the hours without volume"
    if share > MANY_STILL:
        return Finding("volume", "look", f"{said}: ranks of volume say little there, take a busier market")
    return Finding("volume", "fine", said)


def _still(history: History) -> Finding:
    traded = history.traded[1:]
    still = (np.diff(history.close) == 0.0) & traded
    share, longest = float(still[traded].mean()) if traded.any() else 0.0, _longest(still)
    said = f"close unchanged in {share:.1%} of the hours there are, for {longest} in a row at most"
    if share == 1.0:
        return Finding("price", "unusable", f"{said}: the price never moves, name another file")
    if share > MANY_STILL or longest > STILL_DAY:
        return Finding("price", "look", f"{said}: a coarse price step or a feed that stood still")
    return Finding("price", "fine", said)


def _jumps(history: History) -> Finding:
    change = np.diff(np.log(history.close))
    moved = change[change != 0.0]
    size = float(np.median(np.abs(moved))) / 0.6745 if len(moved) else 0.0
    far = np.abs(change) > JUMP * size if size > 0.0 else np.zeros(len(change), bool)
    back = far[:-1] & far[1:] & (np.sign(change[:-1]) != np.sign(change[1:]))
    if back.any():
        at = day(int(history.start[1:][int(np.argmax(back))]))
        said = f"{int(back.sum())} hours leap by over {JUMP:.0f} deviations and back, first on {at}"
        return Finding("jumps", "look", f"{said}: repair them if they are bad prints and no crash")
    said = f"{int(far.sum())} hours leap by over {JUMP:.0f} deviations, none and back"
    return Finding("jumps", "fine", said)


def _longest(which: NDArray[np.bool_]) -> int:
    """Return the length of the longest run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], which.astype(np.int8), [0]])))
    return int((edges[1::2] - edges[::2]).max()) if len(edges) else 0
