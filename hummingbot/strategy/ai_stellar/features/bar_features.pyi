import numpy as np
from numpy.typing import NDArray

class Features:
    @property
    def row(self) -> NDArray[np.float64]: ...
    @property
    def ready(self) -> bool: ...
    @property
    def bars(self) -> int: ...
    @property
    def start(self) -> int: ...
    @property
    def scale(self) -> float: ...
    def __init__(self) -> None: ...
    def update(
        self, open: float, high: float, low: float, close: float, volume: float, start: int
    ) -> None: ...

def feature_matrix(
    start: NDArray[np.int64],
    open: NDArray[np.float64],
    high: NDArray[np.float64],
    low: NDArray[np.float64],
    close: NDArray[np.float64],
    volume: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
