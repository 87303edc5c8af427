"""Every figure of a horizon's walk-forward, with intervals, for the manifest and the card."""

from typing import Any, Final

import numpy as np

from hummingbot.strategy.ai_stellar.market.bars import HOUR

from ..bootstrap import stationary_counts
from ..deflated_sharpe import deflated_sharpe, sharpe_sample
from ..scores import STRESS_COST, Forecasts, plain, reliability, score, score_difference
from .walk import MODEL, WITHOUT, Judged, mean_block

__all__ = ["COMPARED", "compare", "figures_of"]

COMPARED: Final = ("auc", "log_loss", "brier", "r2", "pinball", "gross_edge")


def figures_of(judged: Judged, resamples: int, trials: int) -> dict[str, Any]:
    """Return the figures of one horizon, plain values.

    Parameters
    ----------
    judged : Judged
        The walk-forward.
    resamples : int
        Of the bootstrap; the mean block is three labels long.
    trials : int
        Number of configurations compared, for the deflated Sharpe ratio.
    """
    model = judged.forecasts[MODEL]
    block = mean_block(judged.horizon)
    counts = stationary_counts(len(model.outcome), resamples, block)
    found = {
        "hours": len(model.outcome),
        "mean_block": block,
        "table": {name: plain(score(one, counts)) for name, one in judged.forecasts.items()},
        "against_linear": compare(judged.forecasts, MODEL, "linear", counts),
        "deflated_sharpe": {
            "gross": _deflated(judged, 0.0, trials),
            "net": _deflated(judged, STRESS_COST, trials),
        },
        "reliability": [list(row) for row in reliability(model)],
        "years": list(judged.years),
        "horizon": judged.horizon // HOUR,
    }
    if WITHOUT in judged.forecasts:
        found["against_without"] = compare(judged.forecasts, MODEL, WITHOUT, counts)
    return found


def _deflated(judged: Judged, cost: float, trials: int) -> float | None:
    """Return the deflated Sharpe ratio of the strongest tenth, held to the horizon; None without trades.

    Of non-overlapping decisions, summed by day. Trials without skill have Sharpe ratios that vary by one over
    the number of days; those compared here are alike, so the true variance is smaller.
    """
    made: Forecasts = judged.forecasts[MODEL]
    apart = (judged.time // HOUR) % (judged.horizon // HOUR) == 0
    size = np.abs(made.expected_return)
    traded = apart & (size > 0.0) & (size >= np.quantile(size, 0.9))
    gain = np.where(traded, np.sign(made.expected_return) * made.outcome - 2.0 * cost, 0.0)
    days, at = np.unique(judged.time // (24 * HOUR), return_inverse=True)
    daily = np.asarray(np.bincount(at, gain, len(days)), dtype=np.float64)
    if not traded.any():
        return None
    return deflated_sharpe(sharpe_sample(daily), trials, 1.0 / (len(days) - 1))


def compare(forecasts: Any, first: str, second: str, counts: Any) -> dict[str, list[float | None]]:
    """Return by how much the first forecaster exceeds the second in each of `COMPARED`."""
    return plain(
        {name: score_difference(name, forecasts[first], forecasts[second], counts) for name in COMPARED}
    )
