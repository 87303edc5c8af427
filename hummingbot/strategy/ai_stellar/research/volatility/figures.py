"""Every figure of a volatility model's walk-forward, plain values for the manifest and the card."""

from dataclasses import asdict
from typing import Any, Final

import numpy as np

from hummingbot.strategy.ai_stellar.predictors.garch_fit import GARCH_FAMILY
from hummingbot.strategy.ai_stellar.predictors.volatility import LEVELS, STEPS

from ..bootstrap import interval, stationary_counts
from ..diebold_mariano import diebold_mariano
from ..scores import Score
from ..var_tests import backtest
from .comparison import BESIDE, HAR, MODEL, Compared, qlike

__all__ = ["BLOCK", "TO_BEAT", "figures_of", "missed", "scores_of", "verdict"]

TO_BEAT: Final = (*GARCH_FAMILY, HAR)
BEYOND: Final = -1.96
BLOCK: Final = 24
"""Least mean block of the bootstrap, hours."""


def scores_of(compared: Compared, resamples: int) -> dict[str, dict[str, Score]]:
    """Return by forecaster and ``qlike_1h`` … the mean loss with its 95 % interval."""
    table: dict[str, dict[str, Score]] = {name: {} for name in (MODEL, *BESIDE)}
    for k, steps in enumerate(STEPS):
        known = np.isfinite(compared.realised[:, k])
        counts = stationary_counts(int(known.sum()), resamples, max(BLOCK, 3 * steps))
        for name in table:
            loss = qlike(compared.variance[name][known, k], compared.realised[known, k])
            made = counts @ loss / len(loss)
            table[name][f"qlike_{steps}h"] = Score(float(loss.mean()), *interval(made))
    return table


def figures_of(compared: Compared) -> dict[str, Any]:
    """Return the Diebold–Mariano statistics by horizon, and the backtests of value at risk."""
    statistics: dict[str, dict[str, float]] = {}
    for k, steps in enumerate(STEPS):
        known = np.isfinite(compared.realised[:, k])
        came = compared.realised[known, k]
        own = qlike(compared.variance[MODEL][known, k], came)
        statistics[f"{steps}h"] = {
            name: diebold_mariano(own, qlike(compared.variance[name][known, k], came), max(BLOCK, 2 * steps))
            for name in BESIDE
        }
    loss, at_risk = compared.daily()
    tests = {
        f"{1 - level:.0%}": asdict(backtest(loss, at_risk[:, k], level)) for k, level in enumerate(LEVELS)
    }
    return {"diebold_mariano": statistics, "value_at_risk": tests}


def missed(figures: dict[str, Any]) -> list[str]:
    """Return what is not reached: horizons at which a rival is not beaten, value at risk that is rejected."""
    found = [
        f"{horizon}: not better than {name} beyond noise (DM {statistics[name]:.1f})"
        for horizon, statistics in figures["diebold_mariano"].items()
        for name in TO_BEAT
        if not statistics[name] < BEYOND
    ]
    for level, test in figures["value_at_risk"].items():
        found += [
            f"value at risk {level}: {name} rejected (p {test[name]:.3f})"
            for name in ("coverage", "conditional")
            if test[name] < 0.05
        ]
    return found


def verdict(figures: dict[str, Any]) -> str:
    """Say in one sentence what is beaten and what is not."""
    short = missed(figures)
    won = [
        horizon
        for horizon, statistics in figures["diebold_mariano"].items()
        if all(statistics[name] < BEYOND for name in TO_BEAT)
    ]
    beaten = f"beats GARCH, GARCH-t, GJR-t and HAR in QLIKE at {', '.join(won) or 'no horizon'}"
    rest = f"; not reached: {'; '.join(short)}" if short else ", and its value at risk is not rejected"
    return f"{beaten}{rest}"
