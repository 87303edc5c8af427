"""Search of hyper-parameters by Optuna inside the training part, kept in a file so that it can go on."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from .engine import Engine
from .study import Tunable

__all__ = ["Found", "search"]

SEED: Final = 7
Told = Callable[[int, float, dict[str, Any], float], None]
"""Number of the trial, its loss, its parameters, and the least loss so far."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search has found.

    Attributes
    ----------
    trials : int
        Trials that ended, in this run and before: the number that a card has to count.
    loss : float
        The least loss.
    parameters : dict
        What gave it.
    """

    trials: int
    loss: float
    parameters: dict[str, Any]


def search(
    study: Tunable, data: Path, journal: Path, trials: int, engine: Engine, told: Told = lambda *_: None
) -> Found:
    """Try parameters until ``trials`` have ended, those of earlier runs on the same journal counted.

    Parameters
    ----------
    study : Tunable
        Suggests parameters and judges them on inner folds.
    data : Path
        Directory of price files.
    journal : Path
        Optuna's journal; made if it is not there. A trial that was cut off is tried anew.
    trials : int
        How many in all, at least 1.
    engine : Engine
        Computes the folds of a trial.
    told : callable
        Told of each trial.

    Raises
    ------
    ValueError
        If ``trials`` is no number of trials, Optuna is not installed, the journal cannot be read, or a loss
        is no number.
    HistoryError
        If the data cannot be used.
    """
    if trials < 1:
        raise ValueError(f"{trials} trials find nothing: name 1 or more")
    try:
        import optuna
        from optuna.storages import JournalStorage
        from optuna.storages.journal import JournalFileBackend
    except ImportError:
        raise ValueError("tuning needs Optuna: pip install 'hummingbot-stellar[train]'") from None
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    journal.parent.mkdir(parents=True, exist_ok=True)
    try:
        known = optuna.create_study(
            storage=JournalStorage(JournalFileBackend(str(journal))),
            study_name=study.kind,
            direction="minimize",
            load_if_exists=True,
        )
        done = _ended(known)
    except (ValueError, KeyError, UnicodeDecodeError) as error:
        raise ValueError(f"journal {journal} cannot be read ({error}): name another file") from None
    while done < trials:
        known.sampler = optuna.samplers.TPESampler(seed=SEED + done)
        trial = known.ask()
        try:
            parameters = study.space(trial)
            loss = study.objective(parameters, data, engine)
            if not math.isfinite(loss):
                raise ValueError(f"{study.kind} has a loss of {loss} with {parameters}: narrow the search")
        except BaseException:
            known.tell(trial, state=optuna.trial.TrialState.FAIL)
            raise
        known.tell(trial, loss)
        done = _ended(known)
        told(done, loss, parameters, float(known.best_value))
    return Found(done, float(known.best_value), dict(known.best_params))


def _ended(known: Any) -> int:
    import optuna

    return len(known.get_trials(deepcopy=False, states=(optuna.trial.TrialState.COMPLETE,)))
