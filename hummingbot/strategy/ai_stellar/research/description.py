"""How a manifest writes numbers, instants and price histories."""

from datetime import UTC, datetime
from typing import Any

import numpy as np

from hummingbot.strategy.ai_stellar.market.bars import HOUR

from .history import History

__all__ = ["iso", "rounded", "series"]


def series(history: History) -> dict[str, Any]:
    """Return what the manifest says of a price history."""
    return {
        "file": history.name,
        "bars": len(history),
        "missing": int((~history.traded).sum()),
        "from": iso(int(history.start[0])),
        "to": iso(int(history.start[-1]) + HOUR),
        "fingerprint": history.fingerprint(),
    }


def rounded(value: Any) -> Any:
    """Round numbers to seven digits, as the rest depends on the order of sums; None for what is undefined."""
    if isinstance(value, float):
        return None if np.isnan(value) else float(f"{value:.7g}")
    if isinstance(value, dict):
        return {name: rounded(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(one) for one in value]
    return value


def iso(time: int) -> str:
    """Return an instant as the manifest writes it, UTC."""
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%MZ")
