from numpy import float64
from numpy.typing import NDArray

class LstmState:
    output: NDArray[float64]
    steps: int
    def __init__(
        self,
        center: NDArray[float64],
        deviation: NDArray[float64],
        limit: float,
        input_weights: NDArray[float64],
        recurrent_weights: NDArray[float64],
        bias: NDArray[float64],
        head_weights: NDArray[float64],
        head_bias: NDArray[float64],
    ) -> None: ...
    def step(self, row: NDArray[float64]) -> bool: ...
