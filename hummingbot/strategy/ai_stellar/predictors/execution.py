"""How to sell, or buy, a parent order: learnt by fitted Q-iteration, decided ledger by ledger."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from .artifact import PRETRAINED, read_artifact, write_artifact
from .booster import RowBoosters
from .errors import ModelError

__all__ = ["ACTIONS", "KIND", "SIGNALS", "STATE", "ExecutionPolicy", "FitSettings", "Transitions"]

Floats = NDArray[np.float64]
KIND: Final = "execution"
VALUES: Final = "values.txt"
ACTIONS: Final = (
    "wait", "join", "improve", "cross half a slice, improve", "cross a slice", "cross a slice, improve",
    "cross two slices, improve", "cross all",
)  # fmt: skip
"""A slice is what is left over the ledgers that are left. *Join* rests what is not crossed at the best ask,
behind what stands there; *improve* rests it a basis point below, before all others."""
STATE: Final = (
    "share left", "share of time left", "spread", "touch", "depth", "imbalance", "flow", "return",
    "volatility", "size", "queue",
)  # fmt: skip
"""Spread, last return of the quotes and volatility of a ledger in bp; touch, depth near the mid and own
queue in slices (log of one more; queue -1 if none); imbalance of the book and flow of takers in the last
ledger, from -1 (all sell) to 1; size: log of the parent order over a maker's first level. A buying order
takes the mirror image."""
SIGNALS: Final = tuple(STATE.index(name) for name in ("imbalance", "flow", "return"))
"""Columns that foretell the price."""


@dataclass(frozen=True, slots=True)
class FitSettings:
    """How values are boosted.

    Attributes
    ----------
    rate : float
        Learning rate.
    leaves, rows_a_leaf : int
        Most leaves of a tree, and fewest rows of a leaf.
    stage_trees, trees : int
        Trees of a ledger's values, which later ledgers' targets are made of, and of the policy's.
    """

    rate: float = 0.1
    leaves: int = 31
    rows_a_leaf: int = 100
    stage_trees: int = 80
    trees: int = 120

    def boost(self, rows: Floats, targets: Floats, trees: int) -> Any:
        """Fit a booster of LightGBM, on one thread."""
        import lightgbm

        shape = {
            "objective": "regression", "learning_rate": self.rate, "num_leaves": self.leaves,
            "min_data_in_leaf": self.rows_a_leaf, "max_bin": 127, "num_threads": 1, "deterministic": True,
            "force_row_wise": True, "seed": 0, "verbosity": -1,
        }  # fmt: skip
        return lightgbm.train(shape, lightgbm.Dataset(rows, targets), num_boost_round=trees)


@dataclass(frozen=True, slots=True)
class Transitions:
    """What happened to many orders in one ledger.

    Attributes
    ----------
    state, following : ndarray, shape (n, len(STATE))
        Before and after.
    action : ndarray of int, shape (n,)
        What was done.
    reward : ndarray, shape (n,)
        Minus the shortfall, bp of the parent order.
    over : ndarray of bool, shape (n,)
        Whether nothing was left after it.
    """

    state: Floats
    action: NDArray[np.int64]
    reward: Floats
    following: Floats
    over: NDArray[np.bool_]


class ExecutionPolicy:
    """Choose the action of the greatest value.

    Parameters
    ----------
    text : str
        Value of a state (columns `STATE`) and an action's number, in LightGBM's text format.
    manifest : dict
        As in ``manifest.json``.

    Raises
    ------
    ModelError
        If the text is no such model.
    """

    def __init__(self, text: str, manifest: Mapping[str, Any]) -> None:
        self.text, self.manifest = text, dict(manifest)
        self.model_id = str(manifest["model_id"])
        self._values = RowBoosters(KIND, {VALUES: text}, len(STATE) + 1)
        self._row = np.empty(len(STATE) + 1)

    @classmethod
    def fit(cls, training: list[Transitions], settings: FitSettings | None = None) -> Self:
        """Learn values backwards from the last ledger to the first, then all of them in one booster.

        Parameters
        ----------
        training : list of Transitions
            By ledger, first to last, of orders that are handled more or less at random.
        settings : FitSettings, optional

        References
        ----------
        Ernst, Geurts & Wehenkel (2005), Tree-based batch mode reinforcement learning, JMLR 6.
        """
        settings = settings or FitSettings()
        rows, targets = [], []
        later: Any = None
        for stage in reversed(training):
            target = stage.reward.copy()
            if later is not None:
                best = np.max([later.predict(_rows(stage.following, k)) for k in range(len(ACTIONS))], axis=0)
                target += np.where(stage.over, 0.0, best)
            row = np.column_stack([stage.state, stage.action.astype(np.float64)])
            rows.append(row)
            targets.append(target)
            later = settings.boost(row, target, settings.stage_trees)
        whole = settings.boost(np.concatenate(rows), np.concatenate(targets), settings.trees)
        return cls(whole.model_to_string(), {"model_id": f"{KIND}, not published"})

    @classmethod
    def load(cls, directory: Path | None = None) -> Self:
        """Return a policy that was saved and signed; the shipped one by default.

        Raises
        ------
        ModelError
            If it must not be used.
        """
        artifact = read_artifact(Path(directory) if directory else PRETRAINED / KIND, KIND)
        return cls(artifact.text(VALUES), artifact.manifest)

    def save(self, directory: Path, manifest: Mapping[str, Any]) -> None:
        """Write the policy and its manifest, unsigned."""
        write_artifact(directory, dict(manifest), self.files())

    def files(self) -> dict[str, str]:
        """Return the policy's files by name."""
        return {VALUES: self.text}

    def act(self, state: Floats) -> int:
        """Return the number of the best of `ACTIONS`; the first of equals.

        Raises
        ------
        ModelError
            If the state is not finite.
        """
        if not np.isfinite(state).all():
            wrong = ", ".join(
                name for name, value in zip(STATE, state, strict=True) if not np.isfinite(value)
            )
            raise ModelError(f"the state of an order is no number ({wrong}): wait for a whole book")
        row = self._row
        row[:-1] = state
        best, value = 0, -np.inf
        for action in range(len(ACTIONS)):
            row[-1] = action
            made = self._values.predict(row)[0]
            if made > value:
                best, value = action, made
        return best

    def act_all(self, states: Floats) -> NDArray[np.int64]:
        """Return the best action of each state, shape (n, len(STATE)), as a study asks for."""
        values = [self._library.predict(_rows(states, k), num_threads=1) for k in range(len(ACTIONS))]
        return np.asarray(np.argmax(values, axis=0))

    @cached_property
    def _library(self) -> Any:
        import lightgbm

        return lightgbm.Booster(model_str=self.text)


def _rows(states: Floats, action: int) -> Floats:
    return np.column_stack([states, np.full(len(states), float(action))])
