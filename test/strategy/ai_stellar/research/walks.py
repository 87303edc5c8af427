"""Price files of which it is known what can be forecast."""

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
