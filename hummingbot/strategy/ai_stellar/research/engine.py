"""Where the parts of a study are computed: in this process or on several, one thread each."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

__all__ = ["Engine", "Step"]

Step = Callable[[str], None]
"""Told what has been done, for a progress bar."""


@dataclass(frozen=True, slots=True)
class Engine:
    """Computes independent parts, and returns them in order whatever computes them.

    Parameters
    ----------
    workers : int
        Processes; 1 computes in this one.
    """

    workers: int = 1

    def map(self, function: Callable[..., Any], parts: Iterable[tuple[Any, ...]]) -> list[Any]:
        """Return ``function(*part)`` for each part; the function must be of a module, not nested."""
        from joblib import Parallel, delayed
        from threadpoolctl import threadpool_limits

        with threadpool_limits(1):
            return list(Parallel(n_jobs=self.workers)(delayed(function)(*part) for part in parts))
