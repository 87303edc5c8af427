from numpy import float64
from numpy.typing import NDArray

class Mahalanobis:
    def __init__(
        self, center: NDArray[float64], deviation: NDArray[float64], whitening: NDArray[float64]
    ) -> None: ...
    def of(self, row: NDArray[float64]) -> float: ...
