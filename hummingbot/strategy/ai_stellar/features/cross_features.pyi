from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

class CrossFeatures:
    @property
    def row(self) -> NDArray[np.float64]: ...
    @property
    def bars(self) -> int: ...
    @property
    def start(self) -> int: ...
    def __init__(self, row: NDArray[np.float64] | None = None) -> None: ...
    def update(
        self, close: float, scale: float, references: Sequence[float] | NDArray[np.float64], start: int
    ) -> None: ...

def cross_matrix(
    start: NDArray[np.int64],
    close: NDArray[np.float64],
    scale: NDArray[np.float64],
    references: NDArray[np.float64],
) -> NDArray[np.float64]: ...
