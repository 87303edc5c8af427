from numpy import float64
from numpy.typing import ArrayLike, NDArray

class ForwardFilter:
    probabilities: NDArray[float64]
    steps: int
    def __init__(
        self, start: ArrayLike, transitions: ArrayLike, means: ArrayLike, covariances: ArrayLike
    ) -> None: ...
    def step(self, seen: NDArray[float64]) -> float: ...
