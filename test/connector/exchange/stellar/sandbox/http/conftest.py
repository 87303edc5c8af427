"""The recordings of a running Horizon, line by line."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

RECORDING = Path(__file__).parents[6] / "test" / "golden" / "horizon"


def recorded(name: str) -> Iterator[dict[str, Any]]:
    """Yield the lines of a recording."""
    with gzip.open(RECORDING / f"{name}.jsonl.gz", "rt") as lines:
        yield from map(json.loads, lines)
