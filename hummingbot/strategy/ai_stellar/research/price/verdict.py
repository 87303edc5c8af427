"""The honest sentence: what the price model beats, what it does not, and which figures it misses."""

from collections.abc import Mapping
from typing import Final

from hummingbot.strategy.ai_stellar.market.bars import HOUR

from .walk import MODEL, WITHOUT

__all__ = ["FIGURES_TO_REACH", "missed", "verdict"]

Figures = list[float | None]
Table = Mapping[str, Mapping[str, Figures]]

FIGURES_TO_REACH: Final[Mapping[int, float]] = {HOUR: 0.535, 4 * HOUR: 0.53, 24 * HOUR: 0.53}
"""Least AUC by horizon in seconds, pooled over the walk-forward."""
LARGEST_CALIBRATION_ERROR: Final = 0.02


def verdict(tables: Mapping[str, Table], against_linear: Mapping[str, Mapping[str, Figures]]) -> str:
    """Say in a clause whether the model beats its baselines at each horizon, and whether that pays.

    Parameters
    ----------
    tables : dict of str to dict
        By horizon in seconds, forecaster and metric ``[value, low, high]``.
    against_linear : dict of str to dict
        By horizon, the model's excess over the linear baseline.
    """
    clauses = [
        f"at {int(horizon) // HOUR} h {_clause(table, against_linear[horizon])}"
        for horizon, table in tables.items()
    ]
    return "; ".join(clauses)


def missed(horizon: int, table: Table) -> list[str]:
    """Return the figures to reach that the walk-forward of a horizon does not reach, each in words."""
    auc, low, _ = table[MODEL]["auc"]
    error = table[MODEL]["calibration_error"][0]
    found = []
    if auc is None or low is None or auc < FIGURES_TO_REACH[horizon] or low <= 0.5:
        found.append(f"AUC {_shown(auc)} (to reach: {FIGURES_TO_REACH[horizon]}, interval above 0.5)")
    if error is None or error > LARGEST_CALIBRATION_ERROR:
        found.append(f"calibration error {_shown(error)} (to reach: {LARGEST_CALIBRATION_ERROR})")
    if _loss(table, MODEL) >= _loss(table, "linear"):
        found.append("log-loss no better than logistic regression")
    return [f"{horizon // HOUR} h {one}" for one in found]


def _clause(table: Table, against: Mapping[str, Figures]) -> str:
    best = min((_loss(table, name), name) for name in table if name != WITHOUT)[1]
    gap, net = against["log_loss"][2], table[MODEL]["net_edge_strongest"][1]
    if best != MODEL:
        beats = f"does **not** beat its baselines in log-loss ({best} is better)"
    elif gap is not None and gap < 0:
        beats = "beats every baseline in log-loss, the linear one by more than noise"
    else:
        beats = "is ahead of every baseline in log-loss, of the linear one **not** by more than noise"
    pays = "pays" if net is not None and net > 0 else "does **not** pay"
    return f"it {beats}, and its strongest tenth {pays} for taking liquidity at 10 bp a side"


def _loss(table: Table, name: str) -> float:
    value = table[name]["log_loss"][0]
    return float("inf") if value is None else value


def _shown(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.4f}"
