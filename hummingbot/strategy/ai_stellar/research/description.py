"""How a manifest writes numbers, instants, price histories and libraries."""

import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

import numpy as np

from hummingbot.strategy.ai_stellar.market.bars import HOUR

from .history import History

__all__ = ["iso", "libraries", "rounded", "series", "trained_on"]


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


def trained_on(histories: Sequence[History], until: int) -> dict[str, Any]:
    """Return what the manifest says of a training: the first history is the target."""
    return {
        "from": iso(int(histories[0].start[0])),
        "until": iso(until),
        "target": histories[0].name,
        "series": [series(history) for history in histories],
    }


def libraries(*names: str) -> dict[str, str]:
    """Return the versions of Python and of the libraries that a fit depends on."""
    return {"python": platform.python_version(), **{name: version(name) for name in names}}


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
