from collections.abc import Sequence
from typing import Final

from numpy import float64
from numpy.typing import NDArray

COLUMNS: Final[tuple[str, ...]]
RING: Final[int]
WINDOWS: Final[tuple[int, ...]]

class GarchState:
    mean: float
    constant: float
    shock: float
    fall: float
    persistence: float
    variance: float
    def __init__(
        self, mean: float, constant: float, shock: float, fall: float, persistence: float, variance: float
    ) -> None: ...
    def step(self, change: float) -> float: ...
    def total(self, steps: int) -> float: ...

class VolatilityState:
    row: NDArray[float64]
    variance: float
    bars: int
    start: int
    def __init__(self, garch: GarchState, hours: NDArray[float64]) -> None: ...
    def update(self, high: float, low: float, close: float, start: int) -> None: ...
    def total(self, steps: int) -> float: ...
    def share(self, steps: int) -> float: ...
    def sigma(self, spans: Sequence[int], weights: NDArray[float64]) -> list[float]: ...
