"""Price files of which it is known what can be forecast."""

import math
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet


def write_walk(
    directory: Path,
    reversal: float,
    begin: str = "2018",
    end: str = "2021",
    seed: int = 1,
    name: str = "target.parquet",
) -> Path:
    """Write hourly bars whose returns undo ``reversal`` of the one before (0: a random walk)."""
    rng = np.random.default_rng(seed)
    start = np.arange(np.datetime64(begin, "h"), np.datetime64(end, "h"))
    change = rng.standard_t(5, len(start)) * 0.005
    for k in range(1, len(change)):
        change[k] -= reversal * change[k - 1]
    close = 0.1 * np.exp(np.cumsum(change - change.mean()))
    before = np.concatenate([close[:1], close[:-1]])
    columns = {
        "date": start.astype("datetime64[s]"),
        "open": before,
        "high": np.maximum(before, close) * 1.001,
        "low": np.minimum(before, close) * 0.999,
        "close": close,
        "volume": rng.lognormal(9, 1, len(start)),
    }
    pa.parquet.write_table(pa.table(columns), directory / name)
    return directory


def write_changing(directory: Path, begin: str = "2018-06", end: str = "2021", seed: int = 1) -> Path:
    """Write bars whose volatility wanders slowly, and breathes with the hour of day."""
    rng = np.random.default_rng(seed)
    start = np.arange(np.datetime64(begin, "h"), np.datetime64(end, "h"))
    n, log = len(start), 0.0
    sigma = np.empty(n)
    for k in range(n):
        log = 0.995 * log + 0.06 * rng.standard_normal()
        sigma[k] = 0.005 * math.exp(log) * (1.0 + 0.3 * math.sin(2 * math.pi * k / 24))
    walk = sigma[:, None] / math.sqrt(12) * rng.standard_normal((n, 12))
    path = np.cumsum(walk, axis=1)
    close = np.cumsum(path[:, -1])
    before = np.concatenate([[0.0], close[:-1]])
    high, low = (np.exp(before + edge) for edge in (np.maximum(path.max(1), 0), np.minimum(path.min(1), 0)))
    columns = {
        "date": start.astype("datetime64[s]"), "open": np.exp(before), "high": high, "low": low,
        "close": np.clip(np.exp(close), low, high), "volume": np.ones(n),
    }  # fmt: skip
    pa.parquet.write_table(pa.table(columns), directory / "target.parquet")
    return directory
