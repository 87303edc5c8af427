import numpy as np
from numpy.typing import NDArray

def nearest(
    points: NDArray[np.float64],
    known_at: NDArray[np.int64],
    asked: NDArray[np.float64],
    now: int,
    count: int,
) -> tuple[NDArray[np.int64], NDArray[np.float64]]: ...
