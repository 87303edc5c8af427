"""Champion and challenger: a model trained on newer data takes over only when it is better beyond noise.

Below a directory of models, ``<kind>`` is the champion, ``<kind>.challenger`` what waits for a person's
approval, and ``<kind>.before`` the champion before, for a roll-back. Each change is one rename after another;
if the process dies between them, `settle` completes it, and a model that loads is always in place.
"""

import json
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Protocol

from nacl.signing import SigningKey

from hummingbot.strategy.ai_stellar.predictors.artifact import PRETRAINED, read_manifest, read_whole
from hummingbot.strategy.ai_stellar.predictors.errors import ModelError
from hummingbot.strategy.ai_stellar.predictors.kinds import RETRAINABLE

from .engine import Engine, Step
from .history import HistoryError, parse_date
from .publication import publish
from .report import day
from .scores import Score
from .study import Study, Trained

__all__ = ["Contest", "Retrainable", "approve", "champion", "contend", "rollback", "settle"]

DAY: Final = 24 * 3600
VERDICT: Final = ".contest.json"


class Retrainable(Study, Protocol):
    """A study that can train to any day and compare two models.

    Attributes
    ----------
    fewest_days : int
        Days that a comparison needs, with the longest label.
    """

    fewest_days: int

    def span(self, data: Path) -> tuple[int, int]:
        """Return first and last instant, seconds since 1970, of what can be trained on and judged."""

    def refit(self, data: Path, until: int, engine: Engine, step: Step) -> Trained:
        """Train as `train` does, without judging, on labels that are known by ``until``."""

    def compare(self, first: Path, second: Path, data: Path, begin: int, end: int) -> Score:
        """Return by how much the first's mean loss exceeds the second's on decisions in ``[begin, end)``.

        Paired, with a 95 % interval by the stationary bootstrap.
        """


@dataclass(frozen=True, slots=True)
class Contest:
    """How a challenger did against the champion.

    Attributes
    ----------
    kind, champion, challenger : str
        What was compared: kind and model ids.
    begin, end : int
        The decisions judged, ``[begin, end)``; neither model was trained on them.
    advantage, low, high : float
        By how much the champion's mean loss exceeds the challenger's, and the 95 % interval.
    better : bool
        Whether the interval lies above 0.
    outcome : {"promoted", "waiting", "kept"}
        What came of it; ``waiting`` for a person's approval.
    """

    kind: str
    champion: str
    challenger: str
    begin: int
    end: int
    advantage: float
    low: float
    high: float
    better: bool
    outcome: str

    @property
    def sentence(self) -> str:
        """What happened and why."""
        figures = f"{self.advantage:.3g} [{self.low:.3g}, {self.high:.3g}]"
        span = f"{day(self.begin)} to {day(self.end)}"
        what = {
            "promoted": f"{self.challenger} takes over from {self.champion}",
            "waiting": f"{self.challenger} waits for approval to take over from {self.champion}",
            "kept": f"{self.champion} stays, {self.challenger} is dropped",
        }[self.outcome]
        how = "better" if self.better else "not better"
        return f"{what}: its loss is lower by {figures} on {span}, which is {how} beyond noise"


def champion(models: Path, kind: str) -> Path:
    """Return the directory of the champion: the user's, or the shipped one while there is none."""
    settle(models, kind)
    return models / kind if (models / kind).is_dir() else PRETRAINED / kind


def contend(
    study: Retrainable,
    models: Path,
    data: Path,
    key: SigningKey,
    judged_days: int = 90,
    purge: int = 2 * DAY,
    needs_approval: bool = False,
    step: Step = lambda _: None,
) -> Contest:
    """Train a challenger on all but the last days, and let it take over if it is better on those.

    Parameters
    ----------
    study : Retrainable
        How the model is trained and compared.
    models : Path
        Directory of models.
    data : Path
        Price files.
    key : SigningKey
        Signs the challenger.
    judged_days : int
        Days at the data's end on which both are judged.
    purge : int
        Seconds left out before those days, at least the longest label.
    needs_approval : bool
        Whether a person must approve (`approve`) before it takes over.
    step : callable
        Told what begins.

    Raises
    ------
    HistoryError
        If the days to judge are too few, or the data do not reach beyond what the champion was trained on.
    ModelError
        If the champion must not be used.
    """
    if judged_days < study.fewest_days:
        raise HistoryError(
            f"{judged_days} days cannot decide which {study.kind} is better: "
            f"judge {study.fewest_days} or more"
        )
    holder = champion(models, study.kind)
    before = read_manifest(holder)
    first, end = study.span(data)
    begin = end - judged_days * DAY
    known = parse_date(before["training"]["until"])
    if begin < known:
        left = (end - known) // DAY
        remedy = f", or judge {left} days" if left > 0 else ""
        raise HistoryError(
            f"{data} ends on {day(end)}: {judged_days} days cannot be judged, as {before['model_id']} "
            f"was trained to {day(known)}; fetch newer bars{remedy}"
        )
    if begin - purge <= first:
        raise HistoryError(
            f"{data} begins on {day(first)}, too late to train before {day(begin)}: fetch earlier bars"
        )
    place = _place(models, study.kind, "challenger")
    shutil.rmtree(place, ignore_errors=True)
    step("training the challenger")
    publish(place, study.refit(data, begin - purge, Engine(), step), key)
    after = read_manifest(place)
    step("judging both")
    score = study.compare(holder, place, data, begin, end)
    better = score.low > 0.0
    outcome = "kept" if not better else "waiting" if needs_approval else "promoted"
    contest = Contest(
        study.kind, before["model_id"], after["model_id"], begin, end, score.value, score.low, score.high,
        better, outcome,
    )  # fmt: skip
    if outcome == "kept":
        shutil.rmtree(place)
    else:
        (models / f"{study.kind}{VERDICT}").write_text(json.dumps(asdict(contest), indent=1) + "\n")
    if outcome == "promoted":
        _take_over(models, study.kind)
    return contest


def approve(models: Path, kind: str) -> dict[str, Any]:
    """Let the challenger that waits take over; return its manifest.

    Raises
    ------
    ModelError
        If none waits, or it must not be used.
    """
    place = _place(models, kind, "challenger")
    if not place.is_dir():
        raise ModelError(f"no challenger of {kind} waits in {models}: {_how_to_make(kind)}")
    manifest = read_whole(place)
    _take_over(models, kind)
    return manifest


def rollback(models: Path, kind: str) -> dict[str, Any]:
    """Exchange the champion and the one before it; return the manifest of what is in place now.

    Where the shipped model was the champion before, it is used again.

    Raises
    ------
    ModelError
        If there is nothing to go back to.
    """
    settle(models, kind)
    now, before, aside = models / kind, _place(models, kind, "before"), _place(models, kind, "aside")
    if not now.is_dir() and not before.is_dir():
        raise ModelError(f"{models} holds no {kind} to roll back: the shipped model is in use")
    if before.is_dir():
        read_whole(before)
        if now.is_dir():
            now.rename(aside)
        before.rename(now)
        if aside.is_dir():
            aside.rename(before)
    else:
        now.rename(before)
    return read_manifest(champion(models, kind))


def settle(models: Path, kind: str) -> None:
    """Complete a change that was interrupted between two renames."""
    now, before, aside = models / kind, _place(models, kind, "before"), _place(models, kind, "aside")
    if not aside.is_dir():
        return
    if not now.is_dir():
        aside.rename(now)
    elif not before.is_dir():
        aside.rename(before)
    else:
        shutil.rmtree(before)
        aside.rename(before)


def _take_over(models: Path, kind: str) -> None:
    settle(models, kind)
    now, challenger, aside = models / kind, _place(models, kind, "challenger"), _place(models, kind, "aside")
    before = _place(models, kind, "before")
    if now.is_dir():
        now.rename(aside)
    challenger.rename(now)
    if aside.is_dir():
        shutil.rmtree(before, ignore_errors=True)
        aside.rename(before)
    (models / f"{kind}{VERDICT}").unlink(missing_ok=True)


def _how_to_make(kind: str) -> str:
    if kind in RETRAINABLE:
        return f"'ai-stellar retrain {kind} --data DIR --approval' makes one"
    return f"only {', '.join(RETRAINABLE)} can be retrained"


def _place(models: Path, kind: str, what: str) -> Path:
    return models / f"{kind}.{what}"
